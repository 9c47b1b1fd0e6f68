"""/desk settings: what the operator has set, without any secret, and how the desk is connected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.cards import Card, Line, Strong, Table, When
from bot.domain.people import Role
from bot.domain.sla import instant
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from commands.spec import Caller, Command, command
from commands.staff_link import Platform

HEALTH = "health:"
"""What a running desk remembers of a platform's connection, under the platform's name."""


def desk_settings_for(facts: Mapping[str, str], platforms: Sequence[str]) -> Command:
    """The command of a desk that is set so: every setting's name with its value in words; and which platforms it is
    connected to, beside those of old."""

    @command("desk settings", role=Role.LEAD, writes=False, examples=("desk settings",))
    def desk_settings(caller: Caller, work: UnitOfWork) -> Card:
        """Show what the operator has set, and how the desk is connected."""
        known = dict.fromkeys([*map(str, Platform), *platforms])
        found = {platform: work.memory.fact(f"{HEALTH}{platform}") for platform in known}
        health = {platform: fact for platform, fact in found.items() if fact}
        rows = tuple(((name,), (value,)) for name, value in facts.items())
        return Card(
            (Strong("Settings"),),
            lines=tuple(_connections(health)),
            table=Table(("setting", "is"), rows) if rows else None,
            data={
                "settings": dict(facts),
                "connections": {platform: _data(fact) for platform, fact in health.items()},
            },
        )

    return desk_settings


def _connections(health: Mapping[str, Any]) -> Iterator[Line]:
    for platform, fact in health.items():
        heard: Line = (", last heard of ", When(instant(fact["heard_at"]))) if fact.get("heard_at") else ()
        well = "is well" if fact["well"] else "is not well"
        yield (f"{platform} {well}: {fact['words']}", *heard, " (as of ", When(instant(fact["at"])), ")")
    if not health:
        yield ("No chat platform has been connected yet.",)


def _data(fact: Mapping[str, Any]) -> dict[str, Any]:
    heard = iso(instant(fact["heard_at"])) if fact.get("heard_at") else None
    return {"well": fact["well"], "words": fact["words"], "heard_at": heard, "at": iso(instant(fact["at"]))}
