"""Lookup: whether a message whose fate is unknown is on Slack already, by the mark that every one of ours carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.wire.troubles import code_of
from bot.ports import Kind, Parcel

EVENT_TYPE = "thirdline_parcel"
PAGES = 5
A_PAGE = 200

# The clocks of Slack and of the desk need not agree.
_MARGIN = timedelta(minutes=10)


class OutOfSight(Exception):
    """There are more messages than are looked through: whether it is among them is not known."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message goes: a channel, or a thread in it."""

    channel: str
    thread: str = ""

    def ref(self, ts: str) -> str:
        return f"{self.channel}:{ts}"


def mark(parcel: Parcel) -> dict[str, Any]:
    """The metadata of a parcel's message."""
    payload = {"parcel": parcel.id, "key": parcel.key, "created": int(parcel.created_at.timestamp())}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


async def find(client: AsyncWebClient, parcel: Parcel, spot: Spot) -> str | None:
    """The parcel's message in that place, from shortly before it was made on; None when it is not there.

    Looks at a bounded number of messages, and raises OutOfSight where there are more. Raises what the client raises.
    """
    oldest = str(int((parcel.created_at - _MARGIN).timestamp()))
    cursor = ""
    for _ in range(PAGES):
        try:
            page = await _page(client, spot, oldest, cursor)
        except SlackApiError as error:
            if code_of(error) == "thread_not_found":
                return None
            raise
        for message in page.get("messages", ()):
            if _is_ours(message, parcel):
                return str(message["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return None
    raise OutOfSight


async def _page(client: AsyncWebClient, spot: Spot, oldest: str, cursor: str) -> Mapping[str, Any]:
    if spot.thread:
        answer = await client.conversations_replies(
            channel=spot.channel,
            ts=spot.thread,
            oldest=oldest,
            limit=A_PAGE,
            include_all_metadata=True,
            cursor=cursor or None,
        )
    else:
        answer = await client.conversations_history(
            channel=spot.channel, oldest=oldest, limit=A_PAGE, include_all_metadata=True, cursor=cursor or None
        )
    data = answer.data
    return data if isinstance(data, dict) else {}


def _is_ours(message: Mapping[str, Any], parcel: Parcel) -> bool:
    """By the parcel's number; a card by its key, as any message of that card is the one to bring up to date."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return False
    payload = metadata.get("event_payload") or {}
    if parcel.kind is Kind.CARD:
        return bool(payload.get("key") == parcel.key)
    # A restored database numbers parcels anew: number and key together name one.
    return bool(payload.get("parcel") == parcel.id and payload.get("key") == parcel.key)
