"""The desk as people of the server see it: its cards, threads and answers, each awaited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar

from tests.doubles.discord.fixtures import ALERTS, DESK, account_of, settle
from tests.doubles.discord.guild import Guild
from tests.doubles.discord.seen import Call, Message
from tests.doubles.served import Served

T = TypeVar("T")
MORE = "More…"


def discord_settings(discord: Guild) -> dict[str, str]:
    """What the desk must be told of this server, as the environment has it."""
    return {
        "DISCORD__TOKEN": discord.token,
        "DISCORD__SERVER": str(discord.guild_id),
        "DISCORD__API_URL": discord.api_url,
        "DISCORD__TEAM": "support",
        "DISCORD__CHANNELS__DESK": str(DESK),
        "DISCORD__CHANNELS__ALERTS": str(ALERTS),
    }


class DiscordDesk:
    """A process of the desk, and what can be seen of it in the server."""

    def __init__(self, discord: Guild, process: Served) -> None:
        self.discord = discord
        self.process = process

    @classmethod
    def alone(
        cls, discord: Guild, folder: Path, *, settings: Mapping[str, str] | None = None, town: Path | None = None
    ) -> Self:
        """A desk for the town's server and no other platform."""
        settle(discord)
        given = {**discord_settings(discord), **(settings or {})}
        return cls(discord, Served(folder, given, lambda: discord.connections and discord.commands, town=town))

    def __enter__(self) -> Self:
        self.process.starts()
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.ends()

    def passes(self, **span: float) -> None:
        """Time passes at the desk; something is said there, so that it looks at what is due by now."""
        self.process.passes(**span)
        self.discord.slash(account_of("zoe"), DESK, "desk help")

    # --- what there is to see --------------------------------------------------------------------------------

    def shows(self, number: int, *words: str, within: float = 60.0) -> Message:
        """Wait until a ticket's card says all of these words or has such buttons."""

        def so() -> Message | None:
            card = self._card(number)
            return card if card is not None and all(one in read(card) for one in words) else None

        return self._there(
            so,
            lambda: f"#{number} does not show {words}, but:\n{read(card) if (card := self._card(number)) else ''}",
            within,
        )

    def _card(self, number: int) -> Message | None:
        cards = {f"{one.channel}:{one.id}": one for one in self.discord.messages(DESK)}
        return next((cards[ref] for ref in self.process.cards(number, "discord") if ref in cards), None)

    def thread(self, number: int) -> int:
        """The thread of a ticket, once it is there."""
        card = self.shows(number).id
        return self._there(
            lambda: next((one.id for one in self.discord.threads(DESK) if one.id == card), None),
            lambda: f"#{number} has no thread",
        )

    def answers(self, call: Call, words: str = "") -> str:
        """Wait until somebody is answered with these words; returns all that they were answered."""
        return self._there(
            lambda: call.text if words in call.text else None,
            lambda: f"The answer is not {words!r}, but {call.kind} {call.text!r}",
        )

    def says_in(self, channel: int, words: str) -> Message:
        """Wait until a channel or a thread shows something."""
        return self._says(lambda: self.discord.messages(channel), str(channel), words)

    def hears(self, number: int, *words: str) -> Message:
        """Wait until a message in a ticket's thread says all of these words."""
        thread = self.thread(number)
        return self._says(lambda: self.discord.replies(thread), f"The thread of #{number}", *words)

    def tells(self, who: int, words: str) -> Message:
        """Wait until the desk tells somebody something in their direct messages."""
        return self._says(lambda: self.discord.direct(who), f"The desk to {who}", words)

    def _says(self, said: Callable[[], Sequence[Message]], who: str, *words: str) -> Message:
        return self._there(
            lambda: next((one for one in said() if all(word in read(one) for word in words)), None),
            lambda: f"{who} does not say {words!r}, but {[one.text for one in said()]}",
        )

    def _there(self, so: Callable[[], T | None], otherwise: Callable[[], str], within: float = 60.0) -> T:
        """Wait until something is there to see; after `within` seconds say how it is instead."""
        return self.process.until(so, otherwise, within)

    # --- what people press -----------------------------------------------------------------------------------

    def press(self, who: int, message: Message, label: str) -> Call:
        """A button, or else the option of that name in the menu below."""
        if label in message.buttons:
            return self.discord.press(who, message, label)
        return self.discord.chooses(who, message, MORE, [label])


def read(message: Message) -> str:
    """What can be read in a message, and its buttons, without the marks of Discord's own grammar."""
    plain = message.text.replace("**", "").replace("\\", "")
    return "\n".join([plain, *message.buttons])
