"""`thirdline oncall`: the on-call plan looked at, drawn, and carried from and to calendars."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.calendar.writing import AHEAD, BEFORE, calendar_text, shifts_around
from bot.cards import Card, Strong
from bot.cli.drawing import show as draw
from bot.cli.house import has_database, looked_at
from bot.cli.printing import mention, say, say_json, written_to
from bot.cli.rotas import Rotas, rotas
from bot.clocks import SystemClock
from bot.domain.duty import Duty
from bot.domain.errors import BadValue, Refusal
from bot.domain.oncall import OnCall
from bot.domain.rota import Shift
from bot.oncall.adopting import doubts
from bot.oncall.data import plan_to_json
from bot.policy.toml_tables import Mistaken
from bot.settings import read_settings
from bot.views.rota_picture import rota_picture
from bot.views.rota_weeks import weeks_table

REFUSED, FOUND_WRONG = 2, 1
_MOST_GAPS = 5


def check(file: Path | None, data: Path | None, as_json: bool) -> int:
    """Whether the plan holds together; every mistake with its line, then what it leaves uncovered."""
    now = SystemClock().now()
    try:
        found = rotas(data, file, now, now + timedelta(days=366))
    except BadValue as error:
        if not as_json:
            raise
        mistakes: list[dict[str, Any]] = [{"line": None, "text": error.text, "hint": error.hint}]
        if isinstance(error, Mistaken):
            mistakes = [asdict(mistake) for mistake in error.mistakes]
        say_json({"ok": False, "mistakes": mistakes})
        return REFUSED
    strange = _doubts(data, found.plan)
    bare = {name: _gaps(found.duty(name), now, found.plan.ahead_days) for name in found.plan.schedules}
    if as_json:
        gaps = {name: [{"from": a, "until": b} for a, b in each] for name, each in bare.items()}
        plan = json.loads(plan_to_json(found.plan))
        say_json({"ok": True, "doubts": strange, "gaps": gaps, "plan": plan})
    else:
        _tell_plan(found.plan, file or read_settings(data=data).oncall_path)
        for doubt in strange:
            say(f"To look at: {doubt}")
        for name, each in bare.items():
            _tell_gaps(found.plan, name, each)
    return FOUND_WRONG if strange else 0


def show(schedule: str | None, weeks: int, file: Path | None, data: Path | None, as_json: bool) -> int:
    """Who is on call in the coming weeks, day by day."""
    now = SystemClock().now()
    end = now + timedelta(weeks=weeks + 1)
    found = rotas(data, file, now - timedelta(days=8), end)
    names = found.named(schedule)
    if as_json:
        say_json({name: [_shift(one) for one in found.duty(name).shifts(now, end)] for name in names})
        return 0
    if not names:
        say(_NONE)
    for name in names:
        duty = found.duty(name)
        zone = duty.schedule.zone
        table, meaning = weeks_table(duty, now.astimezone(ZoneInfo(zone)).date(), weeks, found.names)
        title = (Strong(name), f"  {weeks} week{'s' * (weeks != 1)}, {zone}")
        draw(Card(title=title, table=table, lines=(meaning,)), SystemClock(), zone)
    return 0


_NONE = (
    "There is no on-call schedule yet: oncall.toml in the data folder, which `thirdline init` writes, has an example."
)


def picture(file: Path, schedule: str | None, weeks: int, plan: Path | None, data: Path | None, force: bool) -> int:
    """The coming weeks as an SVG."""
    if file.suffix.casefold() not in ("", ".svg"):
        raise BadValue(f"The picture is an SVG, and {file} would not be one.", "Name a file that ends in .svg.")
    now = SystemClock().now()
    found = rotas(data, plan, now - timedelta(days=8), now + timedelta(weeks=weeks + 1))
    duties = [found.duty(name) for name in found.named(schedule)]
    with written_to(file, force=force) as out:
        out.write(rota_picture(duties, now, weeks, found.names, found.day_off))
    mention(f"{file}: {weeks} week{'s' * (weeks != 1)} of {len(duties)} schedule{'s' * (len(duties) != 1)}.")
    return 0


def export(
    file: Path | None, schedule: str | None, person: str | None, plan: Path | None, data: Path | None, force: bool
) -> int:
    """Shifts as an iCalendar file: the last month and the coming year."""
    now = SystemClock().now()
    found = rotas(data, plan, now - BEFORE - timedelta(days=31), now + AHEAD)
    _must_be_known(found, person)
    shifts = {name: shifts_around(found.duty(name), now, person or "") for name in found.named(schedule)}
    with written_to(file, force=force) as out:
        out.write(calendar_text(shifts, now, found.names))
    if file is not None:
        count = sum(map(len, shifts.values()))
        mention(f"{file}: {count:,} shift{'s' * (count != 1)}.")
    return 0


def import_(file: Path, schedule: str, days: int, dry: bool, data: Path | None, as_json: bool) -> int:
    """A calendar's events become changes of the schedule for the coming days, in the place of those that the last
    import made there."""
    missing = [name for name in ("icalendar", "recurring_ical_events") if find_spec(name) is None]
    if missing:
        raise Refusal(
            f"Reading calendars needs packages that are not installed: {', '.join(missing)}.",
            "`make run` installs what is missing; elsewhere it is the extra thirdline[calendar].",
        )
    from bot.cli.oncall_import import Import, imported  # The libraries for calendars load for a while.

    now = SystemClock().now()
    found = rotas(data, None, now, now + timedelta(days=days))
    found.named(schedule)
    zone = ZoneInfo(found.plan.schedules[schedule].zone)
    done = imported(Import(_bytes_of(file), str(file), schedule, days, dry), zone, data, now)
    told = [_shift(one) for one in done.read.shifts]
    if as_json:
        say_json(
            {
                "shifts": told,
                "strangers": done.read.strangers,
                "backwards": done.read.backwards,
                "taken_back": done.dropped,
                "dry_run": dry,
            }
        )
    else:
        would = "would be" if dry else "are"
        say(f"{_many(len(told), 'shift')} of {file} {would} on {schedule} now, for {days} days from today.")
        if done.dropped:
            say(f"{_many(done.dropped, 'change')} of earlier imports {'would be' if dry else 'were'} taken back.")
        for title in done.read.strangers:
            say(f"Nobody at the desk is named by “{title}”: left out.")
        for title in done.read.backwards:
            say(f"“{title}” ends no later than it begins: left out.")
    return FOUND_WRONG if done.read.strangers or done.read.backwards else 0


def _bytes_of(file: Path) -> bytes:
    from bot.calendar.reading import MOST_BYTES

    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with file.open("rb") as raw:
            return raw.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadValue(f"{file} cannot be read: {error.strerror}.", "Name another file.") from error


def _must_be_known(found: Rotas, person: str | None) -> None:
    there = {*found.staff, *(who for one in found.plan.schedules.values() for who in _people(one.layers))}
    if person is not None and person not in there:
        raise BadValue(f"Nobody on the rota is called “{person}”.", f"There are: {', '.join(sorted(there))}.")


def _people(layers: Iterable[Any]) -> Iterator[str]:
    for layer in layers:
        yield from layer.rotation.people


def _doubts(data: Path | None, plan: OnCall) -> tuple[str, ...]:
    settings = read_settings(data=data)
    if not has_database(settings):
        return ()
    with looked_at(settings, SystemClock()) as database:
        return database.read(lambda work: doubts(work, plan) if work.memory.policy() else ())


def _gaps(duty: Duty, now: datetime, days: int) -> Sequence[tuple[datetime, datetime]]:
    return duty.gaps(now, now + timedelta(days=days), lambda person: True)


def _tell_plan(plan: OnCall, path: Path | None) -> None:
    say(f"{path or 'The plan that ships'} holds together:")
    for schedule in plan.schedules.values():
        people = len(set(_people(schedule.layers)))
        say(f"  schedule {schedule.name}: {_many(len(schedule.layers), 'layer')}, {_many(people, 'person', 'people')}")
    for chain in plan.escalations.values():
        steps = f"{_many(len(chain.steps), 'step')}, {_many(chain.rounds, 'round')}" if chain.steps else "loud at once"
        say(f"  escalation {chain.name}: {steps}")
    say(f"  {_many(len(plan.rules), 'rule')} of when somebody is called" if plan.rules else "  nobody is ever called")
    if not plan.schedules:
        say("Nobody is on call: there is no schedule.")


def _tell_gaps(plan: OnCall, name: str, gaps: Sequence[tuple[datetime, datetime]]) -> None:
    zone = ZoneInfo(plan.schedules[name].zone)
    for start, end in gaps[:_MOST_GAPS]:
        since, until = (f"{one.astimezone(zone):%a %d %b %H:%M}" for one in (start, end))
        say(f"Nobody is on call by {name} from {since} until {until}.")
    if len(gaps) > _MOST_GAPS:
        say(f"… and in {len(gaps) - _MOST_GAPS} more gaps within {plan.ahead_days} days.")


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"


def _shift(shift: Shift) -> dict[str, str]:
    return {
        "person": shift.person,
        "from": f"{shift.start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "until": f"{shift.end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "layer": shift.layer,
    }
