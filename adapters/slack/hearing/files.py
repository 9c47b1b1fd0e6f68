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

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.wire.troubles import TROUBLES
from bot.domain.attachments import MOST, Attachment
from bot.settings import SlackFiles

HOST = "files.slack.com"
_DOMAINS = ("slack.com", "slack-gov.com")
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


async def with_told_files(client: AsyncWebClient, message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The message with what Slack tells of its files only to those who ask: in a channel shared with another
    organisation it gives their ids alone. What it does not tell stays as it is."""
    files = message.get("files")
    if not isinstance(files, list) or not any(map(_must_be_asked, files)):
        return message
    return {**message, "files": [await _told(client, one) if _must_be_asked(one) else one for one in files[:MOST]]}


def ending(name: str) -> str:
    """The ending of a file's name, lower-case letters and digits only; empty where there is none."""
    last = name.rpartition(".")[2].casefold() if "." in name else ""
    return last if _ENDING.fullmatch(last) else ""


def host_of_files(api_url: str) -> str:
    """The host that keeps the files of a workspace, by the address of its Web API; what is not Slack keeps them
    itself."""
    host = urlsplit(api_url).netloc
    domain = next((one for one in _DOMAINS if host == one or host.endswith(f".{one}")), None)
    return f"files.{domain}" if domain else host


def may_fetch(url: str, host: str = HOST) -> bool:
    """Whether the token may be sent there: to Slack's own host of files, and nowhere else."""
    parts = urlsplit(url)
    is_slack = host.removeprefix("files.") in _DOMAINS
    return parts.netloc == host and (parts.scheme == "https" or not is_slack)


def _must_be_asked(file: Any) -> bool:
    return isinstance(file, Mapping) and file.get("file_access") == "check_file_info"


async def _told(client: AsyncWebClient, file: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        answer = await client.files_info(file=_text(file.get("id")))
    except TROUBLES:
        return file
    told = answer.get("file")
    return told if isinstance(told, Mapping) else file


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
