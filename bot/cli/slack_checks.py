"""What `thirdline doctor` and `thirdline init slack` ask of a Slack workspace, each finding with its cure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from adapters.slack.hearing.copier import FOLDER, taken
from adapters.slack.hearing.files import MEGABYTE
from adapters.slack.setup.checkup import Account, Checkup, Group, Joined
from adapters.slack.setup.manifest import SCOPES
from bot.cli.checks import Check, Looks, Verdict
from bot.domain.errors import Refusal
from bot.settings import Channels, Settings, Slack
from bot.views.wording import span_words

SKEW = timedelta(minutes=1)
REFUSED_SKEW = timedelta(minutes=5)
"""Slack's signed requests count for this long."""

_SECRET = re.compile(r"[0-9a-f]{32}")
_EVERYBODY = ("here", "channel", "none")


def examined(settings: Settings, slack: Slack, now: datetime) -> Iterator[tuple[str, Looks]]:
    """Everything to ask of Slack. Where the first fails, the others would, too."""
    checkup = Checkup(slack.bot_token.get_secret_value(), slack.api_url)
    yield "slack", partial(workspace, checkup, slack, now)
    yield "slack mode", partial(mode, checkup, slack)
    yield "slack channels", partial(channels, checkup, settings.channels, slack)
    if handles(slack):
        yield "slack groups", partial(groups, checkup, slack)
    if slack.files.copies:
        yield "slack files", partial(copies, settings.data / FOLDER, slack)


def workspace(checkup: Checkup, slack: Slack, now: datetime) -> Iterator[Check]:
    """Whose token it is, what it may do, and whether both clocks agree."""
    account = checkup.account
    yield Check("slack", Verdict.OK, f"{account.user} in {account.team} ({account.url}), {slack.mode} mode")
    yield scopes(account, slack)
    yield from skew(account, slack, now)


def scopes(account: Account, slack: Slack) -> Check:
    """What the token may do against what the desk does; what is switched off is not missed."""
    name = "slack scopes"
    if account.scopes is None:
        return Check(name, Verdict.WARN, "Slack does not say what the token may do", "Try again later.")
    off = set() if slack.emoji.on else {"reactions:read", "reactions:write"}
    missing = {scope: reason for scope, reason in SCOPES.items() if scope not in account.scopes | off}
    if missing:
        found = "; ".join(f"the token lacks {scope} ({reason})" for scope, reason in missing.items())
        where = "api.slack.com/apps → your app → OAuth & Permissions"
        switch = ", or set slack.emoji.on = false" if "reactions:read" in missing else ""
        return Check(name, Verdict.FAIL, found, f"{where} → add {', '.join(missing)} → reinstall{switch}.")
    more = sorted(account.scopes - set(SCOPES))
    return Check(name, Verdict.OK, f"all {len(SCOPES)}" + (f", and without need: {', '.join(more)}" if more else ""))


def skew(account: Account, slack: Slack, now: datetime) -> Iterator[Check]:
    """How far this machine's clock is from Slack's."""
    if account.at is None or abs(now - account.at) <= SKEW:
        return
    span = span_words(int(abs(now - account.at).total_seconds()))
    way = "ahead of" if now > account.at else "behind"
    refused = slack.mode == "http" and abs(now - account.at) > REFUSED_SKEW
    found = f"this machine is {span} {way} Slack" + (": its requests are taken for old ones" if refused else "")
    yield Check("slack clock", Verdict.FAIL if refused else Verdict.WARN, found, "Set the clock; NTP keeps it right.")


def mode(checkup: Checkup, slack: Slack) -> Iterator[Check]:
    """Whether Slack would let us in (Socket Mode), or we could tell its requests from others' (HTTP)."""
    name = "slack mode"
    if slack.mode == "socket":
        if slack.app_token is None:
            raise Refusal("Socket Mode needs an app token.", "thirdline init slack asks for it and keeps it.")
        checkup.may_connect(slack.app_token.get_secret_value())
        checkup.same_app(slack.app_token.get_secret_value())
        yield Check(name, Verdict.OK, "a Socket Mode connection can be opened")
    elif slack.signing_secret is None:
        raise Refusal("HTTP mode needs the signing secret.", "thirdline init slack --mode http asks for it.")
    elif not _SECRET.fullmatch(slack.signing_secret.get_secret_value()):
        cure = "Copy it again: api.slack.com/apps → your app → Basic Information → Signing Secret."
        yield Check(name, Verdict.WARN, "the signing secret does not look like one (32 of 0-9 and a-f)", cure)
    else:
        yield Check(name, Verdict.OK, "signed HTTP; the secret looks like one, which only Slack's first request proves")


def channels(checkup: Checkup, named: Channels, slack: Slack) -> Iterator[Check]:
    """Whether the desk can speak where it should, and who can read it there."""
    joined = checkup.joined()
    places = {"desk": named.desk, "alerts": named.alerts}
    places |= {f"alerts_by_level.{level}": place for level, place in named.alerts_by_level.items()}
    well = []
    for setting, place in places.items():
        found = next((one for one in joined if one.is_called(place)), None)
        trouble = [*_unfit(setting, place, found, slack)]
        yield from trouble
        if setting == "desk" and found and not trouble and slack.members != "none":
            trouble = [*_deserted(checkup, found, slack)]
            yield from trouble
        if found and not trouble:
            well.append(f"#{found.name}{' (private)' if found.private else ''}")
    if well:
        yield Check("slack channels", Verdict.OK, f"in {', '.join(dict.fromkeys(well))}")


def _unfit(setting: str, place: str, found: Joined | None, slack: Slack) -> Iterator[Check]:
    name, tells = "slack channels", f"#{place.removeprefix('#')} (channels.{setting})"
    if found is None:
        cure = f"Make it, if there is none, and type there: /invite @Thirdline. Or set channels.{setting}."
        yield Check(name, Verdict.FAIL, f"Thirdline is not in {tells}", cure)
    elif found.archived:
        yield Check(name, Verdict.FAIL, f"{tells} is archived", f"Unarchive it, or set channels.{setting} to another.")
    elif found.shared:
        cure = "Take a channel of your own workspace."
        yield Check(name, Verdict.WARN, f"{tells} is shared with another organisation, which reads every ticket", cure)
    elif setting == "desk" and not found.private:
        roles = "" if slack.members == "none" or slack.roles else " Its members then are the staff."
        yield Check(
            name,
            Verdict.WARN,
            f"{tells} is public: everybody in the workspace can read what customers write",
            f"In the channel's settings, change it to a private channel.{roles}",
        )


def _deserted(checkup: Checkup, desk: Joined, slack: Slack) -> Iterator[Check]:
    """A private desk channel whose members are the desk's people has some."""
    if not checkup.is_alone_in(desk.id):
        return
    found = f"nobody but Thirdline is in #{desk.name}, whose members are the desk's people (slack.members)"
    yield Check("slack channels", Verdict.WARN, found, "Invite them there, or set slack.members = 'none'.")


def copies(folder: Path, slack: Slack) -> Iterator[Check]:
    """Whether there is room for copies of files, by what the settings let them take."""
    name, most = "slack files", slack.files.total_mb
    used = -(-taken(folder) // MEGABYTE)
    found = f"copies take {used:,} of {most:,} MB"
    if used + slack.files.max_mb <= most:
        yield Check(name, Verdict.OK, found)
    else:
        cure = f"New files are recorded and soon not kept. Set slack.files.total_mb, or move old ones out of {folder}."
        yield Check(name, Verdict.WARN, found, cure)


def handles(slack: Slack) -> Mapping[str, str]:
    """The user groups that the settings name, each with the setting."""
    roles = {f"roles.{role}": handle for role, handle in slack.roles.items()}
    return roles if slack.team in _EVERYBODY else roles | {"team": slack.team}


def groups(checkup: Checkup, slack: Slack) -> Iterator[Check]:
    """Whether the user groups that the settings name are there."""
    there = checkup.groups()
    well = []
    for setting, handle in handles(slack).items():
        found = next((one for one in there if one.is_called(handle)), None)
        if found is None or found.disabled:
            yield _no_group(setting, handle, found)
        elif found.empty:
            tells = f"the user group @{found.handle} (slack.{setting}) is empty"
            yield Check("slack groups", Verdict.WARN, tells, "Add people to it in Slack, or name another.")
        else:
            well.append(f"@{found.handle}")
    if well:
        yield Check("slack groups", Verdict.OK, ", ".join(dict.fromkeys(well)))


def _no_group(setting: str, handle: str, found: Group | None) -> Check:
    tells = f"the user group {handle} (slack.{setting})"
    if found is None:
        return Check(
            "slack groups", Verdict.FAIL, f"there is no {tells[4:]}", f"Make it in Slack, or set slack.{setting}."
        )
    return Check("slack groups", Verdict.FAIL, f"{tells} is disabled", f"Enable it in Slack, or set slack.{setting}.")
