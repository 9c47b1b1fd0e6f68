"""Notes: what the desk's people write in a ticket's thread is kept with the ticket, and never sent out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.discord import PLATFORM
from adapters.discord.hearing.counter import Counter
from adapters.discord.hearing.mark import Mark
from adapters.discord.hearing.reading import attachments, spoken
from adapters.discord.hearing.talk import is_of_a_person
from adapters.discord.people.membership import Membership, name_of
from adapters.discord.sending.anchors import ref_of, ticket_at
from adapters.discord.sending.places import Places
from adapters.discord.sending.posting import QUIET
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.troubles import TROUBLES, in_words
from bot.cards import say
from bot.domain.attachments import Attachment
from bot.domain.errors import Refusal
from bot.domain.people import Role
from bot.once import Once
from bot.ports import Speaker, UnitOfWork
from commands.desk import Answer, refused
from commands.spec import Command

EVENT = "MESSAGE_CREATE"
NOTE = "ticket note"
ATTACH = "ticket attach"
_TYPED = Refusal("That is a command, and was sent as plain words.", "Type / and pick it from the list.")
PAUSES = (0.5, 2.0, 8.0, 30.0)
"""Seconds before another try while the database is away."""
PATIENCE = 600.0
"""Seconds for which a note is awaited; nobody else waits for it."""
UNKEPT = "This was not kept as a note: the desk could not read its database. Please write it again later."

Json = Mapping[str, Any]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """A message that a person wrote in the server just now."""

    channel: int
    id: int
    account: str
    name: str
    text: str
    files: tuple[Attachment, ...]
    member: Json = field(default_factory=dict)

    @classmethod
    def read(cls, data: Json, server: int) -> Said | None:
        """From an event; None for bots, webhooks, empty words and what Discord writes itself."""
        if not is_of_a_person(data) or str(data.get("guild_id")) != str(server):
            return None
        author = data["author"]
        member = data.get("member") or {}
        said = cls(
            int(data["channel_id"]),
            int(data["id"]),
            str(author["id"]),
            name_of(member, author),
            spoken(data).strip(),
            attachments(data),
            member,
        )
        return said if said.text or said.files else None

    @property
    def ref(self) -> str:
        return ref_of(self.channel, self.id)


class Notes:
    """Keeps what is written in tickets' threads; nothing is answered unless it could not be kept."""

    def __init__(
        self,
        counter: Counter,
        rest: Rest,
        places: Places,
        membership: Membership,
        server: int,
        mark: Mark,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._counter = counter
        self._rest = rest
        self._places = places
        self._membership = membership
        self._server = server
        self._mark = mark
        self._pauses = pauses
        self._once = Once(counter.tasks, PATIENCE)
        self._in_order = asyncio.Lock()

    def heard(self, data: Json) -> None:
        """Take in an event of the gateway's; call it in the event loop."""
        if str(data.get("guild_id")) != str(self._server) or self._places.is_channel(int(data["channel_id"])):
            return
        said = Said.read(data, self._server)
        if said is None:
            self._mark.heard(int(data["id"]))
        else:
            self._mark.begins(said.id)
            self._counter.tasks.start(self._hear(said), f"a note of {said.account}")

    async def _hear(self, said: Said) -> None:
        """The mark passes it by only when it is kept, or its writer told that it is not."""
        request = f"{PLATFORM}:{said.ref}"
        parents = self._places.parents(said.channel)
        await self._once.do(request, lambda: self._keep(said, parents, request))
        self._mark.ends(said.id)
        if self._mark.is_due():
            await self._counter.workers.begin(self._mark.save)

    async def _keep(self, said: Said, parents: Sequence[int], request: str) -> None:
        counter = self._counter
        async with self._in_order:
            answer = await self._patiently(said, parents, request)
        if answer is None:
            return
        counter.done(answer, NOTE)
        if not answer.ok:
            await self._tell(said, answer)

    async def _patiently(self, said: Said, parents: Sequence[int], request: str) -> Answer | None:
        """What the desk says to it, though the database be away for a moment."""
        for pause in (*self._pauses, None):
            try:
                return await self._counter.workers.begin(lambda: self._noted(said, parents, request))
            except Exception:
                if pause is None:
                    log.exception("A note could not be kept.")
                    break
                log.warning("A note could not be kept yet; in %g s it is tried again.", pause, exc_info=True)
                await asyncio.sleep(pause)
        # Nobody knows whose thread it is: elsewhere than below the cards it is none of the desk's business.
        return Answer(say(UNKEPT), ok=False) if any(map(self._places.is_desk, parents)) else None

    def _noted(self, said: Said, parents: Sequence[int], request: str) -> Answer | None:
        """What the desk says to the note; None where it is none. Blocks."""
        counter = self._counter
        ticket = counter.desk.database.read(lambda work: ticket_at(work, said.channel, parents))
        if ticket is None:
            return None
        self._membership.learn(said.account, said.name, said.member)
        if not counter.desk.database.read(lambda work: _is_of_the_desk(work, said.account)):
            return None
        if _is_command(said.text, counter.desk.catalogue):
            return refused(_TYPED)
        place = self._places.called(said.channel, parents[0])
        speaker = Speaker(PLATFORM, said.account, said.name, place, ticket, message=said.ref, files=said.files)
        raw = {"ticket": ticket} | ({"text": said.text} if said.text else {})
        return counter.answer(lambda: counter.desk.run(speaker, NOTE if said.text else ATTACH, raw, request))

    async def _tell(self, said: Said, answer: Answer) -> None:
        """Say below the message why it was not kept: Discord has no other way to answer one."""
        payload = await self._counter.workers.begin(lambda: self._counter.draw(answer.card))
        body = {
            **payload.body(),
            "components": [],
            "allowed_mentions": QUIET,
            "message_reference": {"message_id": said.id, "fail_if_not_exists": False},
            "nonce": f"n{said.id}",
            "enforce_nonce": True,
        }
        try:
            await self._rest.call("POST", "/channels/{channel_id}/messages", channel_id=said.channel, body=body)
        except TROUBLES as error:
            log.warning("That a note was not kept could not be told: %s.", in_words(error)[0])


def _is_command(text: str, catalogue: Mapping[str, Command]) -> bool:
    """Whether somebody typed what should have been picked: Discord does so with a command that it did not offer."""
    first = text.removeprefix("/").split(maxsplit=1)[:1]
    return text.startswith("/") and any(words.partition(" ")[:1] == tuple(first) for words in catalogue)


def _is_of_the_desk(work: UnitOfWork, account: str) -> bool:
    writer = work.people.of_account(PLATFORM, account)
    return writer is not None and writer.role >= Role.STAFF
