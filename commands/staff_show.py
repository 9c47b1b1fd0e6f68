"""/staff show: one person of the desk, with their accounts and what they hold."""

from __future__ import annotations

from bot.cards import Card, Line, Strong, When
from bot.domain.people import Role, Staff
from bot.ports import UnitOfWork
from commands.spec import Caller, command
from commands.staff_changes import away_words, role_words, staff_data
from commands.staff_roles import held_line

_RECENT = 3


@command("staff show", role=Role.VIEWER, writes=False, person="Who; you if you give none", examples=("staff show bob",))
def staff_show(caller: Caller, work: UnitOfWork, *, person: Staff | None = None) -> Card:
    """Show a person: role, accounts, time zone, whether they are away, open tickets."""
    who = person or caller.staff
    if who is None:  # Nobody gets here without a role; the type checker cannot know.
        return Card()
    accounts = ", ".join(f"{platform} {account}" for platform, account in sorted(who.accounts.items())) or "none"
    lines: list[Line] = [
        (f"Role: {role_words(who.role)}. Accounts: {accounts}.",),
        (f"Time zone: {who.zone or work.promises.policy.zone + ' (the desk)'}",),
        held_line(work, who),
    ]
    if away := away_words(who, caller.now):
        lines.append(("Now ", *away))
    names = {one.id: one.name for one in work.people.all()}
    for entry in work.memory.journal_of(f"staff:{who.id}", _RECENT):
        lines.append((f"{entry.what.capitalize()} by {names.get(entry.by, entry.by)}, ", When(entry.at)))
    return Card(
        title=(Strong(who.name), "  ", who.id),
        lines=tuple(line for line in lines if line),
        data=staff_data(who, caller.now),
    )
