"""From a typed line to the raw values of a command: quotes, options, `name:value`, and the rest as free text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice, pairwise

from bot.domain.errors import BadValue, NotUnderstood
from commands.spec import Command, Param, Takes

LONGEST_LINE = 200_000
PROSE = "text"
"""The parameter whose words are somebody's own, sent or kept as they are; a subject or a reason is a remark."""

_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
_SHOWN = 1500
_ALIKE = 0.6
"""How like a word must be to what it may have been meant to be."""
_ASKING = (["help"], ["?"], ["--help"], ["-h"])
_NAMED = re.compile(r"(?:--)?([A-Za-z][A-Za-z_-]*)[:=]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as typed: its text without quotes, and where it stands in the line."""

    text: str
    start: int
    end: int
    quoted: bool


def tokens(line: str) -> tuple[Token, ...]:
    """The words of a line. A quote counts only where a word, or the value of `name:"…"`, begins, so "can't" is a word.

    A quote that is never closed takes the rest of the line: what somebody typed is not lost to a missing mark.
    """
    return tuple(_tokens(line))


def _tokens(line: str) -> Iterator[Token]:
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        start, quoted = at, False
        named = _NAMED.match(line, at)
        lead = named.group(0) if named and named.end() < len(line) and line[named.end()] in _QUOTES else ""
        at += len(lead)
        if line[at] in _QUOTES:
            closing = line.find(_QUOTES[line[at]], at + 1)
            closing = len(line) if closing < 0 else closing
            text, at, quoted = lead + line[at + 1 : closing], closing + 1, True
        else:
            while at < len(line) and not line[at].isspace():
                at += 1
            text = line[start:at]
        yield Token(text, start, min(at, len(line)), quoted and not lead)


def find_command(line: str, catalogue: Mapping[str, Command], help_word: str = "/help") -> tuple[Command, str]:
    """The command that a line begins with, and the rest of the line; help, where somebody asks a word for it.
    `help_word` is what help is called where the line was typed.

    Raises NotUnderstood, with what was probably meant.
    """
    if len(line) > LONGEST_LINE:
        raise NotUnderstood(f"That line is {len(line):,} characters long; the desk reads up to {LONGEST_LINE:,}.")
    spoken = tuple(islice(_tokens(line.strip().removeprefix("/")[:200]), 2))
    words = [token.text.casefold() for token in spoken if not token.quoted]
    rest = line.strip().removeprefix("/")
    for count in (2, 1):
        name = " ".join(words[:count])
        if len(words) >= count and name in catalogue:
            told = rest[spoken[count - 1].end :].strip()
            return (catalogue["help"], name) if told == "--help" and "help" in catalogue else (catalogue[name], told)
    if not words:
        raise NotUnderstood("Nothing was said.", f"{help_word} lists what the desk understands.")
    told = rest[spoken[len(words) - 1].end :].strip()
    if words[1:] in _ASKING and "help" in catalogue and _verbs(words[0], catalogue):
        exactly = f"{words[0]} {told.casefold()}"
        return catalogue["help"], exactly if exactly in catalogue else words[0]
    usual = default_of(words[0], catalogue)
    if usual is not None and not _near(words[1:], _verbs(words[0], catalogue)):
        return usual, rest[spoken[0].end :].strip()
    raise _unknown(words, told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…", catalogue, help_word)


def default_of(group: str, catalogue: Mapping[str, Command]) -> Command | None:
    """What is meant by a group's word alone, where anything is: `/page 42` is `/page start 42`."""
    return next((one for name, one in catalogue.items() if one.default and name.partition(" ")[0] == group), None)


def _near(words: list[str], verbs: list[str]) -> list[str]:
    """The verb that a word was meant to be, if any: no name and no number is one."""
    return get_close_matches(words[0], verbs, n=1, cutoff=_ALIKE) if words and words[0][0].isalpha() else []


def _verbs(group: str, catalogue: Mapping[str, Command]) -> list[str]:
    return [name.partition(" ")[2] for name in catalogue if name.partition(" ")[0] == group]


def _unknown(words: list[str], told: str, catalogue: Mapping[str, Command], help_word: str) -> NotUnderstood:
    """What was probably meant, with all that was typed after it: to be taken over, and not to be typed again."""
    verbs = _verbs(words[0], catalogue)
    if verbs and len(words) == 1:
        return NotUnderstood(
            f"/{words[0]} needs a verb.", f"One of: {', '.join(verbs)}. {help_word} {words[0]} explains them."
        )
    typed = " ".join(words)
    text = f"There is no “/{typed}”."
    if verbs:
        near = [f"{words[0]} {verb}" for verb in _near(words[1:], verbs)]
    else:
        near = get_close_matches(typed, catalogue, n=1, cutoff=_ALIKE)
    if near:
        return NotUnderstood(text, f"Did you mean: /{near[0]} {told or '?'}")
    if words[0] == "ticket":
        again = f"{words[1]} {told}".rstrip()
        return NotUnderstood(text, f"{help_word} ticket lists the verbs. To open a ticket: /ticket open {again}")
    if verbs:
        return NotUnderstood(text, f"One of: {', '.join(verbs)}. {help_word} {words[0]} explains them.")
    first = get_close_matches(words[0], {name.partition(" ")[0] for name in catalogue}, n=1, cutoff=_ALIKE)
    return NotUnderstood(
        text, f"Did you mean: /{first[0]} ?" if first else f"{help_word} lists what the desk understands."
    )


def read(command: Command, rest: str, *, in_ticket: int | None = None) -> dict[str, str]:
    """The raw values by parameter name; a flag's value is "yes". `in_ticket` is the ticket of the thread, if any.

    Raises BadValue for an unknown option, an option without its value, or words too many.
    """
    values: dict[str, str] = {}
    free: list[Token] = []
    pending = list(tokens(rest))
    only_words = False
    while pending:
        token = pending.pop(0)
        if token.text == "--" and not token.quoted and not only_words and _guards(command, pending):
            only_words = True
            continue
        named = None if only_words or token.quoted else _named(command, token.text)
        if named is not None and not token.text.startswith("--") and _in_prose(command, free, values, in_ticket):
            named = None
        if named is None:
            free.append(token)
            continue
        param, value = named
        if value is None and param.takes is Takes.FLAG:
            value = "yes"
        if value is None:
            if not pending:
                raise BadValue(f"{param.option} needs a value: {param.help}.", command.usage)
            value = pending.pop(0).text
        values[param.name] = f"{values[param.name]},{value}" if _repeats(param, values) else value
    _place(command, rest, free, values, in_ticket)
    return values


def _guards(command: Command, following: list[Token]) -> bool:
    """Whether "--" keeps anything that follows from being read as an option; else it is a dash that somebody typed."""
    words = (token.text for token in following if not token.quoted)
    return any(word.startswith("--") or _named(command, word) is not None for word in words)


def _repeats(param: Param, values: Mapping[str, str]) -> bool:
    return param.takes is Takes.WORDS and param.name in values


def _named(command: Command, text: str) -> tuple[Param, str | None] | None:
    """`--name`, `--name=value` or `name:value` of a parameter of this command; None for an ordinary word."""
    if text.startswith("--") and len(text) > 2:
        name, sign, value = text[2:].partition("=")
        param = command.param(name)
        if param is None:
            options = {p.option.removeprefix("--"): p.option for p in command.params}
            near = get_close_matches(name, options, n=1)
            meant = (
                f"Did you mean {options[near[0]]} ?"
                if near
                else f"It takes: {', '.join(options.values()) or 'no options'}."
            )
            raise BadValue(f"/{command.words} has no option --{name}.", f"{meant} For plain text put it in quotes.")
        return param, value if sign else None
    name, sign, value = text.partition(":")
    param = command.param(name) if sign and value else None
    return (param, value) if param is not None and "//" not in value[:2] else None


def _in_prose(command: Command, free: list[Token], values: Mapping[str, str], in_ticket: int | None) -> bool:
    """Whether a letter or a note has begun: "reason: see below" in the midst of it is what somebody writes."""
    left = len(free)
    for number, param in enumerate(command.params):
        if param.takes is Takes.FLAG or param.name in values:
            continue
        if param.name == PROSE:
            return left > 0
        in_thread = number == 0 and param.takes is Takes.TICKET and in_ticket is not None
        left -= not (in_thread and not _names_ticket(free))
        if left <= 0:
            return False
    return False


def _names_ticket(free: list[Token]) -> bool:
    return bool(free) and not free[0].quoted and re.fullmatch(r"#?\d+", free[0].text) is not None


def _place(command: Command, rest: str, free: list[Token], values: dict[str, str], in_ticket: int | None) -> None:
    """Give the words without a name to the parameters in their order; free text takes all that is left."""
    if in_ticket is not None:
        first = command.params[0] if command.params else None
        wanted = first is not None and first.takes is Takes.TICKET and first.name not in values
        if first is not None and wanted and not _names_ticket(free):
            values[first.name] = str(in_ticket)
    for param in command.params:
        if not free or param.name in values or param.takes is Takes.FLAG:
            continue
        if param.takes is Takes.TEXT:
            values[param.name] = free[0].text if len(free) == 1 and free[0].quoted else _joined(rest, free)
            free.clear()
        elif param.takes is Takes.WORDS:
            values[param.name] = ",".join(token.text for token in free)
            free.clear()
        else:
            values[param.name] = free.pop(0).text
    if free:
        raise BadValue(
            f"/{command.words} does not know what to do with “{free[0].text[:60]}”.", f"It is typed: {command.usage}"
        )


def _joined(rest: str, free: list[Token]) -> str:
    """The words as they were typed, with the spacing between neighbours kept and options cut out."""
    text = rest[free[0].start : free[0].end]
    for before, token in pairwise(free):
        gap = rest[before.end : token.start]
        text += (gap if gap.isspace() else " ") + rest[token.start : token.end]
    return text
