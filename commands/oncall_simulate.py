"""/oncall simulate: who would be called for such a ticket at some time, step by step, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.cards import Card, Line, Strong, Table, Tone, When
from bot.domain.contacts import CALL, DEFAULT_PLAN, IMPORTANT_PLAN
from bot.domain.customers import Customer
from bot.domain.entitlement import Entitlement, entitlement
from bot.domain.errors import Conflict, Refusal
from bot.domain.escalating import lasts, shrunk, tries, ways_to
from bot.domain.escalation import Escalation, Step
from bot.domain.paging import Decision, Trigger
from bot.domain.people import Role
from bot.domain.policy import ClockKind, SupportLevel
from bot.domain.sla import Clock
from bot.domain.ticket import Priority
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from bot.views.wording import listed, span_words
from commands.oncall_rota import leads_of
from commands.oncall_values import NO_TABLE
from commands.page_decisions import chain_for, decision_on
from commands.page_steps import whom
from commands.record import today
from commands.spec import NO_CATEGORY, Caller, Category, Instant, command


class On(StrEnum):
    """What happens to the ticket."""

    OPENED = "opened"
    WARNING = "warning"
    BREACH = "breach"
    STAFF = "staff"
    HOTLINE = "hotline"


@dataclass(frozen=True, slots=True)
class _Try:
    """Somebody is tried: so many seconds after the page began, by a kind of contact; `why` is why not."""

    after: int
    step: int
    person: str
    how: str
    calls: bool = True


@command(
    "oncall simulate",
    role=Role.VIEWER,
    writes=False,
    customer="Whose ticket",
    level="Its support level; the customer's if you give none",
    category="Its category: the worst cases call somebody at once",
    at="When; now if you give none",
    on="What happens to it; it is opened if you give none",
    priority="Its priority",
    examples=(
        'oncall simulate acme --category hardware-failure --at "Sat 02:14"',
        "oncall simulate --level III --on breach",
    ),
)
def oncall_simulate(
    caller: Caller,
    work: UnitOfWork,
    *,
    customer: Customer | None = None,
    level: SupportLevel | None = None,
    category: Category = NO_CATEGORY,
    at: Instant | None = None,
    on: On = On.OPENED,
    priority: Priority = Priority.NORMAL,
) -> Card:
    """Show who would be called, step by step; nobody is."""
    when, trigger = at or caller.now, Trigger(on.value)
    owed = _owed(work, customer, level, when)
    of = level or owed.level
    share = max(work.promises.policy.warnings, default=0) if trigger is Trigger.WARNING else 0
    decision = decision_on(
        work, trigger, lambda: owed, when, level=of.name, priority=priority.value, category=category, warning=share
    )
    if decision is None:
        raise Conflict("The on-call plan has no paging table, so nobody is ever called.", NO_TABLE)
    title: Line = (
        Strong("If"),
        f" a ticket of {customer.name if customer else of.title}{f' ({category})' if category else ''} {_happens(on)} ",
        When(when),
    )
    if not decision.pages:
        lines: list[Line] = [(decision.why,), ("Nobody would be called.",)]
        return Card(title, lines=tuple(lines), data=_data(decision, when, (), None))
    plan = work.rota.plan()
    chain = plan.escalations.get(decision.escalation) or chain_for(plan, trigger, of.name)
    due = _due(work, of, when) if trigger is not Trigger.BREACH else None
    short = shrunk(chain, when, due)
    important = of.name in plan.important or category in work.promises.policy.worst_cases
    found = list(_first_round(work, short, when, important))
    people = {staff.id: staff.name for staff in work.people.all()}
    rows = tuple(_row(one, when, people) for one in found)
    return Card(
        title=title,
        lines=((decision.why,), *_after(work, chain, short, due, when, people), *_unheard(found, people)),
        table=Table(("after", "at", "step", "who", "how"), rows) if rows else None,
        tone=Tone.PLAIN if any(one.calls for one in found) else Tone.WARNING,
        data=_data(decision, when, found, short),
    )


def _owed(work: UnitOfWork, customer: Customer | None, level: SupportLevel | None, at: datetime) -> Entitlement:
    """What the customer is owed then; without one, what the level itself gives."""
    policy = work.promises.policy
    owed = entitlement(customer, policy, today(work, at))
    if customer is not None or level is None:
        return owed
    by = "level" if any(way.value == "telephone" for way in level.ways) else ""
    return Entitlement(None, level, owed.standing, None, level.ways, by, None)


def _happens(on: On) -> str:
    return {
        On.OPENED: "were opened",
        On.WARNING: "were nearly too late",
        On.BREACH: "were too late",
        On.STAFF: "were paged for by a colleague",
        On.HOTLINE: "came in by telephone",
    }[on]


def _due(work: UnitOfWork, level: SupportLevel, opened: datetime) -> datetime | None:
    """When the first answer would be due."""
    try:
        return work.promises.due(Clock(ClockKind.FIRST_RESPONSE, opened), level)
    except Refusal:  # Beyond the years that are laid out nothing is promised.
        return None


def _first_round(work: UnitOfWork, chain: Escalation, start: datetime, important: bool) -> Iterator[_Try]:
    """Everything that the first round tries. A step that calls nobody is not waited for."""
    after = 0
    for number, step in enumerate(chain.steps, 1):
        found = list(_tried(work, step, number, after, start, important))
        yield from found
        after += step.seconds if any(one.calls for one in found) else 0


def _tried(work: UnitOfWork, step: Step, number: int, after: int, start: datetime, important: bool) -> Iterator[_Try]:
    """Whom a step calls at its time, how, and who is left out."""
    at = start + timedelta(seconds=after)
    found = whom(work, step.targets, at)
    people = {staff.id: staff for staff in work.people.all()}
    for place in found.channels:
        yield _Try(after, number, "", f"the channel {place}")
    for target in found.nobody:
        yield _Try(after, number, "", f"nobody stands behind {target}", calls=False)
    for person in found.people:
        staff = people.get(person)
        if staff is None or staff.is_away(at):
            yield _Try(after, number, person, "not called: away" if staff else "not known to the desk", calls=False)
            continue
        plan = work.contacts.plan(person, important) or (IMPORTANT_PLAN if important else DEFAULT_PLAN)
        ways = ways_to(person, staff.accounts, work.contacts.of(person))
        several = tries(plan, ways) or tries(IMPORTANT_PLAN, ways)
        if not several:
            yield _Try(after, number, person, "not called: no contact that counts", calls=False)
        for seconds, way in several:
            yield _Try(after + seconds, number, person, way.kind)


def _row(one: _Try, start: datetime, people: dict[str, str]) -> tuple[Line, ...]:
    at = When(start + timedelta(seconds=one.after), "time")
    who = people.get(one.person, one.person) or "-"
    return ((_after_words(one.after),), (at,), (str(one.step),), (who,), (one.how,))


def _after_words(seconds: int) -> str:
    return span_words(seconds) if seconds else "at once"


def _after(
    work: UnitOfWork,
    written: Escalation,
    short: Escalation,
    due: datetime | None,
    start: datetime,
    people: dict[str, str],
) -> Iterator[Line]:
    """What comes once the first round is over, and why it comes so soon."""
    if due is not None:
        yield ("Their first answer would be due ", When(due), ".")
    if short != written:
        took, instead = (span_words(int(lasts(one).total_seconds())) for one in (short, written))
        yield (f"So the chain is shortened: it takes {took} instead of {instead}.",)
    if short.rounds > 1 and short.steps:
        yield (f"If nobody answers, it goes round {short.rounds} times.",)
    leads = listed(people.get(one, one) for one in leads_of(work)) or "nobody else, as there are no leads"
    loud = When(start + lasts(short))
    every = span_words(short.loud_seconds)
    yield ("At the latest from ", loud, f" it is loud: the alerts channel with the team, and {leads}, every {every}.")


def _unheard(found: Sequence[_Try], people: dict[str, str]) -> Iterator[Line]:
    """Who is tried, and sleeps on."""
    tried = dict.fromkeys(one.person for one in found if one.calls and one.person)
    rung = {one.person for one in found if one.how == CALL}
    asleep = [people.get(one, one) for one in tried if one not in rung]
    if asleep:
        verb = "is" if len(asleep) == 1 else "are"
        yield (f"{listed(asleep)} {verb} sent messages alone, and nobody wakes from those: no telephone rings.",)


def _data(decision: Decision, at: datetime, found: Sequence[_Try], chain: Escalation | None) -> dict[str, object]:
    return {
        "at": iso(at),
        "pages": decision.pages,
        "why": decision.why,
        "rule": decision.rule,
        "escalation": decision.escalation,
        "loud_after": int(lasts(chain).total_seconds()) if chain else None,
        "tries": [
            {"after": one.after, "step": one.step, "person": one.person, "how": one.how, "called": one.calls}
            for one in found
        ],
    }
