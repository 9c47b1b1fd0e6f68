"""Reading: what people wrote in Slack as the desk's grammar reads it, and the line of it that is meant for the desk."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from commands.spec import Command

Who = Callable[[str], str]
"""How a person is called in a line: by a Slack account."""

_MARKED = re.compile(r"<([^<>\s][^<>]*)>")
_MENTIONS = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_DASHED = re.compile(r"(?<!\S)[—–]([A-Za-z][A-Za-z-]*)(?=[\s=:]|$)")
_AROUND = "*_~`.,:;!?\u2026"
_OWN = "ticket"
"""What is talked of in a thread: its verbs need no group."""


def spoken(text: str, who: Who) -> str:
    """Slack's text as it was typed: its marks and entities undone, people called as the desk calls them."""
    words = _MARKED.sub(lambda found: _unmarked(found[1], who), text)
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        words = words.replace(entity, letter)
    return words.replace("\u00a0", " ").strip()


def accounts_in(text: str) -> tuple[str, ...]:
    """The people that a text mentions, each once."""
    return tuple(dict.fromkeys(_MENTIONS.findall(text)))


def addressed(text: str, bot: str) -> str | None:
    """What a text says to the bot: what follows its mention, or stands before it where nothing does. None where it
    is not mentioned."""
    found = next((one for one in _MENTIONS.finditer(text) if one[1] == bot), None)
    if found is None:
        return None
    return text[found.end() :].strip(" \t\n:,") or text[: found.start()].strip()


def line_of(words: str, catalogue: Mapping[str, Command]) -> str | None:
    """The line of the catalogue's grammar that somebody means who may leave out the group: "claim" is
    "ticket claim". None where there is no such verb."""
    first, rest = _parted(words.strip().removeprefix("/"))
    second = _parted(rest)[0]
    for name in (f"{first} {second}", first, f"{_OWN} {first}", _only(first, catalogue)):
        if first and name in catalogue:
            told = _parted(rest)[1] if name == f"{first} {second}" else rest
            return f"{name} {_with_options(told, catalogue[name])}".strip()
    return None


def meant(words: str, catalogue: Mapping[str, Command]) -> str:
    """The verb that was probably meant; empty where none comes near."""
    verbs = {name.rpartition(" ")[2] for name in catalogue if name.partition(" ")[0] == _OWN or " " not in name}
    near = get_close_matches(_parted(words)[0][:40], verbs, n=1, cutoff=0.65)
    return near[0] if near else ""


def _parted(words: str) -> tuple[str, str]:
    """The first word, bare of marks around it, and what follows it as it was typed."""
    stripped = words.lstrip()
    first = stripped.split(maxsplit=1)[0] if stripped else ""
    return first.strip(_AROUND).casefold(), stripped[len(first) :].lstrip(" \t")


def _only(verb: str, catalogue: Mapping[str, Command]) -> str:
    """The one command of that verb, of whichever group."""
    found = [name for name in catalogue if name.partition(" ")[2] == verb]
    return found[0] if len(found) == 1 else ""


def _with_options(words: str, command: Command) -> str:
    """Telephones and word processors make one long dash of two; before an option it was two."""
    return _DASHED.sub(lambda found: f"--{found[1]}" if command.param(found[1]) else found[0], words)


def _unmarked(mark: str, who: Who) -> str:
    """What stands for `<…>` in the text of a message."""
    target, _, label = mark.partition("|")
    if target.startswith("@"):
        return who(target[1:])
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    # Slack links what looks like an address by itself: then the label is what was typed.
    typed = not label or address.rstrip("/").endswith(label.rstrip("/"))
    return (label or address) if typed else f"{label} ({address})"
