"""`thirdline init oncall`: a first rota from four answers, and what each of its people does next."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.cli.house import has_database, looked_at, option_of
from bot.cli.library import installed
from bot.cli.printing import say
from bot.clocks import SystemClock
from bot.domain.duty import Duty
from bot.domain.errors import BadValue, Conflict
from bot.domain.hours import zone_named
from bot.domain.people import Staff
from bot.domain.rota import Turn
from bot.domain.short_names import short_name
from bot.oncall.beginning import Beginning, begins_from, people_from, plan_text
from bot.oncall.file import OnCallError, read_oncall, shipped_text
from bot.oncall.words import turn_from
from bot.policy.file import policy_at
from bot.settings import Settings, read_settings
from bot.views.wording import listed

STOPPED = 130
_SHOWN = 3
_BEGINS = {Turn.WEEKS: "monday 09:00"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Given:
    """What stood on the command line; None is not given."""

    people: Sequence[str] = ()
    turn: str | None = None
    begins: str | None = None
    zone: str | None = None


def init_oncall(data: Path | None, given: Given) -> int:
    """0 when the plan is written, 130 when somebody stopped it. Raises Refusal: a plan that is there is nobody's to
    overwrite."""
    settings = read_settings(data=data)
    path = settings.oncall or settings.data / "oncall.toml"
    _must_be_free(path)
    now = SystemClock().now()
    known = _staff(settings)
    try:
        begun = _asked(settings, given, now, known)
    except (KeyboardInterrupt, EOFError):
        say("\nStopped. Nothing was written.")
        return STOPPED
    text = plan_text(begun)
    plan = read_oncall(text, str(path), policy_at(settings.policy_path, installed().known))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadValue(f"{path} cannot be written: {error.strerror}.", "Name another folder with --data.") from None
    say(f"wrote {path}: the rota level3, {listed(begun.people)} in turns")
    _tell_shifts(Duty(plan.schedules["level3"], lambda day: False), now, begun.zone)
    _tell_next(settings, begun.people, known)
    return 0


def _must_be_free(path: Path) -> None:
    """Only the file that ships, as `thirdline init` writes it, has nobody's work in it."""
    try:
        there = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise BadValue(f"{path} cannot be read: {error}.", "Look at it first.") from None
    if there.replace("\r\n", "\n") == shipped_text():
        return
    try:
        rotas = list(read_oncall(there, str(path)).schedules)
    except OnCallError:
        rotas = []
    what = f"has a rota already, {listed(rotas)}" if rotas else "was edited already"
    raise Conflict(f"{path} {what}.", "Change it in an editor; thirdline oncall check reads it.")


def _asked(settings: Settings, given: Given, now: datetime, known: Mapping[str, Staff]) -> Beginning:
    zone = policy_at(settings.policy_path, installed().known).zone
    people = _answer(
        " ".join(given.people), "Who takes turns, by short names (kim, sam, ann)", "", partial(_people, known)
    )
    turn = _answer(given.turn, "How long is a turn", "1 week", turn_from)
    where = _answer(given.zone, "Whose time of the day", zone, zone_named)
    today = now.astimezone(where).date()
    first, at = _answer(
        given.begins,
        "When does one begin",
        _BEGINS.get(turn[0], "09:00"),
        lambda text: begins_from(text, turn[0], today),
    )
    return Beginning(people, turn, first, at, where)


def _people(known: Mapping[str, Staff], text: str) -> tuple[str, ...]:
    """Raises BadValue for who is not at the desk; a desk with nobody or its first admin alone is still to be joined."""
    people = tuple(dict.fromkeys(short_name(one) for one in people_from(text)))
    stranger = next((one for one in people if one not in known), "")
    if stranger and len(known) > 1:
        near = get_close_matches(stranger, known, n=1)
        add = f"To add them first, at the desk: /staff add {stranger} --role staff"
        raise BadValue(f"{stranger} is not at the desk.", f"Did you mean {near[0]}? {add}" if near else add)
    return people


def _answer(given: str | None, words: str, usual: str, read: Callable[[str], T]) -> T:
    """From the command line, or asked for until it can be read; where nobody is there to ask, the usual one. Raises
    BadValue."""
    if given:
        return read(given)
    if not sys.stdin.isatty():
        if not usual:
            raise BadValue("Nobody is named to take turns.", "For example: thirdline init oncall kim sam ann")
        return read(usual)
    while True:
        told = input(f"  {words}{f' [{usual}]' if usual else ''}: ").strip() or usual
        try:
            if told:
                return read(told)
        except BadValue as error:
            say(f"  {error.text} {error.hint}".rstrip())


def _tell_shifts(duty: Duty, now: datetime, zone: ZoneInfo) -> None:
    at: datetime | None = now
    for _ in range(_SHOWN):
        if at is None:
            return
        until = duty.next_change(at)
        who = listed(duty.on_call(at)) or "nobody"
        say(f"  {'now' if at == now else f'{at.astimezone(zone):%a %d %b %H:%M}':<17} {who}")
        at = until if until is None or until < now + timedelta(days=366) else None


def _tell_next(settings: Settings, people: Sequence[str], known: Mapping[str, Staff]) -> None:
    missing = [one for one in people if one not in known]
    option = option_of(settings.data)
    say("\nNext:")
    say(f"  Start the desk (again): thirdline run{option}, or serve. It takes the rota on when it starts.")
    if missing:
        say(f"  Add who is not at the desk yet: {', '.join(f'/staff add {one} --role staff' for one in missing)}")
    say("  Each of them, in chat: /oncall contact call +14165550123, /oncall verify CODE, /oncall test")
    say("  Who looks after it: /oncall gaps. Only people with a verified phone count.")
    say(f"More layers, steps and rules: edit the file, then thirdline oncall check{option}")


def _staff(settings: Settings) -> Mapping[str, Staff]:
    if not has_database(settings):
        return {}
    with looked_at(settings, SystemClock()) as database:
        return {one.id: one for one in database.read(lambda work: work.people.all()) if not one.has_left}
