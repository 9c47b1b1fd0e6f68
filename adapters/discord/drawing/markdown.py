"""Discord's markdown: the one escaper, so that what strangers wrote is shown as written, and parts of a line in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import assert_never

from adapters.discord.drawing import limits
from bot.cards import TEAM, Line, Mention, Part, Strong, When
from bot.names import Names
from bot.views.dressing import named
from bot.views.plain import cut, one_line, plain

STYLES = {"full": "F", "time": "t", "date": "D", "relative": "R"}
"""How Discord shows an instant to each reader, in their own zone and language."""

EVERYBODY = ("here", "everyone")
"""Teams that are no role."""

_ID = re.compile(r"[0-9]{1,20}")
_NOTHING = "\u200b"
"""A space without width: between an @ and a name nobody is called."""

_FENCE = "```\n{}\n```"
_BROKEN = _NOTHING.join("```")

_URL = re.compile(r"https?://[A-Za-z0-9\-._~/?#\[\]!$&'()*+,;=%:]+")
_SENTENCE_END = ".,;:!?']"
_INVITE = re.compile(r"discord(?:app)?\.(?:gg|com/invite)", re.IGNORECASE)
# What Discord reads as more than words: marks of style, masked links, mentions, instants, commands and custom emoji
# (all begin with "<"), names of emoji, addresses of apps, invitations, and what stands at the beginning of a line.
_LIVE = re.compile(
    r"(?P<line>^[ \t]*(?:(?P<sign>[>+-]|\#{1,3}(?=\s|$))|\d{1,9}(?=[.)](?:\s|$))))"
    r"|(?P<mark>[\\*_~`|\[<])"
    r"|(?P<at>@(?=everyone|here|[!&]?\d|$))"
    r"|(?P<colon>:(?=[\w+~-]+:|//))"
    r"|(?P<invite>discord(?:app)?(?=\.(?:gg|com/invite)))",
    re.MULTILINE | re.IGNORECASE,
)


class Fixed(str):
    """Rows for letters of one width: a block of code, in which nothing is parsed."""

    __slots__ = ()


class Mark(str):
    """A mark of our own, which is not to be escaped."""

    __slots__ = ()


HEADING = Mark("### ")
"""What stands before a heading within a text, where instants and people are shown."""


def escape(text: str, *, links: bool = True) -> str:
    """An untrusted text as markdown that says just that. With `links`, whole addresses of the web stay what they are,
    without a preview; where they cannot be shown as they are, they are mere words."""
    text = plain(text)
    if "://" not in text or not links:
        return _LIVE.sub(_dead, text)
    written, at = "", 0
    for found in _URL.finditer(text):
        link = found[0].rstrip(_SENTENCE_END + ("" if "(" in found[0] else ")"))
        end = found.start() + len(link)
        if _is_whole(link, text[end : end + 1]):
            written += f"{_LIVE.sub(_dead, text[at : found.start()])}<{link}>"
            at = end
    return written + _LIVE.sub(_dead, text[at:])


def fenced(text: str, most: int = limits.DESCRIPTION) -> str:
    """A text in letters of one width, in which nothing is parsed, cut to so many characters; "" where there is no
    room."""
    text, room = plain(text), most - len(_FENCE.format(""))
    while len(broken := text.replace("```", _BROKEN)) > room > 0:
        text = cut(text, max(min(room, len(text) - (len(broken) - room)), 1))
    return _FENCE.format(broken) if room > 0 else ""


def unfenced(text: str) -> str:
    """What was fenced."""
    return text.strip().removeprefix("```\n").removesuffix("\n```").replace(_BROKEN, "```")


def dressed(part: Part, names: Names) -> str:
    """A part of a line as markdown."""
    if isinstance(part, Fixed):
        return fenced(part)
    if isinstance(part, Mark):
        return str(part)
    if isinstance(part, str):
        return escape(part)
    if isinstance(part, Strong):
        words = escape(part.text)
        return f"**{words}**" if words.strip() else words
    if isinstance(part, When):
        return f"<t:{int(part.at.timestamp())}:{STYLES.get(part.style, 'F')}>"
    if isinstance(part, Mention):
        return mention(part, names)
    assert_never(part)


def merged(line: Line) -> Line:
    """The line with words that stand out beside each other made one: marks of style may not meet."""
    parts: list[Part] = []
    for part in line:
        before = parts[-1] if parts else None
        if isinstance(part, Strong) and isinstance(before, Strong):
            parts[-1] = Strong(before.text + part.text)
        elif part != "":
            parts.append(part)
    return tuple(parts)


def heading(line: Line) -> str:
    """Words alone as a heading, which is bold as it is and takes no links; "" for what a heading cannot show."""
    if not all(isinstance(part, str | Strong) for part in line):
        return ""
    words = "".join(part.text if isinstance(part, Strong) else str(part) for part in line)
    return one_line(words)


def mention(part: Mention, names: Names) -> str:
    """Somebody's account or the team's role; the name where they have none."""
    if account := account_of(part, names):
        return f"<@{account}>"
    if role := role_of(part, names):
        return f"<@&{role}>"
    return f"**{escape(named(part))}**"


def account_of(part: Mention, names: Names) -> str:
    """The account to notify, or ""."""
    account = names.accounts.get(part.person, "") if part.person != TEAM else ""
    return account if _ID.fullmatch(account) else ""


def role_of(part: Mention, names: Names) -> str:
    """The role to notify, or ""."""
    return names.team if part.person == TEAM and _ID.fullmatch(names.team) else ""


def mentions(lines: Iterable[Line]) -> list[Mention]:
    """Everybody that the lines want notified, in order."""
    return [part for line in lines for part in line if isinstance(part, Mention)]


def _is_whole(link: str, after: str) -> bool:
    """Whether an address ends where it seems to, and is not one that Discord makes more of."""
    return not (after == "@" or after.isalnum() or link.endswith("://")) and not _INVITE.search(link)


def _dead(found: re.Match[str]) -> str:
    """A live mark as the mere character."""
    kind, text = found.lastgroup, found[0]
    if found["at"]:
        return text + _NOTHING
    if found["invite"] or (found["line"] and not found["sign"]):
        return text + "\\"  # The point that follows is the one that makes it live.
    sign = found["sign"] or text
    return f"{text[: len(text) - len(sign)]}\\{sign}" if kind else text
