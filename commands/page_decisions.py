"""What the paging table says: whether somebody is called for a ticket now, by which rule, and up which chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.domain.business_hours import BeyondCalendar, DeskState
from bot.domain.entitlement import Entitlement
from bot.domain.escalating import Case, decide
from bot.domain.escalation import Escalation
from bot.domain.oncall import OnCall
from bot.domain.paging import Decision, Trigger
from bot.domain.policy import ClockKind
from bot.domain.policy import Way as Support
from bot.domain.sla import BREACH, Stage
from bot.domain.ticket import State, Ticket
from bot.ports import UnitOfWork
from commands.record import owed_by

UNVERIFIED = "The sender is not verified, so nobody is called before somebody of the desk has vouched for them"

LOUD_ONLY = Escalation("loud", ())
"""For a plan that has no escalation for it: the alarm at once."""


def decision_on(
    work: UnitOfWork,
    trigger: Trigger,
    owed: Callable[[], Entitlement],
    now: datetime,
    *,
    level: str,
    priority: str,
    category: str,
    credit: bool = False,
    warning: int = 0,
) -> Decision | None:
    """Whether the paging table calls somebody for such a ticket now, and why; None where the plan has no table. What
    is `owed` to whom is asked only where a rule fits: of many promises that come due at once most call nobody."""
    plan, policy = work.rota.plan(), work.promises.policy
    if not plan.rules:
        return None
    case = Case(
        trigger,
        level,
        _hours(work, now),
        telephone="",
        priority=priority,
        category=policy.categories.get(category, category),
        worst=category in policy.worst_cases,
        warning=warning,
    )
    decision = decide(plan.rules, case)
    if not decision.rule:
        return decision
    whose = owed()
    telephone = "credit" if credit else (whose.telephone_by if Support.TELEPHONE in whose.ways else "")
    return decide(
        plan.rules, replace(case, telephone=telephone, customer=whose.customer.name if whose.customer else "")
    )


def change_decision(work: UnitOfWork, ticket: Ticket, now: datetime) -> Decision | None:
    """It is known now whose a ticket is, at which level, of what kind or how urgent, and `ticket` is what it becomes by
    that: where nobody has it or answered it yet, and nobody was ever called for it, the table is asked as if it was
    opened now. The event of the change keeps what is decided."""
    waits = ticket.state is State.NEW and ticket.clock(ClockKind.FIRST_RESPONSE) is not None
    if not waits or work.pages.of_ticket(ticket.number):
        return None
    return asked(work, ticket, Trigger.OPENED, now)


def alert_decision(work: UnitOfWork, ticket: Ticket, stage: Stage, now: datetime) -> Decision | None:
    """What the table says of a stage of a ticket's clock; None for reminders, which page nobody."""
    if stage.breached and stage.name != BREACH:
        return None
    share = 0 if stage.breached else int(stage.name.removesuffix("%"))
    decision = asked(work, ticket, trigger_of(stage), now, share)
    if decision is None or not decision.pages:
        return decision
    chain = work.rota.plan().escalations.get(decision.escalation)
    if chain is None or not chain.steps:
        # The alert mentions the team, and reminders follow it: an alarm beside them would say the same.
        why = f"{decision.why} But nobody is set up to be called: the alert itself tells the team."
        return Decision(False, why, decision.rule)
    return decision


def only_vouched(decision: Decision | None, unverified: bool) -> Decision | None:
    """The decision where its reason may be made up: nobody is called before somebody has vouched for the sender."""
    if not unverified or decision is None or not decision.pages:
        return decision
    return replace(decision, pages=False, why=f"{UNVERIFIED}. {decision.why}")


def decided(decision: Decision | None) -> dict[str, Any]:
    """The decision as the event that it is about keeps it."""
    if decision is None:
        return {}
    return {"page": {"pages": decision.pages, "why": decision.why, "rule": decision.rule}}


def chain_for(plan: OnCall, trigger: Trigger, level: str) -> Escalation:
    """The plan's escalation for such a page: of the first rule about that trigger and level, else about that level,
    else the first there is. Without any, the alarm alone."""
    fits = [rule for rule in plan.rules if not rule.levels or level in rule.levels]
    for rule in sorted(fits, key=lambda rule: rule.on is not trigger):
        if rule.escalation in plan.escalations:
            return plan.escalations[rule.escalation]
    return next(iter(plan.escalations.values()), LOUD_ONLY)


def trigger_of(stage: Stage) -> Trigger:
    """What a stage of a clock is to the table."""
    return Trigger.BREACH if stage.breached else Trigger.WARNING


def asked(work: UnitOfWork, ticket: Ticket, trigger: Trigger, now: datetime, warning: int = 0) -> Decision | None:
    """What the table says of a ticket as it is."""
    decision = decision_on(
        work,
        trigger,
        partial(owed_by, work, ticket, now),
        now,
        level=ticket.level,
        priority=ticket.priority.value,
        category=ticket.category,
        credit=ticket.phone_credit,
        warning=warning,
    )
    return only_vouched(decision, ticket.unverified)


def _hours(work: UnitOfWork, now: datetime) -> DeskState:
    try:
        return work.promises.hours.state(now)
    except BeyondCalendar:
        return DeskState.MONITORED
