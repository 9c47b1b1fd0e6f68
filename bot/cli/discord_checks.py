"""What `thirdline doctor` and `thirdline init discord` ask of a Discord server, each finding with its cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from adapters.discord.drawing.payloads import MANAGE_MESSAGES as MODERATES
from adapters.discord.drawing.payloads import payloads
from adapters.discord.setup.checkup import PORTAL, Account, Checkup, NotThere, Role, Room, Server, Starts
from adapters.discord.setup.permissions import (
    ADMINISTRATOR,
    EVERYBODY,
    TAGS,
    TEAM,
    Permission,
    invitation,
    lacking,
    needed_at_alerts,
    needed_at_desk,
)
from bot.cli.checks import Check, Looks, Verdict
from bot.domain.errors import Refusal
from bot.domain.ticket import State
from bot.settings import Channels, Discord, Settings
from bot.views.wording import listed, span_words
from commands import catalogue

SKEW = timedelta(minutes=1)
FEW = 50
"""So few starts of the gateway left are soon used up by a desk that starts again and again."""


@dataclass(frozen=True, slots=True)
class Registered:
    """The commands of the bot where the settings want them, and where they would be shown a second time."""

    here: Sequence[Mapping[str, Any]]
    elsewhere: Sequence[Mapping[str, Any]]


def examined(settings: Settings, discord: Discord, now: datetime) -> Iterator[tuple[str, Looks]]:
    """Everything to ask of Discord. Where the first fails, the others would, too."""
    checkup = Checkup(discord.token.get_secret_value(), discord.api_url)
    section = "discord.channels" if discord.channels else "channels"
    yield "discord", partial(account, checkup, now)
    yield "discord intents", partial(intents, checkup, discord)
    yield "discord server", partial(within, checkup, discord, settings.channels_of("discord"), section)
    yield "discord gateway", partial(gateway, checkup)


def account(checkup: Checkup, now: datetime) -> Iterator[Check]:
    """Whose token it is, whether what is set in the Developer Portal suits the desk, and whether both clocks agree."""
    who, application = checkup.account, checkup.application
    yield Check("discord", Verdict.OK, f"{who.name}, of the application {application.name} ({application.id})")
    if application.elsewhere:
        yield Check(
            "discord portal",
            Verdict.FAIL,
            f"Discord sends what people type to {application.elsewhere}, and not to the desk",
            f"{PORTAL} → General Information → Interactions Endpoint URL: leave it empty.",
        )
    if application.code_grant:
        found = "the application asks for a code grant, with which the invitation does not work"
        cure = f"{PORTAL} → Bot → Requires OAuth2 Code Grant: off."
        yield Check("discord portal", Verdict.FAIL, found, cure)
    yield from skew(who, now)


def skew(account: Account, now: datetime) -> Iterator[Check]:
    """How far this machine's clock is from Discord's."""
    if account.at is None or abs(now - account.at) <= SKEW:
        return
    span = span_words(int(abs(now - account.at).total_seconds()))
    way = "ahead of" if now > account.at else "behind"
    found = f"this machine is {span} {way} Discord, and so are due times as people see them"
    yield Check("discord clock", Verdict.WARN, found, "Set the clock; NTP keeps it right.")


def intents(checkup: Checkup, discord: Discord) -> Iterator[Check]:
    """Whether the bot may read messages, which it needs for notes alone."""
    name, reads = "discord intents", checkup.application.reads_messages
    if discord.notes and not reads:
        yield Check(
            name,
            Verdict.WARN,
            "Message Content is off: what is written in a ticket's thread is no note; everything else works",
            f"{PORTAL} → Bot → Message Content Intent: on. Or set discord.notes = false.",
        )
    elif discord.notes:
        yield Check(name, Verdict.OK, "Message Content is on: what is written in a ticket's thread is a note")
    else:
        more = "; Message Content is on without need" if reads else ""
        yield Check(name, Verdict.OK, f"none is needed without notes{more}")


def within(checkup: Checkup, discord: Discord, named: Channels, section: str) -> Iterator[Check]:
    """The server with its channels, roles and commands."""
    server = joined(checkup, discord)
    yield is_in(server)
    yield from channels(checkup, server, named, section, discord)
    yield from roles(server, named, discord)
    commands = registered(checkup, discord)
    yield from synced(commands, discord)
    yield from shown(checkup, server, named, commands, discord)


def is_in(server: Server) -> Check:
    """The server, and what the bot may do there without need."""
    more = "; the bot is an administrator, which it need not be" if server.may & ADMINISTRATOR else ""
    return Check("discord server", Verdict.OK, f"{server.name} ({server.id}){more}")


def joined(checkup: Checkup, discord: Discord) -> Server:
    """The server that the settings name. Raises Refusal, with the invitation, where the bot is not in it."""
    try:
        return checkup.server(discord.server)
    except NotThere:
        others = [f"{name} ({id})" for id, name in checkup.servers().items()]
        where = f" It is in {listed(others)}." if others else ""
        address = invitation(checkup.application.id, discord)
        raise Refusal(f"The bot is not in the server {discord.server}.{where}", f"Invite it: {address}") from None


def channels(checkup: Checkup, server: Server, named: Channels, section: str, discord: Discord) -> Iterator[Check]:
    """Whether the desk can speak where it should, and who can read it there."""
    places = {"desk": named.desk, "alerts": named.alerts}
    places |= {f"alerts_by_level.{level}": place for level, place in named.alerts_by_level.items()}
    seen: list[tuple[int, bool]] = []
    for setting, place in places.items():
        found = [room for room in server.rooms if room.is_called(place)]
        known = [room for room in found if room.kind in ("text", "forum")] or found
        tells, at_desk = f"#{place.removeprefix('#')} ({section}.{setting})", setting == "desk"
        if not known:
            cure = f"Make it, or set {section}.{setting} to another."
            yield Check("discord channel", Verdict.FAIL, f"there is no channel {tells}", cure)
        elif (known[0].id, at_desk) not in seen:
            seen.append((known[0].id, at_desk))
            if len(known) > 1:
                cure = f"Set {section}.{setting} to its id: {known[0].id}."
                yield Check("discord channel", Verdict.WARN, f"{len(known)} channels are called {tells}", cure)
            yield from _fit(checkup, server, known[0], tells, discord, at_desk=at_desk)


def _fit(
    checkup: Checkup, server: Server, room: Room, tells: str, discord: Discord, *, at_desk: bool
) -> Iterator[Check]:
    name, forum = "discord channel", room.kind == "forum"
    if room.kind not in ("text", "forum"):
        yield Check(name, Verdict.FAIL, f"{tells} is {room.kind}", "Take a text channel, or a forum for the cards.")
        return
    if forum and not at_desk:
        yield Check(name, Verdict.FAIL, f"{tells} is a forum", "Alerts need a text channel.")
        return
    wanted = needed_at_desk(discord, forum=forum) if at_desk else needed_at_alerts(discord)
    lacks = lacking(wanted, room.may)
    if lacks:
        yield _lack(checkup, server, tells, lacks, discord)
    yield from _tags(room, tells)
    if at_desk and not room.private:
        roles = "" if discord.members == "none" or discord.roles else " Who sees it then is of the staff."
        found = f"{tells} is public: everybody in the server can read what customers write"
        cure = f"The channel → Edit Channel → Permissions → Private Channel: on, with the bot in it.{roles}"
        yield Check(name, Verdict.WARN, found, cure)
    if not lacks and (room.private or not at_desk):
        kind = f"{', private' if room.private else ''}{', a forum' if forum else ''}"
        yield Check(name, Verdict.OK, f"#{room.name}{kind}: all {len(wanted)} permissions")


def _tags(room: Room, tells: str) -> Iterator[Check]:
    """A forum shows each ticket's state as a tag, which the bot makes where it is allowed to."""
    missing = [state.value for state in State if state.value not in map(str.casefold, room.tags)]
    if room.kind != "forum" or not missing or not lacking((TAGS,), room.may):
        return
    shut = room.needs_tag and len(missing) == len(State)
    found = f"{tells} asks for a tag and has none of the desk's" if shut else f"{tells} has no tag {listed(missing)}"
    cure = (
        f"The forum → Edit Channel → Tags: add {listed(missing)}, and Level I and so on; or Permissions → the bot →"
        f" {TAGS.title}: on, and it makes them."
    )
    yield Check("discord channel", Verdict.FAIL if shut else Verdict.WARN, found, cure)


def _lack(checkup: Checkup, server: Server, tells: str, lacks: Sequence[Permission], discord: Discord) -> Check:
    """The channel takes permissions away, or else the invitation never gave them."""
    found = "; ".join(f"{one.title} ({one.reason})" for one in lacks)
    cure = f"The channel → Edit Channel → Permissions → add the bot, and allow {listed(one.title for one in lacks)}."
    if lacking(lacks, server.may):
        cure += f" Or invite it again: {invitation(checkup.application.id, discord, server.id)}"
    # Without that one it calls nobody, but it says what there is to say.
    verdict = Verdict.WARN if set(lacks) <= {TEAM} else Verdict.FAIL
    return Check("discord channel", verdict, f"in {tells} the bot lacks {found}", cure)


def roles(server: Server, named: Channels, discord: Discord) -> Iterator[Check]:
    """Whether the roles that the settings name are there, and the team can be called."""
    wanted = {f"discord.roles.{role}": name for role, name in discord.roles.items()}
    if discord.team not in (*EVERYBODY, "none"):
        wanted["discord.team"] = discord.team
    well = []
    for setting, called in wanted.items():
        found = next((one for one in server.roles if one.is_called(called)), None)
        if found is None:
            cure = f"Server Settings → Roles: make it, or set {setting} to another."
            yield Check("discord roles", Verdict.FAIL, f"there is no role {called} ({setting})", cure)
            continue
        well.append(f"@{found.name}")
        if setting == "discord.team":
            yield from _called(server, named, found)
    if well:
        yield Check("discord roles", Verdict.OK, ", ".join(dict.fromkeys(well)))


def _called(server: Server, named: Channels, team: Role) -> Iterator[Check]:
    places = (named.alerts, *named.alerts_by_level.values())
    rooms = [room for room in server.rooms if any(room.is_called(place) for place in places)]
    if not team.mentionable and any(lacking((TEAM,), room.may) for room in rooms):
        cure = f"Server Settings → Roles → {team.name} → Allow anyone to @mention this role: on."
        yield Check("discord roles", Verdict.WARN, f"an alert cannot call @{team.name} (discord.team)", cure)


def registered(checkup: Checkup, discord: Discord) -> Registered:
    """The commands that Discord has of the bot. Raises Refusal where it was invited without the right to have any."""
    here, elsewhere = (discord.server, None) if discord.commands == "server" else (None, discord.server)
    try:
        return Registered(checkup.commands(here), checkup.commands(elsewhere))
    except NotThere:
        address = invitation(checkup.application.id, discord, discord.server)
        raise Refusal("The bot may not register commands: it was invited without that.", f"Again: {address}") from None


def synced(found: Registered, discord: Discord) -> Iterator[Check]:
    """Whether the commands that Discord shows are those of this version. The desk registers them when it starts."""
    name, ours = "discord sync", _ours(discord)
    start = "Start the desk: it registers them. thirdline serve"
    if not found.here:
        yield Check(
            name, Verdict.OK, f"none of the {len(ours)} commands is registered yet; the desk does so at its start"
        )
    elif old := {str(one["name"]) for one in ours if _gist(one) not in map(_gist, found.here)}:
        words = f"what Discord shows of {listed(sorted(old))} is not of this version"
        yield Check(name, Verdict.WARN, words, start)
    else:
        yield Check(name, Verdict.OK, f"all {len(ours)} commands are registered, of this version")
    if {one["name"] for one in found.here} & {one["name"] for one in found.elsewhere}:
        yield Check(name, Verdict.WARN, "every command is shown twice: for this server, and for all", start)


def _ours(discord: Discord) -> list[dict[str, Any]]:
    """The commands as the desk registers them with these settings."""
    return payloads(catalogue.build(), everywhere=discord.commands == "global", shown_to=discord.shown_to)


def shown(checkup: Checkup, server: Server, named: Channels, commands: Registered, discord: Discord) -> Iterator[Check]:
    """Whether the desk's people are shown its commands, where Discord shows them to moderators alone until it is
    told."""
    if discord.shown_to == "everyone":
        return
    theirs = [role for role in _of_the_desk(server, named, discord) if not role.may & (ADMINISTRATOR | int(MODERATES))]
    first = next((one for one in commands.here if one["name"] == "ticket"), None)
    if first is not None and theirs:
        allowed = checkup.allowed(server.id, int(first["id"]))
        theirs = [role for role in theirs if role.id not in allowed]
    if theirs:
        who = listed(f"@{role.name}" for role in theirs)
        begun = "" if first is not None else "When the desk has started: "
        by_role = f"Server Settings → Integrations → the bot → /ticket → Add Roles → {who}; so for the others, too"
        cure = f"{begun}{by_role}. Or set discord.shown_to = 'everyone'."
        yield Check("discord shown", Verdict.WARN, f"{who} cannot see the commands, unless they moderate", cure)


def _of_the_desk(server: Server, named: Channels, discord: Discord) -> Iterator[Role]:
    """The roles whose people belong to the desk: by the settings, or else by its private channel."""
    desk = next((room for room in server.rooms if room.is_called(named.desk)), None)
    by_channel = desk.shown_to if desk is not None and desk.private and discord.members != "none" else frozenset()
    for role in server.roles:
        by_name = any(role.is_called(name) for name in discord.roles.values())
        if by_name or (role.id in by_channel and not discord.roles and not role.of_app):
            yield role


def _gist(node: Mapping[str, Any]) -> tuple[Any, ...]:
    """What people see of a command or one of its options; Discord adds to it and leaves out what is not set."""
    choices = [(one["name"], one["value"]) for one in node.get("choices") or ()]
    options = [_gist(one) for one in node.get("options") or ()]
    needs = str(node.get("default_member_permissions") or "")
    return (node.get("type", 1), node["name"], node.get("description", ""), needs, choices, options)


def gateway(checkup: Checkup) -> Iterator[Check]:
    """How often the desk may still connect anew. Discord resets the token of a bot that goes beyond."""
    yield starts(checkup.starts())


def starts(found: Starts) -> Check:
    words = f"{found.left} of {found.total} new connections are left for {span_words(found.after)}"
    if found.left > FEW:
        return Check("discord gateway", Verdict.OK, words)
    cure = "Something starts the desk again and again: thirdline.log says why. Stop it until then."
    return Check("discord gateway", Verdict.WARN if found.left else Verdict.FAIL, words, cure)
