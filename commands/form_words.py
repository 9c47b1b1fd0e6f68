"""What a form is called and how its fields are labelled, the same wherever it is filled in."""

from __future__ import annotations

from collections.abc import Mapping

from commands.desk import Form
from commands.spec import Param, Takes

EXAMPLES: Mapping[Takes, str] = {
    Takes.LEVEL: "Choose a support level",
    Takes.CATEGORY: "Choose a category",
    Takes.RESOLUTION: "Choose how it ended",
    Takes.CHOICE: "Choose one",
    Takes.PARTNER: "Whose help it is for",
    Takes.MOMENT: "2d, 3h (business time), Mon 10:00 or 2026-03-02 14:30",
    Takes.DAY: "2026-03-02, 2 Mar, Mon or tomorrow",
    Takes.INSTANT: "Mon 18:00, 24 Dec 09:00, 22:00 or 4h",
    Takes.NUMBER: "A whole number",
    Takes.WORDS: "Several, with commas",
}
"""What stands in an empty field of a kind, where the label alone does not say what to write."""

PARTS = "~"
"""Stands in a field's id between the parameter's name and the number of the part of a text in several fields."""


def field_label(param: Param) -> str:
    """What a field is called."""
    return param.label or label_of(param.name)


def label_of(name: str) -> str:
    """What the field of a parameter of that name is called."""
    return name.replace("_", " ").capitalize()


def ticket_of(form: Form) -> str:
    """The number of the ticket that a form is about, or ""."""
    number = str(form.known.get("ticket", "")).strip().removeprefix("#")
    return number if number.isascii() and number.isdigit() else ""


def deed_of(form: Form) -> str:
    """The verb, and which ticket: "Close #42"."""
    verb = form.command.words.rpartition(" ")[2].capitalize()
    return f"{verb} #{number}" if (number := ticket_of(form)) else verb


def summary_of(form: Form, most: int) -> str:
    """What the command does, or its words where that is too long."""
    summary = form.command.summary.rstrip(".")
    return summary if len(summary) <= most else f"/{form.command.words}"


def stray(name: str) -> Param:
    """A field for a value that no parameter of the command is named for: the desk will say so."""
    return Param(name, Takes.TEXT, name, required=False)


def longest(form: Form, known: Mapping[str, str]) -> Param:
    """The known value that takes most room, as a field to show."""
    name = max(known, key=lambda one: len(known[one]))
    return form.command.param(name) or stray(name)


def name_of(field: str) -> str:
    """The parameter that a field stands for, also where it is one of several for a long text."""
    return field.partition(PARTS)[0]


def in_parts(texts: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by field in their order, as values by parameter; what was left empty is not there."""
    found: dict[str, list[str]] = {}
    for field, text in texts.items():
        if text:
            found.setdefault(name_of(field), []).append(text)
    return {name: "\n".join(parts) for name, parts in found.items()}
