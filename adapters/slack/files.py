"""Files of Slack messages: what they are for the record, and copies of them where the operator wants some.

Slack's links die with the message, the plan's limit or the workspace. A copy is made under a name of ours: what a
file calls itself is text for people and never a path. Nothing is opened, run or unpacked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from bot.domain.attachments import MOST, Attachment
from bot.settings import SlackFiles

HOST = "files.slack.com"
MEGABYTE = 1_000_000
UNNAMED = "a file without a name"
_ENDING = re.compile(r"[a-z0-9]{1,10}")
_MODES = ("hosted", "snippet", "space", "post", "")
"""What Slack keeps itself. Others are links to elsewhere, hidden by the plan's limit, or deleted."""


def attachments(message: Mapping[str, Any], settings: SlackFiles) -> tuple[Attachment, ...]:
    """The files of a message or an event; those to be copied carry from where."""
    told = message.get("files")
    found = [one for one in (told if isinstance(told, list) else ()) if isinstance(one, Mapping)]
    return tuple(_attachment(one, settings) for one in found[:MOST])


def ending(name: str) -> str:
    """The ending of a file's name, lower-case letters and digits only; empty where there is none."""
    last = name.rpartition(".")[2].casefold() if "." in name else ""
    return last if _ENDING.fullmatch(last) else ""


def may_fetch(url: str, host: str = HOST) -> bool:
    """Whether the token may be sent there: to Slack's own host of files, and nowhere else."""
    parts = urlsplit(url)
    return parts.netloc == host and parts.scheme == ("https" if host == HOST else parts.scheme)


def _attachment(told: Mapping[str, Any], settings: SlackFiles) -> Attachment:
    name = _text(told.get("name")) or _text(told.get("title")) or UNNAMED
    size = told.get("size")
    file = Attachment(
        name=" ".join(name.split()),
        link=_text(told.get("permalink")),
        size=size if isinstance(size, int) and size >= 0 else None,
        type=_text(told.get("mimetype")) or _text(told.get("filetype")),
    )
    source = _text(told.get("url_private_download")) or _text(told.get("url_private"))
    kept = _text(told.get("mode")) in _MODES and not told.get("is_external")
    return replace(file, source=source) if source and kept and _is_wanted(file, settings) else file


def _is_wanted(file: Attachment, settings: SlackFiles) -> bool:
    wanted = {one.casefold().removeprefix(".") for one in settings.types}
    fits = file.size is None or file.size <= settings.max_mb * MEGABYTE
    return settings.copies and fits and (not wanted or ending(file.name) in wanted)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
