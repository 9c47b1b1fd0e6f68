"""Sets values in a TOML file that belongs to a person: their words, order and comments stay as they were."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.errors import Refusal

Value = str | int | Sequence[str]
TOP = -1
"""The line before the first."""


def with_values(text: str, section: str, values: Mapping[str, Value | None]) -> str:
    """The text with these values in [section], which is added at the end where there is none; None takes a line away.
    A section within another is named "outer.inner", and "" is what stands before the first.

    The result says what is wanted and nothing else has changed, or Refusal is raised with the lines to write by hand.
    """
    wanted = {name: _plain(value) for name, value in values.items() if value is not None}
    before = tomllib.loads(text)
    there = table_of(before, section)
    after = {name: value for name, value in there.items() if name not in values} | wanted
    if there == after:
        return text
    lines = text.removesuffix("\n").split("\n") if text else []
    start = next((at for at, line in enumerate(lines) if _is_header(line, section)), None) if section else TOP
    if start is None:
        lines += [*([""] if lines else []), f"[{section}]"]
        start = len(lines) - 1
    for name, value in values.items():
        _set(lines, start, name, value)
    result = "\n".join(lines) + "\n"
    if _read(result) != _put(before, section, after):
        by_hand = "; ".join(f"{name} = {_said(value)}" for name, value in wanted.items() if name in values)
        where = f"[{section}]" if section else "What stands before the first section"
        raise Refusal(f"{where} is written in a way that is better changed by hand.", f"It needs: {by_hand}")
    return result


def table_of(tables: Mapping[str, Any], section: str) -> dict[str, Any]:
    """What stands in a section; nothing where there is none."""
    for name in section.split(".") if section else ():
        found = tables.get(name, {})
        tables = found if isinstance(found, dict) else {}
    return dict(tables)


def _put(tables: Mapping[str, Any], section: str, table: Mapping[str, Any]) -> dict[str, Any]:
    if not section:
        return dict(table)
    first, _, rest = section.partition(".")
    inner = _put(table_of(tables, first), rest, table) if rest else dict(table)
    return dict(tables) | {first: inner}


def _is_header(line: str, section: str) -> bool:
    return re.fullmatch(rf"\s*\[\s*{re.escape(section)}\s*\]\s*(#.*)?", line) is not None


def _set(lines: list[str], start: int, name: str, value: Value | None) -> None:
    end = next((at for at in range(start + 1, len(lines)) if lines[at].lstrip().startswith("[")), len(lines))
    own = re.compile(rf"\s*{re.escape(name)}\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s#]*)(?P<comment>\s*#.*)?")
    at = next((at for at in range(start + 1, end) if re.match(rf"\s*{re.escape(name)}\s*=", lines[at])), None)
    if at is None:
        if value is not None:
            lines.insert(_last(lines, start, end, name) + 1, f"{name} = {_said(value)}")
    elif value is None:
        del lines[at]
    else:
        whole = own.fullmatch(lines[at])
        lines[at] = f"{name} = {_said(value)}" + ((whole["comment"] or "") if whole else "")


def _last(lines: list[str], start: int, end: int, name: str) -> int:
    """After which line a new one comes: at the top, where a comment may belong to the section that follows, the one
    that shows it as a comment, or none."""
    if start == TOP:
        return next((n for n in range(end) if re.match(rf"#\s*{re.escape(name)}\s*=", lines[n])), TOP)
    return max((n for n in range(start, end) if lines[n].strip()), default=start)


def _said(value: Value) -> str:
    """A JSON string is a TOML string, but for one character; numbers, truths and lists are alike."""
    return json.dumps(_plain(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(value: Value) -> str | int | list[str]:
    return value if isinstance(value, str | int) else list(value)


def _read(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
