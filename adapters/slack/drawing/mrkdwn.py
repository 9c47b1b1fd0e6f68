"""Slack's two ways to write: elements of rich text, where nothing is parsed, and escaped mrkdwn for notifications."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from bot.cards import TEAM, Line, Mention, Part, Strong, When
from bot.names import Names
from bot.views.dressing import named, within
from bot.views.plain import cut, one_line, plain

Element = dict[str, Any]

FORMATS = {"full": "{date_short_pretty} {time}", "time": "{time}", "date": "{date_short_pretty}", "relative": "{ago}"}
"""How Slack shows an instant to each reader: the words between braces are filled in by the client."""

_BOLD = {"bold": True}
_COLUMNS = re.compile(r"\S {2,}\S")
_ACCOUNT = re.compile(r"[UW][A-Z0-9]{1,30}")
_GROUP = re.compile(r"S[A-Z0-9]{1,30}")
_BROADCASTS = ("here", "channel")


def plain_text(text: str, most: int) -> dict[str, Any]:
    """A text object in which nothing is parsed, not even the names of emoji. What is empty would be refused."""
    return {"type": "plain_text", "text": cut(one_line(text), most) or "-", "emoji": False}


def elements(line: Line, names: Names, *, bold: bool = False) -> list[Element]:
    """A line as elements of rich text. A text element is shown as it is: no mention, link or emoji comes of it."""
    return [element for part in line if (element := _element(part, names, bold)) is not None]


def text_element(text: str, *, bold: bool = False) -> Element:
    """Words as they are. Slack refuses an empty one."""
    return {"type": "text", "text": text, **({"style": _BOLD} if bold else {})}


def rich_text(*sections: list[Element]) -> dict[str, Any]:
    """A block of rich text; each section stands on lines of its own. Rows that were set in columns keep them."""
    found = [
        _columns(rows) if fixed and any(_COLUMNS.search(_words(row)) for row in rows) else _section(rows)
        for fixed, rows in ((fixed, list(rows)) for fixed, rows in groupby(sections, _is_row))
    ]
    return {"type": "rich_text", "elements": [part for part in found if part["elements"]]}


def escape(text: str) -> str:
    """The one escaper of mrkdwn: with these three nothing is a mention, a date or a disguised link any more."""
    return plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(lines: Iterable[Line], names: Names, most: int, mark: str = "") -> str:
    """Lines as mrkdwn of at most so many characters; where they are cut, `mark` says where to read on."""
    return within(lines, lambda part: _written(part, names), most, mark)


@lru_cache(maxsize=1_000)
def when_words(when: When, zone: str) -> str:
    """An instant for clients that cannot tell their reader's time: in the desk's zone, and which that is."""
    local = when.at.astimezone(ZoneInfo(zone))
    day = f"{local:%a} {local.day} {local:%b} {local.year}"
    clock = f"{local:%H:%M} {local:%Z}"
    return {"time": clock, "date": day}.get(when.style, f"{day} {clock}")


def _is_row(section: list[Element]) -> bool:
    """Whether it could be a row of columns: words alone, and indented."""
    if not (section and section[0].get("text", "").startswith(" ")):
        return False  # As nearly always.
    return all(element["type"] == "text" for element in section) and _words(section).startswith("  ")


def _words(section: list[Element]) -> str:
    return "".join(element["text"] for element in section)


def _columns(rows: list[list[Element]]) -> Element:
    """Rows in letters of one width."""
    text = "\n".join(_words(row).removeprefix("  ") for row in rows)
    return {"type": "rich_text_preformatted", "elements": [text_element(text)]}


def _section(sections: list[list[Element]]) -> Element:
    joined: list[Element] = []
    for section in sections:
        joined += [text_element("\n"), *section] if joined else section
    return {"type": "rich_text_section", "elements": joined}


def _element(part: Part, names: Names, bold: bool) -> Element | None:
    if isinstance(part, When):
        return _date(part, names, bold)
    if isinstance(part, Mention):
        return _mention(part, names)
    words = plain(part.text if isinstance(part, Strong) else part)
    return text_element(words, bold=bold or isinstance(part, Strong)) if words else None


def _date(when: When, names: Names, bold: bool) -> Element:
    seconds, words = int(when.at.timestamp()), when_words(when, names.zone)
    if seconds <= 0:
        return text_element(words, bold=bold)
    style = {"style": _BOLD} if bold else {}
    return {"type": "date", "timestamp": seconds, "format": _format(when), "fallback": words, **style}


def _format(when: When) -> str:
    return FORMATS.get(when.style, FORMATS["full"])


def _mention(mention: Mention, names: Names) -> Element:
    account, team = _account(mention, names), _team(mention, names)
    if account:
        return {"type": "user", "user_id": account}
    if team in _BROADCASTS:
        return {"type": "broadcast", "range": team}
    if team:
        return {"type": "usergroup", "usergroup_id": team}
    return text_element(named(mention), bold=True)


def _account(mention: Mention, names: Names) -> str:
    account = names.accounts.get(mention.person, "") if mention.person != TEAM else ""
    return account if _ACCOUNT.fullmatch(account) else ""


def _team(mention: Mention, names: Names) -> str:
    known = names.team in _BROADCASTS or _GROUP.fullmatch(names.team)
    return names.team if mention.person == TEAM and known else ""


def _written(part: Part, names: Names) -> str:
    if isinstance(part, str):
        return escape(part)
    if isinstance(part, Strong):
        return escape(part.text)
    if isinstance(part, When):
        seconds, words = int(part.at.timestamp()), when_words(part, names.zone)
        return f"<!date^{seconds}^{_format(part)}|{words}>" if seconds > 0 else words
    if isinstance(part, Mention):
        account, team = _account(part, names), _team(part, names)
        if account:
            return f"<@{account}>"
        if team:
            return f"<!{team}>" if team in _BROADCASTS else f"<!subteam^{team}>"
        return escape(named(part))
    assert_never(part)
