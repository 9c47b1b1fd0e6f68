"""Paging: how a page starts, and the few things that can be done to it; whoever needs one asks here.

A page starts because the paging table says so (`on_opened`, `on_alert`), or because somebody asks (`start_page`). Its
first step is taken in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.cards import Line
from bot.domain import agenda
from bot.domain.business_hours import BeyondCalendar, DeskState
from bot.domain.contacts import CALL
from bot.domain.entitlement import Entitlement
from bot.domain.errors import Conflict
from bot.domain.escalating import Case, Way, decide, shrunk
from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.history import Deed
from bot.domain.oncall import OnCall
from bot.domain.paging import Attempt, Decision, Page, PageRule, Trigger
from bot.domain.policy import ClockKind
from bot.domain.policy import Way as Support
from bot.domain.sla import BREACH, Stage
from bot.domain.ticket import State, Ticket
from bot.ports import ALERTS, UnitOfWork
from bot.ports.oncall import LegState
from bot.views.wording import listed
from commands.page_ends import Acknowledged, acknowledge, being_called, name_of, redraw, resolve, touched
from commands.page_steps import again, attempt_by, passed_on, take
from commands.record import owed_by
from commands.spec import CLOCK, Caller
from commands.writing import append

__all__ = [
    "Acknowledged",
    "acknowledge",
    "being_called",
    "change_decision",
    "decided",
    "decision_on",
    "on_alert",
    "on_changed",
    "on_opened",
    "only_vouched",
    "pass_on",
    "resolve",
    "start_page",
    "touched",
]

UNVERIFIED = "The sender is not verified, so nobody is called before somebody of the desk has vouched for them"

LOUD_ONLY = Escalation("loud", ())
"""For a plan that has no escalation for it: the alarm at once."""

PERSON_SECONDS = 300
TEST_SPACING = timedelta(minutes=2)
TEST_LASTS = timedelta(hours=1)


def start_page(
    work: UnitOfWork,
    *,
    trigger: Trigger,
    reason: str,
    by: str,
    now: datetime,
    ticket: Ticket | None = None,
    person: str = "",
    chain: Escalation | None = None,
    rule: str = "",
    call: int | None = None,
    **data: Any,
) -> Page:
    """Start a page and take its first step, or join the open one of the same customer and chain. `chain` is the plan's
    for that ticket where it is not given; a page without a ticket is for `person`, or for everybody who leads. A ticket
    that is paged for already is not paged for twice; where that page was acknowledged, a colleague's or a caller's
    wish calls again. `data` goes into the ticket's history with it. Whether the telephone is owed was asked before.

    A test calls each verified number of `person` once, and is never loud. Raises Conflict where there is none.
    """
    if trigger is Trigger.TEST:
        return _test(work, person, reason, by, now)
    if ticket is None:
        return _alone(work, trigger, reason, by, now, person, chain, rule, call)
    found = chain or chain_for(work.rota.plan(), trigger, ticket.level)
    known = _live(work, ticket, call)
    if known is not None and trigger in (Trigger.STAFF, Trigger.HOTLINE):
        chain = shrunk(found, now, _deadline(work, ticket, now))
        known = _wished(work, known, ticket, chain, trigger, reason, by, now)
    joins = known or (work.pages.open_of_customer(ticket.customer, found.name) if ticket.customer else None)
    if joins is not None and not _on_another_line(work, joins, call):
        return _joined(work, joins, ticket, reason, by, now, call, data)
    deadline = _deadline(work, ticket, now)
    page = Page(
        0,
        reason,
        trigger,
        shrunk(found, now, deadline),
        now,
        by,
        ticket=ticket.number,
        customer=ticket.customer,
        level=ticket.level,
        rule=rule,
        call=call,
        deadline=deadline,
        due=now,
    )
    page = work.pages.add(page)
    _started(work, page, ticket.number, by, now, "started", data)
    return take(work, page, now)


def pass_on(work: UnitOfWork, page: Page, attempt: Attempt | None, now: datetime, person: str = "") -> Page:
    """Somebody cannot take it: the next step comes now. Changes nothing once the page is over."""
    page = work.pages.get(page.id)
    who = attempt.person if attempt is not None else person
    if not page.open or page.trigger is Trigger.TEST:
        return page
    if page.ticket is not None:
        source = "" if who else CLOCK
        ticket = work.tickets.get(page.ticket)
        append(work, ticket, Deed.PAGED, now, by=who or CLOCK, source=source, page=page.id, did="passed")
    return passed_on(work, page, attempt, who, now)


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


def on_opened(caller: Caller, work: UnitOfWork, ticket: Ticket, decision: Decision | None = None) -> Line:
    """A ticket was opened: call whom the table says. Returns what its opener is told, or nothing. `decision` is the one
    that the opening event keeps, where somebody has asked already."""
    decision = decision or _asked(work, ticket, Trigger.OPENED, caller.now)
    if decision is None or not decision.pages:
        return ()
    page = _decided_page(work, ticket, Trigger.OPENED, decision, caller.now)
    return _told(work, page, ticket, decision)


def change_decision(work: UnitOfWork, ticket: Ticket, now: datetime) -> Decision | None:
    """It is known now whose a ticket is, at which level, of what kind or how urgent, and `ticket` is what it becomes by
    that: where nobody has it or answered it yet, and nobody was ever called for it, the table is asked as if it was
    opened now. The event of the change keeps what is decided."""
    waits = ticket.state is State.NEW and ticket.clock(ClockKind.FIRST_RESPONSE) is not None
    if not waits or work.pages.of_ticket(ticket.number):
        return None
    return _asked(work, ticket, Trigger.OPENED, now)


def on_changed(caller: Caller, work: UnitOfWork, ticket: Ticket, decision: Decision | None) -> Line:
    """A ticket has changed: call whom the table says. Returns what is told of it, or nothing."""
    return on_opened(caller, work, ticket, decision) if decision is not None else ()


def on_alert(
    work: UnitOfWork, ticket: Ticket, stage: Stage, now: datetime, decision: Decision | None = None
) -> Page | None:
    """A warning or a breach: call whom the table says. Returns the page, where there is one now."""
    decision = decision or alert_decision(work, ticket, stage, now)
    if decision is None or not decision.pages:
        return None
    return _decided_page(work, ticket, _trigger(stage), decision, now)


def alert_decision(work: UnitOfWork, ticket: Ticket, stage: Stage, now: datetime) -> Decision | None:
    """What the table says of a stage of a ticket's clock; None for reminders, which page nobody."""
    if stage.breached and stage.name != BREACH:
        return None
    share = 0 if stage.breached else int(stage.name.removesuffix("%"))
    decision = _asked(work, ticket, _trigger(stage), now, share)
    if decision is None or not decision.pages:
        return decision
    chain = work.rota.plan().escalations.get(decision.escalation)
    if chain is None or not chain.steps:
        # The alert mentions the team, and reminders follow it: an alarm beside them would say the same.
        why = f"{decision.why} But nobody is set up to be called: the alert itself tells the team."
        return Decision(False, why, decision.rule)
    return decision


def chain_for(plan: OnCall, trigger: Trigger, level: str) -> Escalation:
    """The plan's escalation for such a page: of the first rule about that trigger and level, else about that level,
    else the first there is. Without any, the alarm alone."""
    fits = [rule for rule in plan.rules if not rule.levels or level in rule.levels]
    for rule in sorted(fits, key=lambda rule: rule.on is not trigger):
        if rule.escalation in plan.escalations:
            return plan.escalations[rule.escalation]
    return next(iter(plan.escalations.values()), LOUD_ONLY)


def _asked(work: UnitOfWork, ticket: Ticket, trigger: Trigger, now: datetime, warning: int = 0) -> Decision | None:
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


def _decided_page(work: UnitOfWork, ticket: Ticket, trigger: Trigger, decision: Decision, now: datetime) -> Page:
    chain = work.rota.plan().escalations.get(decision.escalation)
    return start_page(
        work, trigger=trigger, reason=decision.why, by=CLOCK, now=now, ticket=ticket, chain=chain, rule=decision.rule
    )


def _trigger(stage: Stage) -> Trigger:
    return Trigger.BREACH if stage.breached else Trigger.WARNING


def _told(work: UnitOfWork, page: Page, ticket: Ticket, decision: Decision) -> Line:
    """ "Because this is Level III and a hardware failure, Kim is being paged now. /page why 42"."""
    because = _because(work, ticket, decision.rule)
    names = listed(being_called(work, page))
    where = f"/page why {ticket.number}"
    if page.ticket != ticket.number:
        return (f"Because {because}, it joined page {page.id} of this customer: {names or 'the alarm'}. {where}",)
    if page.loud_at is not None:
        reached = f" and {names}" if names else ""
        return (
            f"Because {because}, somebody must be called, and nobody is on call: the alarm went to the alerts "
            f"channel{reached}. {where}",
        )
    verb = "is" if len(being_called(work, page)) == 1 else "are"
    return (f"Because {because}, {names or 'the on-call channel'} {verb} being paged now. {where}",)


def _because(work: UnitOfWork, ticket: Ticket, rule: str) -> str:
    found: PageRule | None = next((one for one in work.rota.plan().rules if one.name == rule), None)
    policy = work.promises.policy
    parts = [f"Level {ticket.level}"]
    if found is not None and found.worst_cases:
        parts.append(f"one of the worst cases ({policy.categories.get(ticket.category, ticket.category)})")
    if found is not None and found.priorities:
        parts.append(f"of {ticket.priority.value} priority")
    hours = f", in {found.hours} hours" if found is not None and found.hours != "any" else ""
    return f"this is {listed(parts)}{hours}"


def _live(work: UnitOfWork, ticket: Ticket, call: int | None) -> Page | None:
    """The page that is there already for this ticket, rather one that is open."""
    live = [page for page in work.pages.live_of_ticket(ticket.number) if page.trigger is not Trigger.TEST]
    live = [page for page in live if not _on_another_line(work, page, call)]
    if not live:
        return None
    return next((one for one in live if one.open), live[0])


def _wished(
    work: UnitOfWork,
    page: Page,
    ticket: Ticket,
    chain: Escalation,
    trigger: Trigger,
    reason: str,
    by: str,
    now: datetime,
) -> Page:
    """Somebody wants people called by a page that is there: one that was acknowledged starts again, for that reason."""
    if not page.open:
        page = replace(page, chain=chain, trigger=trigger, reason=reason, rule="", started_by=by)
        return again(work, page, now, by, reason)
    if trigger is Trigger.STAFF and reason:
        _started(work, page, ticket.number, by, now, "asked", {"why": reason})
    return page


def _on_another_line(work: UnitOfWork, page: Page, call: int | None) -> bool:
    """Whether the page is for somebody else on the telephone: they have a page of their own. Who hung up and calls
    again has the one they had."""
    if call is None or page.call in (None, call):
        return False
    former = work.calls.get(page.call)
    wants_back = former.state is LegState.CALL_BACK and former.number != work.calls.get(call).number
    return former.ended_at is None or wants_back


def _joined(
    work: UnitOfWork,
    page: Page,
    ticket: Ticket,
    reason: str,
    by: str,
    now: datetime,
    call: int | None,
    data: dict[str, Any],
) -> Page:
    """One page for all of a customer's tickets of a storm: the count is in what it says."""
    new = ticket.number != page.ticket and ticket.number not in page.tickets
    if new:
        page = replace(page, tickets=(*page.tickets, ticket.number))
    if call is not None:
        page = replace(page, call=call)
    deadline = _deadline(work, ticket, now)
    if page.open and deadline is not None and (page.deadline is None or deadline < page.deadline):
        chain = shrunk(page.chain, now, deadline)
        page = replace(page, deadline=deadline, chain=chain, due=_sooner(page, chain, now))
    work.pages.save(page)
    if new and page.open:
        for attempt in work.pages.attempts(page.id):
            redraw(work, attempt)  # How many there are is read on the message, too.
    if new or data:
        _started(work, page, ticket.number, by, now, "joined" if new else "started", data | {"why": reason})
    return page


def _sooner(page: Page, chain: Escalation, now: datetime) -> datetime | None:
    """When the next step comes once the current one has become shorter."""
    if page.due is None or page.loud_at is not None or not 0 < page.step <= len(chain.steps):
        return page.due
    return min(page.due, now + timedelta(seconds=chain.steps[page.step - 1].seconds))


def _alone(
    work: UnitOfWork,
    trigger: Trigger,
    reason: str,
    by: str,
    now: datetime,
    person: str,
    chain: Escalation | None,
    rule: str,
    call: int | None,
) -> Page:
    """A page about no ticket: for one person, or for those who lead where the desk itself is alarmed."""
    if chain is None and person and trigger is not Trigger.STOP:
        chain = Escalation(person, (Step((Target(TargetKind.PERSON, person),), PERSON_SECONDS),))
    elif chain is None:
        channel = Target(TargetKind.CHANNEL, ALERTS)
        chain = Escalation(trigger.value, (Step((channel, Target(TargetKind.LEADS)), PERSON_SECONDS),), rounds=1)
    page = Page(0, reason, trigger, chain, now, by, person=person, rule=rule, call=call, due=now)
    return take(work, work.pages.add(page), now)


def _test(work: UnitOfWork, person: str, reason: str, by: str, now: datetime) -> Page:
    contacts = [one for one in work.contacts.of(person) if one.kind == CALL and one.usable]
    if not contacts:
        raise Conflict(
            f"{name_of(work, person)} has no verified telephone, so there is nothing to test.",
            "Add one: /oncall contact call NUMBER",
        )
    chain = Escalation("test", (), rounds=0, ack_seconds=0, loud_seconds=0)
    page = Page(0, reason, Trigger.TEST, chain, now, by, person=person, due=now + TEST_LASTS)
    page = work.pages.add(page)
    for number, one in enumerate(contacts):
        way = Way(one.kind, one.address, one.id)
        # One after the other; the next one comes at once when the one before is over.
        work.pages.add_attempt(attempt_by(page, person, way, now + number * TEST_SPACING))
    return page


def _started(work: UnitOfWork, page: Page, number: int, by: str, now: datetime, did: str, data: dict[str, Any]) -> None:
    ticket = work.tickets.get(number)
    told: dict[str, Any] = {
        "page": page.id,
        "did": did,
        "rule": page.rule,
        "chain": page.chain.name,
        "why": page.reason,
    } | data
    append(work, ticket, Deed.PAGED, now, by=by, source="" if by != CLOCK else CLOCK, **told)


def _deadline(work: UnitOfWork, ticket: Ticket, now: datetime) -> datetime | None:
    """When the customer's answer is due, if that is still to come."""
    due = agenda.due(ticket, work.promises)
    return due if due is not None and due > now else None


def _hours(work: UnitOfWork, now: datetime) -> DeskState:
    try:
        return work.promises.hours.state(now)
    except BeyondCalendar:
        return DeskState.MONITORED
