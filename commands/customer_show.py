"""/customer show: what a customer is owed now, and why."""

from __future__ import annotations

from bot.cards import Card, When
from bot.domain.customers import Customer
from bot.domain.installation import plan_of
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.views.customer_card import customer_card
from commands.installation_told import many_tickets, tickets_in_plan
from commands.record import today
from commands.spec import Caller, command

_RECENT = 3


@command(
    "customer show",
    role=Role.VIEWER,
    writes=False,
    customer="Which customer: a name, short name or mail address",
    examples=("customer show acme",),
)
def customer_show(caller: Caller, work: UnitOfWork, *, customer: Customer) -> Card:
    """Show what a customer is owed now: level, ways of support, subscriptions, credits."""
    policy, tickets = work.promises.policy, work.customers.open_tickets(customer.id)
    card = customer_card(customer, policy, today(work, caller.now), tickets)
    if plan := plan_of(customer, policy):
        opened, closed = tickets_in_plan(work, customer, plan)
        card = card.and_lines((f"Installation: {many_tickets(opened)}, {closed:,} closed.",)) if opened else card
    names = {staff.id: staff.name for staff in work.people.all()}
    for entry in work.memory.journal_of(f"customer:{customer.id}", _RECENT):
        approved = f", approved by {entry.data['approved_by']}" if "approved_by" in entry.data else ""
        card = card.and_lines(
            (f"{entry.what.capitalize()} by {names.get(entry.by, entry.by)}{approved}, ", When(entry.at))
        )
    return card
