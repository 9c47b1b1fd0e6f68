"""What a referral tells: the customer who the partner is, and the partner what they take over, both by letter."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.cards import Card, Choice, Line, Style, Tone
from bot.domain.entitlement import Entitlement
from bot.domain.history import Deed
from bot.domain.telling import Closed, told_at
from bot.domain.ticket import Ticket
from bot.ports import DESK, Kind, News, UnitOfWork
from bot.ports.intake import Partner
from commands.arming import of_ticket
from commands.letters import Letter, post_letter
from commands.partner_values import called, network
from commands.record import today

SOLVED = "solved"
UNANSWERED = "unanswered"
"""The kinds of a referral's reminders."""
_WORDS = 20_000
"""Characters of the customer's words that a hand-over takes along; the rest is asked for."""


def send_letters(work: UnitOfWork, ticket: Ticket, partner: Partner, owed: Entitlement) -> tuple[Line, ...]:
    """Write to both, and tell the desk who was written to and who must be told by hand."""
    last = f"{ticket.number}:{ticket.seq}"
    return (
        _to_customer(work, ticket, partner, owed, f"referred:{last}"),
        _to_partner(work, ticket, partner, owed, f"handover:{last}"),
    )


def _to_customer(work: UnitOfWork, ticket: Ticket, partner: Partner, owed: Entitlement, key: str) -> Line:
    if not ticket.requester:
        return (f"#{ticket.number} has no mail address: tell the customer yourself who takes it on.",)
    values = {
        "customer": owed.customer.name if owed.customer else "",
        "partner": partner.name,
        "offers": partner.offers.removesuffix("."),
        "contact": partner.contact.removesuffix("."),
        "handed_over": bool(partner.address),
        "level": owed.level.title,
        "in_scope": owed.level.in_scope,
        "out_of_scope": owed.level.out_of_scope,
        "open": not ticket.closed,
        "expired": owed.referred,
    }
    subject = f"Re: {ticket.subject} [#{ticket.number}]"
    text = f"{partner.name} takes this on. {partner.offers} {partner.contact}".strip()
    post_letter(work, Letter.REFERRED, ticket.requester, key, values, ticket=ticket, subject=subject, text=text)
    return (f"A letter to {ticket.requester} tells them who takes it on.",)


def _to_partner(work: UnitOfWork, ticket: Ticket, partner: Partner, owed: Entitlement, key: str) -> Line:
    if not partner.address:
        where = f": /partner edit {partner.id} --mail ADDRESS" if partner.id else ""
        return (f"{partner.name} has no mail address, so hand it over yourself{where}.",)
    values = {
        "partner": partner.name,
        "customer": owed.customer.name if owed.customer else "",
        "address": ticket.requester,
        "words": words_of(work, ticket),
    }
    subject = f"Referred to you: {ticket.subject} [#{ticket.number}]"
    text = f"{values['customer'] or 'A customer'} ({ticket.requester or 'no address'}): {ticket.subject}"
    post_letter(work, Letter.HANDOVER, partner.address, key, values, ticket=ticket, subject=subject, text=text)
    return (f"A letter to {partner.address} hands it over.",)


def words_of(work: UnitOfWork, ticket: Ticket) -> list[str]:
    """What the customer has written, oldest first, and nothing that the desk wrote for itself."""
    events = work.tickets.history(ticket.number)
    said = [str(one.data.get("text", "")) for one in events if one.deed in (Deed.OPENED, Deed.SAID)]
    words, left = [], _WORDS
    for text in (text.strip() for text in said):
        if text and left > 0:
            words.append(text if len(text) <= left else f"{text[:left].rstrip()}…")
            left -= len(text)
    return words


def arm_question(work: UnitOfWork, ticket: Ticket, now: datetime) -> Line:
    """The customer will be asked whether the partner solved it, where the policy asks. Returns what the desk is told of
    that."""
    days = work.promises.policy.referral.ask_after
    at = day_ahead(work, now, days) if days else None
    work.reminders.arm(of_ticket(ticket.number), {SOLVED: at, UNANSWERED: None})
    return (f"They are asked in {days} day{'s' * (days != 1)} whether it was solved.",) if days else ()


def day_ahead(work: UnitOfWork, now: datetime, days: int) -> datetime:
    """When the desk tells what lies so many days ahead."""
    return told_at(work.promises.hours.hours, today(work, now) + timedelta(days=days), Closed.AFTER)


def tell_that_it_is_referred(work: UnitOfWork, ticket: Ticket, owed: Entitlement) -> None:
    """The desk opens a ticket of somebody it serves no more: it is offered the partner."""
    if owed.customer is None:
        return
    ended = f" on {owed.subscription.end:%-d %b %Y}" if owed.subscription else ""
    kept = owed.customer.partner
    here = {one.id: one.name for one in network(work)}
    chosen = next((one for one in here if one == kept), "") or (kept if kept and not here else "")
    me = {"ticket": ticket.number}
    refer = Choice("Refer to a partner…", "ticket refer", me, asks=("partner", "reason"), style=Style.PRIMARY)
    if chosen:
        known = me | {"partner": chosen}
        refer = Choice(f"Refer to {here.get(chosen, chosen)}", "ticket refer", known, style=Style.PRIMARY)
    whose = called(work, kept)
    partner = f"Their partner is {whose}." if whose else "They have no partner of their own: /partner list"
    served_no_more = f"{owed.customer.name}'s subscription ended{ended}, and the policy serves them no more"
    card = Card(
        lines=((f"#{ticket.number} {ticket.subject}: {served_no_more}. It is to be referred.",), (partner,)),
        choices=(refer, Choice("Subscribe…", "customer subscribe", {"customer": owed.customer.id})),
        tone=Tone.WARNING,
        ticket=ticket.number,
        data={"refer": ticket.number, "partner": chosen},
    )
    key = f"refer:{ticket.number}:{ticket.seq}"
    work.outbox.post(News(Kind.NOTICE, DESK, card, key, ticket=ticket.number))
