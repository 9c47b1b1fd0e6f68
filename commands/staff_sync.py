"""Bring the people list in line with a platform's groups: who joins, changes or leaves there does so here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.hours import is_zone
from bot.domain.people import Role, Staff
from bot.domain.short_names import free_name
from bot.ports import Database, Entry, UnitOfWork
from commands.naming import short_for
from commands.spec import CLOCK
from commands.staff_changes import role_words
from commands.values import clean

Changes = list[tuple[Staff | None, Staff]]
"""Each person who must be saved, as they were (None for somebody new) and as they will be."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody whom a platform's groups give a role at the desk. `account` is the platform's own id of them, `zone`
    their time zone there, if it is known."""

    account: str
    name: str
    role: Role
    zone: str = ""


def sync(database: Database, platform: str, members: Sequence[Member], now: datetime) -> Sequence[Entry]:
    """Do it in one transaction; returns what was written into the journal, nothing if all was so already.

    Only people whom the platform brought are changed: who was added by hand, or was given a role by hand since, stays
    as they are. Those who are members no longer keep their record with no role. An empty list changes nothing, since
    a platform that is out of order looks the same; nor is the last admin ever lowered.
    """
    wanted = {one.account: one for one in members if one.role is not Role.NOBODY}
    if not wanted or not database.read(lambda work: _changes(work, platform, wanted)):
        return ()
    return database.write(lambda work: _save(work, _changes(work, platform, wanted), platform, now))


def sync_one(database: Database, platform: str, member: Member, now: datetime) -> Sequence[Entry]:
    """The same for one person of whom the platform tells, and nobody else: with no role, they are a member no longer.
    Returns what was written into the journal."""

    def changes(work: UnitOfWork) -> Changes:
        everybody = work.people.all()
        known = next((one for one in everybody if one.accounts.get(platform) == member.account), None)
        wanted = member if member.role is not Role.NOBODY else None
        if known is not None:
            after = _as_there(known, wanted, work) if known.managed_by == platform else known
            return _with_an_admin(everybody, [(known, after)] if after != known else [])
        return [(None, _newcomer(member, platform, {one.id for one in everybody}, work))] if wanted else []

    if not database.read(changes):
        return ()
    return database.write(lambda work: _save(work, changes(work), platform, now))


def _save(work: UnitOfWork, changes: Changes, platform: str, now: datetime) -> Sequence[Entry]:
    entries = []
    for before, after in changes:
        work.people.save(after)
        entries.append(_entry(before, after, platform, now))
        work.memory.journal(entries[-1])
    if entries:
        work.outbox.release(platform, now)  # A page may wait for one of these accounts.
    return entries


def _changes(work: UnitOfWork, platform: str, wanted: dict[str, Member]) -> Changes:
    everybody = work.people.all()
    known = {account: one for one in everybody if (account := one.accounts.get(platform))}
    changes: Changes = []
    for one in everybody:
        if one.managed_by == platform:
            after = _as_there(one, wanted.get(one.accounts.get(platform, "")), work)
            changes += [(one, after)] if after != one else []
    taken = {one.id for one in everybody}
    for account, member in wanted.items():
        if account not in known:
            new = _newcomer(member, platform, taken, work)
            taken.add(new.id)
            changes.append((None, new))
    return _with_an_admin(everybody, changes)


def _as_there(one: Staff, member: Member | None, work: UnitOfWork) -> Staff:
    if member is None:
        return replace(one, role=Role.NOBODY)
    return replace(one, name=_name(member, work), role=member.role, zone=_zone(member) or one.zone)


def _newcomer(member: Member, platform: str, taken: set[str], work: UnitOfWork) -> Staff:
    name = _name(member, work)
    id = free_name(short_for(name, taken.__contains__), "person", taken.__contains__)
    return Staff(id, name, member.role, {platform: member.account}, _zone(member), managed_by=platform)


def _name(member: Member, work: UnitOfWork) -> str:
    """The display name on one line that fits, or else the account."""
    return " ".join(clean(member.name).split())[: work.promises.policy.limits.subject] or member.account


def _zone(member: Member) -> str:
    return member.zone if is_zone(member.zone) else ""


def _with_an_admin(everybody: Sequence[Staff], changes: Changes) -> Changes:
    """The changes without the one that would lower the last admin: of several, the first by short name stays."""
    after = {one.id: one for one in everybody} | {new.id: new for _, new in changes}
    had = sorted(one.id for one in everybody if one.role is Role.ADMIN)
    if not had or any(one.role is Role.ADMIN for one in after.values()):
        return changes
    return [(was, new) for was, new in changes if new.id != had[0]]


def _entry(before: Staff | None, after: Staff, platform: str, now: datetime) -> Entry:
    """The line of the journal; the clock writes it, since nobody at the desk did it."""
    data = {"platform": platform, "name": after.name, "role": role_words(after.role)}
    if before is None:
        what = "added"
    else:
        data["was"] = role_words(before.role)
        left, back = after.role is Role.NOBODY, before.role is Role.NOBODY
        what = "left" if left else "came back" if back else "changed"
    return Entry(now, CLOCK, f"staff:{after.id}", what, data)
