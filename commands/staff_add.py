"""/staff add: somebody new at the desk."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Strong, Tone, say
from bot.domain.errors import BadValue, NotFound
from bot.domain.hours import zone_named
from bot.domain.people import Role, Staff
from bot.ports import UnitOfWork
from commands.naming import full_name, must_be_only_name, new_id, short_for
from commands.roles import RoleName
from commands.spec import Caller, Text, command
from commands.staff_changes import note, staff_data
from commands.staff_link import Platform, staff_link

TERMINAL = "console"
_SAME_NAME = "To see them: /staff show {id}. Somebody else of the same name needs an --id of their own."


@command(
    "staff add",
    role=Role.ADMIN,
    name="The full name",
    help_role="What they may do",
    id="The short name people type; made from the full name if you give none",
    zone="Their time zone, such as America/Toronto; times are shown in it",
    account="Their account on the platform where you type this: mention them. Elsewhere: slack:U0123",
    examples=("staff add Dana Fox", 'staff add "Lee Wong" --role lead --id lee --zone America/Toronto'),
)
def staff_add(
    caller: Caller,
    work: UnitOfWork,
    *,
    name: Text,
    role: RoleName = RoleName.STAFF,
    id: str = "",
    zone: str = "",
    account: str = "",
) -> Card:
    """Add a person to the desk."""
    title = full_name(name, work)
    if not id:
        must_be_only_name(title, work.people.all(), _SAME_NAME)
    made = short_for(title, lambda wanted: staff_of_id(work, wanted) is not None)
    own = new_id(id, made, "person", lambda wanted: staff_of_id(work, wanted))
    person = Staff(own, title, role.role, {"console": own}, zone_named(zone).key if zone else "")
    work.people.save(person)
    note(caller, work, person, "added", name=title, role=role.value)
    said = (Strong(title), f" is at this desk now: {own}, {role.value}.")
    if not account:
        return say(*said, f" {_next(caller, own)}", tone=Tone.GOOD, data=staff_data(person, caller.now))
    linked = staff_link(caller, work, person=person, **_where(caller, account))
    return replace(linked, lines=(said, *linked.lines))


def _where(caller: Caller, account: str) -> dict[str, str]:
    """The platform and the account there: "slack:U0123", or what is typed of somebody on the caller's own platform."""
    platform, sign, id = account.partition(":")
    if sign and id and platform.casefold() in map(str, Platform):
        return {"platform": platform.casefold(), "account": id}
    if not _in_chat(caller):
        raise BadValue(f"Where is the account “{account}”?", f"For example: --account slack:{account}")
    return {"platform": caller.speaker.platform, "account": account}


def _in_chat(caller: Caller) -> bool:
    """Whether they speak where other people have accounts, too: not in a terminal or in a browser."""
    return caller.speaker.platform != TERMINAL and not caller.speaker.person


def _next(caller: Caller, id: str) -> str:
    """How they get to speak where the people are."""
    platform = caller.speaker.platform
    if not _in_chat(caller):
        return f"Next: /staff link {id} --platform slack --account U0123, or in Slack or Discord itself --account @them"
    return f"Next, with a mention of them: /staff link {id} --platform {platform} --account @{id}"


def staff_of_id(work: UnitOfWork, id: str) -> Staff | None:
    """The person of that very short name, if there is one."""
    try:
        return work.people.get(id)
    except NotFound:
        return None
