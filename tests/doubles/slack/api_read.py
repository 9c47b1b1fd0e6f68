"""What the app looks up: conversations, people, groups, files, itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.doubles.slack import shapes
from tests.doubles.slack.api_chat import truth
from tests.doubles.slack.seen import Json, Message
from tests.doubles.slack.state import APP, BOT, BOT_USER, TEAM, Refused, State

_KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def auth_test(state: State, args: Json) -> Json:
    return {
        "url": "https://town.slack.com/",
        "team": "Town",
        "user": "thirdline",
        "team_id": TEAM["id"],
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


def bot_info(state: State, args: Json) -> Json:
    if args.get("bot") != BOT:
        raise Refused("bot_not_found")
    return {"bot": {"id": BOT, "deleted": False, "name": "thirdline", "app_id": APP, "user_id": BOT_USER}}


def team_info(state: State, args: Json) -> Json:
    return {"team": {**TEAM, "name": "Town", "email_domain": "", "icon": {}}}


def conversation_info(state: State, args: Json) -> Json:
    return {"channel": shapes.conversation(state.conversation(args["channel"]))}


def conversation_list(state: State, args: Json) -> Json:
    return _conversations(state, args, joined=False)


def user_conversations(state: State, args: Json) -> Json:
    return _conversations(state, args, joined=True)


def _conversations(state: State, args: Json, *, joined: bool) -> Json:
    wanted = {_KINDS.get(kind.strip(), "") for kind in str(args.get("types") or "public_channel").split(",")}
    if "" in wanted:
        raise Refused("invalid_types")
    user = str(args.get("user") or "")
    found = [
        shapes.conversation(one)
        for one in state.channels.values()
        if one.kind in wanted
        and (one.kind == "channel" or one.has_bot)
        and (not joined or (user in one.members if user else one.has_bot))
        and not (one.archived and truth(args.get("exclude_archived")))
    ]
    return paged("channels", found, args)


def history(state: State, args: Json) -> Json:
    channel = state.conversation(args["channel"])
    if not channel.has_bot:
        raise Refused("not_in_channel")
    shown = [
        one
        for one in channel.messages.values()
        if not one.thread or one.thread == one.ts or one.get("subtype") == "thread_broadcast"
    ]
    newest_first = sorted(_between(shown, args), key=lambda one: one.ts, reverse=True)
    answer = paged("messages", [_told(one, args) for one in newest_first], args)
    return {**answer, "has_more": bool(answer["response_metadata"]["next_cursor"]), "pin_count": 0}


def replies(state: State, args: Json) -> Json:
    channel = state.conversation(args["channel"])
    if not channel.has_bot:
        raise Refused("not_in_channel")
    asked = channel.messages.get(str(args["ts"]))
    if asked is None:
        raise Refused("thread_not_found")
    root = asked.thread or asked.ts
    below = [one for one in channel.messages.values() if one.thread == root and one.ts != root]
    # The parent is told whatever the bounds are.
    found = [channel.messages[root]] if root in channel.messages else []
    found += sorted(_between(below, args), key=lambda one: one.ts)
    if asked.ts != root:
        found = [asked]  # Of a reply, Slack gives that alone (bolt-python #783).
    answer = paged("messages", [_told(one, args) for one in found], args)
    return {**answer, "has_more": bool(answer["response_metadata"]["next_cursor"])}


def _between(messages: Sequence[Message], args: Json) -> list[Message]:
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    if truth(args.get("inclusive")):
        return [one for one in messages if oldest <= float(one.ts) <= latest]
    return [one for one in messages if oldest < float(one.ts) < latest]


def _told(message: Message, args: Json) -> Json:
    shown = shapes.bare(message)
    if "metadata" in message and truth(args.get("include_all_metadata")):
        shown["metadata"] = message["metadata"]
    return shown


def open_conversation(state: State, args: Json) -> Json:
    if args.get("channel"):
        return {"channel": {"id": state.conversation(args["channel"]).id}}
    users = [one.strip() for one in str(args.get("users") or "").split(",") if one.strip()]
    if not users:
        raise Refused("users_list_not_supplied")
    person = state.people.get(users[0])
    if person is None:
        raise Refused("user_not_found")
    if person["deleted"]:
        raise Refused("user_disabled")
    if person["is_bot"] or person["id"] == BOT_USER:
        raise Refused("cannot_dm_bot")
    return {"channel": {"id": state.direct(users[0]).id}}


def members(state: State, args: Json) -> Json:
    channel = state.conversation(args["channel"])
    return paged("members", [*channel.members, *([BOT_USER] if channel.has_bot else [])], args)


def join(state: State, args: Json) -> Json:
    channel = state.conversation(args["channel"])
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    channel.has_bot = True
    return {"channel": shapes.conversation(channel)}


def user_info(state: State, args: Json) -> Json:
    person = state.people.get(str(args["user"]))
    if person is None:
        raise Refused("user_not_found")
    return {"user": _shown(state, person)}


def user_list(state: State, args: Json) -> Json:
    return paged("members", [_shown(state, one) for one in state.people.values()], args)


def _shown(state: State, person: Json) -> Json:
    if "users:read.email" in state.scopes:
        return dict(person)
    return {**person, "profile": {name: value for name, value in person["profile"].items() if name != "email"}}


def group_list(state: State, args: Json) -> Json:
    shown = [one for one in state.groups.values() if truth(args.get("include_disabled")) or not one.disabled]
    return {"usergroups": [shapes.group(one, users=truth(args.get("include_users"))) for one in shown]}


def group_users(state: State, args: Json) -> Json:
    found = state.groups.get(str(args["usergroup"]))
    if found is None or (found.disabled and not truth(args.get("include_disabled"))):
        raise Refused("no_such_subteam")
    return {"users": list(found.users)}


def file_info(state: State, args: Json) -> Json:
    found = state.files.get(str(args["file"]))
    if found is None:
        raise Refused("file_not_found")
    return {"file": found[0], "comments": [], "response_metadata": {"next_cursor": ""}}


def paged(name: str, everything: Sequence[Any], args: Json) -> Json:
    """One page, and a cursor where there is another."""
    start = 0
    if args.get("cursor"):
        mark, _, number = str(args["cursor"]).partition("=")
        if mark != f"{APP}-next" or not number.isdigit():
            raise Refused("invalid_cursor")
        start = int(number)
    size = int(args.get("limit") or 100)
    if not 1 <= size <= 1000:
        raise Refused("invalid_limit")
    end = start + size
    more = f"{APP}-next={end}" if end < len(everything) else ""
    return {name: list(everything[start:end]), "response_metadata": {"next_cursor": more}}
