"""What the staff commands share: the journal, a person in words and as data."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.cards import Line, Part, When
from bot.domain.errors import Conflict
from bot.domain.people import Role, Staff
from bot.ports import Entry, UnitOfWork
from bot.views.ticket_card import iso
from commands.roles import RoleName
from commands.spec import Caller


def note(caller: Caller, work: UnitOfWork, person: Staff, what: str, **data: Any) -> None:
    """Write a change of a person into the journal."""
    work.memory.journal(Entry(caller.now, caller.id, f"staff:{person.id}", what, data))


def must_not_be_last_admin(work: UnitOfWork, person: Staff) -> None:
    """Raises Conflict for whom the desk cannot do without."""
    if [one.id for one in work.people.all() if one.role is Role.ADMIN] == [person.id]:
        raise Conflict(
            f"{person.name} is the only admin: the desk would have none.",
            "Make somebody else admin first: /staff roles NAME admin",
        )


def given_up(caller: Caller, work: UnitOfWork, holder: Staff, platform: str) -> str:
    """Whom a platform brought to the desk under another name turned out to be somebody who is there: that other one
    leaves, without the account. Returns how to say so."""
    must_not_be_last_admin(work, holder)
    kept = {name: account for name, account in holder.accounts.items() if name != platform}
    gone = replace(holder, role=Role.NOBODY, accounts=kept)
    work.people.save(gone)
    note(caller, work, gone, "left", why=f"the {called(platform)} account is somebody else's")
    return f" {holder.name} ({holder.id}), whom {called(platform)} had brought with that account, has left the desk."


def called(platform: str) -> str:
    """A platform in a sentence: "Slack"."""
    return "the terminal" if platform == "console" else platform.capitalize()


def role_words(role: Role) -> str:
    """The role as people type it."""
    return RoleName.NONE.value if role is Role.NOBODY else role.title


def away_words(person: Staff, now: datetime) -> Line:
    """ "away until Mon 10:00", "no longer at the desk", or nothing."""
    if person.has_left:
        return ("no longer at the desk",)
    if not person.is_away(now):
        return ()
    until: tuple[Part, ...] = (" until ", When(person.away_until)) if person.away_until else ("",)
    return ("away", *(part for part in until if part))


def staff_data(person: Staff, now: datetime) -> dict[str, Any]:
    """The person for programs: plain JSON values, instants in ISO 8601 UTC."""
    return {
        "staff": person.id,
        "name": person.name,
        "role": role_words(person.role),
        "accounts": dict(person.accounts),
        "zone": person.zone,
        "away": person.is_away(now),
        "away_until": iso(person.away_until) if person.is_away(now) else None,
        "managed_by": person.managed_by,
    }
