"""Telnyx: TeXML for calls, which is Twilio's but for addresses, bodies and the key; texts by its own Messaging API.

Documented: calls at /v2/texml/Accounts/ACCOUNT/Calls with JSON (ApplicationSid is required, events are separated by
spaces), updates of calls as forms, inline markup for calls of an application at /v2/texml/calls/APPLICATION, a bearer
key, texts at /v2/messages, Ed25519 signatures. The answer to a call is documented without its name at one address and
with `call_sid` at the other; where it is missing, the first webhook brings it. A list of calls is documented as
eventually consistent, and filters by finished states alone: a call whose fate is unknown may be placed twice. There is
no documented list of texts, nor a ring time for calls.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from adapters.phone.wire.provider import CallOrder, Hook, Known, Line, Standing, Told
from adapters.phone.wire.requests import PATIENCE
from adapters.phone.wire.signatures import is_json, signed_by_telnyx
from adapters.phone.wire.troubles import Fault, ProviderError
from adapters.phone.wire.twilio import Twilio
from adapters.phone.wire.values import caller, instant
from bot.domain.errors import Refusal
from bot.settings import PhoneAccount

API = "https://api.telnyx.com/v2"
_TEXTS = {
    "sending_failed": "failed",
    "delivery_failed": "undelivered",
    "delivery_unconfirmed": "sent",
    "expired": "undelivered",
}


class Telnyx(Twilio):
    """The port `PhoneProvider`."""

    name = "Telnyx"
    api = API

    def __init__(self, account: PhoneAccount, patience: float = PATIENCE) -> None:
        if not account.public_key:
            raise Refusal(
                "Telnyx needs phone.public_key: without it nobody could tell its requests from others.",
                "portal.telnyx.com → Account Settings → Keys & Credentials → Public Key",
            )
        super().__init__(account, patience)
        self._application = account.application or account.account

    def authorization(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def path(self, *parts: str) -> str:
        return f"/texml/Accounts/{'/'.join((self._settings.account, *parts))}"

    def genuine(self, hook: Hook, now: datetime) -> bool:
        return signed_by_telnyx(hook, self._settings.public_key, now)

    async def call(self, order: CallOrder) -> str:
        body: dict[str, Any] = {"To": order.to, "From": self.number}
        if order.markup:
            answer = await self.requests.post_json(f"/texml/calls/{self._application}", body | {"Texml": order.markup})
            return str(answer["call_sid"] or answer["sid"] or "")
        body |= {
            "ApplicationSid": self._application,
            "Url": order.url,
            "UrlMethod": "POST",
            "StatusCallback": order.status_url,
            "StatusCallbackMethod": "POST",
            "StatusCallbackEvent": "initiated ringing answered completed",
        }
        if order.machine_url:
            body |= {
                "MachineDetection": "Enable",
                "AsyncAmd": True,
                "AsyncAmdStatusCallback": order.machine_url,
                "AsyncAmdStatusCallbackMethod": "POST",
            }
        answer = await self.requests.post_json(self.path("Calls"), body)
        return str(answer["sid"] or answer["call_sid"] or "")

    # --- texts -----------------------------------------------------------------------------------------------

    async def text(self, to: str, words: str, status_url: str = "") -> str:
        body = {"from": self._settings.texts_from or self.number, "to": to, "text": words}
        if status_url:
            body["webhook_url"] = status_url
        answer = await self.requests.post_json("/messages", body)
        ref = (answer["data"] or {}).get("id")
        if not ref:
            raise ProviderError(Fault.UNKNOWN, "Telnyx took it and does not say what it calls it")
        return str(ref)

    async def look_at_text(self, ref: str) -> Known:
        answer = await self.requests.get(f"/messages/{ref}")
        one: Mapping[str, Any] = answer["data"] or {}
        first = _first(one.get("to"))
        errors = _first(one.get("errors"))
        state = str(first.get("status") or "")
        return Known(
            ref=str(one.get("id") or ref),
            status=_TEXTS.get(state, state),
            to=str(first.get("phone_number") or ""),
            words=str(one.get("text") or ""),
            started_at=instant(one.get("sent_at")),
            error=str(errors.get("code") or ""),
        )

    async def texts_to(self, number: str, since: datetime) -> Sequence[Known]:
        raise ProviderError(Fault.SETTINGS, "Telnyx does not list texts")

    # --- the account -----------------------------------------------------------------------------------------

    async def standing(self) -> Standing:
        answer = await self.requests.get(f"/texml_applications/{self._application}")
        one = answer["data"] or {}
        name = str(one.get("friendly_name") or self._application)
        return Standing(
            name, "inactive" if one.get("active") is False else "active", False, instant(answer.header("Date"))
        )

    async def line(self) -> Line | None:
        """Telnyx keeps the address for calls with the application, and that for texts with a messaging profile."""
        answer = await self.requests.get("/phone_numbers", [("filter[phone_number]", self.number)])
        one = next((one for one in answer["data"] or () if one.get("phone_number") == self.number), None)
        if one is None:
            return None
        application = await self.requests.get(f"/texml_applications/{self._application}")
        ours = str(one.get("connection_id") or "") == self._application
        url = str((application["data"] or {}).get("voice_url") or "") if ours else ""
        return Line(self.number, True, bool(one.get("messaging_profile_id")), url, None)

    # --- what it tells us ------------------------------------------------------------------------------------

    def read(self, hook: Hook) -> Told:
        if not is_json(hook):
            return super().read(hook)
        try:
            data = json.loads(hook.body)["data"]
            payload = data["payload"]
            first, errors = _first(payload.get("to")), _first(payload.get("errors"))
            state = str(first.get("status") or "")
            return Told(
                ref=str(payload.get("id") or ""),
                sender=caller((payload.get("from") or {}).get("phone_number")),
                to=str(first.get("phone_number") or ""),
                inbound=payload.get("direction") == "inbound",
                status=_TEXTS.get(state, state),
                error=str(errors.get("code") or ""),
                words=str(payload.get("text") or ""),
                at=instant(data.get("occurred_at")),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return Told()


def _first(given: Any) -> Mapping[str, Any]:
    """The first of a list of objects; nothing where there is none."""
    return given[0] if isinstance(given, list) and given and isinstance(given[0], dict) else {}
