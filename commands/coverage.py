"""Whether somebody can be reached whenever it was promised: gaps in terms of levels, and whose cover is real."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.cards import Choice, Line
from bot.domain.business_hours import DeskState
from bot.domain.contacts import CALL, Contact
from bot.domain.errors import Refusal
from bot.domain.escalation import Escalation, Target, TargetKind
from bot.domain.oncall import OnCall
from bot.domain.paging import PageRule, Trigger
from bot.domain.people import Staff
from bot.domain.policy import Policy, SupportLevel, Way
from bot.domain.stretches import Stretch, common, joined, without
from bot.ports import UnitOfWork
from bot.views.wording import listed
from commands.oncall_rota import Rota, span

Cure = tuple[str, str]
"""Whose deed it is, and the deed."""

_CALLING = frozenset({Trigger.OPENED, Trigger.WARNING, Trigger.BREACH, Trigger.HOTLINE})
"""What a level's customers are called for; staff page whom they like."""
_ON_DUTY = frozenset({TargetKind.SCHEDULE, TargetKind.PERSON})


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody who counts would be called for a level; without one, for a schedule that no level needs.
    `why` says it in words, `people` are those who are on call then and do not count, `cures` what makes them count; it
    is `empty` where at some time nobody at all is on call."""

    level: str
    schedule: str
    start: datetime
    end: datetime
    why: str
    people: tuple[str, ...]
    cures: tuple[Cure, ...] = ()
    empty: bool = False

    @property
    def what(self) -> str:
        return f"Level {self.level}" if self.level else f"The schedule {self.schedule}"

    @property
    def line(self) -> Line:
        """ "Level III is uncovered on Thu 24 Dec 18:00 - 22:00: Sam's phone is not verified." """
        return (f"{self.what} is uncovered on ", *span(self.start, self.end), f": {self.why}.")


def doubt(person: Staff | None, contacts: Sequence[Contact]) -> str:
    """Why somebody does not count as cover, to be put after their name; empty for who does."""
    if person is None or person.has_left:
        return " is not at the desk"
    phones = [one for one in contacts if one.kind == CALL]
    if not phones:
        return " has no phone here"
    if any(one.covers for one in phones):
        return ""
    if any(one.refused for one in phones):
        return "'s phone refuses the desk"
    if any(one.usable for one in phones):
        return " missed the last test call"
    return "'s phone is not verified"


def cure(id: str, person: Staff | None, contacts: Sequence[Contact]) -> Cure:
    """Who does what so that somebody counts as cover; a deed of whoever reads it has nobody's name."""
    if person is None:
        return "", f"/staff add {id} --role staff"
    if person.has_left:
        return "", f"take {person.name} out of oncall.toml"
    if any(one.usable for one in contacts if one.kind == CALL):
        return person.name, "/oncall test, and press the key"
    return person.name, "/oncall contact call NUMBER, then /oncall verify CODE"


def cure_words(cures: Iterable[Cure]) -> str:
    """ "Kim and Sam: /oncall contact call NUMBER, then /oncall verify CODE; Ann: /oncall test, and press the key"."""
    whose: dict[str, list[str]] = {}
    for who, deed in dict.fromkeys(cures):
        whose.setdefault(deed, []).append(who)
    return "; ".join(f"{listed(who)}: {deed}" if all(who) else deed for deed, who in whose.items())


def mended(found: Sequence[Gap]) -> Line:
    """What to do about gaps, each cure once."""
    words = cure_words(one for gap in found for one in gap.cures)
    return (
        f"To mend it: {words}. Or put somebody in: /oncall override." if words else "To mend it: /oncall override.",
    )


def gaps(work: UnitOfWork, start: datetime, end: datetime) -> list[Gap]:
    """Every gap between two instants, by beginning."""
    rota = Rota(work, start, end)
    if not rota.schedules:
        return []
    look = _Look(rota, work.contacts.all())
    found = [gap for level in work.promises.policy.levels for gap in look.of_level(level)]
    needed = {target.name for chain in _chains(rota.plan) for target in _targets(chain)}
    found += [gap for name in rota.schedules if name not in needed for gap in look.of_schedule(name)]
    return sorted(found, key=lambda gap: (gap.start, gap.level, gap.schedule))


def levels_of(plan: OnCall, schedule: str, policy: Policy) -> tuple[str, ...]:
    """The levels whose customers are called by a schedule, in the policy's order."""
    chains = {chain.name for chain in _chains(plan) if any(one.name == schedule for one in _targets(chain))}
    rules = [rule for rule in plan.rules if rule.escalation in chains]
    return tuple(level.name for level in policy.levels if any(_about(rule, level) for rule in rules))


def _about(rule: PageRule, level: SupportLevel) -> bool:
    """Whether somebody is called for that level by the rule. One that names no level means those with the
    telephone."""
    fits = level.name in rule.levels or (not rule.levels and Way.TELEPHONE in level.ways)
    return fits and rule.on in _CALLING


def _chains(plan: OnCall) -> list[Escalation]:
    """The escalations that customers are called by."""
    wanted = {rule.escalation for rule in plan.rules if rule.on in _CALLING}
    return [chain for name, chain in plan.escalations.items() if name in wanted]


def _targets(chain: Escalation) -> list[Target]:
    return [target for step in chain.steps for target in step.targets]


class _Look:
    """One look at the rota of a span."""

    def __init__(self, rota: Rota, contacts: Mapping[str, Sequence[Contact]]) -> None:
        self.rota = rota
        self.whole: Stretch = (rota.start, rota.end)
        self.contacts = contacts
        self.doubts = {id: doubt(person, contacts.get(id, ())) for id, person in rota.people.items()}

    def of_level(self, level: SupportLevel) -> Iterator[Gap]:
        """By each chain that the level's customers are called by, in the hours in which they are."""
        for name, rules in self._rules(level).items():
            chain = self.rota.plan.escalations.get(name)
            if chain is None or not any(target.kind in _ON_DUTY for target in _targets(chain)):
                continue
            uncovered = common(self._uncovered(chain), self._hours(rules))
            schedules = [target.name for target in _targets(chain) if target.kind is TargetKind.SCHEDULE]
            yield from (self._gap(level.name, schedules, one) for one in uncovered)

    def of_schedule(self, schedule: str) -> Iterator[Gap]:
        for one in without([self.whole], self._covered(schedule)):
            yield self._gap("", [schedule], one)

    def _rules(self, level: SupportLevel) -> dict[str, list[PageRule]]:
        """The rules by which somebody is called for a level, by chain."""
        found: dict[str, list[PageRule]] = {}
        for rule in self.rota.plan.rules:
            if _about(rule, level):
                found.setdefault(rule.escalation, []).append(rule)
        return found

    def _uncovered(self, chain: Escalation) -> list[Stretch]:
        """When nobody of a whole chain counts. Everyone, the leads and channels are no cover, only loud."""
        covered: list[Stretch] = []
        for target in _targets(chain):
            if target.kind is TargetKind.SCHEDULE and target.name in self.rota.schedules:
                covered += self._covered(target.name)
            elif target.kind is TargetKind.PERSON:
                covered += self._there(target.name, self.whole)
        return without([self.whole], covered)

    def _covered(self, schedule: str) -> list[Stretch]:
        shifts = self.rota.shifts(schedule)
        return joined(one for shift in shifts for one in self._there(shift.person, (shift.start, shift.end)))

    def _there(self, person: str, during: Stretch) -> list[Stretch]:
        """When of that time somebody counts: a verified phone, and not away."""
        if self.doubts.get(person, "?"):
            return []
        staff = self.rota.people[person]
        if staff.away_since is None:
            return [during]
        until = max(staff.away_until or during[1], staff.away_since)
        return without([during], [(staff.away_since, until)])

    def _hours(self, rules: Sequence[PageRule]) -> list[Stretch]:
        """When those rules call anybody."""
        if any(rule.hours == "any" for rule in rules):
            return [self.whole]
        opened = self._open()
        wanted: list[Stretch] = opened if any(rule.hours == "open" for rule in rules) else []
        if any(rule.hours == "monitored" for rule in rules):
            wanted = [*wanted, *without([self.whole], opened)]
        return wanted

    def _open(self) -> list[Stretch]:
        hours = self.rota.work.promises.hours
        found: list[Stretch] = []
        at = self.whole[0]
        try:
            while at < self.whole[1]:
                opens = at if hours.state(at) is DeskState.OPEN else hours.next_opening(at)
                closes = hours.closes_at(opens) or self.whole[1]
                found.append((opens, closes))
                at = max(closes, opens + timedelta(seconds=1))
        except Refusal:  # Beyond the years that are laid out nothing is promised yet.
            pass
        return common(found, [self.whole])

    def _gap(self, level: str, schedules: Sequence[str], stretch: Stretch) -> Gap:
        """Who is on call then and why each of them does not count."""
        shifts = [shift for name in schedules if name in self.rota.schedules for shift in self.rota.shifts(name)]
        then = [shift for shift in shifts if shift.start < stretch[1] and shift.end > stretch[0]]
        people = tuple(dict.fromkeys(shift.person for shift in then))
        words = [self.rota.name(one) + (self.doubts.get(one, " is not at the desk") or " is away") for one in people]
        empty = bool(without([stretch], [(shift.start, shift.end) for shift in then]))
        if empty:
            words.append("nobody is on call" if not words else "at times nobody is on call")
        cures = tuple(
            cure(one, self.rota.people.get(one), self.contacts.get(one, ()))
            for one in people
            if self.doubts.get(one, "?")
        )
        return Gap(level, schedules[0] if schedules else "", *stretch, listed(words), people, cures, empty)


def put_in(gap: Gap) -> tuple[Choice, ...]:
    """The form that closes a gap for once, its time filled in."""
    if not gap.schedule:
        return ()
    # Without seconds, so that a button of Discord's can carry it.
    start, end = (f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}" for at in (gap.start, gap.end))
    values = {"schedule": gap.schedule, "from": start, "until": end}
    return (Choice("Put somebody in…", "oncall override", values),)
