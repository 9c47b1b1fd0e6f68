"""What Discord would say against a message or a modal by its own description of them, and what in them is live."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from simcord.components import ComponentValidationError, validate_message_state, validate_modal

from adapters.discord.drawing.cards import Payload
from bot.names import Names
from tests.doubles.discord.contract import route_of, violations

ANN, BOB, SUPPORT = "123456789012345678", "223456789012345678", "323456789012345678"
NAMES = Names({"ann": ANN, "bob": BOB, "eve": "@everyone"}, SUPPORT, "America/Toronto")
_MODAL = 9

# What Discord's parsers look for, on words that our own marks were taken out of.
LIVE = re.compile(
    r"(?<!\\)<|@everyone|@here|@[!&]?\d|(?<!\\)[*_~|`]|(?<!\\)\[|^[ \t]*(?:[>+-]|#{1,3}\s|\d{1,9}[.)]\s)"
    r"|(?<!\\):[\w+~-]+:|(?<!\\)://|discord(?:app)?\.(?:gg|com/invite)",
    re.MULTILINE,
)
_OURS = re.compile(r"<https?://[^\s<>@]+>|\\\\")


def live(markdown: str) -> list[str]:
    """What in a text is more than words, apart from whole addresses of the web."""
    return LIVE.findall(_OURS.sub("", markdown))


def read(markdown: str) -> str:
    """What a person reads: without the marks that keep others from being live."""
    shown = re.sub(r"<(https?://[^\s<>]+)>", r"\1", markdown)
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", shown).replace("\u200b", "")


def refused(payload: Payload) -> list[str]:
    """What Discord would say against a message."""
    body = payload.body()
    route = route_of("POST", "/channels/1/messages")
    assert route is not None
    json.dumps(body).encode()
    problems = [one.text for one in violations(route, {}, body, len(payload.files))]
    try:
        validate_message_state(
            body["components"],
            flags=body["flags"],
            content=body["content"],
            embeds=body["embeds"],
            require_nonempty=True,
        )
    except ComponentValidationError as error:
        problems.append(str(error))
    return problems


def refused_modal(modal: dict[str, Any]) -> list[str]:
    """What Discord would say against a modal."""
    route = route_of("POST", "/interactions/1/token/callback")
    assert route is not None
    json.dumps(modal).encode()
    problems = [one.text for one in violations(route, {}, {"type": _MODAL, "data": modal}, 0)]
    try:
        validate_modal(modal)
    except ComponentValidationError as error:
        problems.append(str(error))
    return problems


def components(payload: Payload) -> Iterator[dict[str, Any]]:
    """Buttons and menus, in order."""
    for row in payload.components:
        yield from row["components"]


def words(payload: Payload) -> str:
    """Everything there is to read, as it is sent."""
    texts = [payload.content]
    for embed in payload.embeds:
        texts += [embed.get("title", ""), embed.get("description", "")]
        texts += [f"{one['name']}\n{one['value']}" for one in embed.get("fields", ())]
    return "\n".join(texts)
