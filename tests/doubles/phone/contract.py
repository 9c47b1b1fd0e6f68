"""What the provider takes: requests and markup checked against `contract.toml`, unknown names refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError, fromstring

_FILE = Path(__file__).with_name("contract.toml")
_NUMBER = re.compile(r"\+[1-9]\d{5,14}|sips?:[^\s@]+@[^\s@]+|client:\S+|anonymous", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d))?", re.ASCII)

Given = Sequence[tuple[str, str]]


class BadMarkup(Exception):
    """The provider cannot execute this document."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a request, and whether the provider refuses it (or takes no notice)."""

    what: str
    refused: bool = True


def check(operation: str, given: Given) -> list[Wrong]:
    """Everything that is wrong with the parameters of a request."""
    rules = _contract()["operations"][operation]
    return list(_wrongs(rules, rules.get("takes", {}), given))


def read_markup(text: str) -> Element:
    """The document, checked. Raises BadMarkup."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadMarkup("a document type in the markup")
    try:
        root = fromstring(text)  # noqa: S314 -- the desk's own answer; document types are refused above
    except ParseError as error:
        raise BadMarkup(f"no XML: {error}") from None
    if root.tag != "Response":
        raise BadMarkup(f"the root is <{root.tag}>, not <Response>")
    _check_element(root)
    return root


def words_of(element: Element) -> str:
    """The words of a <Say>, without the marks in it."""
    return " ".join("".join(element.itertext()).split())


def is_yes(word: str | None, otherwise: bool = False) -> bool:
    return otherwise if word is None else word.lower() == "true"


@cache
def _contract() -> Mapping[str, Any]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)


def _wrongs(rules: Mapping[str, Any], takes: Mapping[str, str], given: Given) -> Iterator[Wrong]:
    names = [name for name, _ in given]
    for name, value in given:
        if name not in takes:
            yield Wrong(f"there is no parameter {name}", refused=False)
        elif not _fits(takes[name].removeprefix("*"), value):
            yield Wrong(f"{name}={value!r} is not {takes[name]}")
    for name in set(names):
        if names.count(name) > 1 and not takes.get(name, "*").startswith("*"):
            yield Wrong(f"{name} is given more than once")
    for name in rules.get("required", ()):
        if name not in names:
            yield Wrong(f"{name} is missing")
    for of, most in (("one_of", 1), ("some_of", 2)):
        choice = rules.get(of, ())
        if choice and not 1 <= len([name for name in choice if name in names]) <= most:
            yield Wrong(f"of {', '.join(choice)} {len(set(choice) & set(names))} are given")


def _fits(kind: str, value: str) -> bool:
    if kind == "text":
        return True
    if kind in ("url", "url-or-none"):
        # A path alone is meant from where the document came from.
        parts = urlsplit(value)
        absolute = parts.scheme in ("http", "https") and bool(parts.netloc)
        return absolute or (kind == "url-or-none" and not value) or value.startswith("/")
    if kind == "number":
        return _NUMBER.fullmatch(value) is not None
    if kind == "date":
        return _DATE.fullmatch(value) is not None
    if kind == "yes":
        return value.lower() in ("true", "false")
    if kind.startswith("integer "):
        low, _, high = kind.removeprefix("integer ").partition("..")
        return value.isascii() and value.isdigit() and int(low) <= int(value) <= int(high)
    if kind.startswith("words "):
        return bool(value) and set(value.split()) <= set(kind.removeprefix("words ").split("|"))
    return value in kind.split("|")


def _check_element(element: Element) -> None:
    rules = _contract()["markup"].get(element.tag)
    if rules is None:
        raise BadMarkup(f"there is no verb <{element.tag}>")
    takes = rules.get("takes", {})
    for name, value in element.attrib.items():
        name = name.replace("{http://www.w3.org/XML/1998/namespace}", "xml:")
        if name not in takes:
            raise BadMarkup(f"<{element.tag}> has no attribute {name}")
        if not _fits(takes[name], value):
            raise BadMarkup(f"<{element.tag} {name}={value!r}> is not {takes[name]}")
    holds = rules.get("holds", ())
    texts = [element.text, *(child.tail for child in element)]
    if "text" not in holds and any(text and text.strip() for text in texts):
        raise BadMarkup(f"words stand in <{element.tag}>")
    for child in element:
        if child.tag not in holds:
            raise BadMarkup(f"<{child.tag}> stands in <{element.tag}>")
        _check_element(child)
