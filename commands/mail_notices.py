"""What the desk is told of mail that waits for a person: a card with buttons, and no storm of cards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import Card, Choice, Line, Strong, Style, Tone
from bot.domain.attachments import size_words
from bot.domain.customers import Customer
from bot.domain.errors import NotFound
from bot.ports import ALERTS, DESK, Kind, News, Parcel, UnitOfWork, Urgency
from bot.ports.intake import Mail, MailState
from commands.answers import cut
from commands.mail_kept import files_kept

CARDS_AN_HOUR = 10
"""Messages that are shown on cards of their own; of those that follow the desk is told once. Who writes to everybody in
the world writes to desks, too."""

_TOLD = "held mail told"
_CARD = "card"
"""In what is kept of a message: it has a card in the desk channel, which changes with what becomes of it."""
_HOUR = timedelta(hours=1)

VERIFIED = {
    "verified": "our mail server verified the sender",
    "not verified": "the sender is not who they say, or cannot prove it",
    "unknown": "nothing is known of whether the sender is who they say",
}

BECAME: Mapping[MailState, str] = {
    MailState.TAKEN: "part of ",
    MailState.HELD: "waits for a person",
    MailState.DROPPED: "not taken, as a machine wrote it",
    MailState.BOUNCE: "a letter of ours did not arrive",
    MailState.REFUSED: "refused",
}


def became(mail: Mail) -> str:
    """What was decided of it, and why or by whom."""
    what = BECAME[mail.state] + (f"#{mail.ticket}" if mail.state is MailState.TAKEN else "")
    return " · ".join(part for part in (what, mail.reason) if part)


def held_card(mail: Mail) -> Card:
    """A message that waits, with what decides about it; once that is decided, what became of it."""
    waits = mail.state is MailState.HELD
    show = Choice("Show", "mail show", {"mail": mail.id})
    return Card(
        title=("Mail from ", Strong(who_wrote(mail)), f": {mail.subject or '(no subject)'}"),
        lines=about(mail, 600) if waits else ((f"Mail {mail.id}: {became(mail)}",),),
        choices=held_choices(mail) if waits else (show,),
        tone=Tone.PLAIN if waits else Tone.GOOD,
        data={"mail": mail.id},
    )


def is_held_card(parcel: Parcel) -> bool:
    """Whether `draw_held` draws it."""
    return parcel.kind is Kind.CARD and parcel.ticket is None and "mail" in parcel.card.data


def draw_held(work: UnitOfWork, parcel: Parcel) -> Card | None:
    """The card as the message stands now; None where it is forgotten by now."""
    try:
        return held_card(work.mails.get(parcel.card.data["mail"]))
    except NotFound:
        return None


def held_choices(mail: Mail, name: str = "") -> tuple[Choice, ...]:
    """Its buttons; `name` tells those of several messages apart."""
    me = {"mail": mail.id}
    tail = f" {name}" if name else ""
    return (
        Choice(f"Open{tail} for…", "mail open", me, asks=("customer", "ticket", "remember"), style=Style.PRIMARY),
        Choice(f"Show{tail}", "mail show", me),
        Choice(f"Refuse{tail}", "mail refuse", me, style=Style.DANGER),
    )


def about(mail: Mail, longest: int) -> tuple[Line, ...]:
    """Why it waits, what is known of its sender, what it says and what came with it."""
    verified = VERIFIED.get(str(mail.data.get("verified")), "")
    files = files_kept(mail)
    lines: list[Line] = [(" · ".join(part for part in (mail.reason, verified) if part),)]
    if text := str(mail.data.get("text") or ""):
        lines.append((text if len(text) <= longest else f"{cut(text, longest)} /mail show {mail.id}",))
    if files:
        lines.append((f"With {len(files)} file{'s' * (len(files) != 1)}",))
    return tuple(lines)


def who_wrote(mail: Mail) -> str:
    name = str(mail.data.get("name") or "")
    return f"{name} <{mail.sender}>" if name else mail.sender


def show_held(work: UnitOfWork, mail: Mail, now: datetime) -> Mail:
    """A card in the desk channel; after some in an hour one line for all that follow. Returns the message, which knows
    that it has a card."""
    hour = int(now.timestamp()) // 3600
    told = work.memory.fact(_TOLD)
    count = told["count"] if isinstance(told, dict) and told.get("hour") == hour else 0
    if count > CARDS_AN_HOUR:
        return mail
    work.memory.set_fact(_TOLD, {"hour": hour, "count": count + 1})
    if count < CARDS_AN_HOUR:
        _post_card(work, mail)
        return replace(mail, data={**mail.data, _CARD: True})
    words = "More mail waits for a person than is shown here. All of it: /mail held"
    card = Card(lines=((words,),), choices=(Choice("Show it", "mail held"),))
    work.outbox.post(News(Kind.NOTICE, DESK, card, f"held:hour:{hour}"))
    return mail


def decided(work: UnitOfWork, mail: Mail) -> None:
    """The card of a message that waited loses its buttons, in place, and says what became of it."""
    if mail.data.get(_CARD):
        _post_card(work, mail)


def _post_card(work: UnitOfWork, mail: Mail) -> None:
    work.outbox.post(News(Kind.CARD, DESK, held_card(mail), f"held:{mail.id}"))


def flooded(work: UnitOfWork, most: int, now: datetime) -> None:
    """One alert in an hour: new tickets by mail wait."""
    hour = int(now.timestamp()) // 3600
    line = f"{most} tickets were opened by mail within an hour: what would open another waits now. /mail held"
    card = Card(lines=((line,),), tone=Tone.WARNING, choices=(Choice("Show it", "mail held"),))
    work.outbox.post(News(Kind.ALERT, ALERTS, card, f"mail flood:{hour}", Urgency.WARNING))


def crammed(work: UnitOfWork, most: int, now: datetime) -> None:
    """One alert in an hour: what waits has as much room as it gets, and of what comes now the words alone are kept."""
    hour = int(now.timestamp()) // 3600
    line = (
        f"The mail that waits has {size_words(most)}, which is the most ([email] held_mb): of what comes now the words "
        "alone are kept, without files. /mail held; /mail refuse --sender ADDRESS refuses all that somebody sent."
    )
    card = Card(lines=((line,),), tone=Tone.WARNING, choices=(Choice("Show it", "mail held"),))
    work.outbox.post(News(Kind.ALERT, ALERTS, card, f"mail crammed:{hour}", Urgency.WARNING))


def braked(work: UnitOfWork, customer: Customer, reason: str, now: datetime) -> None:
    """One alert for a customer in an hour: their mail waits, however much of others' does."""
    hour = int(now.timestamp()) // 3600
    line = (Strong(customer.name), f": {reason}. Their mail waits for a person now: /mail held")
    card = Card(lines=(line,), tone=Tone.WARNING, choices=(Choice("Show it", "mail held"),))
    work.outbox.post(News(Kind.ALERT, ALERTS, card, f"mail brake:{customer.id}:{hour}", Urgency.WARNING))


def mailbox_trouble(work: UnitOfWork, text: str, now: datetime) -> None:
    """What an operator must know of a mailbox."""
    card = Card(lines=((text,),), tone=Tone.WARNING)
    work.outbox.post(News(Kind.ALERT, ALERTS, card, f"mailbox:{int(now.timestamp())}:{text[:200]}", Urgency.WARNING))
