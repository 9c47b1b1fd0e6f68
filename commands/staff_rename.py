"""/staff rename: another full name for somebody; the short name, and all that history says of it, stays."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Strong, Tone, say
from bot.domain.errors import Conflict, NotAllowed
from bot.domain.people import Role, Staff
from bot.ports import UnitOfWork
from commands.naming import full_name, must_be_only_name
from commands.spec import Caller, Text, command
from commands.staff_changes import note, role_words, staff_data


@command(
    "staff rename",
    role=Role.VIEWER,
    person="Who; “me” for yourself (an admin can rename others)",
    name="The full name from now on",
    examples=("staff rename me Ann Other", "staff rename bob Bob Roy"),
)
def staff_rename(caller: Caller, work: UnitOfWork, *, person: Staff, name: Text) -> Card:
    """Give a person another full name; their short name stays."""
    if person.id != caller.id and caller.role < Role.ADMIN:
        raise NotAllowed("Only an admin can rename somebody else.", "For yourself: /staff rename me NAME")
    title = full_name(name, work)
    if title == person.name:
        return say(f"{person.id} is called {title} already.", data=staff_data(person, caller.now))
    if person.managed_by:
        raise Conflict(
            f"{person.name}'s name comes from {person.managed_by}, and would be back before long: change it there.",
            f"Or keep {person.id} by hand: /staff roles {person.id} {role_words(person.role)}",
        )
    must_be_only_name(title, (one for one in work.people.all() if one.id != person.id), "Give another one.")
    after = replace(person, name=title)
    work.people.save(after)
    note(caller, work, after, "renamed", was=person.name, name=title)
    return say(
        f"{person.name} ({person.id}) is called ",
        Strong(title),
        " now.",
        tone=Tone.GOOD,
        data=staff_data(after, caller.now),
    )
