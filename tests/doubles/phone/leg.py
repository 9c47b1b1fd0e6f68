"""One leg of a call: it is dialled or dials in, asks the app what to say, hears it, presses keys, and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from tests.doubles.phone import dialling
from tests.doubles.phone.contract import BadMarkup, is_yes, read_markup, words_of
from tests.doubles.phone.people import RING, Person
from tests.doubles.phone.recording import address_of, record
from tests.doubles.phone.records import Call, Spoken
from tests.doubles.phone.rooms import Seat
from tests.doubles.phone.state import State
from tests.doubles.phone.webhooks import Answer, Webhooks, stamp

APPLICATION_ERROR = "We are sorry. An application error has occurred. Goodbye."
_MOST_DOCUMENTS = 200
_LETTERS_A_SECOND = 15
_XML = ("text/xml", "application/xml")
_EVENTS = {"queued": "initiated", "ringing": "ringing", "in-progress": "answered"}


@dataclass(frozen=True, slots=True)
class Source:
    """Where the next document comes from: an address, or the document itself."""

    url: str
    given: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    document: str = ""
    fallback: str = ""


class HungUp(Exception):
    """The document hung up."""


@dataclass(slots=True, eq=False)
class Leg:
    """A leg under way. `person` is None where nobody has the number. `status_url` is told of `events`."""

    state: State
    webhooks: Webhooks
    call: Call
    person: Person | None
    status_url: str = ""
    events: tuple[str, ...] = ("completed",)
    machine_url: str = ""
    detects: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    picked_up: asyncio.Event = field(default_factory=asyncio.Event)
    bridged: asyncio.Event = field(default_factory=asyncio.Event)
    peer: Leg | None = None
    seat: Seat | None = None
    sip_code: str = ""
    resting: bool = False
    _sequence: int = 0
    _listening: bool = False
    _buffer: list[str] = field(default_factory=list)
    _key: asyncio.Event = field(default_factory=asyncio.Event)
    _silences: int = 0
    _spoke: asyncio.Queue[float] = field(default_factory=asyncio.Queue)
    _moved: asyncio.Future[Source] | None = None
    _used: set[int] = field(default_factory=set)
    _documents: int = 0
    _born: float = 0.0
    _answered: float = 0.0

    # --- what the person does --------------------------------------------------------------------------------

    @property
    def who(self) -> str:
        """Whose number this leg is: the called one, or the caller's."""
        return self.call.sender if self.call.direction == "inbound" else self.call.to

    def hears(self) -> tuple[str, ...]:
        if self.seat is not None and self.seat.leg is self:
            for room in self.state.rooms:
                if self.seat in room.seats:
                    return room.heard_by(self)
        return (self.peer.who,) if self.peer is not None else ()

    def press(self, keys: str) -> None:
        if self.call.over:
            return
        self.call.keys += keys
        if self._listening:
            self._buffer.extend(keys)
            self._key.set()
            self.resting = False
        self.state.changed()

    def picked(self) -> None:
        """The telephone was picked up."""
        self.picked_up.set()
        if self.call.status in ("queued", "ringing"):
            self.rests(False)

    def pressed(self, key: str) -> None:
        """A key of a real telephone."""
        self.press(key)

    def closed(self, reason: str) -> None:
        """The line of a real telephone is dead."""
        if reason == "busy":
            self.end("busy", "486")
        self.hang_up()

    def keep_silent(self) -> None:
        self._silences += 1
        self._key.set()
        if self._listening:
            self.rests(False)

    def speak(self, seconds: float) -> None:
        self._spoke.put_nowait(seconds)
        self.rests(False)

    def hang_up(self, status: str = "completed") -> None:
        """From either side, or by the API."""
        self.end("canceled" if self.call.status in ("queued", "ringing") and status == "completed" else status)

    def rests(self, so: bool) -> None:
        """Whether it waits for a person's hands, or for somebody else. Whatever ends that says so at once, and not only
        when the leg goes on: nobody is to take it for rest meanwhile."""
        self.resting = so
        self.state.changed()

    def move(self, source: Source) -> None:
        """Go on with another document, whatever is being said."""
        if self._moved is not None and not self._moved.done():
            self._moved.set_result(source)
            self.rests(False)

    # --- how it goes -----------------------------------------------------------------------------------------

    async def ring(self, seconds: float) -> bool:
        """Dialled until somebody answers, or not."""
        self._born = self._time()
        person = self.person
        self.tell("initiated", "initiated")
        if await self._ends_within(0.4):
            return False
        if person is None or person.unreachable:
            self.end("failed", "404" if person is None else "480")
            return False
        if person.busy:
            self.end("busy", "486")
            return False
        self._becomes("ringing")
        if person.sip:
            await self.state.lines.dial(self.call.sid, person.sip, self)
        if person.after is None or person.sip:
            return await self._is_picked_up(seconds)
        rings = person.after * RING
        willing = person.answers or person.rejects or person.voicemail is not None
        if not willing or rings > seconds:
            if not await self._ends_within(seconds):
                self.end("no-answer", "487")
            return False
        if await self._ends_within(rings):
            return False
        if person.rejects:
            self.end("busy", "603")
            return False
        self.answer()
        return True

    async def _is_picked_up(self, seconds: float) -> bool:
        """Whether a test says so in time; for those who play by hand it takes the time that the test takes."""
        by_hand = self.person is not None and self.person.by_hand
        picked = asyncio.ensure_future(self.picked_up.wait())
        ends = asyncio.ensure_future(self.over.wait())
        limit = None if by_hand else seconds * self.state.scale
        self.rests(by_hand and not self.picked_up.is_set())
        try:
            await asyncio.wait({picked, ends}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.rests(False)
            picked.cancel()
            ends.cancel()
        if self.over.is_set() or not self.picked_up.is_set():
            self.end("no-answer", "487")
            return False
        self.answer()
        return True

    def answer(self) -> None:
        if self.call.status in ("queued", "ringing"):
            self._answered = self._time()
            self.call.started_at = self.state.now()
            self._becomes("in-progress")
            person = self.person
            if person is not None and person.voicemail is not None and self.call.direction != "inbound":
                self.state.later(self._be_machine(person))
            if self.detects and self.machine_url and person is not None:
                self.state.later(self._detect(person))

    async def perform(self, source: Source) -> bool:
        """Execute documents until the last is at its end (True) or the call is over (False)."""
        while True:
            self._moved = asyncio.get_running_loop().create_future()
            doing = asyncio.ensure_future(self._documents_from(source))
            ends = asyncio.ensure_future(self.over.wait())
            awaited: set[asyncio.Future[Any]] = {doing, ends, self._moved}
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
            ends.cancel()
            if not doing.done():
                doing.cancel()
                await asyncio.gather(doing, return_exceptions=True)
                if self.over.is_set():
                    return False
                source = self._moved.result()
                continue
            try:
                doing.result()
            except HungUp:
                self.end("completed")
            return not self.over.is_set()

    def end(self, status: str, sip_code: str = "200") -> None:
        if self.call.over:
            return
        self.sip_code = sip_code
        self._tell_line(hang_up=True)
        self.call.ended_at = self.state.now()
        self.call.status = status
        self.call.statuses.append(status)
        self.call.on_hold = False
        self.resting = False
        self.over.set()
        self.tell("completed", status)
        self.state.changed()

    def tell(self, event: str, status: str) -> None:
        """A status callback, if that event is wanted."""
        given = self.about(status) | {
            "Timestamp": stamp(self.state),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self._sequence),
        }
        self._sequence += 1
        if event == "completed":
            seconds = round((self._time() - self._answered) / self.state.scale) if self._answered else 0
            given |= {"CallDuration": str(seconds), "Duration": "1" if seconds else "0"}
            if self.sip_code:
                given["SipResponseCode"] = self.sip_code
        if event in self.events:
            self.webhooks.tell("status", self.call.sid, self.status_url, given, event)

    def about(self, status: str = "") -> dict[str, str]:
        """What every request about this call says."""
        call = self.call
        about = {
            "AccountSid": self.state.account,
            "ApiVersion": "2010-04-01",
            "CallSid": call.sid,
            "CallStatus": status or call.status,
            "Direction": call.direction,
            "From": call.sender,
            "To": call.to,
            "Caller": call.sender,
            "Called": call.to,
        }
        if call.parent:
            about["ParentCallSid"] = call.parent
        return about | dict(self.extra)

    def _tell_line(self, **what: Any) -> None:
        if self.person is not None and self.person.sip:
            self.state.lines.order(self.call.sid, **what)

    def _becomes(self, status: str) -> None:
        self.call.status = status
        self.call.statuses.append(status)
        self.tell(_EVENTS[status], status)
        self.state.changed()

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    async def _ends_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds * self.state.scale):
                await self.over.wait()
        except TimeoutError:
            return self.over.is_set()
        return True

    async def _be_machine(self, person: Person) -> None:
        machine = person.voicemail
        assert machine is not None
        passed = 0.0
        for at, keys in sorted(machine.emits):
            if await self._ends_within(at - passed):
                return
            passed = at
            self.press(keys)
        if not await self._ends_within(machine.greeting + machine.limit - passed):
            self.hang_up()

    async def _detect(self, person: Person) -> None:
        seconds = machine.greeting if (machine := person.voicemail) else 2.5
        if await self._ends_within(min(seconds, 4.0)):
            return
        self.call.answered_by = person.answered_by
        given = self.about() | {
            "AnsweredBy": person.answered_by,
            "MachineDetectionDuration": str(int(seconds * 1000)),
        }
        self.webhooks.tell("machine", self.call.sid, self.machine_url, given, "machine")

    # --- documents -------------------------------------------------------------------------------------------

    async def _documents_from(self, source: Source) -> None:
        following: Source | None = source
        while following is not None:
            self._documents += 1
            if self._documents > _MOST_DOCUMENTS:
                self.state.fault(f"call {self.call.sid} goes round and round at {following.url}")
                raise HungUp
            root = await self._read(following)
            here, following = following, None
            for verb in root:
                following = await self._verb(verb, here)
                if following is not None:
                    break

    async def _read(self, source: Source) -> Element:
        if source.document:
            return self._parsed(source.document, "the call's own markup")
        self.call.asked.append(source.url)
        answer = await self.webhooks.ask("voice", source.url, self.about() | dict(source.given), source.method)
        trouble = _trouble(answer)
        if trouble and source.fallback:
            self.state.fault(f"{source.url}: {trouble}; the fallback is asked")
            given = {"ErrorCode": "11200", "ErrorUrl": source.url} | dict(source.given)
            answer = await self.webhooks.ask("voice", source.fallback, self.about() | given)
            trouble = _trouble(answer)
        if trouble:
            return await self._fail(f"{source.url}: {trouble}")
        return await self._parsed_or_fail(answer.body, source.url)

    async def _parsed_or_fail(self, text: str, url: str) -> Element:
        try:
            return self._parsed(text, url)
        except BadMarkup as error:
            return await self._fail(f"{url}: {error}: {text[:300]}")

    def _parsed(self, text: str, url: str) -> Element:
        return read_markup(text)

    async def _fail(self, what: str) -> Element:
        """The caller hears it, the test too."""
        self.state.fault(what)
        self.answer()
        await self.hear(APPLICATION_ERROR, "", "")
        raise HungUp

    async def _verb(self, verb: Element, here: Source) -> Source | None:
        name = verb.tag
        if name == "Reject":
            if self.call.direction == "inbound" and self.call.status == "ringing":
                self.end("busy" if verb.get("reason") == "busy" else "no-answer")
            raise HungUp
        if name == "Redirect":
            return self.follow(here, (verb.text or "").strip(), verb.get("method"))
        if name == "Dial":
            return await dialling.dial(self, verb, here)
        self.answer()
        if name == "Hangup":
            raise HungUp
        if name == "Gather":
            return await self._gather(verb, here)
        if name == "Record":
            return await self._record(verb, here)
        await self._utter(verb)
        return None

    def follow(
        self, here: Source, to: str | None, method: str | None = None, given: Mapping[str, str] | None = None
    ) -> Source:
        """The document that this one leads to; an empty address is its own."""
        return Source(urljoin(here.url, to or "") or here.url, given or {}, method or "POST")

    async def _utter(self, verb: Element) -> None:
        if verb.tag == "Say":
            for _ in range(max(1, int(verb.get("loop", "1")))):
                await self.hear(words_of(verb), verb.get("language", ""), verb.get("voice", ""))
        elif verb.tag == "Pause":
            await self.state.wait(int(verb.get("length", "1")))
        elif verb.tag == "Play":
            self.call.music.append(words_of(verb))
            self.state.changed()
            await self.state.wait(3)

    async def hear(self, text: str, language: str, voice: str) -> None:
        """The words take their time; whoever hears them may press keys or hang up while or after they are spoken."""
        self.call.heard.append(text)
        self.call.spoken.append(Spoken(text, language, voice))
        seconds = max(0.5, len(text) / _LETTERS_A_SECOND)
        self._tell_line(speak=seconds * self.state.scale)
        self._react(text, seconds)
        self.state.changed()
        await self.state.wait(seconds)

    def _react(self, text: str, seconds: float) -> None:
        person = self.person
        if person is None or person.voicemail is not None:
            return
        loop = asyncio.get_running_loop()
        if person.hangs_up and person.hangs_up.casefold() in text.casefold():
            loop.call_later(seconds * 0.4 * self.state.scale, self.hang_up)
        for number, press in enumerate(person.presses):
            if press.phrase.casefold() not in text.casefold() or (number in self._used and not press.again):
                continue
            self._used.add(number)
            keys = press.keys if isinstance(press.keys, str) else press.keys(text)
            after = seconds * 0.4 if press.during else seconds + 0.7
            loop.call_later(after * self.state.scale, partial(self.press, keys))
            return

    # --- questions -------------------------------------------------------------------------------------------

    async def _gather(self, verb: Element, here: Source) -> Source | None:
        limit = int(verb.get("numDigits", "0"))
        finish = verb.get("finishOnKey", "#")
        self._buffer.clear()
        self._key.clear()
        self._listening = True
        try:
            await self._words_until_key(verb)
            digits, finished = "", False
            while not (finished or (limit and len(digits) >= limit)):
                key = await self._next_key(float(verb.get("timeout", "5")))
                if key is None:
                    break
                finished = bool(finish) and key in finish
                digits += "" if finished else key
        finally:
            self._listening = False
        if not digits and not is_yes(verb.get("actionOnEmptyResult")):
            return None
        given = {"Digits": digits, "msg": "Gather End"} | ({"FinishedOnKey": finish} if finished else {})
        return self.follow(here, verb.get("action"), verb.get("method"), given)

    async def _words_until_key(self, verb: Element) -> None:
        async def words() -> None:
            for one in verb:
                await self._utter(one)

        saying = asyncio.ensure_future(words())
        key = asyncio.ensure_future(self._any_key())
        try:
            await asyncio.wait({saying, key}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            saying.cancel()
            key.cancel()
            self._tell_line(hush=True)
            await asyncio.gather(saying, key, return_exceptions=True)

    async def _any_key(self) -> None:
        while not self._buffer:
            self._key.clear()
            await self._key.wait()

    async def _next_key(self, seconds: float) -> str | None:
        """The next key, or None when there is none in time; by hand, when the test says so."""
        by_hand = self.person is not None and self.person.by_hand
        ends = self._time() + seconds * self.state.scale
        while not self._buffer:
            if by_hand and self._silences:
                self._silences -= 1
                return None
            self._key.clear()
            try:
                self.rests(by_hand)
                async with asyncio.timeout_at(None if by_hand else ends):
                    await self._key.wait()
            except TimeoutError:
                # A key of the same instant counts: this machine was slow, not the person.
                if not self._buffer:
                    return None
            finally:
                self.rests(False)
        return self._buffer.pop(0)

    async def _record(self, verb: Element, here: Source) -> Source | None:
        if is_yes(verb.get("playBeep"), True):
            self.call.heard.append("(beep)")
        self.state.changed()
        person = self.person
        by_hand = person is not None and person.by_hand
        began = self._time()
        try:
            if by_hand:
                self.rests(self._spoke.empty())
                seconds = await self._spoke.get()
                self.rests(False)
            else:
                seconds = person.message if person is not None else 0.0
            seconds = min(seconds, float(verb.get("maxLength", "3600")))
            await self.state.wait(seconds)
        except asyncio.CancelledError:
            self.rests(False)
            if self.over.is_set():
                length = max(1, round((self._time() - began) / self.state.scale))
                given = self._recorded(verb, here, length) | {"Digits": "hangup"}
                self.afterwards(self.follow(here, verb.get("action"), verb.get("method"), given))
            raise
        if seconds <= 0:
            await self.state.wait(float(verb.get("timeout", "5")))
            return None
        given = self._recorded(verb, here, max(1, round(seconds)))
        if not by_hand and not verb.get("action"):
            return None
        return self.follow(here, verb.get("action"), verb.get("method"), given | {"Digits": ""})

    def _recorded(self, verb: Element, here: Source, seconds: int) -> dict[str, str]:
        attributes: dict[str, Any] = dict(verb.attrib)
        made = record(
            self.state,
            self.webhooks,
            attributes,
            here.url,
            source="RecordVerb",
            seconds=seconds,
            call=self.call,
        )
        return {
            "RecordingUrl": address_of(self.state, made.sid),
            "RecordingSid": made.sid,
            "RecordingDuration": str(seconds),
        }

    def afterwards(self, source: Source) -> None:
        """Asked when the caller has gone: the answer is not played."""
        self.state.later(self._ask_in_vain(source))

    async def _ask_in_vain(self, source: Source) -> None:
        answer = await self.webhooks.ask("voice", source.url, self.about() | dict(source.given), source.method)
        trouble = _trouble(answer)
        if trouble:
            self.state.fault(f"{source.url}: {trouble}")


def _trouble(answer: Answer) -> str:
    if answer.trouble:
        return answer.trouble
    if not answer.good:
        return f"answered {answer.status} {answer.body[:200]}"
    if answer.status == 204:
        return ""
    if answer.kind not in _XML:
        return f"answered {answer.kind or 'without a type'}, which is no markup"
    return ""
