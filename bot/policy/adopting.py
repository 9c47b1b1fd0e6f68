"""The policy file becomes the desk's policy: kept as a version, with its holidays frozen and its doubts told once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.customers import Customer
from bot.domain.errors import Conflict
from bot.domain.policy import Policy
from bot.domain.policy_data import policy_from_json, policy_to_json
from bot.domain.ticket import OPEN_STATES
from bot.holidays.freezing import Doubt, HolidaySource, doubts, freeze_missing
from bot.ports import FrozenHolidays, TicketFilter, UnitOfWork
from bot.views.wording import listed

_TOLD = "holiday doubts told"
_CHANGES = "changes of promises"
_APPLIED = "changes of promises applied"
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Adopted:
    """What taking on a policy changed. `changed`: open promises may have moved and want recomputing, be it that whoever
    began to has not come to the end; `change` is the number to call `applied` with when that is done.

    `doubts` are holidays that a person has to decide about and was not told of before.
    """

    version: int
    changed: bool
    change: int
    frozen: tuple[FrozenHolidays, ...]
    doubts: tuple[Doubt, ...]


def adopt(work: UnitOfWork, policy: Policy, now: datetime, source: HolidaySource) -> Adopted:
    """Keep the policy as a new version if it differs from the newest, freeze what is missing, find new doubts.

    Done at every start and once a day; a policy that is kept already, with its years frozen, changes nothing.
    """
    text = policy_to_json(policy)
    kept = work.memory.policy()
    changed = kept is None or kept[1] != text
    if kept is not None and changed:
        _must_keep_levels_in_use(work, policy_from_json(kept[1]), policy, now)
    version = work.memory.set_policy(text, now) if kept is None or changed else kept[0]
    frozen = freeze_missing(work, policy, now, source)
    change = changes(work)
    if changed or frozen:
        change += 1
        work.memory.set_fact(_CHANGES, change)
    behind = change != (work.memory.fact(_APPLIED) or 0)
    return Adopted(version, behind, change, frozen, _untold(work, policy, now))


def changes(work: UnitOfWork) -> int:
    """How often promises have changed by a policy or its calendar."""
    return int(work.memory.fact(_CHANGES) or 0)


def applied(work: UnitOfWork, adopted: Adopted) -> None:
    """Every open promise is up to date with what was adopted. Until this is written, each start looks at them again."""
    if adopted.change > (work.memory.fact(_APPLIED) or 0):
        work.memory.set_fact(_APPLIED, adopted.change)


def _must_keep_levels_in_use(work: UnitOfWork, before: Policy, after: Policy, now: datetime) -> None:
    """Raises Conflict when the new policy drops a level that open tickets still stand on, or a subscription that runs,
    is in grace or is to come."""
    lasting = now.astimezone(ZoneInfo(after.zone)).date() - timedelta(days=after.grace_days)
    for name in sorted({level.name for level in before.levels} - {level.name for level in after.levels}):
        tickets = work.tickets.count(TicketFilter(states=OPEN_STATES, level=name))
        holders = [one.id for one in work.customers.all() if _subscribes(one, name, lasting)]
        if tickets or holders:
            users = listed([*_many(tickets, "open ticket"), *_many(len(holders), "customer")])
            more = ["others"] if len(holders) > _NAMED else []
            first = f" ({listed([*holders[:_NAMED], *more])})" if holders else ""
            raise Conflict(
                f"The new policy has no Level {name}, and {users} {'is' if tickets + len(holders) == 1 else 'are'} "
                "still on it.",
                f"Keep the level in the policy file, or move them to another one first{first}.",
            )


def _subscribes(customer: Customer, level: str, lasting: date) -> bool:
    return any(one.level == level and one.end >= lasting for one in customer.subscriptions)


def _many(count: int, what: str) -> list[str]:
    return [f"{count} {what}{'s' * (count != 1)}"] if count else []


def _untold(work: UnitOfWork, policy: Policy, now: datetime) -> tuple[Doubt, ...]:
    """The doubts from today on that were never told, remembered as told from now on."""
    told = set(work.memory.fact(_TOLD) or [])
    today = now.astimezone(ZoneInfo(policy.zone)).date()
    found = doubts(policy, work.memory.holidays(), since=today)
    new = tuple(doubt for doubt in found if doubt.day.isoformat() not in told)
    if new:
        work.memory.set_fact(_TOLD, sorted(told | {doubt.day.isoformat() for doubt in new}))
    return new
