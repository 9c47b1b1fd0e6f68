"""How things stand, in words for a customer: what they are owed and until when, whether the desk is open, by when they
would hear, and what a ticket waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.cards import Line, When
from bot.domain.business_hours import DayLine, DeskState
from bot.domain.customers import Customer
from bot.domain.entitlement import Entitlement, Standing, entitlement
from bot.domain.errors import BadValue, Refusal
from bot.domain.installation import plan_of
from bot.domain.policy import ClockKind, Policy, SupportLevel
from bot.domain.sla import Clock, Promises
from bot.domain.ticket import State, Ticket
from bot.policy.page import ways_words
from bot.views.why import promised_words

_SPOKEN = {
    ClockKind.FIRST_RESPONSE: "You will hear from us by ",
    ClockKind.NEXT_RESPONSE: "You will hear from us by ",
    ClockKind.RESOLUTION: "It is to be solved by ",
}
_MISSED = {
    ClockKind.FIRST_RESPONSE: "We meant to answer by ",
    ClockKind.NEXT_RESPONSE: "We meant to answer by ",
    ClockKind.RESOLUTION: "We meant to solve it by ",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone of the installation plan, with its date and whether that is past."""

    title: str
    on: date
    past: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The installation plan on a day of it."""

    day: int
    days: int
    last: date
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Stands:
    """What a customer is owed today. `tone` is "good", "warn" or "bad"."""

    level: SupportLevel
    words: str
    tone: str
    ways: str
    owed: Entitlement
    plan: Plan | None


def stands(customer: Customer, policy: Policy, today: date) -> Stands:
    owed = entitlement(customer, policy, today)
    words, tone = _standing(owed, policy)
    return Stands(owed.level, words, tone, ways_words(owed.ways), owed, _plan(customer, policy, today))


def _standing(owed: Entitlement, policy: Policy) -> tuple[str, str]:
    bought, level = owed.subscription, owed.level.title
    if bought is None:
        return f"You have no subscription with us. You are helped at {level}.", "warn"
    until = f"{bought.end.day} {bought.end:%B %Y}"
    match owed.standing:
        case Standing.ACTIVE:
            return f"Your subscription to {bought.product} runs until {until}.", "good"
        case Standing.GRACE:
            last = bought.end + timedelta(days=policy.grace_days)
            return (
                f"Your subscription to {bought.product} ended on {until}. Until {last.day} {last:%B %Y} we go on as "
                "before; please renew it by then.",
                "warn",
            )
        case _ if owed.referred:
            return f"Your subscription to {bought.product} ended on {until}. We refer you to a partner.", "bad"
        case _:
            return f"Your subscription to {bought.product} ended on {until}. You are helped at {level}.", "bad"


def _plan(customer: Customer, policy: Policy, today: date) -> Plan | None:
    plan = plan_of(customer, policy)
    day = plan.day(today) if plan is not None else None
    if plan is None or day is None:
        return None
    steps = tuple(Step(one.title, plan.date_of(one.day), plan.date_of(one.day) < today) for one in plan.milestones)
    return Plan(day, plan.days, plan.last, steps)


# --- the desk, and what it promises now ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeskNow:
    """Whether the desk is open, as a badge and a line."""

    badge: str
    tone: str
    line: Line


def desk_now(promises: Promises, now: datetime) -> DeskNow:
    state = promises.hours.state(now)
    if state is DeskState.OPEN:
        closes = promises.hours.closes_at(now)
        line: Line = ("We are here until ", When(closes), ".") if closes else ("We are here around the clock.",)
        return DeskNow("Open", "good", line)
    opens = _opens(promises, now)
    if state is DeskState.MONITORED:
        seen = "Nobody answers now, yet the desk is watched: nothing is lost, and emergencies are seen."
        return DeskNow("Monitored", "warn", (seen, *opens))
    return DeskNow("Closed", "warn", ("What you write waits for us.", *opens))


def _opens(promises: Promises, now: datetime) -> Line:
    try:
        return (" We are back on ", When(promises.hours.next_opening(now)), ".")
    except Refusal:  # The calendar is not laid out so far.
        return ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """By when they would hear of a ticket that is opened now; `off` says which days do not count, and why."""

    level: SupportLevel
    due: datetime | None
    promised: str
    starts: datetime | None
    off: tuple[str, ...]


def forecast(promises: Promises, level: SupportLevel, now: datetime) -> Forecast:
    clock = Clock(ClockKind.FIRST_RESPONSE, now)
    if promises.target(clock.kind, level) is None:
        return Forecast(level, None, "", None, ())
    due = promises.due(clock, level)
    closed = promises.hours.state(now) is not DeskState.OPEN
    starts = promises.hours.next_opening(now) if closed else None
    days = promises.hours.explain(now, due) if due is not None else ()
    return Forecast(level, due, promised_words(promises, clock, level), starts, _off(days))


def _off(days: Sequence[DayLine]) -> tuple[str, ...]:
    """ "Saturday 10 and Sunday 11 October: weekend", "Monday 12 October: Thanksgiving"."""
    return tuple(f"{_dates(day)}: {day.reason}" for day in days if day.all_day and day.reason)


def _dates(day: DayLine) -> str:
    first, last = day.first_day, day.last_day
    end = f"{last:%A} {last.day} {last:%B}"
    if first == last:
        return end
    link = "and" if (last - first).days == 1 else "to"
    month = "" if first.month == last.month else f" {first:%B}"
    return f"{first:%A} {first.day}{month} {link} {end}"


# --- a ticket ------------------------------------------------------------------------------------------------------


def state_words(ticket: Ticket, policy: Policy) -> tuple[str, str]:
    """What a customer calls it, and its tone."""
    match ticket.state:
        case State.NEW:
            return "Received", "warn"
        case State.OPEN:
            return "We are working on it", "good"
        case State.WAITING:
            return "Waiting for you", "warn"
        case _ if ticket.merged_into is not None:
            return f"Part of #{ticket.merged_into}", ""
        case _:
            how = policy.resolutions.get(ticket.resolution, ticket.resolution)
            return (f"Closed: {how}" if how else "Closed"), ""


def promise_lines(ticket: Ticket, promises: Promises, now: datetime) -> tuple[Line, ...]:
    """What is promised on it now; a broken promise is called one."""
    try:
        level = promises.policy.level(ticket.level)
    except BadValue:  # Of a level that the policy has no more.
        return ()
    lines: list[Line] = []
    for clock in ticket.clocks:
        due = promises.due(clock, level)
        if due is not None and due < now:
            lines.append((_MISSED[clock.kind], When(due), " and are late. We are sorry."))
        elif due is not None:
            lines.append((_SPOKEN[clock.kind], When(due), "."))
    return tuple(lines)
