"""Escalation chains as JSON and back: a page keeps the one that it started with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.escalation import Escalation, Step, Target, TargetKind
from storage.values import dumps, loads


def dump_chain(chain: Escalation) -> str:
    return dumps(
        {
            "name": chain.name,
            "steps": [{"targets": [str(one) for one in step.targets], "seconds": step.seconds} for step in chain.steps],
            "rounds": chain.rounds,
            "ack_seconds": chain.ack_seconds,
            "loud_seconds": chain.loud_seconds,
        }
    )


def load_chain(text: str) -> Escalation:
    """The chain that `dump_chain` wrote."""
    data = loads(text)
    return Escalation(
        name=data["name"],
        steps=tuple(_step(step) for step in data["steps"]),
        rounds=data["rounds"],
        ack_seconds=data["ack_seconds"],
        loud_seconds=data["loud_seconds"],
    )


def _step(data: Mapping[str, Any]) -> Step:
    return Step(tuple(_target(one) for one in data["targets"]), data["seconds"])


def _target(text: str) -> Target:
    kind, _, name = text.partition(":")
    return Target(TargetKind(kind), name)
