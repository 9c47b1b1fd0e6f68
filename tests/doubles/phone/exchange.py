"""The exchange: calls are placed and taken in, texts go out and come in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from tests.doubles.phone.contract import BadMarkup, read_markup, words_of
from tests.doubles.phone.leg import Leg, Source
from tests.doubles.phone.people import Person
from tests.doubles.phone.recording import record
from tests.doubles.phone.records import Call, Text
from tests.doubles.phone.state import Number, State
from tests.doubles.phone.webhooks import Webhooks

STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
STARTS = frozenset({"start", "yes", "unstop"})
WITHHELD = "anonymous"


@dataclass(slots=True)
class Exchange:
    """`until` is handed to calls, so that a test can wait on them."""

    state: State
    webhooks: Webhooks
    until: Callable[[Callable[[], object]], None]

    # --- calls -----------------------------------------------------------------------------------------------

    def place(self, given: Mapping[str, str], events: tuple[str, ...]) -> Call:
        """A call that the app ordered."""
        call = Call(self.state.sid("CA"), given["To"], given["From"], "outbound-api", self.state.now())
        call.given = dict(given)
        leg = self._leg(call, self.state.person(call.to))
        leg.status_url = given.get("StatusCallback", "")
        leg.events = events or ("completed",)
        leg.detects = bool(given.get("MachineDetection")) and given.get("AsyncAmd", "false").lower() == "true"
        leg.machine_url = given.get("AsyncAmdStatusCallback", "")
        source = Source(
            given.get("Url", ""),
            method=given.get("Method", "POST"),
            document=given.get("Twiml", ""),
            fallback=given.get("FallbackUrl", ""),
        )
        self.state.later(self._live(leg, source, float(given.get("Timeout", "60")), given), call)
        return call

    async def _live(self, leg: Leg, source: Source, rings: float, given: Mapping[str, str]) -> None:
        if not await leg.ring(rings):
            return
        if given.get("MachineDetection") and not leg.detects and leg.person is not None:
            # The first word waits for the verdict.
            await self.state.wait(4.0)
            leg.call.answered_by = leg.person.answered_by
            source = Source(source.url, {"AnsweredBy": leg.person.answered_by}, source.method, source.document)
        began = asyncio.get_running_loop().time()
        if await leg.perform(source):
            leg.end("completed")
        if given.get("Record", "").lower() == "true":
            settings = {
                name[0].lower() + name[1:]: value for name, value in given.items() if name.startswith("Recording")
            }
            seconds = max(1, round((asyncio.get_running_loop().time() - began) / self.state.scale))
            record(self.state, self.webhooks, settings, "", source="OutboundAPI", seconds=seconds, call=leg.call)

    def take(self, person: Person, number: Number, withheld: bool = False) -> Call:
        """A call from outside to one of the account's numbers."""
        sender = WITHHELD if withheld else person.number
        call = Call(self.state.sid("CA"), number.number, sender, "inbound", self.state.now(), status="ringing")
        call.statuses.append("ringing")
        leg = self._leg(call, person)
        leg.status_url = number.status_url
        leg.extra = {"StirVerstat": "TN-Validation-Passed-A"} if not withheld else {}
        self.state.later(self._taken(leg, Source(number.voice_url)), call)
        return call

    async def _taken(self, leg: Leg, source: Source) -> None:
        if not source.url:
            leg.end("failed", "404")
        elif await leg.perform(source):
            leg.end("completed")

    def _leg(self, call: Call, person: Person | None) -> Leg:
        leg = Leg(self.state, self.webhooks, call, person)
        call.leg, call.loop, call.until = leg, asyncio.get_running_loop(), self.until
        with self.state.news:
            self.state.calls.append(call)
            self.state.news.notify_all()
        return leg

    # --- texts -----------------------------------------------------------------------------------------------

    def send(self, given: Mapping[str, str], status_url: str = "") -> Text:
        """A text that the app ordered."""
        sender = given.get("From") or given.get("MessagingServiceSid", "")
        body = given.get("Body", "")
        text = Text(self.state.sid("SM"), given["To"], sender, body, "queued", self.state.now(), given=dict(given))
        with self.state.news:
            self.state.texts.append(text)
            self.state.news.notify_all()
        self.state.later(self._carry(text, given.get("StatusCallback", status_url)))
        return text

    async def _carry(self, text: Text, url: str) -> None:
        person = self.state.person(text.to)
        end = person.texts_end if person is not None else "undelivered"
        steps = {"failed": ("failed",), "sent": ("sent",)}.get(end, ("sent", end))
        for step in steps:
            await self.state.wait(1.0)
            text.status = step
            if step in ("failed", "undelivered"):
                text.error = (person.text_error if person is not None else 0) or 30003
            self.state.changed()
            given = {
                "AccountSid": self.state.account,
                "ApiVersion": "2010-04-01",
                "From": text.sender,
                "To": text.to,
                "MessageSid": text.sid,
                "MessageStatus": step,
                "SmsSid": text.sid,
                "SmsStatus": step,
            } | ({"ErrorCode": str(text.error)} if text.error else {})
            self.webhooks.tell("text status", text.sid, url, given, step)

    def receive(self, sender: str, number: Number, body: str) -> Text:
        """A text from outside."""
        text = Text(self.state.sid("SM"), number.number, sender, body, "received", self.state.now(), inbound=True)
        with self.state.news:
            self.state.texts.append(text)
            self.state.news.notify_all()
        person = self.state.person(sender)
        if person is not None:
            word = body.strip().casefold()
            person.stopped = word in STOPS or (person.stopped and word not in STARTS)
        self.state.later(self._hand_in(text, number))
        return text

    async def _hand_in(self, text: Text, number: Number) -> None:
        if not number.text_url:
            return
        given = {
            "AccountSid": self.state.account,
            "ApiVersion": "2010-04-01",
            "Body": text.body,
            "From": text.sender,
            "MessageSid": text.sid,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsMessageSid": text.sid,
            "SmsSid": text.sid,
            "SmsStatus": "received",
            "To": text.to,
        }
        answer = await self.webhooks.ask("text", number.text_url, given)
        if not answer.good:
            self.state.fault(f"a text was answered badly: {answer.status} {answer.trouble or answer.body[:200]}")
        elif answer.body.strip():
            self._reply(answer.body, text, number)

    def _reply(self, body: str, text: Text, number: Number) -> None:
        try:
            root = read_markup(body)
        except BadMarkup as error:
            self.state.fault(f"the answer to a text: {error}")
            return
        for verb in root:
            if verb.tag != "Message":
                self.state.fault(f"<{verb.tag}> answers a text")
                continue
            words = words_of(_body(verb))
            given = {"To": verb.get("to", text.sender), "From": verb.get("from", number.number), "Body": words}
            self.send(given, urljoin(number.text_url, verb.get("statusCallback", "")))


def _body(message: Element) -> Element:
    inner = message.find("Body")
    return message if inner is None else inner
