"""Talk: words said to the desk in a thread, a channel or a direct message, in the grammar of its commands."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.slack import PLATFORM
from adapters.slack.drawing.buttons import ONCE, fits
from adapters.slack.hearing.answering import Spot
from adapters.slack.hearing.counter import ONE_MOMENT, Counter, Drawn
from adapters.slack.hearing.reading import accounts_in, line_of, meant, spoken
from adapters.slack.hearing.rooms import Rooms
from bot.cards import Card, Choice, Style, Tone
from bot.domain.attachments import Attachment
from bot.domain.errors import NotAllowed, Refusal
from bot.domain.people import Role
from bot.ports import Speaker, UnitOfWork
from bot.workers import in_time
from commands.bringing import BRINGING
from commands.desk import Answer
from commands.roles import NO_ADMIN

NOT_A_NAME = 5
"""How many strangers' names are looked up for one message."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message somebody wrote. `thread` is the ts of the thread's first message, empty outside threads."""

    user: str
    channel: str
    ts: str
    text: str = ""
    thread: str = ""
    direct: bool = False
    files: tuple[Attachment, ...] = field(default=())

    @property
    def ref(self) -> str:
        return f"{self.channel}:{self.ts}"

    @property
    def request(self) -> str:
        return f"slack:{self.ref}"

    @property
    def spot(self) -> Spot:
        """Where its writer is answered: in their thread, or in the conversation with the bot."""
        return Spot(self.user) if self.direct else Spot(self.user, self.channel, self.thread)


class Talk:
    """Answers what people say to the desk."""

    def __init__(self, counter: Counter, rooms: Rooms) -> None:
        self._counter = counter
        self._rooms = rooms

    async def hear(self, said: Said, words: str) -> None:
        """Do what the words say, and answer the one who said them. Returns once it is committed."""
        counter = self._counter
        try:
            speaker = await self.speaker(said)
        except Refusal as refusal:
            await counter.tell_refusal(said.spot, refusal)
            return
        line = await self.read(words)
        work = counter.workers.begin(lambda: self._drawn(speaker, said, line))
        if not await in_time(work):
            await counter.whisper.tell(said.spot, ONE_MOMENT)
        drawn, command = await work
        counter.done(drawn.answer, command)
        await counter.whisper.tell(said.spot, drawn.message)

    async def read(self, text: str) -> str:
        """A text as it was typed, with people called as the desk calls them, or else by the names Slack has."""
        names = {account: f"@{id}" for id, account in self._counter.roster.seen.accounts.items()}
        strangers = [account for account in accounts_in(text) if account not in names][:NOT_A_NAME]
        found = await asyncio.gather(*map(self.name_of, strangers))
        names |= {account: f"@{name}" for account, name in zip(strangers, found, strict=True)}
        return spoken(text, lambda account: names.get(account, f"@{account}"))

    async def name_of(self, account: str) -> str:
        """What somebody is called who need not be known to the desk; their account where Slack does not say."""
        try:
            return (await self._counter.speakers.of(account)).name or account
        except Refusal:
            return account

    async def speaker(self, said: Said) -> Speaker:
        """Who said it, where. Raises Refusal for those to whom the desk does not speak."""
        room = await self._rooms.of(said.channel)
        speaker = await self._counter.speakers.of(said.user, said.channel, place=room.name)
        at_cards = self._counter.is_desk(said.channel)
        # In a private room the message stands for no ticket: what is said below it stays there.
        message = "" if said.direct or not room.shared else said.ref
        return replace(speaker, message=message, files=said.files, at_cards=at_cards)

    def anchored(self, said: Said) -> int | None:
        """The ticket in whose thread it was said. Blocks."""
        if not said.thread:
            return None
        ref = f"{said.channel}:{said.thread}"
        return self._counter.desk.database.read(lambda work: work.tickets.anchored(PLATFORM, ref))

    def _drawn(self, speaker: Speaker, said: Said, words: str) -> tuple[Drawn, str]:
        """What the desk says and how it looks, with the command that it was. Blocks."""
        ran: list[str] = []
        drawn = self._counter.drawn(lambda: self._answer(speaker, said, words, ran))
        return drawn, ran[0] if ran else ""

    def _answer(self, speaker: Speaker, said: Said, words: str, ran: list[str]) -> Answer:
        desk = self._counter.desk
        ticket = self.anchored(said)
        speaker = replace(speaker, ticket=ticket, message=speaker.message or (said.ref if ticket else ""))
        must_be_known(desk.database.read(lambda work: whom_to_ask(work, speaker)), speaker)
        line = line_of(words, desk.catalogue)
        if line is None:
            self._keep_files(speaker, said)
            return Answer(self._not_understood(words, ticket, said.request), False)
        try:
            command, raw = desk.understood(speaker, line)
        except Refusal:
            self._keep_files(speaker, said)
            raise
        ran.append(command.words)
        answer = with_a_form(desk.run(speaker, command.words, raw, said.request))
        if not (answer.ok and command.words in BRINGING):
            self._keep_files(speaker, said)
        return answer

    def _keep_files(self, speaker: Speaker, said: Said) -> None:
        """What was added in a ticket's thread is recorded with it, whatever came of the words beside it. Blocks."""
        if speaker.ticket is not None and said.files:
            self._counter.desk.run(speaker, "ticket attach", {"ticket": speaker.ticket}, f"{said.request}:files")

    def _not_understood(self, words: str, ticket: int | None, request: str) -> Card:
        """What was probably meant, and what else the words may have been meant for."""
        if not words:
            return Card(lines=(("Yes?",), ("For example: mine, open printer on fire, or help.",)))
        near = meant(words, self._counter.desk.catalogue)
        hint = f"Did you mean: {near} ?" if near else "“help” lists what the desk understands."
        first = " ".join(words.split())
        shown = first if len(first) <= 60 else f"{first[:59]}…"
        choices = [Choice("Open a ticket with these words", "ticket open", {"subject": words}, ("subject", "customer"))]
        if ticket is not None:
            note = {"ticket": ticket, "text": words, ONCE: request}
            choices.insert(0, Choice("Keep them as a note", "ticket note", note))
        lines = ((f"The desk does not understand “{shown}”.",), (hint,))
        return Card(lines=lines, tone=Tone.REFUSAL, choices=tuple(map(fitting, choices)))


def must_be_known(helpers: tuple[str, ...] | None, speaker: Speaker) -> None:
    """Raises NotAllowed, naming those who can help, unless the speaker is of this desk (`helpers` is None)."""
    if helpers is not None:
        way = f"Ask {' or '.join(helpers)}." if helpers else NO_ADMIN
        raise NotAllowed(f"{speaker.name or 'You'} is not known to this desk.", way)


def whom_to_ask(work: UnitOfWork, speaker: Speaker) -> tuple[str, ...] | None:
    """Those who can let a stranger in; None for who is of this desk."""
    known = work.people.of_account(speaker.platform, speaker.account)
    if known is not None and not known.has_left:
        return None
    admins = (one.name for one in work.people.all() if one.role is Role.ADMIN)
    return tuple(sorted(admins)[:3])


def with_a_form(answer: Answer) -> Answer:
    """The answer to words that lack something, with a button that asks for it: words alone open no form in Slack."""
    form = answer.form
    if form is None:
        return answer
    asks = tuple(param.name for param in form.asks)
    button = Choice("Fill in the rest", form.command.words, form.known, asks, Style.PRIMARY)
    return replace(answer, card=replace(answer.card, choices=(*answer.card.choices, fitting(button))))


def fitting(choice: Choice) -> Choice:
    """The choice as a button can carry it: the longest of its texts is cut, which stands in Slack anyhow."""
    values: Mapping[str, Any] = choice.values
    while not fits(choice) and values:
        longest = max(values, key=lambda name: len(str(values[name])))
        text = str(values[longest])
        values = {**values, longest: text[: len(text) * 4 // 5 - 1].rstrip() + "…"}
        choice = replace(choice, values=values)
    return choice
