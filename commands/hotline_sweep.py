"""Told by the clock: callers on the hotline who wait too long, engineers to be brought to them, lost messages."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.paging import PageState
from bot.ports import Database, UnitOfWork
from bot.ports.oncall import LegState, PhoneCall
from commands.hotline import ticket_of_call
from commands.hotline_legs import HOTLINE, RINGS_FOR, cut, move, note, ring_engineer, tell, whence
from commands.page_call import KEY

BATCH = 25
PUT_OFF = timedelta(seconds=30)

log = logging.getLogger(__name__)


def sweep_calls(database: Database, now: datetime) -> int:
    """Do all that is due by now, one call in each transaction; returns how many that was. One that makes trouble is put
    off, and the others go on."""
    done = 0
    while done < BATCH:
        looked: list[int] = []
        try:
            if not database.write(lambda work: _one(work, now, looked)):  # noqa: B023  # It runs before the next one.
                break
        except Exception as error:
            if not looked:
                raise
            log.error("Call %d failed and is put off: %s: %s", looked[0], type(error).__name__, error)
            database.write(lambda work: _put_off(work, looked[0], now))  # noqa: B023
        done += 1
    return done


def _one(work: UnitOfWork, now: datetime, looked: list[int]) -> bool:
    for call in work.calls.due(now, 1):
        looked.append(call.id)
        _look(work, call, now)
        return True
    return False


def _put_off(work: UnitOfWork, id: int, now: datetime) -> None:
    work.calls.save(replace(work.calls.get(id), due=now + PUT_OFF))


def _look(work: UnitOfWork, call: PhoneCall, now: datetime) -> None:
    if call.kind != HOTLINE:
        # Nobody pressed a key in all that time. Its end is told by the provider, or never.
        work.calls.save(replace(call, due=None))
        cut(work, call)
        return
    taken = str(call.data.get("taken_by") or "")
    if call.state in (LegState.WAITING, LegState.CALL_BACK, LegState.OVER) and taken and not call.data.get("brought"):
        _bring(work, call, taken, now)
    elif call.state is LegState.WAITING and call.ended_at is None:
        _waits_still(work, call, now)
    elif call.state is LegState.VOICEMAIL and (call.ticket is not None or call.data.get("spoke")):
        _without_recording(work, call, now)
    else:
        work.calls.save(replace(call, state=LegState.OVER if call.ended_at else call.state, due=None))


def _bring(work: UnitOfWork, call: PhoneCall, person: str, now: datetime) -> None:
    """Somebody has the page. By key they are on the line already; otherwise their telephone rings now."""
    by_key = call.data.get("via") == KEY
    call = replace(call, data=dict(call.data) | {"brought": True}, due=now + RINGS_FOR)
    work.calls.save(call)
    if by_key or call.state is LegState.CONNECTED:
        return
    if not ring_engineer(work, person, call, now):
        number = f" at {call.number}" if call.number else ""
        words = f"The customer of #{call.ticket} waits to talk to you{number}, and you have no verified telephone: "
        tell(work, call, person, words + "/oncall contact call NUMBER", now)
        if call.state is LegState.WAITING and call.ended_at is None:
            move(work, call, "nobody")


def _without_recording(work: UnitOfWork, call: PhoneCall, now: datetime) -> None:
    """They were asked for a message, and nothing came of it: staff may call them."""
    ticket = ticket_of_call(work, call, now)
    call = replace(call, ticket=ticket.number if ticket is not None else None, state=LegState.OVER, due=None)
    work.calls.save(call)
    note(work, call, f"was to leave a message, {whence(work, call)}, and no recording came", now)


def _waits_still(work: UnitOfWork, call: PhoneCall, now: datetime) -> None:
    """They are told that it takes long, and may choose; the page goes on in any case."""
    again = now + timedelta(seconds=int(call.data.get("waits") or 180))
    work.calls.save(replace(call, due=again, data=dict(call.data) | {"brought": False}))
    page = work.pages.get(call.page) if call.page is not None else None
    if page is None or page.state is not PageState.RESOLVED or call.data.get("taken_by"):
        move(work, call, "nobody")
