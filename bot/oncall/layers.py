"""Schedules as the operator writes them: layers, whose turn comes when, and the days and hours on which they count."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.duty import OVERRIDE
from bot.domain.errors import BadValue
from bot.domain.hours import DAY, WEEKDAYS, Window
from bot.domain.rota import Days, Layer, Restriction, Rotation, Schedule, Turn
from bot.domain.short_names import short_name
from bot.oncall.words import hand_over_from, night_from, turn_from, window_words
from bot.policy.toml_hours import zone_of
from bot.policy.toml_tables import Table

_WEEKDAYS = tuple(name.casefold() for name in WEEKDAYS)


def schedules_of(table: Table) -> dict[str, Schedule]:
    """The table [schedules], by name."""
    found = {}
    for name in table:
        check_name(table, name)
        one = table.table(name)
        one.only("zone", "layers")
        layers = [_layer(each, number) for number, each in enumerate(one.tables("layers"), 1)]
        taken = [layer.name for layer in layers]
        for number, layer in enumerate(layers):
            if layer.name in taken[:number]:
                one.wrong_item("layers", number, f"two layers of {name} are called “{layer.name}”")
        if not layers:
            table.wrong(name, f"the schedule {name} has no layer", f"Write [[schedules.{name}.layers]] below it.")
        found[name] = Schedule(name, zone_of(one), tuple(layers))
    return found


def check_name(table: Table, name: str) -> None:
    """Note a name that people could not type."""
    try:
        if short_name(name) != name:
            raise BadValue(f"“{name}” is not in small letters", f"{name.casefold()} will do.")
    except BadValue as error:
        table.wrong(name, error.text, error.hint)


def _layer(table: Table, number: int) -> Layer:
    table.only("name", "people", "turn", "first", "at", "priority", "starts", "ends", "when")
    name = table.text("name", f"layer {number}")
    if name == OVERRIDE:
        table.wrong("name", f"a layer cannot be called “{OVERRIDE}”", "That is what changes for once are called.")
    said = table.parsed_places("people", short_name)
    people = tuple(person for person in said if person is not None)
    if not said and "people" in table:
        table.wrong("people", f"nobody takes turns in {name}", 'Name people: ["kim", "sam"].')
    turn, length = table.parsed("turn", turn_from, (Turn.WEEKS, 1))
    at = table.parsed("at", hand_over_from, 0) if "at" in table else 0
    starts = table.day("starts") if "starts" in table else None
    ends = table.day("ends") if "ends" in table else None
    if starts is not None and ends is not None and ends < starts:
        table.wrong("ends", f"{name} ends before it starts")
    return Layer(
        name,
        Rotation(people, turn, length, table.day("first"), at),
        table.whole("priority", 0, 100, 1),
        tuple(restriction for one in table.tables("when") for restriction in _restrictions(one)),
        starts,
        ends,
    )


def _restrictions(table: Table) -> list[Restriction]:
    """One entry of `when`. A window over midnight makes two: the evening, and the morning of the day after."""
    table.only("weekdays", "hours", "days")
    chosen = table.chosen("weekdays", _WEEKDAYS, "weekday") if "weekdays" in table else []
    weekdays = frozenset(map(_WEEKDAYS.index, chosen))
    days = _days(table)
    windows = _windows(table)
    evenings = tuple((opens, DAY if closes <= opens else closes) for opens, closes in windows)
    mornings = tuple((0, closes) for opens, closes in windows if 0 < closes <= opens)
    if mornings and days is not Days.ANY:
        table.wrong(
            "hours",
            f"a night on days that are {days.value} is not clear: whose is the morning",
            'Write evening and morning as two of `when`: "18:00-24:00" and "00:00-09:00".',
        )
    evening = Restriction(weekdays, tuple(sorted(evenings)), days)
    following = frozenset((day + 1) % 7 for day in weekdays)
    return [evening, *([Restriction(following, tuple(sorted(mornings)), days)] if mornings else [])]


def _days(table: Table) -> Days:
    said = table.text("days", Days.ANY.value)
    if said in tuple(Days):
        return Days(said)
    table.wrong("days", f"there are no days “{said}”", "There are: any, working, off.")
    return Days.ANY


def _windows(table: Table) -> Sequence[Window]:
    kept: list[Window] = []
    for index, found in enumerate(table.parsed_places("hours", night_from) if "hours" in table else []):
        if found is None:
            continue
        clash = next((other for other in kept if _meet(found, other)), None)
        if clash is not None:
            said = f"{window_words(found)} overlaps {window_words(clash)} on the same day"
            table.wrong_item("hours", index, said)
        kept.append(found)
    return kept


def _meet(one: Window, other: Window) -> bool:
    """Whether two windows share a time of the day they begin on."""
    ends = [DAY if closes <= opens else closes for opens, closes in (one, other)]
    return one[0] < ends[1] and other[0] < ends[0]
