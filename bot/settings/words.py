"""What is wrong with the settings, in sentences: pydantic's own words speak of fields, patterns and types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import resources
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from bot.domain.errors import Refusal

NUMBER = r"^\+\d{6,15}$"
ADDRESS = r"^https?://.+[^/]$"
ADDRESS_OR_NONE = r"^(https?://.+[^/])?$"
LINK = r"^https?://\S+$"
LOG_LEVELS = "^(DEBUG|INFO|WARNING|ERROR)$"

_ADDRESS_WORDS = "an address such as https://desk.example.com, without a slash at its end"
_SHAPES = {
    NUMBER: "a number with its country code, such as +14165550100",
    ADDRESS: _ADDRESS_WORDS,
    ADDRESS_OR_NONE: _ADDRESS_WORDS,
    LINK: "an address such as https://example.com/hooks/desk",
    LOG_LEVELS: "DEBUG, INFO, WARNING or ERROR",
}
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "tuple": 'a list, in brackets: ["CA", "US"]',
    "string": "words in quotes",
    "model": "a section of its own, in brackets",
}

_NUMBERED_TOO = frozenset({"AC", "TA", "XK"})
"""Ascension, Tristan da Cunha and Kosovo have telephone numbers of their own and no code in ISO 3166."""


class SettingsError(Refusal):
    """The settings do not hold together; the desk does not start."""


def told(error: ValidationError, model: type[BaseModel]) -> str:
    """Each mistake as a sentence, without the value: it might be a secret."""
    return " ".join(_sentence(one, model) for one in error.errors(include_url=False, include_input=False))


def meant(name: str, among: Iterator[str] | list[str]) -> str:
    """ "Did you mean phone.account?", or nothing where nothing is near."""
    near = get_close_matches(name, list(among), n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else ""


def settings_below(model: type[BaseModel], lead: str = "") -> Iterator[str]:
    """The names of a model's settings, those of its sections in full: "phone.second.number"."""
    for name, field in model.model_fields.items():
        yield lead + name
        for section in (field.annotation, *get_args(field.annotation)):
            if isinstance(section, type) and issubclass(section, BaseModel):
                yield from settings_below(section, f"{lead}{name}.")


def countries() -> frozenset[str]:
    """The two letters of every country that has telephone numbers."""
    table = resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    return _NUMBERED_TOO | {line[:2] for line in table.splitlines() if line[:1].isalpha()}


def _sentence(one: Mapping[str, Any], model: type[BaseModel]) -> str:
    where = ".".join(str(part) for part in one["loc"])
    kind, context = str(one["type"]), one.get("ctx") or {}
    if kind == "extra_forbidden":
        depth = where.count(".")
        beside = [name for name in settings_below(model) if name.count(".") == depth]
        return f"There is no setting “{where}”. {meant(where, beside)}".strip()
    if kind == "missing":
        return f"{where} is missing."
    if kind == "literal_error":
        return f"{where} is one of {context['expected']}."
    if kind == "string_pattern_mismatch" and context["pattern"] in _SHAPES:
        return f"{where} is {_SHAPES[context['pattern']]}."
    if kind == "greater_than_equal":
        return f"{where} is {context['ge']:g} or more."
    if kind == "less_than_equal":
        return f"{where} is {context['le']:g} or less."
    if kind == "value_error":
        return f"{where}: {context['error']}."
    known = _KINDS.get(kind.partition("_")[0])
    return f"{where} is {known}." if known else f"{where}: {one['msg']}."
