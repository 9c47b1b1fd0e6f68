"""/staff link: which account on which platform is whose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from bot.cards import Card, Strong, Tone, say
from bot.domain.errors import BadValue, Conflict
from bot.domain.people import Role, Staff
from bot.ports import UnitOfWork
from commands.spec import Caller, Command, command
from commands.staff_changes import called, given_up, note, staff_data

LONGEST = 100

_MENTION = re.compile(r"<@!?([^|>\s]+)(?:\|[^>]*)?>")
_ACCOUNT = re.compile(r"[\w.:+-][\w.@:+-]*")


class Platform(StrEnum):
    """Where somebody can have an account; so they can wherever the desk is connected."""

    CONSOLE = "console"
    SLACK = "slack"
    DISCORD = "discord"
    EMAIL = "email"
    PHONE = "phone"
    WEB = "web"


@command(
    "staff link",
    role=Role.ADMIN,
    person="Who",
    platform="Where the account is",
    account="The platform's own id of the account, or a mention of them there; “none” takes it away",
    examples=("staff link bob --platform slack --account U0123BOB",),
)
def staff_link(caller: Caller, work: UnitOfWork, *, person: Staff, platform: Platform, account: str) -> Card:
    """Say which account on a platform is a person's; another one of theirs there is replaced."""
    id = account_of(account)
    before, moved = person.accounts.get(platform), ""
    if id is not None and id == before:
        return say(
            f"{person.name} has the {called(platform)} account {id} already.", data=staff_data(person, caller.now)
        )
    if id is not None:
        holder = work.people.of_account(platform, id)
        if holder is not None and holder.managed_by == platform and not person.managed_by:
            moved = given_up(caller, work, holder, platform)
        elif holder is not None:
            raise Conflict(
                f"The {called(platform)} account {id} is {holder.name}'s.",
                f"Take it away first: /staff link {holder.id} --platform {platform} --account none",
            )
    elif before is None:
        raise BadValue(f"{person.name} has no {called(platform)} account.")
    elif len(person.accounts) == 1 and caller.id == person.id:
        raise Conflict("This is your only account: without it you could not speak to the desk.", "Link another first.")
    others = {name: kept for name, kept in person.accounts.items() if name != platform}
    after = replace(person, accounts=others | ({platform: id} if id else {}))
    work.people.save(after)
    work.outbox.release(platform, caller.now)  # A page may wait for this account.
    note(caller, work, after, "linked", platform=platform, account=id, was=before)
    instead = f" (was {before})" if before and id else ""
    said = f" speaks in {called(platform)} as {id} now{instead}." if id else f" has no {called(platform)} account now."
    return say(Strong(after.name), said + moved, tone=Tone.GOOD, data=staff_data(after, caller.now))


def staff_link_for(platforms: Sequence[str]) -> Command:
    """The command of a desk that is connected to these."""
    more = {name: name for name in platforms}
    params = (
        replace(param, choices={**more, **param.choices}) if param.name == "platform" else param
        for param in staff_link.params
    )
    return replace(staff_link, params=tuple(params))


def account_of(text: str) -> str | None:
    """The account's id: bare, or as a platform writes a mention, <@U0123> or <@!42>. None for "none"."""
    mention = _MENTION.fullmatch(text.strip())
    id = mention[1] if mention else text.strip()
    if id.casefold() == "none":
        return None
    if len(id) > LONGEST or not _ACCOUNT.fullmatch(id):
        raise BadValue(
            f"“{text[:60]}” is not the id of an account.",
            "Slack's look like U0123ABC, Discord's are digits; a mention is one that was offered as you typed.",
        )
    return id
