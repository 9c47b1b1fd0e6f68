"""The tries to reach the people of a page: which are planned, how one goes out, and what a failed one brings forward.

Every try has a time at which the desk looks at it again, or a parcel that is on its way.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.cards import Card
from bot.domain.contacts import CALL, DEFAULT_PLAN, EMAIL, IMPORTANT_PLAN, PHONE_KINDS, SERVICE, TEXT
from bot.domain.escalating import Called, Way, brought_forward, tries, ways_to
from bot.domain.paging import Attempt, AttemptState, Missed, Page, Trigger
from bot.domain.people import Staff
from bot.domain.policy import Way as Support
from bot.ports import ONLY, Kind, News, UnitOfWork, Urgency
from commands.page_ends import ended, note_test, parcel_key, tickets_of

ENGAGED = timedelta(seconds=5)
"""How soon a telephone that is in another call of ours is looked at again."""

LATELY = timedelta(minutes=10)

UNSENT = frozenset({Missed.FAILED, Missed.NO_WAY})
"""What says nothing about the person: the desk itself had no way to them."""


def plan_attempts(work: UnitOfWork, page: Page, found: Called, now: datetime, but: Collection[str] = ()) -> list[str]:
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


def attempt_by(page: Page, person: str, way: Way, at: datetime) -> Attempt:
    """One try, not kept yet, with the secrets that prove who answers it."""
    secret = secrets.token_urlsafe(24) if way.kind in PHONE_KINDS else ""
    code = f"{secrets.randbelow(900_000) + 100_000}" if way.kind == TEXT else ""
    round, step = current_step(page)
    return Attempt(
        0, page.id, person, way.kind, way.address, at, round, step, way.contact, due=at, token=secret, code=code
    )


def post_due(work: UnitOfWork, page: Page, now: datetime) -> None:
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
        end_missed(work, page, attempt, Missed.NO_WAY, now)


def end_missed(work: UnitOfWork, page: Page, attempt: Attempt, why: Missed, now: datetime, **evidence: Any) -> None:
    """It is missed, and what that brings forward comes forward."""
    attempt = ended(work, page, attempt, AttemptState.MISSED, why.value, now, **evidence)
    if page.trigger is Trigger.TEST:
        if why not in UNSENT:
            note_test(work, attempt, now, passed=False)
    elif page.open:
        bring_forward(work, page, attempt, why, now)


def bring_forward(work: UnitOfWork, page: Page, attempt: Attempt, why: Missed, now: datetime) -> None:
    """That person's next attempt, if it was to come later, goes out now instead of the one that failed."""
    following = brought_forward(work.pages.attempts_now(page), attempt, why)
    if following is not None and following.planned_for > now:
        following = replace(following, planned_for=now, due=now)
        work.pages.save_attempt(following)
        post(work, page, following, now)


def comes_second(work: UnitOfWork, page: Page) -> bool:
    """Whether somebody was called for the same customer just before: customers for whom nobody was go first. Never
    where somebody waits on the line."""
    return page.customer is not None and page.call is None and work.pages.comes_second(page.id)


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


def current_step(page: Page) -> tuple[int, int]:
    """Round and step, as attempts name them, of the step that was taken last."""
    return page.round, page.step - 1


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
    round, step = current_step(page)
    one = work.pages.add_attempt(Attempt(0, page.id, person, "", "", now, round, step))
    ended(work, page, one, AttemptState.MISSED, why, now)


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
