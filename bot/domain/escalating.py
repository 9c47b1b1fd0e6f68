"""Escalating: whether somebody is called, who, how soon, and what comes next until a human has answered.

All of it is values in and values out. What is decided says why in one sentence, for a yes as well as for a no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.contacts import CALL, CHAT, EMAIL, SERVICE, TEXT, Contact, Reach
from bot.domain.escalation import Escalation, Target, TargetKind
from bot.domain.hours import DeskState
from bot.domain.paging import Attempt, AttemptState, Decision, Missed, Page, PageRule, Trigger

SHORTEST = 30
"""Seconds that a step has at the least, however near the deadline is: a telephone must ring."""

SHORTEST_LOUD = 60
"""Seconds between two alarms, whatever the plan says."""

UNHEARD = timedelta(seconds=90)
"""After so long without news an attempt that is under way counts as missed."""

LISTENING = timedelta(minutes=3)
"""The same for a call that somebody has answered: they may be hearing the whole story."""

UNHEARD_TEST = timedelta(minutes=10)
"""The same for a test by message, which may be answered at leisure."""


# --- whether ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """What the paging table is asked about: a ticket as it is now. `telephone` says why the telephone is owed:
    "level", "option", "credit", or "" where it is not; `warning` is the share of the promise that is used up (percent);
    `worst` whether the policy counts the category among the worst cases."""

    trigger: Trigger
    level: str
    hours: DeskState
    telephone: str
    customer: str = ""
    priority: str = "normal"
    category: str = ""
    worst: bool = False
    warning: int = 0


def decide(rules: Sequence[PageRule], case: Case) -> Decision:
    """Whether somebody is called: the first rule that fits decides. A level without the telephone never calls."""
    told = [rule for rule in rules if rule.on is case.trigger]
    if not told:
        return Decision(False, f"No rule of the paging table is about a ticket that {_WHEN[case.trigger]}.")
    lacks = [_lacking(rule, case) for rule in told]
    nearest = min(lacks, key=len)
    rule = told[lacks.index(nearest)]
    if not nearest:
        return _ruled(rule, case)
    wants = " and ".join(nearest)
    return Decision(False, f"No rule fits {_described(case)}; the nearest, {rule.name}, is for {wants}.")


def _ruled(rule: PageRule, case: Case) -> Decision:
    if not case.telephone:
        whose = case.customer or "a ticket without a customer"
        return Decision(
            False,
            f"Rule {rule.name} fits {_described(case)}, but {whose} is not owed the telephone.",
            rule.name,
        )
    why = f"Rule {rule.name} fits {_described(case)}, and the telephone is owed {_OWED[case.telephone]}."
    return Decision(True, why, rule.name, rule.escalation)


def _lacking(rule: PageRule, case: Case) -> list[str]:
    """What the rule asks for and the case has not, in words."""
    lacks = []
    if rule.levels and case.level not in rule.levels:
        lacks.append(f"Level {' or '.join(sorted(rule.levels))}")
    if rule.worst_cases and not case.worst:
        lacks.append("the worst cases")
    if rule.priorities and case.priority not in rule.priorities:
        lacks.append(f"{' or '.join(sorted(rule.priorities))} priority")
    if rule.hours not in ("any", case.hours.value):
        lacks.append(f"{rule.hours} hours")
    if rule.on is Trigger.WARNING and case.warning < rule.warning:
        lacks.append(f"{rule.warning} % of the time used up")
    return lacks


def _described(case: Case) -> str:
    about = [case.category] if case.category else []
    about += [f"{case.priority} priority"] if case.priority != "normal" else []
    aside = f" ({', '.join(about)})" if about else ""
    when = _WHEN[case.trigger].format(warning=case.warning)
    return f"a Level {case.level} ticket{aside} that {when} in {_HOURS[case.hours]} hours"


_WHEN: Mapping[Trigger, str] = {
    Trigger.OPENED: "was opened",
    Trigger.WARNING: "is at risk",
    Trigger.BREACH: "missed its promise",
    Trigger.STAFF: "somebody asked to page for",
    Trigger.HOTLINE: "somebody telephoned about",
    Trigger.TEST: "is a test",
    Trigger.STOP: "is about a refusal",
}
_HOURS = {DeskState.OPEN: "open", DeskState.MONITORED: "monitored", DeskState.CLOSED: "closed"}
_OWED = {"level": "with its level", "option": "as an option", "credit": "for a per-incident credit"}


# --- how soon -----------------------------------------------------------------------------------------------------


def shrunk(escalation: Escalation, start: datetime, deadline: datetime | None) -> Escalation:
    """The escalation with delays so short that all its rounds end before the deadline, in proportion to what each step
    has above the shortest; none is ever longer than written, and none shorter than `SHORTEST` (or than written, where
    that is shorter). Unchanged without a deadline, with a far one, and with one that has passed: nothing can keep it.
    """
    if deadline is None or deadline <= start:
        return escalation
    rounds = max(escalation.rounds, 1)
    budget = (int((deadline - start).total_seconds()) - 1) // rounds
    floors = [min(step.seconds, SHORTEST) for step in escalation.steps]
    slack = sum(step.seconds for step in escalation.steps) - sum(floors)
    room = max(budget - sum(floors), 0)
    if room >= slack:
        return escalation
    steps = tuple(
        replace(step, seconds=floor + (step.seconds - floor) * room // slack)
        for step, floor in zip(escalation.steps, floors, strict=True)
    )
    return replace(escalation, steps=steps)


def lasts(escalation: Escalation) -> timedelta:
    """How long the whole chain takes until it is loud, where everybody is silent."""
    return timedelta(seconds=max(escalation.rounds, 1) * sum(step.seconds for step in escalation.steps))


def lasts_now(page: Page) -> timedelta:
    """How long a page waits at the most after the step that it took last, or from one alarm to the next."""
    steps = page.chain.steps
    if page.loud_at is None and 0 < page.step <= len(steps):
        return timedelta(seconds=steps[page.step - 1].seconds)
    return timedelta(seconds=max(page.chain.loud_seconds, SHORTEST_LOUD))


# --- who ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Called:
    """Whom a step calls: `people` in order, each once; `nobody` are its targets that nobody stands behind;
    `channels` its places."""

    people: tuple[str, ...] = ()
    nobody: tuple[Target, ...] = ()
    channels: tuple[str, ...] = ()


def called(
    targets: Iterable[Target],
    on_call: Callable[[str], Sequence[str]],
    everyone: Callable[[], Sequence[str]],
    leads: Callable[[], Sequence[str]],
) -> Called:
    """Who stands behind the targets now. What each asks is given as a function: who is on call by a schedule, who
    everyone is, who the leads are."""
    people: dict[str, None] = {}
    nobody: list[Target] = []
    channels: list[str] = []
    for target in targets:
        found: Sequence[str] = ()
        if target.kind is TargetKind.CHANNEL:
            channels.append(target.name)
            continue
        if target.kind is TargetKind.PERSON:
            found = (target.name,)
        elif target.kind is TargetKind.SCHEDULE:
            found = on_call(target.name)
        else:
            found = everyone() if target.kind is TargetKind.EVERYONE else leads()
        people.update(dict.fromkeys(found))
        if not found:
            nobody.append(target)
    return Called(tuple(people), tuple(nobody), tuple(channels))


@dataclass(frozen=True, slots=True)
class Way:
    """One way to one person: its kind (a platform's name for a direct message), its address, and the contact it is
    (0: an account of the people list). `instead` is the kind whose turn in a plan it takes, where that is another."""

    kind: str
    address: str
    contact: int = 0
    instead: str = ""


def ways_to(person: str, accounts: Iterable[str], contacts: Iterable[Contact]) -> list[Way]:
    """Every way that counts: chat accounts by platform, and the contacts that are verified and not refused. Whoever
    refuses texts is called when it is a text's turn."""
    found = [Way(platform, f"@{person}") for platform in accounts]
    chats, known = {way.kind for way in found}, list(contacts)
    found += [Way(one.kind, one.address, one.id) for one in known if one.usable and one.kind not in chats]
    refused = {one.address for one in known if one.kind == TEXT and one.verified_at is not None and one.refused}
    calls = [way for way in found if way.kind == CALL and way.address in refused]
    return found + [replace(way, instead=TEXT) for way in calls]


def tries(plan: Sequence[Reach], ways: Sequence[Way]) -> list[tuple[int, Way]]:
    """When each way is tried, in seconds after the page reached the person, earliest first.

    What comes before the first way that the person has is not waited for: somebody without a chat account is called
    as soon as their plan begins.
    """
    found = [(reach.seconds, way) for reach in plan for way in ways if _of_kind(reach, way)]
    found.sort(key=lambda one: one[0])
    if not found:
        return []
    ahead = found[0][0] - min(reach.seconds for reach in plan)
    return [(seconds - ahead, way) for seconds, way in found]


def _of_kind(reach: Reach, way: Way) -> bool:
    kind = way.instead or way.kind
    return kind == reach.kind or (reach.kind == CHAT and is_chat(kind))


def is_chat(kind: str) -> bool:
    """Whether it is a direct message on a chat platform."""
    return kind not in ("", CALL, TEXT, EMAIL, SERVICE)


# --- what next ----------------------------------------------------------------------------------------------------

_RANK = {
    AttemptState.PLANNED: 0,
    AttemptState.POSTED: 1,
    AttemptState.SUBMITTED: 2,
    AttemptState.RINGING: 3,
    AttemptState.ANSWERED: 4,
    AttemptState.MISSED: 5,
    AttemptState.CANCELLED: 5,
    AttemptState.CONFIRMED: 6,
}


def may_become(before: AttemptState, after: AttemptState) -> bool:
    """Whether news of `after` is news at all: it never goes back, and what is over stays over. One thing counts more
    than that an attempt was thought to be missed: that its person acted all the same."""
    if before in (AttemptState.CONFIRMED, AttemptState.CANCELLED):
        return False
    return _RANK[after] > _RANK[before]


def under_way(attempt: Attempt) -> bool:
    """Whether something is out: a call that may ring, a message that may be read."""
    return not attempt.state.over and attempt.state is not AttemptState.PLANNED


def patience(attempt: Attempt, *, test: bool) -> timedelta:
    """How long an attempt under way may be silent."""
    if attempt.kind != CALL:
        return UNHEARD_TEST if test else UNHEARD
    return LISTENING if attempt.state is AttemptState.ANSWERED else UNHEARD


PROMPT = frozenset(
    {
        Missed.BUSY,
        Missed.NO_ANSWER,
        Missed.REFUSED,
        Missed.MACHINE,
        Missed.HUNG_UP,
        Missed.SILENCE,
        Missed.WRONG_KEY,
        Missed.UNDELIVERED,
        Missed.FAILED,
        Missed.NO_WAY,
    }
)
"""What brings its person's next attempt forward."""


def brought_forward(attempts: Iterable[Attempt], missed: Attempt, why: Missed) -> Attempt | None:
    """The attempt that comes now because that one was missed: the next that is planned for the same person. A message
    that was not answered yet brings nothing forward, as that is what messages are like; a call does."""
    if why not in PROMPT and not (why is Missed.UNKNOWN and missed.kind == CALL):
        return None
    planned = (one for one in attempts if one.state is AttemptState.PLANNED and one.person == missed.person)
    return min(planned, key=lambda one: (one.planned_for, one.id), default=None)


def exhausted(attempts: Iterable[Attempt], round: int, step: int) -> bool:
    """Whether nothing of that step is left for anybody."""
    return all(one.state.over for one in attempts if (one.round, one.step) == (round, step))


@dataclass(frozen=True, slots=True)
class Place:
    """A step of a round. Beyond the last round it is the loud fallback, again and again."""

    round: int
    step: int
    loud: bool = False


def place_of(escalation: Escalation, round: int, step: int) -> Place:
    """The place that a page has come to. Past a round's last step the next round begins."""
    if step >= len(escalation.steps):
        round, step = round + 1, 0
    return Place(round, step, not escalation.steps or round >= max(escalation.rounds, 1))
