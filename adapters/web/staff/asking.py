"""Forms of commands: what the desk must be told before it can do something, as fields of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.cards import Line
from commands.bringing import BRINGING
from commands.completion import listed
from commands.desk import Desk, Form
from commands.form_words import EXAMPLES, deed_of, field_label
from commands.spec import Param, Takes

PREFIX = "v."
"""How the name of a field begins that holds a value of a command."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is "text", "line", "flag" or "list". `options` are values with their words."""

    name: str
    label: str
    kind: str
    help: str
    required: bool
    value: str = ""
    options: Sequence[tuple[str, str]] = ()
    example: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A form: `known` goes along unseen, `fields` are asked for; with `files` some may be chosen, too."""

    words: str
    title: str
    summary: str
    known: Mapping[str, str]
    fields: Sequence[Field]
    foreword: Line = ()
    files: bool = False

    @property
    def asks(self) -> str:
        """The names of the fields, as the form sends them along: a refusal asks for the same ones again."""
        return ",".join(field.name for field in self.fields)


def asked(desk: Desk, form: Form, typed: Mapping[str, str] = MappingProxyType({})) -> Asked:
    """The form as a page shows it; `typed` is what somebody wrote into it before. Reads the database."""
    given = {name: str(value) for name, value in form.known.items()} | dict(typed)
    names = {param.name for param in form.asks}
    known = {name: value for name, value in given.items() if name not in names}
    fields = [_field(desk, param, given.get(param.name, "")) for param in form.asks]
    words = form.command.words
    return Asked(words, deed_of(form), form.command.summary, known, fields, form.foreword, words in BRINGING)


def _field(desk: Desk, param: Param, value: str) -> Field:
    options = [(one.text, one.shown or one.text) for one in listed(desk, param)]
    kind = "list" if options else _KINDS.get(param.takes, "line")
    if kind == "flag" and value.strip().casefold() in _NO:
        value = ""
    example = EXAMPLES.get(param.takes, "") if kind == "line" else ""
    return Field(param.name, field_label(param), kind, param.help, param.required, value, options, example)


_NO = frozenset({"no", "false", "0"})
_KINDS = {Takes.TEXT: "text", Takes.FLAG: "flag"}


def values_in(fields: Mapping[str, str]) -> dict[str, str]:
    """The values of a command that a form sent; empty ones were not given."""
    found = {name.removeprefix(PREFIX): value for name, value in fields.items() if name.startswith(PREFIX)}
    return {name: value for name, value in found.items() if value.strip()}
