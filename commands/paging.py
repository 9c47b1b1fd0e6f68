"""How a page starts; whoever needs one asks here.

A page starts because the paging table says so (`on_opened`, `on_alert`), or because somebody asks (`start_page`). Its
first step is taken in the same transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.cards import Line
from bot.domain import agenda
from bot.domain.contacts import CALL
from bot.domain.errors import Conflict
from bot.domain.escalating import Way, shrunk
from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.history import Deed
from bot.domain.paging import Decision, Page, PageRule, Trigger
from bot.domain.sla import Stage
from bot.domain.ticket import Ticket
from bot.ports import ALERTS, UnitOfWork
from bot.ports.oncall import LegState
from bot.views.wording import listed
from commands.page_attempts import attempt_by
from commands.page_decisions import alert_decision, asked, chain_for, trigger_of
from commands.page_ends import being_called, name_of, redraw
from commands.page_steps import again, take
from commands.spec import CLOCK, Caller
from commands.writing import append

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


def on_opened(caller: Caller, work: UnitOfWork, ticket: Ticket, decision: Decision | None = None) -> Line:
    """A ticket was opened: call whom the table says. Returns what its opener is told, or nothing. `decision` is the one
    that the opening event keeps, where somebody has asked already."""
    decision = decision or asked(work, ticket, Trigger.OPENED, caller.now)
    if decision is None or not decision.pages:
        return ()
    page = _decided_page(work, ticket, Trigger.OPENED, decision, caller.now)
    return _told(work, page, ticket, decision)


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
    return _decided_page(work, ticket, trigger_of(stage), decision, now)


def _decided_page(work: UnitOfWork, ticket: Ticket, trigger: Trigger, decision: Decision, now: datetime) -> Page:
    chain = work.rota.plan().escalations.get(decision.escalation)
    return start_page(
        work, trigger=trigger, reason=decision.why, by=CLOCK, now=now, ticket=ticket, chain=chain, rule=decision.rule
    )


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
