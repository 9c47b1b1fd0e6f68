"""Posting: one message of ours on Slack, written so that it is taken in one shape or another."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.drawing.blocks import Message, message
from adapters.slack.sending.lookup import Spot, mark
from adapters.slack.wire.troubles import TROUBLES, code_of, in_words
from bot.cards import Card
from bot.names import Names
from bot.ports import Parcel

log = logging.getLogger(__name__)

_REFUSED: Any = SlackApiError  # Its constructor has no types.

SHORT = 2900
"""Characters that Slack takes in any case."""

_TRY_ANOTHER_SHAPE = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "unsupported_block_type",
        "blocks_too_long",
        "msg_blocks_too_long",
        "msg_too_long",
    }
)
# The message is not there any more, or is not ours to change.
_GONE = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "channel_not_found",
        "is_inactive",
        "is_archived",
    }
)


class Poster:
    """Writes messages with this client, which repeats nothing by itself. Raises what the client raises."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def post(self, parcel: Parcel, card: Card, names: Names, spot: Spot, *, broadcast: bool = False) -> str:
        """The name of the new message."""
        thread: dict[str, Any] = {"thread_ts": spot.thread, "reply_broadcast": broadcast} if spot.thread else {}
        for shape, last in _shapes(card, names):
            try:
                answer = await self._client.chat_postMessage(
                    channel=spot.channel,
                    text=shape.text,
                    blocks=shape.blocks,
                    metadata=mark(parcel),
                    unfurl_links=False,
                    unfurl_media=False,
                    **thread,
                )
            except SlackApiError as error:
                if last or code_of(error) not in _TRY_ANOTHER_SHAPE:
                    raise
            else:
                if spot.thread and not (answer.get("message") or {}).get("thread_ts"):
                    await self._taken_away(answer)
                return f"{answer['channel']}:{answer['ts']}"
        raise AssertionError("The last shape is sent or raises.")

    async def _taken_away(self, answer: AsyncSlackResponse) -> None:
        """Slack does not refuse a reply to a message that is gone: it shows it to the whole channel, and only the
        answer tells (slack-go/slack#1571). Take it away again, and raise what a refusal would have been. One that
        cannot be taken away stays: another one beside it would be no better."""
        try:
            await self._client.chat_delete(channel=str(answer["channel"]), ts=str(answer["ts"]))
        except TROUBLES as error:
            log.warning("A reply stands beside its thread and cannot be taken away: %s.", in_words(error)[0])
            return
        raise _REFUSED("The thread is gone.", {"ok": False, "error": "thread_not_found"})

    async def update(self, ref: str, parcel: Parcel, card: Card, names: Names) -> bool:
        """Bring a message up to date; False when it is gone."""
        channel, _, ts = ref.partition(":")
        for shape, last in _shapes(card, names):
            try:
                await self._client.chat_update(
                    channel=channel, ts=ts, text=shape.text, blocks=shape.blocks, metadata=mark(parcel)
                )
            except SlackApiError as error:
                if code_of(error) in _GONE:
                    return False
                if last or code_of(error) not in _TRY_ANOTHER_SHAPE:
                    raise
            else:
                return True
        raise AssertionError("The last shape is sent or raises.")


def _shapes(card: Card, names: Names) -> Iterator[tuple[Message, bool]]:
    """The same words in simpler and simpler shapes; with each whether it is the last."""
    best = message(card, names)
    yield best, False
    older = message(card, names, new_blocks=False)
    if older != best:
        yield older, False
    text = best.text if len(best.text) <= SHORT else best.text[: SHORT - 1] + "…"
    yield Message(text, []), True
