"""Telling how an installation goes: its milestones on their days, and the hand-over once its plan is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.cards import Card, Choice, Line, Strong
from bot.domain.customers import Customer
from bot.domain.entitlement import entitlement
from bot.domain.installation import Plan, Step, plan_of
from bot.domain.policy import Audience
from bot.domain.ticket import State
from bot.ports import DESK, Kind, News, TicketFilter, UnitOfWork
from bot.ports.intake import Reminder
from bot.views.customer_card import in_days, owed_words
from bot.views.expiry_words import day_words
from commands.arming import INSTALLATION, due_of, morning_of, subject_of
from commands.expiry_told import open_tickets
from commands.letters import Letter, post_letter
from commands.partner_values import called
from commands.record import today


def look_at_installation(work: UnitOfWork, reminder: Reminder, now: datetime) -> None:
    """Tell the steps that have come, and arm the next. Once the plan is over its milestones are told no more."""
    customer = work.customers.look(reminder.subject.partition(":")[2])
    plan = plan_of(customer, work.promises.policy)
    if plan is None:
        work.reminders.arm(subject_of(customer), {INSTALLATION: None})
        return
    since = morning_of(work, reminder.since)
    steps = [one for one in plan.steps(work.promises.hours.hours) if since <= one.at <= now]
    for step in [one for one in steps if one.milestone is None] or steps:
        _tell(work, customer, plan, step, now)
    work.reminders.arm(subject_of(customer), due_of(work, customer, now, (INSTALLATION,)))


def tickets_in_plan(work: UnitOfWork, customer: Customer, plan: Plan) -> tuple[int, int]:
    """How many of the customer's tickets were opened in the plan, and how many of those are closed."""
    begins, ends = plan.lasts(work.promises.policy.zone)
    opened = TicketFilter(customer=customer.id, opened_from=begins, opened_until=ends)
    closed = TicketFilter(customer=customer.id, opened_from=begins, opened_until=ends, states=frozenset({State.CLOSED}))
    return work.tickets.count(opened), work.tickets.count(closed)


def many_tickets(number: int) -> str:
    """ "3 tickets in the plan"."""
    return f"{number:,} ticket{'s' * (number != 1)} in the plan"


def _tell(work: UnitOfWork, customer: Customer, plan: Plan, step: Step, now: datetime) -> None:
    key = f"installation:{customer.id}:{plan.began.isoformat()}:{step.day}"
    to = customer.contact
    writes = Audience.CUSTOMER in step.tell
    if writes and to:
        values = _values(work, customer, plan, step, now)
        post_letter(work, Letter.INSTALLATION, to, key, values, subject=_title(plan, step), text=values["title"])
    if Audience.DESK in step.tell or (writes and not to):  # Where a letter reaches nobody, somebody else must know.
        written: Line = ((f"A letter to {to} tells them." if to else "They have no mail address to write to."),)
        card = _milestone_card(work, customer, plan, step, now) if step.milestone else _over(work, customer, plan, now)
        work.outbox.post(News(Kind.NOTICE, DESK, card.and_lines(written) if writes else card, key))


def _title(plan: Plan, step: Step) -> str:
    if step.milestone is None:
        return f"Your installation plan of {plan.days} days is over"
    return f"Day {step.day} of {plan.days} of your installation plan"


def _milestone_card(work: UnitOfWork, customer: Customer, plan: Plan, step: Step, now: datetime) -> Card:
    title = step.milestone.title if step.milestone else ""
    opened, closed = tickets_in_plan(work, customer, plan)
    day = in_days(plan.date_of(step.day), today(work, now))
    return Card(
        title=(Strong(customer.name), f": day {step.day} of {plan.days} of the installation plan"),
        lines=(
            (f"By then: {title} (day {step.day} {'is today' if day == 'today' else 'was ' + day}).",),
            (f"{many_tickets(opened)}, {closed:,} closed. The plan goes on until {day_words(plan.last)}.",),
        ),
        choices=(Choice("Show the plan", "customer plan", {"customer": customer.id}), _open(customer)),
        data={"customer": customer.id, "day": step.day},
    )


def _over(work: UnitOfWork, customer: Customer, plan: Plan, now: datetime) -> Card:
    """The hand-over: what was done, what is open, what is owed from now on and who takes what lies beyond it."""
    policy = work.promises.policy
    owed = entitlement(customer, policy, today(work, now))
    opened, closed = tickets_in_plan(work, customer, plan)
    partner = called(work, customer.partner)
    beyond = f"to their partner {partner}" if partner else "to a partner: they have none of their own yet"
    return Card(
        title=(Strong(customer.name), f": the installation plan of {plan.days} days is over"),
        lines=(
            (f"From {day_words(plan.began)} to {day_words(plan.last)}: {many_tickets(opened)}, {closed:,} closed.",),
            open_tickets(work, customer),
            (f"From now on: {owed_words(owed)} ({owed.standing}). In scope: {owed.level.in_scope}.",),
            (f"What lies beyond it is referred {beyond}.",),
        ),
        choices=(Choice("Show the customer", "customer show", {"customer": customer.id}), _open(customer)),
        data={"customer": customer.id, "day": plan.days + 1, "tickets": opened, "closed": closed},
    )


def _open(customer: Customer) -> Choice:
    return Choice("Open a ticket…", "ticket open", {"customer": customer.id})


def _values(work: UnitOfWork, customer: Customer, plan: Plan, step: Step, now: datetime) -> dict[str, Any]:
    """What the letter may say: plain JSON, days as people write them."""
    owed = entitlement(customer, work.promises.policy, today(work, now))
    return {
        "customer": customer.name,
        "over": step.milestone is None,
        "title": step.milestone.title if step.milestone else _title(plan, step),
        "day": step.day,
        "days": plan.days,
        "last": day_words(plan.last),
        "level": owed.level.title,
        "ways": owed.ways_in_words,
        "in_scope": owed.level.in_scope,
        "out_of_scope": owed.level.out_of_scope,
        "partner": called(work, customer.partner),
    }
