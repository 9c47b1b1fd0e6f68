"""TwiML: a flow as the markup that a provider plays. The one place where XML is written.

The verbs and attributes are those that Twilio, SignalWire (cXML) and Telnyx (TeXML) document alike. All text goes
through an XML writer and is made speakable first, so that nobody's words become markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from adapters.phone.drawing.speech import printable, speakable, tongue
from adapters.phone.wire.addresses import Addresses
from bot.flow import Conference, Flow, Gather, HangUp, Move, Pause, Record, Reject, Ring, Say

CONTENT_TYPE = "text/xml"
_NUMBER = re.compile(r"\+\d{6,15}")
_VOICE = re.compile(r"[\w.:-]{1,80}")
_SILENCE_ENDS = 8
"""Seconds of silence after which a message is taken for finished."""


@dataclass(frozen=True, slots=True)
class Links:
    """Where the names in a flow lead: the prompts of one call, all good for one `turn`. `caller` is the number that
    those see who are rung; `music` the address of hold music, empty for the provider's own."""

    addresses: Addresses
    kind: str
    token: str
    turn: int
    caller: str = ""
    music: str = ""

    def prompt(self, then: str) -> str:
        return self.addresses.prompt(self.kind, self.token, then, self.turn)

    @property
    def recording(self) -> str:
        return self.addresses.recording(self.kind, self.token)


def twiml(flow: Flow, links: Links | None = None) -> str:
    """The document. A flow of words alone needs no links; one that asks something raises ValueError without them."""
    response = Element("Response")
    for move in flow:
        _write(response, move, links)
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(response, encoding="unicode")


def reply(words: str) -> str:
    """The document that answers a text with a text: the words as they are, without what XML cannot hold."""
    response = Element("Response")
    SubElement(response, "Message").text = printable(words)
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(response, encoding="unicode")


def _write(top: Element, move: Move, links: Links | None) -> None:
    if isinstance(move, Say):
        _say(top, move)
    elif isinstance(move, Pause):
        SubElement(top, "Pause", length=str(max(1, move.seconds)))
    elif isinstance(move, HangUp):
        SubElement(top, "Hangup")
    elif isinstance(move, Reject):
        SubElement(top, "Reject")
    elif links is None:
        raise ValueError(f"{type(move).__name__} leads somewhere, and there are no links.")
    elif isinstance(move, Gather):
        _gather(top, move, links)
    elif isinstance(move, Conference):
        _conference(top, move, links)
    elif isinstance(move, Ring):
        _ring(top, move, links)
    elif isinstance(move, Record):
        _record(top, move, links)
    else:
        _goto(top, move.then, links)


def _say(top: Element, say: Say) -> None:
    words = speakable(say.text, say.language)
    if not words:
        return
    spoken = SubElement(top, "Say", language=tongue(say.language))
    if _VOICE.fullmatch(say.voice):
        spoken.set("voice", say.voice)
    spoken.text = words


def _gather(top: Element, gather: Gather, links: Links) -> None:
    """The words stand inside, so that a key pressed while they are spoken counts. Not every provider asks on after a
    silence (actionOnEmptyResult): the Redirect behind it does, and is never reached where it does."""
    asked = SubElement(
        top,
        "Gather",
        input="dtmf",
        action=links.prompt(gather.then),
        method="POST",
        timeout=str(max(1, gather.seconds)),
        finishOnKey=gather.finish,
        actionOnEmptyResult="true",
    )
    if gather.digits:
        asked.set("numDigits", str(gather.digits))
    for word in gather.words:
        _write(asked, word, None)
    _goto(top, gather.then, links)


def _conference(top: Element, conference: Conference, links: Links) -> None:
    dial = SubElement(top, "Dial")
    if conference.then:
        dial.set("action", links.prompt(conference.then))
        dial.set("method", "POST")
    room = SubElement(
        dial,
        "Conference",
        startConferenceOnEnter=_yes(not conference.waits),
        endConferenceOnExit=_yes(conference.ends),
        beep="false",
    )
    if links.music:
        room.set("waitUrl", links.music)
        room.set("waitMethod", "GET")
    if conference.record:
        room.set("record", "record-from-start")
        _recorded(room, links)
    room.text = re.sub(r"[^\w-]", "-", conference.room)


def _ring(top: Element, ring: Ring, links: Links) -> None:
    if not _NUMBER.fullmatch(ring.number):
        _goto(top, ring.then, links)
        return
    dial = SubElement(
        top,
        "Dial",
        action=links.prompt(ring.then),
        method="POST",
        timeout=str(max(5, ring.seconds)),
        answerOnBridge="true",
    )
    if links.caller:
        dial.set("callerId", links.caller)
    if ring.record:
        dial.set("record", "record-from-answer-dual")
        _recorded(dial, links)
    SubElement(dial, "Number").text = ring.number


def _record(top: Element, record: Record, links: Links) -> None:
    """Behind it for a caller who says nothing: then no provider asks the action."""
    message = SubElement(
        top,
        "Record",
        action=links.prompt(record.then),
        method="POST",
        maxLength=str(max(1, record.seconds)),
        timeout=str(_SILENCE_ENDS),
        playBeep="true",
        finishOnKey="#",
    )
    _recorded(message, links)
    _goto(top, record.then, links)


def _recorded(element: Element, links: Links) -> None:
    element.set("recordingStatusCallback", links.recording)
    element.set("recordingStatusCallbackMethod", "POST")


def _goto(top: Element, then: str, links: Links) -> None:
    SubElement(top, "Redirect", method="POST").text = links.prompt(then)


def _yes(holds: bool) -> str:
    return "true" if holds else "false"
