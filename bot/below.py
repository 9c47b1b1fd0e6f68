"""Below a ticket's card: what every chat platform must know to put a ticket's news where it belongs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.cards import Card, Strong
from bot.names import Names
from bot.ports import Anchoring, CannotDeliver, Database, Kind, Parcel, ParcelState, UnitOfWork

NOBODY = "nobody"
"""What stands for a message that was for somebody who has no account on the platform."""
MAIL = "mail:"
ALARM = "alarm"
"""In a card's data: it tells of the desk's own trouble, and must get out while the database is away."""
AN_OPERATORS_PAUSE = 300.0
"""Seconds until something is tried again that an operator has to mend first."""
WAITS = 4
"""How often something waits for the card that it belongs below, before it stands alone."""
A_MOMENT = 2.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What the desk's records say of a parcel: who is who on its platform, its ticket's messages there, and the
    messages that other parcels of the ticket have become. Who “the team” is there they do not say."""

    names: Names
    people: Mapping[str, str]
    cards: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    others: frozenset[str] = field(default_factory=frozenset)

    def account(self, parcel: Parcel, example: str) -> str | None:
        """The account of the person that the parcel is for; None where nobody misses anything.

        Raises CannotDeliver for a page to somebody without one.
        """
        id = parcel.place.removeprefix("@")
        if id in self.names.accounts or parcel.kind is not Kind.PAGE:
            return self.names.accounts.get(id)
        name = parcel.platform.capitalize()
        raise CannotDeliver(
            f"{self.people.get(id, id)} has no {name} account here."
            f" /staff link {id} --platform {parcel.platform} --account {example}",
            retry_after=AN_OPERATORS_PAUSE,
            alone=True,
        )


async def looked(database: Database, parcel: Parcel) -> Seen:
    """What the records say now; for an alarm they are not asked, as they may be what the alarm is about."""
    if parcel.card.data.get(ALARM):
        return Seen(Names(), {})
    return await asyncio.to_thread(database.read, lambda work: look(work, parcel))


def look(work: UnitOfWork, parcel: Parcel) -> Seen:
    """What the records say now. People who have left have no account."""
    platform, people = parcel.platform, work.people.all()
    accounts = {one.id: one.accounts[platform] for one in people if platform in one.accounts and not one.has_left}
    seen = Seen(Names(accounts, "", work.promises.policy.zone), {one.id: one.name for one in people})
    if parcel.ticket is None:
        return seen
    anchors = work.tickets.anchors(parcel.ticket, platform)
    return replace(
        seen,
        cards=tuple(one.ref for one in anchors if one.what is Anchoring.CARD),
        sources=tuple(one.ref for one in anchors if one.what is Anchoring.SOURCE),
        others=frozenset(one.ref for one in work.outbox.of_ticket(parcel.ticket) if one.ref and one.id != parcel.id),
    )


def is_ambiguous(parcel: Parcel) -> bool:
    """Whether an earlier attempt may have written the message without our being told."""
    return parcel.state is ParcelState.AMBIGUOUS


def is_thread_line(parcel: Parcel) -> bool:
    """Whether it tells a line of the ticket's history."""
    return "thread" in parcel.card.data


def origin(parcel: Parcel) -> str:
    """The message in which the news was said, by its platform's own name of it; empty where it was said in none."""
    return str(parcel.card.data.get("origin") or "").removeprefix(f"{parcel.platform}:")


def letter_by_hand(parcel: Parcel) -> Card:
    """What a person must send by hand, as nothing here sends mail."""
    to = parcel.place.removeprefix(MAIL)
    heading = (Strong(f"Letter to {to} (mail is not set up: send it by hand)"),)
    return replace(parcel.card, title=heading, lines=(parcel.card.title, *parcel.card.lines))


def standing_alone(card: Card, parcel: Parcel, number: int) -> Card:
    """What was to stand below a card must say itself which ticket it is of."""
    if not is_thread_line(parcel) or not card.lines:
        return card
    first, *rest = card.lines
    return replace(card, lines=((Strong(f"#{number}"), "  ", *first), *rest))


def waits(parcel: Parcel) -> bool:
    """Whether it still waits for its card, rather than stand alone."""
    return parcel.attempts <= WAITS and (parcel.place.startswith(MAIL) or is_thread_line(parcel))


def waiting(number: int) -> CannotDeliver:
    """It will come once its card is there."""
    return CannotDeliver(f"it waits for the card of #{number}", retry_after=A_MOMENT)
