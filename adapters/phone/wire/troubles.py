"""Troubles: what a provider's refusals mean, with the cure, and whether a call may have been placed all the same.

The codes are those of Twilio's error dictionary and of Telnyx's list of API errors; SignalWire documents its own words
where it differs, so there the HTTP status decides. A code that is not here counts by its status.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from aiohttp import ClientConnectorError, ClientError

from bot.ports import CannotDeliver

A_WHILE = 5.0
"""Seconds until what nobody took is tried again, where the provider does not say."""


class Fault(StrEnum):
    """Whose fault it is, which says what to do. All but UNKNOWN were not done."""

    SETTINGS = "settings"
    NUMBER = "number"
    LATER = "later"
    AWAY = "away"
    UNKNOWN = "unknown"


class ProviderError(Exception):
    """`reason` and `cure` are for people; `code` is the provider's own, empty where there is none; `retry_after` in
    seconds."""

    def __init__(
        self, fault: Fault, reason: str, cure: str = "", *, code: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason
        self.cure = cure
        self.code = code
        self.retry_after = retry_after

    @property
    def in_words(self) -> str:
        return f"{self.reason}. {self.cure}." if self.cure else self.reason


_TOKEN = "Copy the account and its token again (phone.account, phone.token)"  # noqa: S105  # Words for people.
_FROM = "Set phone.number to a number of that account that can call and send texts"
_SETTINGS: Mapping[str, tuple[str, str]] = {
    "20003": ("the provider does not know the account or its token", _TOKEN),
    "20005": ("the account is not active", "Look at its balance and its status in the provider's console"),
    "10001": ("the account is not active", "Look at its balance and its status in the provider's console"),
    "10004": ("too many calls at once for this account", "Ask the provider for more; a new account has few"),
    "10005": ("calls are switched off for this account", "Look at its balance and its status in the console"),
    "20404": ("the provider does not know the account", _TOKEN),
    "21205": ("the provider cannot use the desk's address", "Set phone.public_url to an https address that it reaches"),
    "21609": ("the provider cannot use the desk's address", "Set phone.public_url to an https address that it reaches"),
    "21210": ("the number that calls come from is not the account's", _FROM),
    "21212": ("the number that calls come from is no good", _FROM),
    "21213": ("there is no number that calls come from", _FROM),
    "21606": ("the number cannot send texts", _FROM),
    "21603": ("there is no number that texts come from", _FROM),
    "21659": ("the sender of texts is not the account's", "Set phone.texts_from to one that is"),
    "21215": ("the account may not call that country", "Allow it in the console: Voice, Geographic Permissions"),
    "21408": ("the account may not send texts to that country", "Allow it in the console: Messaging, Geo Permissions"),
    "21219": ("a trial account calls verified numbers alone", "Upgrade the account, or verify the number there"),
    "21608": ("a trial account sends texts to verified numbers alone", "Upgrade it, or verify the number there"),
    "30002": ("the account is suspended", "Look at its balance and its status in the console"),
    "30034": ("US carriers take no texts from an unregistered number", "Register the number for A2P 10DLC"),
    "32017": ("carriers refuse calls from this number", "Look at its reputation, and at STIR/SHAKEN, in the console"),
    "10009": ("the provider does not know the API key", "Copy it again (phone.token)"),
    "10010": ("the API key may not do that", "Give it the right, or make another"),
}
_NUMBER: Mapping[str, str] = {
    "21211": "that is no number that can be called",
    "21214": "that number cannot be reached",
    "21217": "that is no telephone number",
    "21216": "the account may not call that number",
    "21401": "that is no telephone number",
    "21407": "that number cannot be called from here",
    "21421": "that is no telephone number",
    "21614": "that number takes no texts",
    "21612": "texts do not get to that number",
    "21610": "that number has said STOP: it takes no texts until it says START",
    "30003": "that telephone cannot be reached",
    "30004": "that number blocks texts",
    "30005": "there is no such number",
    "30006": "that is a landline, or a carrier that takes no texts",
    "30007": "the carrier took the text for spam",
    "10002": "that is no telephone number",
    "10016": "that is no telephone number",
    "40001": "that is a landline, or a carrier that takes no texts",
    "40300": "that number has said STOP: it takes no texts until it says START",
    "40310": "that is no telephone number",
}
_LATER = frozenset({"20429", "10011", "30001", "22005"})
STOPPED = frozenset({"21610", "40300"})
"""The codes of a number that wants no texts any more."""
FAILED_TEXTS: Mapping[str, str] = _NUMBER
"""What the code in a text's status means, where it says that the number is at fault."""


def refused(status: int, code: str, message: str, wait: str, *, wrote: bool, who: str) -> ProviderError:
    """What an answer above 399 means. `wait` is its Retry-After; `wrote` whether the request was to do something."""
    told = f"{who} says {code + ' ' if code else ''}{message[:200]}".strip()
    if status == 429 or code in _LATER:
        return ProviderError(Fault.LATER, f"{who} asks us to wait", code=code, retry_after=_seconds(wait))
    if code in _SETTINGS:
        reason, cure = _SETTINGS[code]
        return ProviderError(Fault.SETTINGS, f"{who}: {reason}", cure, code=code)
    if code in _NUMBER:
        return ProviderError(Fault.NUMBER, f"{who}: {_NUMBER[code]}", code=code)
    if status in (401, 403):
        return ProviderError(Fault.SETTINGS, f"{who} does not let us in ({status})", _TOKEN, code=code)
    if status == 503 and wait:  # It says when, so it has done nothing.
        return ProviderError(Fault.LATER, f"{who} asks us to wait", code=code, retry_after=_seconds(wait))
    if status >= 500:
        fault = Fault.UNKNOWN if wrote else Fault.AWAY
        return ProviderError(fault, f"{who} answers with {status}", code=code)
    return ProviderError(Fault.NUMBER if status in (400, 422) else Fault.SETTINGS, told, code=code)


def broken(error: BaseException, *, wrote: bool, who: str) -> ProviderError:
    """What it means that there was no answer. Where no connection came about nothing was done."""
    if isinstance(error, ClientConnectorError) or not wrote:
        return ProviderError(Fault.AWAY, f"{who} cannot be reached ({type(error).__name__})")
    return ProviderError(Fault.UNKNOWN, f"{who} did not answer ({type(error).__name__})")


BREAKS = (ClientError, TimeoutError, OSError, ValueError)
"""What a request raises that was not answered, or with no sense."""


def undelivered(error: ProviderError) -> CannotDeliver:
    """The trouble as delivery understands it. A page that settings keep from its way goes another way at once, and
    the operator is told; so nothing waits for them to be mended."""
    if error.fault is Fault.UNKNOWN:
        return CannotDeliver(error.reason, unknown=True)
    if error.fault in (Fault.SETTINGS, Fault.NUMBER):
        return CannotDeliver(error.in_words, permanent=True)
    return CannotDeliver(error.reason, retry_after=error.retry_after or A_WHILE)


def _seconds(wait: str) -> float:
    try:
        return min(max(float(wait), 1.0), 60.0)
    except ValueError:
        return 1.0
