"""/ticket list: the tickets of the desk, the most urgent first."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.cards import Card
from bot.domain.customers import Customer
from bot.domain.errors import BadValue
from bot.domain.people import Role, Staff
from bot.domain.policy import SupportLevel
from bot.domain.ticket import OPEN_STATES, Priority, State
from bot.ports import TicketFilter, UnitOfWork
from commands.spec import NO_CATEGORY, Caller, Category, command
from commands.tables import page_of


class Shown(StrEnum):
    """Which states a list shows: one of them, every one that is not closed, or all."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"
    ALL = "all"


@command(
    "ticket list",
    role=Role.VIEWER,
    writes=False,
    state="Only tickets in this state; without it all that are not closed",
    owner="Only those that this person has",
    unclaimed="Only those that nobody has",
    customer="Only this customer's",
    level="Only those of this support level",
    tag="Only those with this tag",
    category="Only this kind of trouble",
    priority="Only those of this priority",
    due="Only what is due before this time",
    page="Which page",
    examples=(
        "ticket list",
        "ticket list --unclaimed --level III",
        'ticket list --due "today 19:00"',
        "ticket list closed",
    ),
)
def ticket_list(
    caller: Caller,
    work: UnitOfWork,
    *,
    state: Shown | None = None,
    owner: Staff | None = None,
    unclaimed: bool = False,
    customer: Customer | None = None,
    level: SupportLevel | None = None,
    tag: str = "",
    category: Category = NO_CATEGORY,
    priority: Priority | None = None,
    due: datetime | None = None,
    page: int = 1,
) -> Card:
    """List tickets, the most urgent first."""
    if owner is not None and unclaimed:
        raise BadValue("--owner and --unclaimed exclude each other.", "/ticket list --unclaimed")
    label = tag.strip().removeprefix("#").casefold()
    wanted = TicketFilter(
        states=_states(state),
        owner=owner.id if owner else None,
        unclaimed=unclaimed,
        customer=customer.id if customer else None,
        level=level.name if level else None,
        tag=label or None,
        category=category or None,
        priority=priority,
        due_before=due,
        order="newest" if state is Shown.CLOSED else "due",
    )
    typed = {
        "state": state.value if state else "",
        "owner": owner.id if owner else "",
        "customer": customer.id if customer else "",
        "level": level.name if level else "",
        "tag": label,
        "category": category,
        "priority": priority.value if priority else "",
        "due": f'"{due:%Y-%m-%dT%H:%M:%SZ}"' if due else "",
    }
    options = [f"--{name} {value}" for name, value in typed.items() if value] + ["--unclaimed"] * unclaimed
    title = f"{state.value.capitalize() if state else 'Open'} tickets"
    return page_of(caller, work, wanted, page, title, " ".join(["/ticket list", *options, "--page"]))


def _states(state: Shown | None) -> frozenset[State]:
    if state is None:
        return OPEN_STATES
    return frozenset() if state is Shown.ALL else frozenset({State(state.value)})
