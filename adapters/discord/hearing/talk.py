"""Talk: who writes to the bot in plain words is told, in one sentence, where the desk's commands are."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from adapters.discord.hearing.counter import Counter
from adapters.discord.sending.posting import QUIET
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.troubles import TROUBLES, in_words

WRITTEN = (0, 19)
"""The types of messages that are somebody's words, or a reply; the others tell of pins, new threads and the like."""
HOW = "The desk reads no plain words here: type / and pick a command from the list, /ticket open for a new ticket."
HOW_ALONE = "The desk reads no plain words here: in the server, type / and pick a command from the list."

Json = Mapping[str, Any]

log = logging.getLogger(__name__)


class Talk:
    """Answers direct messages and what begins with a mention of the bot; no bots, and nothing else."""

    def __init__(self, counter: Counter, rest: Rest, server: int, *, everywhere: bool) -> None:
        """`everywhere` says that the commands are there in direct messages, too."""
        self._counter = counter
        self._rest = rest
        self._server = str(server)
        self._everywhere = everywhere

    def heard(self, data: Json) -> None:
        """Take in a message of the gateway's; call it in the event loop."""
        where = data.get("guild_id")
        if not is_of_a_person(data) or not (where is None or (str(where) == self._server and self._is_meant(data))):
            return
        alone = where is None and not self._everywhere
        words = HOW_ALONE if alone else HOW
        self._counter.tasks.start(self._tell(data, words), f"plain words of {data['author']['id']}")

    def _is_meant(self, data: Json) -> bool:
        """A mere reply to one of our messages mentions us, too, and is meant for people."""
        words, bot = str(data.get("content") or "").lstrip(), self._rest.bot
        return bool(bot) and words.startswith((f"<@{bot}>", f"<@!{bot}>"))

    async def _tell(self, data: Json, words: str) -> None:
        body = {
            "content": words,
            "allowed_mentions": QUIET,
            "message_reference": {"message_id": data["id"], "fail_if_not_exists": False},
            "nonce": f"t{data['id']}",
            "enforce_nonce": True,
        }
        try:
            await self._rest.call(
                "POST", "/channels/{channel_id}/messages", channel_id=int(data["channel_id"]), body=body
            )
        except TROUBLES as error:
            log.info("Nobody could be told where the commands are: %s.", in_words(error)[0])


def is_of_a_person(data: Json) -> bool:
    """Whether somebody wrote it, and not a bot, a webhook or Discord itself."""
    author = data.get("author")
    if not isinstance(author, dict) or author.get("bot") or author.get("system") or data.get("webhook_id"):
        return False
    return data.get("type") in WRITTEN
