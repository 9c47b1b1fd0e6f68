"""Autocomplete: the desk's own proposals for an option that somebody is typing."""

from __future__ import annotations

from adapters.discord.people.speakers import Speakers
from adapters.discord.wire.heard import Heard
from commands.completion import Completion, complete_value
from commands.desk import Desk

MOST = 25
LONGEST = 100
"""Characters of what is shown, and of what is filled in."""


class Autocomplete:
    """Proposes values. Blocks."""

    def __init__(self, desk: Desk, speakers: Speakers) -> None:
        self._desk = desk
        self._speakers = speakers

    def of(self, heard: Heard) -> list[dict[str, str]]:
        """What Discord lists; nothing for those who may not look."""
        command = self._desk.catalogue.get(heard.words)
        typing = next((one for one in heard.options if one.get("focused")), None)
        param = command.param(str(typing.get("name", ""))) if command is not None and typing is not None else None
        if param is None or typing is None:
            return []
        found = complete_value(self._desk, self._speakers.known(heard), param, str(typing.get("value") or ""))
        return choices(found)


def choices(found: list[Completion]) -> list[dict[str, str]]:
    """Proposals as Discord takes them; one whose value is empty, or too long to be filled in, is left out."""
    fitting = [one for one in found if one.text.strip() and len(one.text) <= LONGEST]
    return [{"name": shown(one), "value": one.text} for one in fitting][:MOST]


def shown(one: Completion) -> str:
    """What a proposal is called, on one line that fits: what it means stands behind it where there is room."""
    name = " ".join(one.shown.split()) or one.text
    told = f"{name} · {' '.join(one.help.split())}" if one.help and one.help != one.shown else name
    if len(told) <= LONGEST:
        return told
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"
