"""Lookup: whether something whose fate is unknown is on Discord already, since a nonce is forgotten after minutes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from discord.utils import time_snowflake

from adapters.discord.wire.clients import Rest
from bot.ports import Kind, Parcel

Json = Mapping[str, Any]

PAGES = 5
A_PAGE = 100
# The clocks of Discord and of the desk need not agree.
_MARGIN = timedelta(minutes=10)


def nonce(parcel: Parcel, part: str = "") -> str:
    """What makes a repeated post within minutes the same message: 25 characters at most. A restored database numbers
    parcels anew, so the moment is of it."""
    return f"{_base36(parcel.id)}-{_base36(int(parcel.created_at.timestamp()))}{part}"


async def find(
    rest: Rest, parcel: Parcel, channel: int, body: Json, others: Collection[str] = frozenset()
) -> int | None:
    """The parcel's message in that channel or thread, from shortly before it was made on; None when it is not there.
    `others` are messages (CHANNEL:MESSAGE) that are known to be something else.

    Looks at a bounded number of messages. Raises what the request raises.
    """
    after = time_snowflake(parcel.created_at - _MARGIN)
    for _ in range(PAGES):
        page = await rest.call(
            "GET",
            "/channels/{channel_id}/messages",
            channel_id=channel,
            query={"after": after, "limit": A_PAGE},
        )
        for message in page:
            id = int(message["id"])
            if f"{channel}:{id}" not in others and _is_ours(message, parcel, body, rest.bot):
                return id
        if len(page) < A_PAGE:
            return None
        after = max(int(message["id"]) for message in page)
    return None


def made_after(id: int, parcel: Parcel) -> bool:
    """Whether something of Discord's is not older than the parcel."""
    return id >= time_snowflake(parcel.created_at - _MARGIN)


def is_young(parcel: Parcel, now: datetime, life: timedelta) -> bool:
    """Whether Discord still remembers every nonce of the parcel."""
    return now - parcel.created_at < life


def words(body: Json) -> str:
    """All that is to be read in a message, with single blanks."""
    return " ".join(" ".join(_parts(body)).split())


def _parts(body: Json) -> Iterator[str]:
    yield str(body.get("content") or "")
    for embed in body.get("embeds") or ():
        yield str((embed.get("author") or {}).get("name") or "")
        yield from (str(embed.get("title") or ""), str(embed.get("description") or ""))
        for one in embed.get("fields") or ():
            yield f"{one['name']} {one['value']}"
        yield str((embed.get("footer") or {}).get("text") or "")


def _is_ours(message: Json, parcel: Parcel, body: Json, bot: int) -> bool:
    """A ticket's card by its heading, as any message of it is the one to bring up to date; the rest by all words."""
    if int(message["author"]["id"]) != bot:
        return False
    if parcel.kind is Kind.CARD and parcel.ticket is not None and _heading(body):
        return _heading(message) == _heading(body)
    return words(message) == words(body)


def _heading(body: Json) -> str:
    """Without the sign that stands before it while the ticket is late or done."""
    title = next((str(embed.get("title") or "") for embed in body.get("embeds") or ()), "")
    return title[title.find("#") :] if "#" in title else ""


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"
