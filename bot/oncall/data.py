"""The on-call plan as canonical JSON, so that the desk can keep each version of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.oncall import OnCall, SelfTest
from bot.domain.paging import PageRule, Trigger
from bot.domain.rota import Days, Layer, Restriction, Rotation, Schedule, Turn


def plan_to_json(plan: OnCall) -> str:
    """One text for one plan: equal plans give equal texts."""
    return json.dumps(_to_data(plan), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plan_from_json(text: str) -> OnCall:
    """The plan that `plan_to_json` wrote. It was judged when it was read, so it is not judged again."""
    data = json.loads(text)
    return OnCall(
        schedules={name: _schedule(name, one) for name, one in data["schedules"]},
        escalations={name: escalation_from_data(name, one) for name, one in data["escalations"]},
        rules=tuple(map(_rule, data["rules"])),
        important=frozenset(data["important"]),
        leads=tuple(data["leads"]),
        self_test=SelfTest(**data["self_test"]),
        handover_seconds=data["handover_seconds"],
        ahead_days=data["ahead_days"],
    )


def _to_data(plan: OnCall) -> dict[str, Any]:
    """Mappings whose order people see are kept as pairs."""
    test = plan.self_test
    return {
        "schedules": [(name, _schedule_data(one)) for name, one in plan.schedules.items()],
        "escalations": [(name, escalation_to_data(one)) for name, one in plan.escalations.items()],
        "rules": [_rule_data(rule) for rule in plan.rules],
        "important": sorted(plan.important),
        "leads": plan.leads,
        "self_test": {"weekday": test.weekday, "at": test.at, "on": test.on},
        "handover_seconds": plan.handover_seconds,
        "ahead_days": plan.ahead_days,
    }


def _schedule_data(schedule: Schedule) -> dict[str, Any]:
    return {"zone": schedule.zone, "layers": [_layer_data(layer) for layer in schedule.layers]}


def _schedule(name: str, data: Mapping[str, Any]) -> Schedule:
    return Schedule(name, data["zone"], tuple(map(_layer, data["layers"])))


def _layer_data(layer: Layer) -> dict[str, Any]:
    turns = layer.rotation
    return {
        "name": layer.name,
        "people": turns.people,
        "turn": turns.turn.value,
        "length": turns.length,
        "first": turns.first.isoformat(),
        "at": turns.at,
        "priority": layer.priority,
        "when": [(sorted(one.weekdays), one.windows, one.days.value) for one in layer.restrictions],
        "starts": layer.starts and layer.starts.isoformat(),
        "ends": layer.ends and layer.ends.isoformat(),
    }


def _layer(data: Mapping[str, Any]) -> Layer:
    first = date.fromisoformat(data["first"])
    return Layer(
        name=data["name"],
        rotation=Rotation(tuple(data["people"]), Turn(data["turn"]), data["length"], first, data["at"]),
        priority=data["priority"],
        restrictions=tuple(
            Restriction(frozenset(weekdays), tuple((opens, closes) for opens, closes in windows), Days(days))
            for weekdays, windows, days in data["when"]
        ),
        starts=date.fromisoformat(data["starts"]) if data["starts"] else None,
        ends=date.fromisoformat(data["ends"]) if data["ends"] else None,
    )


def escalation_to_data(chain: Escalation) -> dict[str, Any]:
    """A chain as plain JSON values, its name left out: a page keeps the one that it began with."""
    return {
        "steps": [([(one.kind.value, one.name) for one in step.targets], step.seconds) for step in chain.steps],
        "rounds": chain.rounds,
        "ack_seconds": chain.ack_seconds,
        "loud_seconds": chain.loud_seconds,
    }


def escalation_from_data(name: str, data: Mapping[str, Any]) -> Escalation:
    """The chain that `escalation_to_data` wrote."""
    steps = tuple(
        Step(tuple(Target(TargetKind(kind), place) for kind, place in targets), seconds)
        for targets, seconds in data["steps"]
    )
    return Escalation(name, steps, data["rounds"], data["ack_seconds"], data["loud_seconds"])


def _rule_data(rule: PageRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "on": rule.on.value,
        "escalation": rule.escalation,
        "levels": sorted(rule.levels),
        "worst_cases": rule.worst_cases,
        "priorities": sorted(rule.priorities),
        "hours": rule.hours,
        "warning": rule.warning,
    }


def _rule(data: Mapping[str, Any]) -> PageRule:
    return PageRule(
        name=data["name"],
        on=Trigger(data["on"]),
        escalation=data["escalation"],
        levels=frozenset(data["levels"]),
        worst_cases=data["worst_cases"],
        priorities=frozenset(data["priorities"]),
        hours=data["hours"],
        warning=data["warning"],
    )
