"""/staff roles: what somebody may do at the desk."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Line, Strong, Tone, say
from bot.domain.people import Role, Staff
from bot.domain.ticket import OPEN_STATES
from bot.ports import TicketFilter, UnitOfWork
from commands.roles import RoleName
from commands.spec import BLANK, Caller, Text, command
from commands.staff_changes import must_not_be_last_admin, note, role_words, staff_data


@command(
    "staff roles",
    role=Role.ADMIN,
    person="Who",
    help_role="What they may do from now on; “none” for somebody who has left",
    reason="Why",
    examples=("staff roles bob lead",),
)
def staff_roles(caller: Caller, work: UnitOfWork, *, person: Staff, role: RoleName, reason: Text = BLANK) -> Card:
    """Change what a person may do."""
    was = role_words(person.role)
    if role.role is person.role and not person.managed_by:
        return say(f"{person.name} has the role {was} already.", data=staff_data(person, caller.now))
    if role.role is not Role.ADMIN:
        must_not_be_last_admin(work, person)
    after = replace(person, role=role.role, managed_by="")
    work.people.save(after)
    note(caller, work, after, "given the role " + role.value, was=was, role=role.value, reason=reason)
    card = say(
        Strong(after.name),
        f" has the role {role.value} now (was {was}).",
        tone=Tone.GOOD,
        data=staff_data(after, caller.now),
    )
    if person.managed_by:
        card = card.and_lines((f"It is kept by hand from now on: {person.managed_by} no longer changes it.",))
    left = held_line(work, after) if role.role < Role.STAFF else ()
    return card.and_lines(left) if left else card


def held_line(work: UnitOfWork, person: Staff) -> Line:
    """How many open tickets somebody holds, where they hold any."""
    held = work.tickets.count(TicketFilter(states=OPEN_STATES, owner=person.id))
    if not held:
        return ()
    many = "ticket" if held == 1 else "tickets"
    return (f"{person.name} holds {held} open {many}: /ticket list --owner {person.id}",)
