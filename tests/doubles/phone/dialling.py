"""<Dial>: others are rung, hear a whisper and are connected; or the caller goes into a room and waits there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from tests.doubles.phone.contract import BadMarkup, is_yes, read_markup, words_of
from tests.doubles.phone.recording import address_of, record
from tests.doubles.phone.records import Call
from tests.doubles.phone.rooms import Room, Seat

if TYPE_CHECKING:
    from tests.doubles.phone.leg import Leg, Source

PROVIDERS_MUSIC = "the provider's hold music"
Targets = list[tuple[str, Element | None]]
_IN_A_WAIT = ("Play", "Say", "Pause", "Redirect")


async def dial(leg: Leg, verb: Element, here: Source) -> Source | None:
    """Whatever stands in it, and then its action, or what follows in the document."""
    room = verb.find("Conference")
    if room is not None:
        leg.answer()
        given = await _confer(leg, verb, room, here)
    else:
        if not is_yes(verb.get("answerOnBridge")):
            leg.answer()
        given = await _connect(leg, verb, here)
    action = verb.get("action")
    return leg.follow(here, action, verb.get("method"), given) if action else None


# --- others are rung -----------------------------------------------------------------------------------------


async def _connect(leg: Leg, verb: Element, here: Source) -> Mapping[str, str]:
    targets = [one for one in verb if one.tag in ("Number", "Sip")]
    plain = (verb.text or "").strip()
    wanted: Targets = [(words_of(one), one) for one in targets]
    wanted = wanted or [(plain, None)]
    children = [_child(leg, verb, number, target, here) for number, target in wanted]
    tasks = {
        asyncio.ensure_future(_reach(child, target, verb, here)): child
        for child, (_, target) in zip(children, wanted, strict=True)
    }
    winner: Leg | None = None
    began = 0.0
    try:
        while tasks and winner is None:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                child = tasks.pop(task)
                if task.result() and winner is None:
                    winner = child
        for child in children:
            if child is not winner:
                child.hang_up()
        if winner is None:
            return _dialled(children[-1], bridged=False, whispered=_whispers(wanted))
        leg.answer()
        began = leg._time()
        _bridge(leg, winner)
        leg.rests(leg.person is None or leg.person.stays is None)
        await winner.over.wait()
        return _dialled(winner, bridged=True, whispered=False) | _kept(leg, verb, here, began)
    except asyncio.CancelledError:
        if leg.over.is_set() and verb.get("action"):
            last = winner or children[-1]
            last.hang_up()
            given = dict(_dialled(last, bridged=winner is not None, whispered=False))
            given |= _kept(leg, verb, here, began) if winner else {}
            leg.afterwards(leg.follow(here, verb.get("action"), verb.get("method"), given))
        raise
    finally:
        leg.rests(False)
        leg.peer = None
        leg.call.bridged_with = ""
        for child in children:
            child.peer = None
            child.hang_up()
        for task in tasks:
            task.cancel()
        leg.state.changed()


def _whispers(wanted: Targets) -> bool:
    return any(target is not None and target.get("url") for _, target in wanted)


def _child(leg: Leg, verb: Element, number: str, target: Element | None, here: Source) -> Leg:
    from_ = verb.get("callerId") or leg.call.sender
    call = Call(leg.state.sid("CA"), number, from_, "outbound-dial", leg.state.now(), parent=leg.call.sid)
    attributes = target.attrib if target is not None else {}
    child = type(leg)(
        leg.state,
        leg.webhooks,
        call,
        leg.state.person(number),
        status_url=urljoin(here.url, attributes["statusCallback"]) if attributes.get("statusCallback") else "",
        events=tuple(attributes.get("statusCallbackEvent", "completed").split()),
        machine_url=attributes.get("amdStatusCallback", ""),
        detects="machineDetection" in attributes,
    )
    call.leg, call.loop, call.until = child, leg.call.loop, leg.call.until
    leg.state.calls.append(call)
    return child


async def _reach(child: Leg, target: Element | None, verb: Element, here: Source) -> bool:
    """Whether they answered and, if something is whispered, were still there when it was over."""
    if not await child.ring(float(verb.get("timeout", "30"))):
        return False
    whisper = target.get("url") if target is not None else None
    if not whisper:
        return True
    return await child.perform(child.follow(here, whisper, target.get("method") if target is not None else None))


def _bridge(leg: Leg, child: Leg) -> None:
    leg.peer, child.peer = child, leg
    leg.call.bridged_with, child.call.bridged_with = child.who, leg.who
    leg.bridged.set()
    child.bridged.set()
    for one in (leg, child):
        if one.person is not None and one.person.stays is not None:
            asyncio.get_running_loop().call_later(one.person.stays * leg.state.scale, one.hang_up)
    leg.state.changed()


def _dialled(child: Leg, bridged: bool, whispered: bool) -> dict[str, str]:
    # Who hears a whisper and does not want the call is "completed" with some providers: it proves nothing.
    status = child.state.whisper_refused if whispered and child.call.status == "completed" else child.call.status
    return {
        "DialCallStatus": status,
        "DialCallSid": child.call.sid,
        "DialCallDuration": "0" if not bridged else "5",
        "DialBridged": "true" if bridged else "false",
    }


def _kept(leg: Leg, verb: Element, here: Source, began: float) -> dict[str, str]:
    if verb.get("record", "do-not-record") in ("do-not-record", "false"):
        return {}
    seconds = max(1, round((leg._time() - began) / leg.state.scale))
    made = record(
        leg.state, leg.webhooks, dict(verb.attrib), here.url, source="DialVerb", seconds=seconds, call=leg.call
    )
    return {"RecordingUrl": address_of(leg.state, made.sid), "RecordingSid": made.sid}


# --- rooms ---------------------------------------------------------------------------------------------------


async def _confer(leg: Leg, verb: Element, wanted: Element, here: Source) -> Mapping[str, str]:
    name = words_of(wanted)
    room = _room(leg, name, wanted, here)
    seat = Seat(
        leg,
        starts=is_yes(wanted.get("startConferenceOnEnter"), True),
        ends=is_yes(wanted.get("endConferenceOnExit")),
        muted=is_yes(wanted.get("muted")),
        label=wanted.get("participantLabel", ""),
    )
    leg.seat = seat
    leg.call.conference = name
    leg.call.rooms.append(name)
    room.enter(seat)
    began = leg._time()
    music = asyncio.ensure_future(_wait_with_music(leg, room, wanted, here))
    given = {"DialCallStatus": "completed", "DialBridged": "true", "ConferenceSid": room.sid}
    try:
        leg.state.changed()
        if leg.person is not None and leg.person.stays is not None:
            leg.state.later(_talk(leg, room, seat, leg.person.stays), leg.call)
        leg.rests(True)
        await seat.out.wait()
    except asyncio.CancelledError:
        if leg.over.is_set() and verb.get("action"):
            leg.afterwards(leg.follow(here, verb.get("action"), verb.get("method"), given))
        raise
    finally:
        music.cancel()
        await asyncio.gather(music, return_exceptions=True)
        leg.rests(False)
        leg.seat = None
        leg.call.conference = ""
        leg.call.on_hold = False
        room.leave(seat)
        leg.state.changed()
    return given | {"DialCallDuration": str(round((leg._time() - began) / leg.state.scale))}


def _room(leg: Leg, name: str, wanted: Element, here: Source) -> Room:
    """The room under way of that name, or a new one. What the first one in says of its callbacks holds."""
    for room in leg.state.rooms:
        if room.name == name and room.status != "completed":
            return room
    settings = dict(wanted.attrib)
    if settings.get("statusCallback"):
        settings["statusCallback"] = urljoin(here.url, settings["statusCallback"])
    room = Room(leg.state.sid("CF"), name, leg.state.now(), leg.state, leg.webhooks, settings, here.url)
    room.records = settings.get("record") == "record-from-start"
    leg.state.rooms.append(room)
    return room


async def _talk(leg: Leg, room: Room, seat: Seat, seconds: float) -> None:
    await room.started.wait()
    leg.rests(False)
    await leg.state.wait(seconds)
    if seat in room.seats:
        leg.hang_up()


async def _wait_with_music(leg: Leg, room: Room, wanted: Element, here: Source) -> None:
    """Until the room begins. Silence where the address is empty."""
    url = wanted.get("waitUrl")
    if room.started.is_set():
        return
    playing = asyncio.ensure_future(_music(leg, room, url, wanted.get("waitMethod", "POST"), here))
    await asyncio.sleep(0)
    leg.call.on_hold = not room.started.is_set()
    leg.state.changed()
    try:
        await room.started.wait()
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        leg.call.on_hold = False
        leg.state.changed()


async def _music(leg: Leg, room: Room, url: str | None, method: str, here: Source) -> None:
    if url is None or not any(urljoin(here.url, url).startswith(host) for host in _ours(leg, here)):
        if url != "":
            leg.call.music.append(url or PROVIDERS_MUSIC)
        return
    while True:
        given = leg.about() | {"ConferenceSid": room.sid, "FriendlyName": room.name}
        answer = await leg.webhooks.ask("voice", urljoin(here.url, url), given, method)
        if answer.kind.startswith("audio/"):
            leg.call.music.append(url)
            return
        try:
            root = read_markup(answer.body)
            wrong = [one.tag for one in root if one.tag not in _IN_A_WAIT]
            if not answer.good or wrong:
                raise BadMarkup(f"answered {answer.status} with {', '.join(wrong) or 'an error'} to a waiting caller")
        except BadMarkup as error:
            leg.state.fault(f"{url}: {error}")
            return
        for verb in root:
            await leg._utter(verb)
        await leg.state.wait(0.5)


def _ours(leg: Leg, here: Source) -> tuple[str, ...]:
    """The app's own addresses: the network fetches nothing from elsewhere."""
    start = "/".join(here.url.split("/")[:3])
    return (start, *leg.state.hosts)
