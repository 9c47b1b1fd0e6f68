"""How pages end: a human acknowledges, or nobody needs to be called any more; and everything else stops at once.

One transaction: whoever acts first has the page, every other attempt is called off, calls under way are cut, messages
say who has it, and the ticket becomes theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.cards import Card, When
from bot.domain.contacts import CALL
from bot.domain.errors import NotFound
from bot.domain.escalating import is_chat, may_become, under_way
from bot.domain.history import Deed, Event
from bot.domain.paging import Attempt, AttemptState, Missed, Page, PageState, Trigger
from bot.domain.ticket import State, Ticket
from bot.ports import ALERTS, ONLY, Kind, News, Speaker, UnitOfWork, Urgency
from bot.views.page_words import evidence_of
from commands.answers import answering
from commands.spec import CLOCK, Caller
from commands.writing import append, post_card

LATELY = timedelta(hours=1)
"""For so long after it was given up a message or a call is brought up to date with its page."""

ACTS: dict[Deed, str] = {
    Deed.CLAIMED: "a claim",
    Deed.REPLIED: "a reply",
    Deed.CALLED: "a call to the customer",
    Deed.REMOTE: "a remote session",
    Deed.WAITING: "a question to the customer",
    Deed.REFERRED: "a referral",
    Deed.CLOSED: "closing the ticket",
    Deed.MERGED: "merging the ticket",
}
"""What staff do to a ticket that shows that a human has it, and how an acknowledgement by it is called. A note, a tag
or giving it to somebody else does not show that."""


LEAVES = frozenset({Deed.WAITING, Deed.REFERRED, Deed.CLOSED, Deed.MERGED})
"""Of these, what puts a ticket away and says nothing about the customer's other ones."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The page as it is now; `first` is False where somebody had it before, or nothing was left to take."""

    page: Page
    first: bool


def acknowledge(
    work: UnitOfWork, page: Page, person: str, via: str, now: datetime, attempt: Attempt | None = None
) -> Acknowledged:
    """That person has it, by `via` ("key", "code", "button", "command"). Everything else stops in this transaction, and
    the ticket becomes theirs. Again, or too late, it changes nothing and says who was first."""
    page = work.pages.get(page.id)
    if page.trigger is Trigger.TEST:
        return _passed(work, page, person, via, now, attempt)
    return _taken(work, page, person, via, now, attempt, claims=True)


def resolve(work: UnitOfWork, page: Page, now: datetime, by: str = CLOCK, reason: str = "") -> Page:
    """Nobody needs to be called any more. Changes nothing where that is so already."""
    page = work.pages.get(page.id)
    if page.state is PageState.RESOLVED:
        return page
    page = replace(page, state=PageState.RESOLVED, due=None, ended_at=now)
    if by != CLOCK and page.ticket is None and not page.acknowledged_by:
        page = replace(page, acknowledged_by=by, acknowledged_at=now, acknowledged_via="ending it")
    work.pages.save(page)
    _call_off(work, page, work.pages.attempts(page.id), None, "", now)
    if by != CLOCK and page.ticket is not None:
        ticket = work.tickets.get(page.ticket)
        append(work, ticket, Deed.PAGED, now, by=by, source="", reason=reason, page=page.id, did="resolved")
    return page


def touched(work: UnitOfWork, ticket: Ticket, deed: Deed, person: str, source: str, now: datetime) -> Ticket:
    """Somebody did this to the ticket, and it is in its history: a live page of it is acknowledged by whoever of the
    desk (`person`, or "") shows by it that they have the ticket, and ends when the customer has the next word. Returns
    the ticket as it is then."""
    for page in work.pages.live_of_ticket(ticket.number):
        acts = person and deed in ACTS and not (deed in LEAVES and _others_wait(work, page, ticket.number))
        if acts and page.open and page.trigger is not Trigger.TEST:
            page = _taken(work, page, person, ACTS[deed], now, None, claims=False, source=source).page
        if seen_to(work, page):
            resolve(work, page, now)
    return work.tickets.get(ticket.number)


def _others_wait(work: UnitOfWork, page: Page, number: int) -> bool:
    """Whether another one of its tickets is nobody's and has no answer: whoever put a duplicate away has not seen to
    that one."""
    others = [work.tickets.get(one) for one in tickets_of(page) if one != number]
    return any(one.owner is None and not _seen_to(work, one, page) for one in others)


def seen_to(work: UnitOfWork, page: Page) -> bool:
    """Whether all tickets of the page have been answered since it started, wait for the customer or are closed."""
    numbers = tickets_of(page)
    return bool(numbers) and all(_seen_to(work, work.tickets.get(number), page) for number in numbers)


def _seen_to(work: UnitOfWork, ticket: Ticket, page: Page) -> bool:
    if ticket.closed:
        return True
    if ticket.responded_at is None and ticket.state is not State.WAITING:
        return False
    since = _since(work.tickets.history(ticket.number), page)
    if ticket.state is State.WAITING:
        # Whoever asks for a page although it waits knows why.
        return any(event.deed is Deed.WAITING for event in since)
    answered = [event.seq for event in since if event.data.get("responds")]
    spoke = [event.seq for event in since if event.deed is Deed.SAID]
    return bool(answered) and max(answered) > max(spoke, default=0)


def _since(history: Sequence[Event], page: Page) -> Sequence[Event]:
    """What happened to a ticket since the page came to it, or came again."""
    paged = [
        event.seq
        for event in history
        if event.deed is Deed.PAGED
        and event.data.get("page") == page.id
        and event.data.get("did") in ("started", "joined", "again")
    ]
    return [event for event in history if (event.seq > paged[-1] if paged else event.at >= page.started_at)]


def tickets_of(page: Page) -> tuple[int, ...]:
    """The page's tickets: its own, then those that joined."""
    return () if page.ticket is None else (page.ticket, *page.tickets)


def being_called(work: UnitOfWork, page: Page) -> Sequence[str]:
    """Whom the page is calling now, by name: those of its last step who have not turned it down."""
    if not page.open:
        return ()
    people = [one.person for one in work.pages.attempts_now(page) if _calls_now(page, one)]
    return [name_of(work, person) for person in dict.fromkeys(people)]


def _calls_now(page: Page, attempt: Attempt) -> bool:
    """Whether it is of the last step that was taken, and its person has not turned it down. A page that came again has
    had the same step before."""
    if not attempt.kind or (attempt.round, attempt.step) != (page.round, page.step - 1):
        return False
    if attempt.state is AttemptState.CANCELLED or attempt.result == Missed.PASSED_ON.value:
        return False
    ended_at, taken_at = attempt.ended_at, page.acknowledged_at
    return not (page.repaged and ended_at is not None and taken_at is not None and ended_at <= taken_at)


def ended(
    work: UnitOfWork, page: Page, attempt: Attempt, state: AttemptState, result: str, now: datetime, **evidence: Any
) -> Attempt:
    """The attempt is over: it is kept with its evidence, and the ticket's history says so."""
    attempt = replace(
        attempt, state=state, result=result, due=None, ended_at=now, evidence=dict(attempt.evidence) | evidence
    )
    work.pages.save_attempt(attempt)
    if attempt.kind == CALL:
        work.pages.line_is_free(attempt.person, attempt.address, now)
    if page.ticket is not None:
        ticket = work.tickets.get(page.ticket)
        append(work, ticket, Deed.TRIED, now, alone=False, **evidence_of(attempt))
    return attempt


def cut(work: UnitOfWork, attempt: Attempt) -> None:
    """Hang up: that call is not wanted any more."""
    if attempt.kind == CALL and attempt.ref:
        to = f"{ONLY}phone:cut:{attempt.address}"
        card = Card(data={"attempt": attempt.id, "ref": attempt.ref})
        # An attempt may have two calls, where nobody knew of the first one: each of them is hung up on.
        work.outbox.post(News(Kind.PAGE, to, card, f"cut:{attempt.id}:{attempt.ref}", Urgency.FIRST_PAGE))


def redraw(work: UnitOfWork, attempt: Attempt) -> None:
    """The message on a chat platform is out of date: it is drawn anew in its place. One on its way may have been drawn
    already; the change waits until it is there."""
    if is_chat(attempt.kind) and (attempt.submitted_at is not None or attempt.state is AttemptState.POSTED):
        card = Card(data={"page": attempt.page, "attempt": attempt.id})
        to = f"{ONLY}{attempt.kind}:{attempt.address}"
        work.outbox.post(News(Kind.CARD, to, card, parcel_key(attempt), Urgency.CARD))


def parcel_key(attempt: Attempt) -> str:
    return f"page:{attempt.page}:{attempt.id}"


def name_of(work: UnitOfWork, person: str) -> str:
    """What somebody is called, whoever they are."""
    try:
        return work.people.get(person).name
    except NotFound:
        return person


def _taken(
    work: UnitOfWork,
    page: Page,
    person: str,
    via: str,
    now: datetime,
    attempt: Attempt | None,
    *,
    claims: bool,
    source: str = "",
) -> Acknowledged:
    if not page.open:
        return Acknowledged(page, False)
    attempts = work.pages.attempts(page.id)
    mine = _theirs(attempts, person, via, attempt)
    page = _acknowledged(page, person, via, now)
    work.pages.save(page)
    if mine is not None:
        ended(work, page, mine, AttemptState.CONFIRMED, "", now, via=via)
    _call_off(work, page, attempts, mine, f"{name_of(work, person)} has it", now)
    for number in tickets_of(page):
        ticket = work.tickets.get(number)
        seconds = int((now - page.started_at).total_seconds())
        append(work, ticket, Deed.ACKNOWLEDGED, now, by=person, source=source, page=page.id, via=via, after=seconds)
    before = _claimed(work, page, person, source or via, now) if claims else set()
    _tell(work, page, attempts, before, now)
    _tell_the_line(work, page, via, now)
    return Acknowledged(page, True)


def _acknowledged(page: Page, person: str, via: str, now: datetime) -> Page:
    """A page about no ticket ends here: nothing is left that somebody could forget."""
    page = replace(page, acknowledged_by=person, acknowledged_at=now, acknowledged_via=via)
    if page.ticket is None:
        return replace(page, state=PageState.RESOLVED, due=None, ended_at=now)
    again = timedelta(seconds=page.chain.ack_seconds)
    return replace(page, state=PageState.ACKNOWLEDGED, due=now + again if again else None)


def _theirs(attempts: Sequence[Attempt], person: str, via: str, attempt: Attempt | None) -> Attempt | None:
    """The attempt that reached them: the one that is told, or where it was a button, the message it stands under."""
    if attempt is not None:
        found = next((one for one in attempts if one.id == attempt.id), None)
        return found if found is not None and may_become(found.state, AttemptState.CONFIRMED) else None
    if via != "button":
        return None
    sent = [one for one in attempts if one.person == person and is_chat(one.kind) and one.submitted_at is not None]
    return next((one for one in reversed(sent) if may_become(one.state, AttemptState.CONFIRMED)), None)


def _call_off(
    work: UnitOfWork, page: Page, attempts: Iterable[Attempt], mine: Attempt | None, why: str, now: datetime
) -> None:
    """Whatever else is planned or under way stops. What never went out leaves no line in the history. Of what was tried
    before, where nobody has answered for days, the newest is looked after: nobody reads the rest, and it rings no more.
    """
    for one in attempts:
        if mine is not None and one.id == mine.id:
            redraw(work, one)
        elif under_way(one):
            cut(work, one)
            redraw(work, ended(work, page, one, AttemptState.CANCELLED, why, now))
        elif not one.state.over:
            work.pages.save_attempt(replace(one, state=AttemptState.CANCELLED, result=why, due=None, ended_at=now))
        elif one.ended_at is not None and now - one.ended_at <= LATELY:
            if one.result == Missed.UNKNOWN.value:
                cut(work, one)  # It was given up because nothing was heard of it; it may ring all the same.
            redraw(work, one)


def _claimed(work: UnitOfWork, page: Page, person: str, via: str, now: datetime) -> set[str]:
    """The page's tickets are theirs now; returns from whom they were taken."""
    before: set[str] = set()
    for number in tickets_of(page):
        ticket = work.tickets.get(number)
        if ticket.closed or ticket.owner == person:
            continue
        caller = Caller(work.people.get(person), Speaker(via, person), now)
        told: dict[str, Any] = {"taken_from": ticket.owner} if ticket.owner else {}
        before |= {ticket.owner} if ticket.owner else set()
        answer = answering(caller, work, ticket, "claim")
        append(work, ticket, Deed.CLAIMED, now, by=person, source=via, owner=person, page=page.id, **answer, **told)
    return before


def _tell(work: UnitOfWork, page: Page, attempts: Sequence[Attempt], before: set[str], now: datetime) -> None:
    """Who was tried without a message that says so by itself, whose ticket it was, and the alerts channel."""
    who = name_of(work, page.acknowledged_by)
    about = f" · #{page.ticket} {work.tickets.get(page.ticket).subject}" if page.ticket is not None else ""
    line = (f"{who} has page {page.id}{about}, ", When(page.acknowledged_at or now, "time"))
    card = Card(lines=((*line, f", by {page.acknowledged_via}."),), ticket=page.ticket)
    shown = {one.person for one in attempts if is_chat(one.kind) and one.submitted_at is not None}
    tried = {one.person for one in attempts if one.submitted_at is not None}
    for person in sorted((tried | before) - (shown - before) - {page.acknowledged_by}):
        work.outbox.post(News(Kind.NOTICE, f"@{person}", card, f"has:{page.id}:{page.repaged}:{person}"))
    if page.loud_at is not None or (page.ticket is not None and any(one.kind for one in attempts)):
        to = f"{ALERTS}/{page.level}" if page.level else ALERTS
        work.outbox.post(News(Kind.NOTICE, to, card, f"has:{page.id}:{page.repaged}", ticket=page.ticket))
    for number in tickets_of(page):
        post_card(work, work.tickets.get(number))


def _tell_the_line(work: UnitOfWork, page: Page, via: str, now: datetime) -> None:
    """A caller who waits on the hotline is looked after now: somebody has them."""
    if page.call is not None:
        call = work.calls.get(page.call)
        told = dict(call.data) | {"taken_by": page.acknowledged_by, "via": via}
        work.calls.save(replace(call, data=told, due=now))


def _passed(
    work: UnitOfWork, page: Page, person: str, via: str, now: datetime, attempt: Attempt | None
) -> Acknowledged:
    """A test: the contact that it went to is real. The others go on being tested."""
    attempts = work.pages.attempts(page.id)
    mine = _theirs(attempts, person, via, attempt)
    if not page.open or mine is None:
        return Acknowledged(page, False)
    ended(work, page, mine, AttemptState.CONFIRMED, "", now, via=via)
    note_test(work, mine, now, passed=True)
    page = replace(page, acknowledged_by=person, acknowledged_at=now, acknowledged_via=via)
    work.pages.save(page)
    return Acknowledged(next_test(work, page, now), True)


def note_test(work: UnitOfWork, attempt: Attempt, now: datetime, *, passed: bool) -> None:
    """What a test says of the contact it went to, as long as there is such a contact."""
    try:
        contact = work.contacts.get(attempt.contact)
    except NotFound:
        return
    work.contacts.save(replace(contact, tested_at=now, test_passed=passed))


def next_test(work: UnitOfWork, page: Page, now: datetime) -> Page:
    """The next contact is tested now; after the last one the test is over."""
    left = [one for one in work.pages.attempts(page.id) if not one.state.over]
    if not left:
        return resolve(work, page, now)
    if not any(under_way(one) for one in left):
        work.pages.save_attempt(replace(left[0], planned_for=now, due=now))
    return page
