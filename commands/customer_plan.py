"""/customer plan: how a customer's installation goes."""

from __future__ import annotations

from bot.cards import Card, Choice, Line, Strong, say
from bot.domain.customers import Customer
from bot.domain.installation import plan_of
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.views.customer_card import in_days, installation_words
from bot.views.expiry_words import day_words
from commands.expiry_told import open_tickets
from commands.installation_told import many_tickets, tickets_in_plan
from commands.partner_values import called
from commands.record import today
from commands.spec import Caller, command


@command(
    "customer plan",
    role=Role.VIEWER,
    writes=False,
    customer="Which customer",
    examples=("customer plan acme",),
)
def customer_plan(caller: Caller, work: UnitOfWork, *, customer: Customer) -> Card:
    """Show a customer's installation plan: its day, its milestones, its tickets."""
    policy, day = work.promises.policy, today(work, caller.now)
    plan = plan_of(customer, policy)
    if plan is None:
        known = f"/customer installed {customer.id} says when their server was installed."
        none = "The policy has none."
        why = known if policy.installation_days else none
        return say(f"{customer.name} has no installation plan. {why}", data={"customer": customer.id, "began": None})
    opened, closed = tickets_in_plan(work, customer, plan)
    lines: list[Line] = [(f"{installation_words(customer, policy, day)}.",)]
    for one in plan.milestones:
        on = plan.date_of(one.day)
        lines.append((f"Day {one.day}, {on:%a} {day_words(on)} ({in_days(on, day)}): {one.title}.",))
    partner = called(work, customer.partner) or "none of their own yet"
    lines += [
        (f"{many_tickets(opened).capitalize()}, {closed:,} closed.",),
        open_tickets(work, customer),
        (f"What lies beyond it goes to a partner: {partner}.",),
    ]
    return Card(
        title=(Strong(customer.name), ": installation plan"),
        lines=tuple(lines),
        choices=(Choice("Open a ticket…", "ticket open", {"customer": customer.id}),),
        data={
            "customer": customer.id,
            "began": plan.began.isoformat(),
            "days": plan.days,
            "day": plan.day(day),
            "last": plan.last.isoformat(),
            "tickets": opened,
            "closed": closed,
            "milestones": [{"day": one.day, "title": one.title} for one in plan.milestones],
        },
    )
