"""TOML tables read key by key, with every mistake noted at its line instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from bot.domain.errors import BadValue
from bot.policy.toml_lines import KeyPath, line_of

T = TypeVar("T")

_NO_DAY = date(1970, 1, 1)
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at a line, and what was probably meant."""

    line: int
    text: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.line}: {self.text}." + (f" {self.hint}" if self.hint else "")


@dataclass(slots=True)
class Mistakes:
    """Where mistakes are gathered; `lines` says on which line each value stands."""

    lines: Mapping[KeyPath, int]
    found: list[Mistake] = field(default_factory=list)

    def add(self, path: KeyPath, text: str, hint: str = "") -> None:
        self.found.append(Mistake(line_of(self.lines, path), text.removesuffix("."), hint))

    @property
    def in_order(self) -> tuple[Mistake, ...]:
        return tuple(sorted(self.found, key=lambda mistake: mistake.line))


class Mistaken(BadValue):
    """A file does not hold together. `mistakes` are all that were found, in the order of the file."""

    def __init__(self, name: str, mistakes: tuple[Mistake, ...]) -> None:
        self.mistakes = mistakes
        if len(mistakes) == 1:
            only = mistakes[0]
            super().__init__(f"{name}, line {only.line}: {only.text}.", only.hint)
        else:
            told = "\n".join(f"  line {one}" for one in mistakes)
            super().__init__(f"{name} does not hold together in {len(mistakes)} places:\n{told}")


def file_text(path: Path) -> str:
    """What stands in an operator's file. Raises BadValue."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadValue(f"{path} is not a text in UTF-8.", "Save it as plain text.") from error
    except OSError as error:
        raise BadValue(f"{path} cannot be read: {error.strerror}.", "Name another file.") from error


def meant(word: str, words: Sequence[str]) -> str:
    """A hint for a word that is none of the known ones: the nearest, or all of them."""
    folded = {known.casefold(): known for known in words}
    near = get_close_matches(word.casefold(), folded, n=1)
    if near:
        return f"Did you mean “{folded[near[0]]}”?"
    return f"There are: {', '.join(words)}." if words else ""


class Table:
    """One table. Each reader returns a value of the asked kind; after a mistake it is a stand-in, never used."""

    def __init__(self, data: Mapping[str, Any], path: KeyPath, mistakes: Mistakes) -> None:
        self._data = data
        self._path = path
        self._mistakes = mistakes

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def wrong(self, key: str, text: str, hint: str = "") -> None:
        """Note a mistake at a key."""
        self._mistakes.add((*self._path, key), text, hint)

    def wrong_item(self, key: str, index: int, text: str, hint: str = "") -> None:
        """Note a mistake at an element of a key's array."""
        self._mistakes.add((*self._path, key, index), text, hint)

    def only(self, *known: str, what: str = "key") -> None:
        """Every other key is a mistake."""
        for key in self._data:
            if key not in known:
                self.wrong(key, f"there is no {what} “{key}”{self._where}", meant(key, known))

    def is_table(self, key: str) -> bool:
        """Whether a key, which may be either, has a table."""
        return isinstance(self._data.get(key), dict)

    def table(self, key: str, *, needed: bool = True) -> Table:
        found = self._data.get(key, _MISSING)
        if isinstance(found, dict):
            return Table(found, (*self._path, key), self._mistakes)
        if found is not _MISSING:
            self.wrong(
                key, f"“{key}” is not a table", f"Write [{'.'.join(map(str, (*self._path, key)))}] above its keys."
            )
        elif needed:
            self.wrong(key, f"the table [{key}] is missing")
        return Table({}, (*self._path, key), self._mistakes)

    def tables(self, key: str) -> list[Table]:
        """The tables of an array of them; none where the key is left out."""
        found = self._data.get(key, [])
        if isinstance(found, list) and all(isinstance(one, dict) for one in found):
            return [Table(one, (*self._path, key, index), self._mistakes) for index, one in enumerate(found)]
        names = [part for part in (*self._path, key) if isinstance(part, str)]
        self.wrong(key, f"“{key}” is not a list of tables", f"Write [[{'.'.join(names)}]] above each of them.")
        return []

    def text(self, key: str, default: str | None = None) -> str:
        return self._plain(key, str, "words in quotes", "" if default is None else default, default is None).strip()

    def flag(self, key: str, default: bool) -> bool:
        return self._plain(key, bool, "true or false", default, needed=False)

    def day(self, key: str) -> date:
        found = self._found(key, needed=True)
        return _NO_DAY if found is _MISSING else self._day(found, lambda *say: self.wrong(key, *say))

    def whole(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number from `least` to `most`."""
        found = self._plain(key, int, "a whole number", least if default is None else default, default is None)
        if not least <= found <= most:
            self.wrong(key, f"“{key}” is {found}, and must lie from {least} to {most}")
        return found

    def whole_list(self, key: str, least: int, most: int) -> list[int]:
        found = self._list(key)
        for index, value in enumerate(found):
            if type(value) is not int or not least <= value <= most:
                self.wrong_item(key, index, f"{_shown(value)} is not a whole number from {least} to {most}")
        return [value for value in found if type(value) is int]

    def strings(self, key: str) -> list[str]:
        found = self._list(key)
        for index, value in enumerate(found):
            if not isinstance(value, str) or not value.strip():
                self.wrong_item(key, index, f"{_shown(value)} is not words in quotes")
        return [value.strip() for value in found if isinstance(value, str)]

    def chosen(self, key: str, known: Sequence[str], what: str) -> list[str]:
        """Strings of an array that must be among the known ones."""
        found = self.strings(key)
        for index, word in enumerate(found):
            if word not in known:
                self.wrong_item(key, index, f"there is no {what} “{word}”", meant(word, known))
        return [word for word in found if word in known]

    def titles(self) -> dict[str, str]:
        """Slugs with their titles: the slugs are what people type, so they are short and plain."""
        for slug in self:
            if not slug.replace("-", "").isalnum() or slug != slug.casefold():
                self.wrong(slug, f"“{slug}” is not a name people can type", "Use small letters, digits and dashes.")
        if not self._data:
            self._mistakes.add(self._path, f"[{self._path[-1]}] names nothing")
        return {slug: self.text(slug) for slug in self}

    def days(self, key: str) -> list[date]:
        if key not in self:
            return []
        return [
            self._day(value, lambda text, hint="", index=index: self.wrong_item(key, index, text, hint))
            for index, value in enumerate(self._list(key))
        ]

    def dated(self) -> list[tuple[date, str]]:
        """The keys that are dates, each with the date it says."""
        return [(self._day(key, lambda *say, key=key: self.wrong(key, *say)), key) for key in self]

    def parsed(self, key: str, parse: Callable[[str], T], stand_in: T) -> T:
        """A string with a meaning; `parse` raises BadValue for what has none."""
        found = self.text(key)
        try:
            return parse(found) if found else stand_in
        except BadValue as error:
            self.wrong(key, error.text, error.hint)
            return stand_in

    def parsed_list(self, key: str, parse: Callable[[str], T]) -> list[T]:
        return [value for value in self.parsed_places(key, parse) if value is not None]

    def parsed_places(self, key: str, parse: Callable[[str], T]) -> list[T | None]:
        """An array (or one string alone) of such strings; None in the place of each that is wrong."""
        if isinstance(self._data.get(key), str):
            return [self.parsed(key, lambda text: parse(text) or None, None)]
        kept: list[T | None] = []
        for index, value in enumerate(self._list(key)):
            kept.append(None)
            if not isinstance(value, str):
                self.wrong_item(key, index, f"{_shown(value)} is not words in quotes")
                continue
            try:
                kept[-1] = parse(value)
            except BadValue as error:
                self.wrong_item(key, index, error.text, error.hint)
        return kept

    @property
    def _where(self) -> str:
        """Which table this is, for a sentence about it; nothing for the top."""
        names = ".".join(part for part in self._path if isinstance(part, str))
        return f" in [{names}]" if names else ""

    def _found(self, key: str, needed: bool) -> Any:
        if key not in self and needed:
            self.wrong(key, f"“{key}” is missing{self._where}")
        return self._data.get(key, _MISSING)

    def _plain(self, key: str, kind: type[T], said: str, stand_in: T, needed: bool) -> T:
        found = self._found(key, needed)
        if found is _MISSING:
            return stand_in
        if type(found) is not kind:
            self.wrong(key, f"“{key}” is {_shown(found)}, and must be {said}")
            return stand_in
        if isinstance(found, str) and needed and not found.strip():
            self.wrong(key, f"“{key}” is empty")
        kept: T = found
        return kept

    def _list(self, key: str) -> list[Any]:
        return self._plain(key, list, "a list in square brackets", [], needed=True)

    def _day(self, value: Any, wrong: Callable[..., None]) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            if not isinstance(value, str) or len(value) != 10:
                raise TypeError
            return date.fromisoformat(value)
        except TypeError:
            wrong(f"{_shown(value)} is not a date", "Dates are written as 2026-03-02.")
        except ValueError:
            wrong(f"the date {value} does not exist", "Dates are written as 2026-03-02.")
        return _NO_DAY


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"“{value}”" if isinstance(value, str) else str(value)
