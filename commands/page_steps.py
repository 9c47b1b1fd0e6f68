"""The steps of a page: who is called now and how, what an attempt that reached nobody brings about, and being loud.

Each function leaves the page, within its transaction, with a time at which the desk looks at it again: what is under
way when the desk dies goes on when it is back.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.cards import Card
from bot.domain.contacts import CALL, DEFAULT_PLAN, EMAIL, IMPORTANT_PLAN, PHONE_KINDS, SERVICE, TEXT
from bot.domain.escalating import (
    SHORTEST_LOUD,
    Called,
    Way,
    brought_forward,
    called,
    exhausted,
    may_become,
    place_of,
    tries,
    under_way,
    ways_to,
)
from bot.domain.escalation import Target, TargetKind
from bot.domain.history import Deed
from bot.domain.paging import Attempt, AttemptState, Missed, Page, PageState, Trigger
from bot.domain.people import Role, Staff
from bot.domain.policy import Way as Support
from bot.ports import ALERTS, ONLY, Kind, News, UnitOfWork, Urgency
from commands.on_duty import on_duty
from commands.page_ends import cut, ended, next_test, note_test, parcel_key, resolve, seen_to, tickets_of
from commands.spec import CLOCK
from commands.writing import append

ENGAGED = timedelta(seconds=5)
"""How soon a telephone that is in another call of ours is looked at again."""

LATELY = timedelta(minutes=10)

UNSENT = frozenset({Missed.FAILED, Missed.NO_WAY})
"""What says nothing about the person: the desk itself had no way to them."""

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
        people = _plan(work, page, found, now, _turned_down(work, page))
        _note(work, page, "step", now, called=people, step=page.step, of=len(page.chain.steps), round=page.round + 1)
        told = [_channel(work, page, place) for place in found.channels]
        _post_due(work, page, now)
        if any(told) or not exhausted(work.pages.attempts_now(page), *_current(page)):
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
    _end(work, page, attempt, why, now, **evidence)
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


def passed_on(work: UnitOfWork, page: Page, attempt: Attempt | None, person: str, now: datetime) -> Page:
    """That person cannot take it: nothing more goes to them, what still rings there is hung up, and the next step comes
    at once."""
    for one in work.pages.attempts_now(page):
        if attempt is not None and one.id == attempt.id and may_become(one.state, AttemptState.MISSED):
            ended(work, page, one, AttemptState.MISSED, Missed.PASSED_ON.value, now)
        elif one.person == person and one.kind == CALL and under_way(one):
            cut(work, ended(work, page, one, AttemptState.MISSED, Missed.PASSED_ON.value, now))
        elif one.person == person and one.state is AttemptState.PLANNED:
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
        _bring_forward(work, page, attempt, Missed.FAILED, now)


def post(work: UnitOfWork, page: Page, attempt: Attempt, now: datetime) -> None:
    """Send the attempt off now, or a little later where that telephone is engaged with another call of ours."""
    if attempt.kind == CALL and _engaged(work, attempt, now):
        work.pages.save_attempt(replace(attempt, due=now + ENGAGED))
        return
    card = Card(ticket=page.ticket, data={"page": page.id, "attempt": attempt.id})
    urgency = _urgency(work, page, attempt)
    news = News(Kind.PAGE, _place(attempt), card, parcel_key(attempt), urgency, page.ticket)
    if work.outbox.post(news):
        work.pages.save_attempt(replace(attempt, state=AttemptState.POSTED, due=None))
    else:
        _end(work, page, attempt, Missed.NO_WAY, now)


def whom(work: UnitOfWork, targets: Sequence[Target], now: datetime) -> Called:
    """Who stands behind the targets now. One that cannot be worked out is nobody, and in the log: the others count."""

    def on_call(schedule: str) -> Sequence[str]:
        try:
            return on_duty(work, schedule, now)
        except Exception:  # Somebody must be called all the same; the next step will.
            log.exception("Who is on call by the schedule %s cannot be worked out.", schedule)
            return ()

    return called(targets, on_call, lambda: _of_role(work, Role.STAFF), lambda: leads(work))


def comes_second(work: UnitOfWork, page: Page) -> bool:
    """Whether somebody was called for the same customer just before: customers for whom nobody was go first. Never
    where somebody waits on the line."""
    return page.customer is not None and page.call is None and work.pages.comes_second(page.id)


def leads(work: UnitOfWork) -> Sequence[str]:
    """Whom the plan names as leads; without that, everybody of that role or above."""
    return work.rota.plan().leads or _of_role(work, Role.LEAD)


def important(work: UnitOfWork, page: Page) -> bool:
    """Whether people are reached by what they planned for important pages: those of the plan's levels, the worst
    cases, and what a colleague asks for by name."""
    if page.ticket is None:
        return page.trigger in (Trigger.STAFF, Trigger.HOTLINE)
    worst = work.promises.policy.worst_cases
    return page.level in work.rota.plan().important or work.tickets.get(page.ticket).category in worst


def held_back(work: UnitOfWork, page: Page) -> bool:
    """Whether a cap on the calls to one person holds this page's back: neither where it is important, nor where one of
    its tickets has a level that is promised the telephone, whatever the plan counts as important."""
    if important(work, page):
        return False
    by_mail = {one.name for one in work.promises.policy.levels if Support.TELEPHONE not in one.ways}
    return {page.level, *(work.tickets.get(one).level for one in tickets_of(page))} - {""} <= by_mail


def attempt_by(page: Page, person: str, way: Way, at: datetime) -> Attempt:
    """One try, not kept yet, with the secrets that prove who answers it."""
    secret = secrets.token_urlsafe(24) if way.kind in PHONE_KINDS else ""
    code = f"{secrets.randbelow(900_000) + 100_000}" if way.kind == TEXT else ""
    round, step = _current(page)
    return Attempt(
        0, page.id, person, way.kind, way.address, at, round, step, way.contact, due=at, token=secret, code=code
    )


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
    people = _plan(work, page, found, now)
    if first:
        _note(work, page, "loud", now, called=people)
    to = f"{ALERTS}/{page.level}" if page.level else ALERTS
    card = Card(ticket=page.ticket, data={"page": page.id, "loud": True})
    key = f"loud:{page.id}:{page.repaged}:{round}"
    if not work.outbox.post(News(Kind.ALERT, to, card, key, Urgency.PAGE, page.ticket)):
        log.error("Page %d is loud and no channel is there to hear it.", page.id)
    _post_due(work, page, now)
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
    elif page.loud_at is None and exhausted(work.pages.attempts_now(page), *_current(page)):
        take(work, page, now)


def _current(page: Page) -> tuple[int, int]:
    """Round and step, as attempts name them, of the step that was taken last."""
    return page.round, page.step - 1


def _turned_down(work: UnitOfWork, page: Page) -> frozenset[str]:
    """Who has passed the page on since it began, or came again: "to the next" is not to themselves."""
    since = page.acknowledged_at if page.repaged else None
    passed = (one for one in work.pages.attempts(page.id) if one.result == Missed.PASSED_ON.value)
    return frozenset(
        one.person for one in passed if since is None or (one.ended_at is not None and one.ended_at > since)
    )


def _plan(work: UnitOfWork, page: Page, found: Called, now: datetime, but: Collection[str] = ()) -> list[str]:
    """Plan the attempts for everybody found `but` those who passed it on; who is skipped is said. Returns whom that
    leaves."""
    people = {staff.id: staff for staff in work.people.all()}
    for target in found.nobody:
        _skip(work, page, "", f"nobody is on call: {target}", now)
    reached = []
    for person in found.people:
        staff = people.get(person)
        why = "is not known to the desk" if staff is None else _absent(staff, now)
        why = why or ("has passed it on" if person in but else "")
        planned = [] if why or staff is None else _attempts(work, page, staff, now)
        if planned:
            reached.append(person)
        else:
            _skip(work, page, person, why or "has no contact that counts", now)
    return reached


def _absent(staff: Staff, now: datetime) -> str:
    if staff.has_left:
        return "has left"
    return "is away" if staff.is_away(now) else ""


def _attempts(work: UnitOfWork, page: Page, staff: Staff, now: datetime) -> list[Attempt]:
    key = important(work, page)
    plan = work.contacts.plan(staff.id, key) or (IMPORTANT_PLAN if key else DEFAULT_PLAN)
    ways = ways_to(staff.id, staff.accounts, work.contacts.of(staff.id))
    # Whoever chose a plan that reaches nothing of theirs is called by the usual one: a page is not lost to it.
    planned = tries(plan, ways) or tries(IMPORTANT_PLAN, ways)
    return [
        work.pages.add_attempt(attempt_by(page, staff.id, way, now + timedelta(seconds=seconds)))
        for seconds, way in planned
    ]


def _skip(work: UnitOfWork, page: Page, person: str, why: str, now: datetime) -> None:
    """Somebody who is not called, and why: as an attempt that is over, so that every page tells of it."""
    round, step = _current(page)
    one = work.pages.add_attempt(Attempt(0, page.id, person, "", "", now, round, step))
    ended(work, page, one, AttemptState.MISSED, why, now)


def _post_due(work: UnitOfWork, page: Page, now: datetime) -> None:
    """Send off what is due of the page, until nothing is: one that finds no way brings the next one forward. What comes
    second waits for the next round, so that the first page of each customer finds the line free."""
    if comes_second(work, page):
        return
    while True:
        attempts = work.pages.attempts_now(page)
        due = [one for one in attempts if one.state is AttemptState.PLANNED and one.due is not None and one.due <= now]
        if not due:
            return
        for one in due:
            post(work, page, one, now)


def _channel(work: UnitOfWork, page: Page, place: str) -> bool:
    """Tell a channel; returns whether there is one."""
    card = Card(ticket=page.ticket, data={"page": page.id, "loud": False})
    key = f"page:{page.id}:{page.repaged}:{page.round}:{page.step}"
    return bool(work.outbox.post(News(Kind.ALERT, place, card, key, Urgency.PAGE, page.ticket)))


def _end(work: UnitOfWork, page: Page, attempt: Attempt, why: Missed, now: datetime, **evidence: Any) -> None:
    """It is missed, and what that brings forward comes forward."""
    attempt = ended(work, page, attempt, AttemptState.MISSED, why.value, now, **evidence)
    if page.trigger is Trigger.TEST:
        if why not in UNSENT:
            note_test(work, attempt, now, passed=False)
    elif page.open:
        _bring_forward(work, page, attempt, why, now)


def _bring_forward(work: UnitOfWork, page: Page, attempt: Attempt, why: Missed, now: datetime) -> None:
    following = brought_forward(work.pages.attempts_now(page), attempt, why)
    if following is not None and following.planned_for > now:
        following = replace(following, planned_for=now, due=now)
        work.pages.save_attempt(following)
        post(work, page, following, now)


def _engaged(work: UnitOfWork, attempt: Attempt, now: datetime) -> bool:
    """Whether that telephone is in a call of ours already: a second one would only be busy."""
    return any(id != attempt.id for id in work.pages.engaged(attempt.person, attempt.address, now - LATELY))


def _urgency(work: UnitOfWork, page: Page, attempt: Attempt) -> Urgency:
    """The first of its kind of a customer's first page goes before everything else of every other page."""
    if page.trigger is Trigger.TEST or page.round or page.repaged or comes_second(work, page):
        return Urgency.PAGE
    before = (one for one in work.pages.attempts(page.id) if one.kind == attempt.kind and one.id != attempt.id)
    return Urgency.PAGE if any(one.state is not AttemptState.PLANNED for one in before) else Urgency.FIRST_PAGE


def _place(attempt: Attempt) -> str:
    if attempt.kind in PHONE_KINDS:
        return f"{ONLY}phone:{attempt.kind}:{attempt.address}"
    if attempt.kind == EMAIL:
        return f"{ONLY}email:{attempt.address}"
    if attempt.kind == SERVICE:
        return f"{ONLY}apprise:contact:{attempt.contact}"
    return f"{ONLY}{attempt.kind}:{attempt.address}"


def _of_role(work: UnitOfWork, role: Role) -> Sequence[str]:
    return tuple(staff.id for staff in work.people.all() if staff.role >= role)


def _note(work: UnitOfWork, page: Page, did: str, now: datetime, by: str = CLOCK, **data: Any) -> None:
    """Write into the history of the page's ticket what happened to the page."""
    if page.ticket is not None:
        source = CLOCK if by == CLOCK else ""
        append(
            work, work.tickets.get(page.ticket), Deed.PAGED, now, by=by, source=source, page=page.id, did=did, **data
        )
