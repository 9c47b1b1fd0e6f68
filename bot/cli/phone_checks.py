"""What `thirdline doctor` and `thirdline init phone` ask of a telephone provider, each finding with its cure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from adapters.phone.setup.checkup import Checkup
from adapters.phone.wire.addresses import Addresses
from adapters.phone.wire.provider import Line
from bot.cli.checks import Check, Looks, Verdict
from bot.settings import Phone, PhoneAccount, Settings
from bot.views.wording import span_words

SKEW = timedelta(minutes=1)
REFUSED_SKEW = timedelta(minutes=5)
"""Telnyx's signed requests count for this long."""
_NEAR = frozenset({"localhost", "127.0.0.1", "::1"})


def examined(settings: Settings, phone: Phone, now: datetime) -> Iterator[tuple[str, Looks]]:
    """Everything to ask of the accounts. Where the first question fails, the others about that account would, too."""
    checkup = Checkup(phone)
    yield "phone", partial(account, checkup, "phone", phone, now)
    yield "phone number", partial(number, checkup, "phone number", phone)
    yield "phone webhooks", partial(webhooks, checkup, "phone webhooks", phone)
    yield "phone address", partial(address, settings, phone)
    if phone.second is not None:
        second = Checkup(phone.second)
        yield "phone second", partial(account, second, "phone second", phone.second, now)
        yield "phone second", partial(number, second, "phone second", phone.second)


def account(checkup: Checkup, name: str, settings: PhoneAccount, now: datetime) -> Iterator[Check]:
    """Whose credentials these are, what the account may do, and whether both clocks agree."""
    standing = checkup.standing
    told = f"{checkup.name}: “{standing.name}”, {settings.number}"
    if standing.status != "active":
        cure = "Look at its balance and its status in the provider's console."
        yield Check(name, Verdict.FAIL, f"{told}; the account is {standing.status}: it calls nobody", cure)
    elif standing.trial:
        cure = "Upgrade it before you rely on it; until then every person must verify their number there."
        yield Check(name, Verdict.WARN, f"{told}; a trial account, which calls numbers verified there alone", cure)
    else:
        yield Check(name, Verdict.OK, told)
    if isinstance(settings, Phone):
        yield limits(settings)
    yield from skew(checkup, settings, now)


def limits(phone: Phone) -> Check:
    """What the desk keeps to, which the provider does not tell by its API."""
    told = f"{phone.calls_per_second:g} calls a second, {phone.rings} s of ringing, {', '.join(phone.countries)}"
    hint = "A new account has few calls at once (Twilio: 2 or 3 without an approved business profile): ask its console."
    return Check("phone limits", Verdict.OK, f"{told}. {hint}")


def skew(checkup: Checkup, settings: PhoneAccount, now: datetime) -> Iterator[Check]:
    """How far this machine's clock is from the provider's."""
    at = checkup.standing.at
    if at is None or abs(now - at) <= SKEW:
        return
    span, way = span_words(int(abs(now - at).total_seconds())), "ahead of" if now > at else "behind"
    refused = settings.provider == "telnyx" and abs(now - at) > REFUSED_SKEW
    found = f"this machine is {span} {way} {checkup.name}"
    found += ": its requests are taken for old ones" if refused else ""
    yield Check("phone clock", Verdict.FAIL if refused else Verdict.WARN, found, "Set the clock; NTP keeps it right.")


def number(checkup: Checkup, name: str, settings: PhoneAccount) -> Iterator[Check]:
    """Whether the number is the account's, and can call and send texts."""
    line = checkup.line
    if line is None:
        cure = "Buy one there, or set phone.number to one of the account's."
        yield Check(name, Verdict.FAIL, f"{settings.number} is no number of this account", cure)
        return
    if line.voice is False:
        yield Check(name, Verdict.FAIL, f"{line.number} cannot call", "Take a number with the capability voice.")
    if line.texts is False and not settings.texts_from:
        cure = "Take one with the capability SMS, or set phone.texts_from. Calls work without."
        yield Check(name, Verdict.WARN, f"{line.number} cannot send texts", cure)
    if line.voice is not False and (line.texts is not False or settings.texts_from):
        yield Check(name, Verdict.OK, f"{line.number} calls and sends texts")


def webhooks(checkup: Checkup, name: str, phone: Phone) -> Iterator[Check]:
    """Whether what comes in goes to this desk. What goes out needs none of it: those addresses travel along."""
    line = checkup.line
    if line is None:
        return
    addresses = Addresses(phone.public_url)
    wrong = [*_astray(phone, line, addresses)]
    for check in wrong:
        yield Check(name, *check)
    if not wrong:
        yield Check(name, Verdict.OK, f"what comes in goes to {phone.public_url}/phone/…")


def _astray(phone: Phone, line: Line, addresses: Addresses) -> Iterator[tuple[Verdict, str, str]]:
    if line.voice_url is not None and line.voice_url != addresses.inbound_call:
        verdict = Verdict.FAIL if phone.hotline else Verdict.WARN
        cure = f"In its console: the number's “A call comes in” → Webhook, HTTP POST, {addresses.inbound_call}"
        yield verdict, f"calls to {line.number} go to {line.voice_url or 'nowhere'}, not to this desk", cure
    if phone.hotline and line.status_url is not None and line.status_url != addresses.inbound_status:
        cure = f"In its console: the number's “Call status changes” → HTTP POST, {addresses.inbound_status}"
        found = f"how calls to {line.number} end is not told: that a caller hung up is known up to a minute late"
        yield Verdict.WARN, found, cure
    if line.texts is not False and line.text_url is not None and line.text_url != addresses.inbound_text:
        cure = f"In its console: the number's “A message comes in” → Webhook, HTTP POST, {addresses.inbound_text}"
        found = f"texts to {line.number} go to {line.text_url or 'nowhere'}: a code sent back is not heard"
        yield Verdict.FAIL, found, cure


def address(settings: Settings, phone: Phone) -> Iterator[Check]:
    """Whether a provider could reach the desk at all."""
    parts = urlsplit(phone.public_url)
    listens = f"by default the desk listens at {settings.web.host}:{settings.web.port}; a proxy speaks HTTPS before it"
    if parts.scheme != "https" and parts.hostname not in _NEAR:
        cure = "Set phone.public_url to an https address: keys and codes travel there."
        yield Check("phone address", Verdict.FAIL, f"{phone.public_url} is not encrypted", cure)
    elif parts.hostname in _NEAR:
        cure = "Set phone.public_url to an address on the internet that leads here."
        yield Check("phone address", Verdict.WARN, f"{phone.public_url} is this machine alone", cure)
    else:
        yield Check("phone address", Verdict.OK, f"{phone.public_url}; {listens}")
