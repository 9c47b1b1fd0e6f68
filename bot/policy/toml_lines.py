"""Where in a TOML text each value stands, so that a refusal can name the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from bot.domain.errors import BadValue

KeyPath = tuple[str | int, ...]
"""From the top: names of keys, and positions in arrays."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''
    r"|\#[^\n]*|\n|[\[\]{}=,.]|[^\s\[\]{}=,.\#\"']+",
    re.DOTALL,
)
_WHERE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d")


class NotToml(BadValue):
    """The text breaks TOML's own rules at a line."""

    def __init__(self, line: int, text: str, hint: str = "") -> None:
        super().__init__(text, hint)
        self.line = line


def load(text: str) -> tuple[Mapping[str, Any], Mapping[KeyPath, int]]:
    """The values of a TOML text, and the line (from 1) of each key, table and array element. Raises NotToml."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(text, str(error)) from error
    return data, _Walk(text).lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """The line of a path, or of the nearest thing around it that was written down; 1 if there is none."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _not_toml(text: str, message: str) -> NotToml:
    match = _WHERE.fullmatch(message)
    found, number = match.groups() if match else (message, None)
    rows = text.rstrip("\n").split("\n")
    line = int(number) if number else len(rows)
    if found == "Invalid date or datetime" and (day := _DATE.search(rows[line - 1])):
        return NotToml(line, f"the date {day[0]} does not exist", "Dates are written as 2026-03-02.")
    if found == "Invalid value":
        return NotToml(line, "this value cannot be read", 'Words stand in quotes: name = "Support policy".')
    return NotToml(line, f"{found[:1].lower()}{found[1:]}")


class _Walk:
    """One pass over the tokens of a text that tomllib has already accepted."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._tokens: list[tuple[str, int]] = []
        line = 1
        for match in _TOKEN.finditer(text):
            if not match[0].startswith("#"):
                self._tokens.append((match[0], line))
            line += match[0].count("\n")
        self._at = 0
        table: KeyPath = ()
        arrays: dict[KeyPath, int] = {}
        while self._at < len(self._tokens):
            mark, line = self._tokens[self._at]
            if mark == "\n":
                self._at += 1
            elif mark == "[":
                table = self._header(line, arrays)
            else:
                self._pair(table)

    def _header(self, line: int, arrays: dict[KeyPath, int]) -> KeyPath:
        """A `[table]` or `[[table]]` line."""
        self._at += 1
        many = self._peek() == "["
        self._at += many
        path: KeyPath = ()
        *outer, last = self._key()
        for key in outer:
            path = (*path, key)
            if path in arrays:
                path = (*path, arrays[path])
        path = (*path, last)
        self._at += 1 + many
        if many:
            arrays[path] = arrays.get(path, -1) + 1
            path = (*path, arrays[path])
        self.lines.setdefault(path, line)
        return path

    def _pair(self, table: KeyPath) -> None:
        """`key = value`, at the start of a line or in an inline table."""
        line = self._tokens[self._at][1]
        path = table
        for key in self._key():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._at += 1
        self._value(path)

    def _key(self) -> list[str]:
        """The names of a dotted key, up to what follows it."""
        names: list[str] = []
        while self._peek() not in ("=", "]"):
            mark = self._peek()
            if mark != ".":
                names.append(next(iter(tomllib.loads(f"{mark} = 0"))))
            self._at += 1
        return names

    def _value(self, path: KeyPath) -> None:
        opening = self._peek()
        if opening not in ("[", "{"):
            while self._peek() not in (",", "]", "}", "\n", ""):
                self._at += 1
            return
        self._at += 1
        index = 0
        while self._peek() not in ("]", "}"):
            mark, line = self._tokens[self._at]
            if mark in ("\n", ","):
                self._at += 1
            elif opening == "{":
                self._pair(path)
            else:
                self.lines[(*path, index)] = line
                self._value((*path, index))
                index += 1
        self._at += 1

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""
