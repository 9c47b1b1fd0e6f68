"""Pages and attempts for storage tests, which name what matters to them and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.paging import Attempt, Page, Trigger
from bot.ports import UnitOfWork
from tests.storage.desk import START

CHAIN = Escalation(
    "level-3",
    (
        Step((Target(TargetKind.SCHEDULE, "level-3"), Target(TargetKind.CHANNEL, "#alerts/III")), 300),
        Step((Target(TargetKind.EVERYONE),), 600),
    ),
    rounds=3,
)


def page(ticket: int | None = None, customer: str | None = None, due: datetime | None = START, **rest: object) -> Page:
    found = Page(0, "Printer on fire", Trigger.OPENED, CHAIN, START, "desk", ticket=ticket, customer=customer, due=due)
    return replace(found, **rest)  # type: ignore[arg-type]  # Each test names fields of a page.


def attempt(of: Page, due: datetime | None = START, **rest: object) -> Attempt:
    found = Attempt(0, of.id, "kim", "call", "+14165550199", planned_for=due or START, due=due)
    return replace(found, **rest)  # type: ignore[arg-type]  # Each test names fields of an attempt.


def one_page(work: UnitOfWork, **rest: object) -> Page:
    return work.pages.add(page(**rest))  # type: ignore[arg-type]  # Each test names fields of a page.
