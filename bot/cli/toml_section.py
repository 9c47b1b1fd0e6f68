"""Sets values in a TOML file that belongs to a person: their words, order and comments stay as they were."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping

from bot.domain.errors import Refusal


def with_values(text: str, section: str, values: Mapping[str, str | None]) -> str:
    """The text with these values in [section], which is added at the end where there is none; None takes a line away.

    The result says what is wanted and nothing else has changed, or Refusal is raised with the lines to write by hand.
    """
    wanted = {name: value for name, value in values.items() if value is not None}
    before = tomllib.loads(text)
    kept = {name: value for name, value in before.get(section, {}).items() if name not in values}
    if before.get(section, {}) == kept | wanted:
        return text
    lines = text.removesuffix("\n").split("\n") if text else []
    start = next((at for at, line in enumerate(lines) if _is_header(line, section)), None)
    if start is None:
        lines += [*([""] if lines else []), f"[{section}]"]
        start = len(lines) - 1
    for name, value in values.items():
        _set(lines, start, name, value)
    result = "\n".join(lines) + "\n"
    if _read(result) != before | {section: kept | wanted}:
        by_hand = "; ".join(f"{name} = {_said(value)}" for name, value in wanted.items())
        raise Refusal(f"[{section}] is written in a way that is better changed by hand.", f"It needs: {by_hand}")
    return result


def _is_header(line: str, section: str) -> bool:
    return re.fullmatch(rf"\s*\[\s*{re.escape(section)}\s*\]\s*(#.*)?", line) is not None


def _set(lines: list[str], start: int, name: str, value: str | None) -> None:
    end = next((at for at in range(start + 1, len(lines)) if lines[at].lstrip().startswith("[")), len(lines))
    own = re.compile(rf"\s*{re.escape(name)}\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s#]*)(?P<comment>\s*#.*)?")
    at = next((at for at in range(start + 1, end) if re.match(rf"\s*{re.escape(name)}\s*=", lines[at])), None)
    if at is None:
        if value is not None:
            last = max((n for n in range(start, end) if lines[n].strip()), default=start)
            lines.insert(last + 1, f"{name} = {_said(value)}")
    elif value is None:
        del lines[at]
    else:
        whole = own.fullmatch(lines[at])
        lines[at] = f"{name} = {_said(value)}" + ((whole["comment"] or "") if whole else "")


def _said(value: str) -> str:
    """A JSON string is a TOML string, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _read(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
