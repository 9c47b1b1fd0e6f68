"""Time zones and windows of the day as operators write them in their files, judged where they stand."""

from __future__ import annotations

from bot.domain.errors import BadValue
from bot.domain.hours import Window, clock_text, window, zone_named
from bot.policy.toml_tables import Table


def zone_of(table: Table) -> str:
    """The table's `zone`, an IANA name."""
    name = table.text("zone")
    if name:
        try:
            zone_named(name)
        except BadValue as error:
            table.wrong("zone", error.text, error.hint)
    return name


def windows_of(table: Table, key: str) -> tuple[Window, ...]:
    """The spans of one day, each as "10:00-19:00", in order and apart."""
    kept: list[Window] = []
    for index, found in enumerate(table.parsed_places(key, window)):
        if found is None:
            continue
        clash = next((other for other in kept if found[0] < other[1] and other[0] < found[1]), None)
        if clash is None:
            kept.append(found)
        else:
            said, other = _spoken(found), _spoken(clash)
            table.wrong_item(key, index, f"{said} overlaps {other} on the same day ({key})")
    return tuple(sorted(kept))


def _spoken(found: Window) -> str:
    return "-".join(clock_text(second) for second in found)
