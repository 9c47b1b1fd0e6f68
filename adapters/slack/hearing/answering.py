"""Answering: a word to one person, where they are, in the first way that Slack lets through."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.drawing.blocks import Message
from adapters.slack.wire.discretion import sdk_logger
from adapters.slack.wire.troubles import TROUBLES, code_of, in_words, may_be_there

log = logging.getLogger(__name__)

TRIES = 3
LONGEST_REST = 30.0

_OLD_BLOCKS = frozenset({"rich_text", "section", "context", "actions", "divider", "header", "input", "image"})


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a caller is, to be answered there and seen by them alone. Without a channel there is no such place."""

    user: str
    channel: str = ""
    thread: str = ""
    response_url: str = ""

    @property
    def somewhere(self) -> bool:
        return bool(self.channel or self.response_url)


class Whisper:
    """Says something to one person, where they are; if that cannot be, in their direct messages.

    `new_blocks` is whether the workspace takes blocks that are new to Slack: None until that was seen.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self.new_blocks: bool | None = None

    async def tell(self, spot: Spot, message: Message) -> bool:
        """Whether it was said, or may have been: nothing is said twice to find out. Never raises: what could not be
        said is in the log, by ids."""
        in_thread = bool(spot.thread)  # A response_url speaks in the channel, so a thread's answer goes by the API.
        if spot.response_url and not in_thread and await self._respond(spot, message):
            return True
        if spot.channel and await self._post_ephemeral(spot, message):
            return True
        if spot.response_url and in_thread and await self._respond(spot, message):
            return True
        return await self._post_directly(spot, message)

    async def _respond(self, spot: Spot, message: Message) -> bool:
        for attempt in range(TRIES):
            try:
                answer = await self._hook(spot).send_dict(ephemeral(message) | {"replace_original": False})
            except TROUBLES as error:
                log.info("A response_url of %s was not reached: %s.", spot.user, type(error).__name__)
                if may_be_there(error):
                    return True
                await asyncio.sleep(_rest(None, attempt))
                continue
            if answer.status_code == 200:
                self._took(message)
                return True
            if answer.status_code == 400 and "blocks" in answer.body and message.blocks:
                message = self._without_blocks(message)
            elif answer.status_code == 429:
                await asyncio.sleep(_rest(answer.headers.get("Retry-After"), attempt))
            else:
                log.info("A response_url of %s took no answer: %d.", spot.user, answer.status_code)
                return answer.status_code >= 500
        return False

    def _hook(self, spot: Spot) -> AsyncWebhookClient:
        hook = AsyncWebhookClient(
            spot.response_url,
            timeout=self._client.timeout,
            session=self._client.session,
            ssl=self._client.ssl,
            logger=sdk_logger(),
            retry_handlers=[],
        )
        # Without one, the library takes the environment's proxy even for what the environment exempts.
        hook.proxy = self._client.proxy
        return hook

    async def _post_ephemeral(self, spot: Spot, message: Message) -> bool:
        thread = {"thread_ts": spot.thread} if spot.thread else {}
        return await self._posted(
            "chat.postEphemeral", spot, {"channel": spot.channel, "user": spot.user} | thread, message
        )

    async def _post_directly(self, spot: Spot, message: Message) -> bool:
        quietly = {"unfurl_links": False, "unfurl_media": False}
        return await self._posted("chat.postMessage", spot, {"channel": spot.user} | quietly, message)

    async def _posted(self, method: str, spot: Spot, body: dict[str, Any], message: Message) -> bool:
        blocks = {"blocks": message.blocks} if message.blocks else {}
        try:
            await self._client.api_call(method, json={**body, "text": message.text, **blocks})
        except TROUBLES as error:
            if code_of(error) in ("invalid_blocks", "invalid_blocks_format") and message.blocks:
                return await self._posted(method, spot, body, self._without_blocks(message))
            log.warning("%s to %s: %s.", method, spot.user, in_words(error)[0])
            return may_be_there(error)
        self._took(message)
        return True

    def _took(self, message: Message) -> None:
        if self.new_blocks is None and has_new_blocks(message):
            self.new_blocks = True

    def _without_blocks(self, message: Message) -> Message:
        """The message in words: Slack does not take its blocks."""
        log.warning("Slack did not take the blocks of an answer; it is told as text.")
        if has_new_blocks(message):
            self.new_blocks = False
        return Message(message.text, [])


def has_new_blocks(message: Message) -> bool:
    """Whether it has blocks that some workspaces do not take yet."""
    return any(block["type"] not in _OLD_BLOCKS for block in message.blocks)


def ephemeral(message: Message) -> dict[str, Any]:
    """The body of an answer that only the caller sees."""
    blocks = {"blocks": message.blocks} if message.blocks else {}
    return {"response_type": "ephemeral", "text": message.text, **blocks}


def _rest(asked: str | None, attempt: int) -> float:
    seconds = float(asked) if asked and asked.isascii() and asked.isdigit() else 0.2 * 4**attempt
    return min(seconds, LONGEST_REST)
