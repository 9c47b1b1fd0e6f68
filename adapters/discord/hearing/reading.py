"""Reading: a message of Discord's as plain words, with its author and its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.attachments import MOST, Attachment

Json = Mapping[str, Any]
SOMEBODY = "somebody"
UNNAMED = "a file without a name"

_MARK = re.compile(r"<(?:@!?(?P<user>\d+)|@&\d+|#\d+|a?:(?P<emoji>\w+):\d+)>")


def spoken(message: Json) -> str:
    """The words of a message; people in it by their names, as nobody is called by a record."""
    names = {str(one.get("id")): _name(one) for one in _objects(message, "mentions")}

    def said(mark: re.Match[str]) -> str:
        if mark["emoji"]:
            return f":{mark['emoji']}:"
        return f"@{names.get(mark['user'], SOMEBODY)}" if mark["user"] else mark[0]

    return _MARK.sub(said, str(message.get("content") or ""))


def author_of(message: Json) -> str:
    author = message.get("author")
    return _name(author) if isinstance(author, dict) else SOMEBODY


def attachments(message: Json) -> tuple[Attachment, ...]:
    """The files of a message. Discord's links to them die after a day; the message itself stays."""
    return tuple(_attachment(one) for one in _objects(message, "attachments")[:MOST])


def _attachment(told: Json) -> Attachment:
    size = told.get("size")
    return Attachment(
        name=" ".join(str(told.get("filename") or UNNAMED).split()),
        link=str(told.get("url") or ""),
        size=size if isinstance(size, int) and size >= 0 else None,
        type=str(told.get("content_type") or ""),
    )


def _name(user: Json) -> str:
    member = user.get("member")
    nick = member.get("nick") if isinstance(member, dict) else None
    return str(nick or user.get("global_name") or user.get("username") or SOMEBODY)


def _objects(node: Json, name: str) -> list[Json]:
    found = node.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
