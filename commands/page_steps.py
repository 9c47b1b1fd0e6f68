"""The steps of a page: who is called now, what comes when they were not reached, and being loud.

Each function leaves the page, within its transaction, with a time at which the desk looks at it again: what is under
way when the desk dies goes on when it is back.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.cards import Card
from bot.domain.contacts import CALL
from bot.domain.escalating import SHORTEST_LOUD, Called, called, exhausted, may_become, place_of, under_way
from bot.domain.escalation import Target, TargetKind
from bot.domain.history import Deed
from bot.domain.paging import Attempt, AttemptState, Missed, Page, PageState, Trigger
from bot.domain.people import Role
from bot.ports import ALERTS, Kind, News, UnitOfWork, Urgency
from commands.on_duty import on_duty
from commands.page_attempts import bring_forward, current_step, end_missed, plan_attempts, post, post_due
from commands.page_ends import cut, ended, next_test, resolve, seen_to
from commands.spec import CLOCK
from commands.writing import append

log = logging.getLogger(__name__)


def look(work: UnitOfWork, page: Page, now: datetime) -> Page:
    """The page's time has come: its next step, the alarm again, or what was acknowledged and then forgotten."""
    if page.trigger is Trigger.TEST:
        return resolve(work, page, now)
    if seen_to(work, page):
        return resolve(work, page, now)
    return take(work, page, now) if page.open else _forgotten(work, page, now)


def take(work: UnitOfWork, page: Page, now: datetime, also: Sequence[Target] = ()) -> Page:
    """Take the page's next step, and the one after it at once where nobody stands behind it, up to the loud one. The
    first that is taken now calls `also` those."""
    while True:
        place = place_of(page.chain, page.round, page.step)
        if place.loud:
            return _loud(work, page, place.round, now)
        step = page.chain.steps[place.step]
        due = now + timedelta(seconds=step.seconds)
        page = replace(page, round=place.round, step=place.step + 1, due=due)
        work.pages.save(page)
        found = whom(work, (*step.targets, *also), now)
        also = ()
        people = plan_attempts(work, page, found, now, _turned_down(work, page))
        _note(work, page, "step", now, called=people, step=page.step, of=len(page.chain.steps), round=page.round + 1)
        told = [_channel(work, page, place) for place in found.channels]
        post_due(work, page, now)
        if any(told) or not exhausted(work.pages.attempts_now(page), *current_step(page)):
            return page


def again(work: UnitOfWork, page: Page, now: datetime, by: str = CLOCK, why: str = "") -> Page:
    """From the first step, with people as they are now, and with whoever has the ticket: nobody else is nearer to it.
    `by` asked for it, for that reason, where it was not forgotten."""
    page = replace(page, state=PageState.OPEN, step=0, round=0, loud_at=None, due=now, repaged=page.repaged + 1)
    work.pages.save(page)
    owner = work.tickets.get(page.ticket).owner if page.ticket is not None else None
    _note(work, page, "again", now, by, was=page.acknowledged_by, **({"why": why} if why else {}))
    holder = owner or page.acknowledged_by
    return take(work, page, now, [Target(TargetKind.PERSON, holder)] if holder else ())


def missed(work: UnitOfWork, attempt: Attempt, why: Missed, now: datetime, **evidence: Any) -> None:
    """The attempt reached nobody, and that is known: the next one comes at once, or the next step where nothing of
    this one is left. Changes nothing where the attempt is over."""
    attempt = work.pages.attempt(attempt.id)
    if not may_become(attempt.state, AttemptState.MISSED):
        return
    page = work.pages.get(attempt.page)
    end_missed(work, page, attempt, why, now, **evidence)
    if not page.open:
        return
    _go_on(work, page, now)


def attempt_due(work: UnitOfWork, attempt: Attempt, now: datetime) -> None:
    """The attempt's time has come: it goes out; or it is out, and nothing was heard of it for too long."""
    page = work.pages.get(attempt.page)
    if under_way(attempt):
        missed(work, attempt, Missed.UNKNOWN, now)
    elif page.open and attempt.state is AttemptState.PLANNED:
        post(work, page, attempt, now)
        _go_on(work, page, now)
    else:  # Nothing is to be done, and it must not come again and again.
        state = attempt.state if attempt.state.over else AttemptState.CANCELLED
        work.pages.save_attempt(replace(attempt, state=state, due=None, ended_at=attempt.ended_at or now))


def pass_on(work: UnitOfWork, page: Page, attempt: Attempt | None, now: datetime, person: str = "") -> Page:
    """Somebody cannot take it: nothing more goes to them, what still rings there is hung up, and the next step comes at
    once. Changes nothing once the page is over."""
    page = work.pages.get(page.id)
    who = attempt.person if attempt is not None else person
    if not page.open or page.trigger is Trigger.TEST:
        return page
    if page.ticket is not None:
        source = "" if who else CLOCK
        ticket = work.tickets.get(page.ticket)
        append(work, ticket, Deed.PAGED, now, by=who or CLOCK, source=source, page=page.id, did="passed")
    for one in work.pages.attempts_now(page):
        if attempt is not None and one.id == attempt.id and may_become(one.state, AttemptState.MISSED):
            ended(work, page, one, AttemptState.MISSED, Missed.PASSED_ON.value, now)
        elif one.person == who and one.kind == CALL and under_way(one):
            cut(work, ended(work, page, one, AttemptState.MISSED, Missed.PASSED_ON.value, now))
        elif one.person == who and one.state is AttemptState.PLANNED:
            off = replace(one, state=AttemptState.CANCELLED, result=Missed.PASSED_ON.value, due=None, ended_at=now)
            work.pages.save_attempt(off)
    return take(work, page, now) if page.loud_at is None else page


def put_back(work: UnitOfWork, attempt: Attempt, reason: str, now: datetime) -> None:
    """It could not be handed over and will be tried again; meanwhile that person's next attempt comes forward."""
    first = not attempt.evidence.get("put_back")
    evidence = dict(attempt.evidence) | {"put_back": reason or "it could not be handed over"}
    work.pages.save_attempt(replace(attempt, evidence=evidence))
    page = work.pages.get(attempt.page)
    if first and page.open and page.trigger is not Trigger.TEST:
        bring_forward(work, page, attempt, Missed.FAILED, now)


def whom(work: UnitOfWork, targets: Sequence[Target], now: datetime) -> Called:
    """Who stands behind the targets now. One that cannot be worked out is nobody, and in the log: the others count."""

    def on_call(schedule: str) -> Sequence[str]:
        try:
            return on_duty(work, schedule, now)
        except Exception:  # Somebody must be called all the same; the next step will.
            log.exception("Who is on call by the schedule %s cannot be worked out.", schedule)
            return ()

    return called(targets, on_call, lambda: _of_role(work, Role.STAFF), lambda: leads(work))


def leads(work: UnitOfWork) -> Sequence[str]:
    """Whom the plan names as leads; without that, everybody of that role or above."""
    return work.rota.plan().leads or _of_role(work, Role.LEAD)


def _loud(work: UnitOfWork, page: Page, round: int, now: datetime) -> Page:
    """Nobody has answered: the alerts channel with the team, the leads, and once more everybody of the chain, again
    and again until somebody acknowledges."""
    steps = page.chain.steps
    due = now + timedelta(seconds=max(page.chain.loud_seconds, SHORTEST_LOUD))
    first = page.loud_at is None
    page = replace(page, round=round, step=max(len(steps), 1), due=due, loud_at=page.loud_at or now)
    work.pages.save(page)
    everybody = (Target(TargetKind.LEADS), *(target for step in steps for target in step.targets))
    found = whom(work, [one for one in everybody if one.kind is not TargetKind.CHANNEL], now)
    if first:
        # Whoever has just passed it on is left alone until the next alarm, if anybody else is there.
        passed = _turned_down(work, page)
        found = replace(found, people=tuple(one for one in found.people if one not in passed) or found.people)
    people = plan_attempts(work, page, found, now)
    if first:
        _note(work, page, "loud", now, called=people)
    to = f"{ALERTS}/{page.level}" if page.level else ALERTS
    card = Card(ticket=page.ticket, data={"page": page.id, "loud": True})
    key = f"loud:{page.id}:{page.repaged}:{round}"
    if not work.outbox.post(News(Kind.ALERT, to, card, key, Urgency.PAGE, page.ticket)):
        log.error("Page %d is loud and no channel is there to hear it.", page.id)
    post_due(work, page, now)
    return page


def _forgotten(work: UnitOfWork, page: Page, now: datetime) -> Page:
    """Acknowledged: if nobody has touched the ticket since then for too long, the page starts again."""
    if page.ticket is None or page.acknowledged_at is None or not page.chain.ack_seconds:
        page = replace(page, due=None)
        work.pages.save(page)
        return page
    acted = (work.tickets.get(number).acted_at for number in (page.ticket, *page.tickets))
    since = max(page.acknowledged_at, *(at for at in acted if at is not None))
    due = since + timedelta(seconds=page.chain.ack_seconds)
    if due > now:
        page = replace(page, due=due)
        work.pages.save(page)
        return page
    return again(work, page, now)


def _go_on(work: UnitOfWork, page: Page, now: datetime) -> None:
    """The next step comes at once where nothing of this one is left; being loud is never hurried."""
    if page.trigger is Trigger.TEST:
        next_test(work, page, now)
    elif page.loud_at is None and exhausted(work.pages.attempts_now(page), *current_step(page)):
        take(work, page, now)


def _turned_down(work: UnitOfWork, page: Page) -> frozenset[str]:
    """Who has passed the page on since it began, or came again: "to the next" is not to themselves."""
    since = page.acknowledged_at if page.repaged else None
    passed = (one for one in work.pages.attempts(page.id) if one.result == Missed.PASSED_ON.value)
    return frozenset(
        one.person for one in passed if since is None or (one.ended_at is not None and one.ended_at > since)
    )


def _channel(work: UnitOfWork, page: Page, place: str) -> bool:
    """Tell a channel; returns whether there is one."""
    card = Card(ticket=page.ticket, data={"page": page.id, "loud": False})
    key = f"page:{page.id}:{page.repaged}:{page.round}:{page.step}"
    return bool(work.outbox.post(News(Kind.ALERT, place, card, key, Urgency.PAGE, page.ticket)))


def _of_role(work: UnitOfWork, role: Role) -> Sequence[str]:
    return tuple(staff.id for staff in work.people.all() if staff.role >= role)


def _note(work: UnitOfWork, page: Page, did: str, now: datetime, by: str = CLOCK, **data: Any) -> None:
    """Write into the history of the page's ticket what happened to the page."""
    if page.ticket is not None:
        source = CLOCK if by == CLOCK else ""
        append(
            work, work.tickets.get(page.ticket), Deed.PAGED, now, by=by, source=source, page=page.id, did=did, **data
        )
