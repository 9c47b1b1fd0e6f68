"""Twilio: the dialect that all providers here speak, and the class that the others inherit.

Documented (the published OpenAPI document of the 2010-04-01 API, and Twilio's pages): paths, parameters, statuses,
basic authentication with account and auth token, the default of one call a second above which Twilio *queues* calls
for up to a day, 429 as "not processed". Neither calls nor texts have an idempotency key, so nothing here repeats one.
A call's resource does not say which URL it was placed with.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from adapters.phone.wire.provider import CallOrder, Hook, Known, Line, Standing, Told
from adapters.phone.wire.requests import PATIENCE, Requests
from adapters.phone.wire.signatures import form_of, signed_by_twilio
from adapters.phone.wire.troubles import Fault, ProviderError
from adapters.phone.wire.values import caller, instant, machine, number, status
from bot.settings import PhoneAccount

API = "https://api.twilio.com/2010-04-01"
A_PAGE = 50
"""How many calls to one number are looked at: those of the last minutes stand first."""
_EVENTS = ("initiated", "ringing", "answered", "completed")
_PLACED = frozenset({"outbound", "outbound-api"})
"""The directions of calls that the desk itself placed; one that another call was connected to is "outbound-dial"."""
_HUNG_UP = "hangup"
"""What stands for keys where a caller hangs up while they leave a message."""
_GONE = frozenset({"20404", "21220"})
"""There is no such call, or it is not one that can still be changed."""


class Twilio:
    """The port `PhoneProvider`."""

    name = "Twilio"
    takes_inline = True
    api = API

    def __init__(self, account: PhoneAccount, patience: float = PATIENCE) -> None:
        self._settings = account
        self._token = account.token.get_secret_value()
        self.requests = Requests(account.api_url or self.api, self.authorization(), self.name, patience)

    @property
    def number(self) -> str:
        return self._settings.number

    @property
    def account(self) -> str:
        return self._settings.account

    async def open(self) -> None:
        await self.requests.open()

    async def close(self) -> None:
        await self.requests.close()

    # --- what a dialect says otherwise -----------------------------------------------------------------------

    def authorization(self) -> Mapping[str, str]:
        pair = f"{self._settings.account}:{self._token}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}

    def path(self, *parts: str) -> str:
        """Of a resource of the account."""
        return f"/Accounts/{'/'.join((self._settings.account, *parts))}.json"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What requests may be signed with, while tokens are changed as well."""
        kept = (self._settings.signing_key, self._settings.token, self._settings.former_token)
        return tuple(secret.get_secret_value() for secret in kept if secret is not None)

    def genuine(self, hook: Hook, now: datetime) -> bool:
        return signed_by_twilio(hook, self.secrets)

    def recording(self, url: str) -> tuple[str, Mapping[str, str]] | None:
        """Without an ending it would be a large WAV. The token is shown to the API's own host alone."""
        ours, given = urlsplit(self._settings.api_url or self.api), urlsplit(url)
        if (ours.scheme, ours.netloc) != (given.scheme, given.netloc):
            return None
        return (url if url.endswith(".mp3") else f"{url}.mp3", self.authorization())

    # --- calls -----------------------------------------------------------------------------------------------

    async def call(self, order: CallOrder) -> str:
        fields = [
            ("To", order.to),
            ("From", self.number),
            ("Timeout", str(order.rings)),
        ]
        if order.status_url:
            fields += [("StatusCallback", order.status_url), ("StatusCallbackMethod", "POST")]
            fields += [("StatusCallbackEvent", event) for event in _EVENTS]
        fields += [("Twiml", order.markup)] if order.markup else [("Url", order.url), ("Method", "POST")]
        if order.machine_url:
            fields += [
                ("MachineDetection", "Enable"),
                ("AsyncAmd", "true"),
                ("AsyncAmdStatusCallback", order.machine_url),
                ("AsyncAmdStatusCallbackMethod", "POST"),
            ]
        return self._ref(await self.requests.post(self.path("Calls"), fields))

    async def look(self, ref: str) -> Known:
        return self._call(await self._fetched(self.path("Calls", ref)))

    async def calls_to(self, number: str, since: datetime) -> Sequence[Known]:
        """Without a filter by time: a call that is still queued has not started, and would be missed."""
        fields = [("To", number), ("From", self.number), ("PageSize", str(A_PAGE))]
        answer = await self.requests.get(self.path("Calls"), fields)
        known = [self._call(one) for one in answer["calls"] or ()]
        return [one for one in known if one.by_us and (one.started_at is None or one.started_at >= since)]

    async def cut(self, ref: str) -> None:
        """ "completed" ends a call that rings or is answered, and gives up a queued one."""
        try:
            await self.requests.post(self.path("Calls", ref), [("Status", "completed")], wrote=False)
        except ProviderError as error:
            if error.code not in _GONE:
                raise

    async def redirect(self, ref: str, url: str) -> None:
        try:
            await self.requests.post(self.path("Calls", ref), [("Url", url), ("Method", "POST")], wrote=False)
        except ProviderError as error:
            if error.code in _GONE:
                raise ProviderError(Fault.NUMBER, "the call is over", code=error.code) from error
            raise

    # --- texts -----------------------------------------------------------------------------------------------

    async def text(self, to: str, words: str, status_url: str = "") -> str:
        fields = [("To", to), ("From", self._settings.texts_from or self.number), ("Body", words)]
        if status_url:
            fields.append(("StatusCallback", status_url))
        return self._ref(await self.requests.post(self.path("Messages"), fields))

    async def look_at_text(self, ref: str) -> Known:
        return self._text(await self._fetched(self.path("Messages", ref)))

    async def texts_to(self, number: str, since: datetime) -> Sequence[Known]:
        answer = await self.requests.get(self.path("Messages"), [("To", number), ("PageSize", str(A_PAGE))])
        known = [self._text(one) for one in answer["messages"] or ()]
        return [one for one in known if one.by_us and (one.started_at is None or one.started_at >= since)]

    # --- the account -----------------------------------------------------------------------------------------

    async def standing(self) -> Standing:
        answer = await self.requests.get(f"/Accounts/{self._settings.account}.json")
        trial = str(answer["type"] or "").lower() == "trial"
        name, state = str(answer["friendly_name"] or self.account), str(answer["status"] or "active")
        return Standing(name, state, trial, instant(answer.header("Date")))

    async def line(self) -> Line | None:
        answer = await self.requests.get(self.path("IncomingPhoneNumbers"), [("PhoneNumber", self.number)])
        for one in answer["incoming_phone_numbers"] or ():
            if one.get("phone_number") == self.number:
                can = one.get("capabilities") or {}
                return Line(
                    self.number,
                    can.get("voice"),
                    can.get("sms"),
                    str(one.get("voice_url") or ""),
                    str(one.get("sms_url") or ""),
                    str(one.get("status_callback") or ""),
                )
        return None

    # --- what it tells us ------------------------------------------------------------------------------------

    def read(self, hook: Hook) -> Told:
        form = {name: values[0] for name, values in form_of(hook).items() if values}
        is_text = "MessageSid" in form or "SmsSid" in form
        state = form.get("MessageStatus") or form.get("SmsStatus") if is_text else form.get("CallStatus")
        seconds = form.get("RecordingDuration") or form.get("CallDuration") or form.get("DialCallDuration")
        return Told(
            ref=(form.get("MessageSid") or form.get("SmsSid") or "") if is_text else form.get("CallSid", ""),
            account=form.get("AccountSid", ""),
            sender=caller(form.get("From")),
            to=form.get("To", ""),
            inbound=form.get("Direction", "inbound" if is_text and "Body" in form else "") == "inbound",
            keys=None if form.get("Digits") == _HUNG_UP else form.get("Digits"),
            status=status(state),
            sequence=number(form.get("SequenceNumber")),
            answered_by=machine(form.get("AnsweredBy")),
            seconds=number(seconds),
            sip_code=form.get("SipResponseCode", ""),
            error=form.get("ErrorCode", ""),
            words=form.get("Body", ""),
            dialled=status(form.get("DialCallStatus")),
            recording=form.get("RecordingUrl", ""),
            recording_ref=form.get("RecordingSid", ""),
            recording_status=form.get("RecordingStatus", ""),
            at=instant(form.get("Timestamp")),
        )

    # --- values ----------------------------------------------------------------------------------------------

    async def _fetched(self, path: str) -> Mapping[str, Any]:
        return (await self.requests.get(path)).data or {}

    def _ref(self, answer: Any) -> str:
        ref = answer["sid"]
        if not ref:
            raise ProviderError(Fault.UNKNOWN, f"{self.name} took it and does not say what it calls it")
        return str(ref)

    def _call(self, one: Mapping[str, Any]) -> Known:
        return Known(
            ref=str(one.get("sid") or ""),
            status=status(one.get("status")),
            to=str(one.get("to") or ""),
            sender=str(one.get("from") or ""),
            started_at=instant(one.get("start_time")) or instant(one.get("date_created")),
            seconds=number(one.get("duration")),
            answered_by=machine(one.get("answered_by")),
            by_us=str(one.get("direction") or "outbound") in _PLACED,
        )

    def _text(self, one: Mapping[str, Any]) -> Known:
        return Known(
            ref=str(one.get("sid") or ""),
            status=str(one.get("status") or ""),
            to=str(one.get("to") or ""),
            sender=str(one.get("from") or ""),
            started_at=instant(one.get("date_created")) or instant(one.get("date_sent")),
            words=str(one.get("body") or ""),
            error=str(one.get("error_code") or ""),
            by_us=str(one.get("direction") or "outbound").startswith("outbound"),
        )
