"""The on-call plan becomes the desk's: kept as a version, with what looks wrong about it told once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from bot.domain.errors import BadValue
from bot.domain.escalation import TargetKind
from bot.domain.oncall import OnCall
from bot.oncall.data import plan_to_json
from bot.ports import UnitOfWork

_TOLD = "on-call doubts told"


@dataclass(frozen=True, slots=True)
class AdoptedPlan:
    """What taking on a plan did. `doubts` are sentences about people and levels that the desk does not know, told
    neither before: they are warned about and not refused, because somebody may be added a minute later."""

    version: int
    changed: bool
    doubts: tuple[str, ...]


def adopt_plan(work: UnitOfWork, plan: OnCall, now: datetime) -> AdoptedPlan:
    """Keep the plan as a new version if it differs from the newest. Done at every start, after the policy is adopted;
    a plan that is kept already changes nothing. Pages under way keep the chain that they began with."""
    before = work.rota.plan()
    version = work.rota.set_plan(plan_to_json(plan), now)
    found = doubts(work, plan)
    told = set(work.memory.fact(_TOLD) or [])
    if told != set(found):
        work.memory.set_fact(_TOLD, sorted(found))
    return AdoptedPlan(version, before != plan, tuple(one for one in found if one not in told))


def doubts(work: UnitOfWork, plan: OnCall) -> tuple[str, ...]:
    """What a person has to look at: people who are not at the desk and levels that the policy does not have."""
    return (*_people(work, plan), *_levels(work, plan))


def _people(work: UnitOfWork, plan: OnCall) -> Iterator[str]:
    staff = {one.id: one for one in work.people.all()}
    here = [id for id, one in staff.items() if not one.has_left]
    for person, place in named(plan).items():
        if person not in staff:
            near = get_close_matches(person, here, n=1)
            yield f"{place} names {person}, who is not at the desk." + (f" Did you mean {near[0]}?" if near else "")
        elif staff[person].has_left:
            yield f"{place} names {staff[person].name}, who has left."


def named(plan: OnCall) -> dict[str, str]:
    """Everybody whom the plan names, each with the first place that does."""
    found: dict[str, str] = {}
    for schedule in plan.schedules.values():
        for layer in schedule.layers:
            for person in layer.rotation.people:
                found.setdefault(person, f"Layer “{layer.name}” of {schedule.name}")
    for chain in plan.escalations.values():
        for target in (target for step in chain.steps for target in step.targets):
            if target.kind is TargetKind.PERSON:
                found.setdefault(target.name, f"The escalation {chain.name}")
    for person in plan.leads:
        found.setdefault(person, "The list of leads")
    return found


def _levels(work: UnitOfWork, plan: OnCall) -> Iterator[str]:
    places = {level: f"Rule “{rule.name}”" for rule in reversed(plan.rules) for level in rule.levels}
    places |= dict.fromkeys(plan.important - places.keys(), "The list of important levels")
    policy = work.promises.policy
    for level, place in sorted(places.items()):
        try:
            policy.level(level)
        except BadValue as error:
            yield f"{place} is about a level that the policy does not have. {error.text} {error.hint}"
