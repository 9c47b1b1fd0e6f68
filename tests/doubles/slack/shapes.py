"""The payloads that Slack sends, each in the shape that Slack gives it."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.doubles.slack.seen import Json, Message, View
from tests.doubles.slack.state import APP, BOT, BOT_USER, TEAM, Channel, Group, State, escaped

_VERIFICATION = "town-verification-token"


def person(id: str, name: str, zone: str, *, guest: bool, bot: bool, deleted: bool = False, email: str = "") -> Json:
    """A user object."""
    short = name.lower().replace(" ", ".")
    profile = {
        "title": "",
        "phone": "",
        "real_name": name,
        "real_name_normalized": name,
        "display_name": short,
        "display_name_normalized": short,
        "status_text": "",
        "status_emoji": "",
        "team": TEAM["id"],
        "email": email or f"{short}@town.example",
    }
    return {
        "id": id,
        "team_id": TEAM["id"],
        "name": short,
        "deleted": deleted,
        "color": "9f69e7",
        "real_name": name,
        "tz": zone,
        "tz_label": zone,
        "tz_offset": 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": guest,
        "is_ultra_restricted": False,
        "is_bot": bot,
        "is_app_user": False,
        "updated": int(time.time()),
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }


def conversation(channel: Channel) -> Json:
    """A conversation object."""
    if channel.kind == "im":
        return {"id": channel.id, "is_im": True, "user": channel.members[0], "is_archived": False, "created": 1}
    private = channel.kind == "group"
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "is_archived": channel.archived,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_member": channel.has_bot,
        "created": 1,
        "creator": channel.members[0] if channel.members else "U0OWNER",
        "context_team_id": TEAM["id"],
        "num_members": len(channel.members),
    }


def group(found: Group, *, users: bool = False) -> Json:
    """A user group object."""
    return {
        "id": found.id,
        "team_id": TEAM["id"],
        "is_usergroup": True,
        "is_subteam": True,
        "name": found.name,
        "handle": found.handle,
        "description": "",
        "is_external": False,
        "date_create": 1,
        "date_update": int(time.time()),
        "date_delete": 1 if found.disabled else 0,
        "auto_type": None,
        "user_count": len(found.users),
        **({"users": list(found.users)} if users else {}),
    }


def bot_message(ts: str, text: str, **more: Any) -> Json:
    """A message that the app posted."""
    return {
        "type": "message",
        "user": BOT_USER,
        "bot_id": BOT,
        "app_id": APP,
        "team": TEAM["id"],
        "ts": ts,
        "text": text,
        "bot_profile": {
            "id": BOT,
            "app_id": APP,
            "user_id": BOT_USER,
            "name": "Thirdline",
            "team_id": TEAM["id"],
            "deleted": False,
            "updated": 1,
        },
        **more,
    }


def event(state: State, inner: Json) -> Json:
    """The envelope of an event."""
    return {
        "token": _VERIFICATION,
        "team_id": TEAM["id"],
        "context_team_id": TEAM["id"],
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": inner,
        "type": "event_callback",
        "event_id": state.id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM["id"],
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": state.id("4-"),
    }


def said(message: Message, channel: Channel) -> Json:
    """A message as an event: with its channel and the channel's type."""
    inner = {name: value for name, value in message.items() if name not in {"reactions", "metadata"}}
    return {**inner, "channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind}


def changed(state: State, channel: Channel, new: Message, old: Message) -> Json:
    """message_changed."""
    ts = state.ts()
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": bare(new),
        "previous_message": bare(old),
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def deleted(state: State, channel: Channel, old: Message) -> Json:
    """message_deleted."""
    ts = state.ts()
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": bare(old),
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": old.ts,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }


def bare(message: Message) -> Json:
    """A message as it appears within a payload: without our `channel`, and without metadata."""
    return {name: value for name, value in message.items() if name not in {"channel", "metadata", "to"}}


def reaction(state: State, kind: str, user: str, name: str, message: Message) -> Json:
    """reaction_added and reaction_removed."""
    return {
        "type": kind,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.get("user", BOT_USER),
        "event_ts": state.ts(),
    }


def command(state: State, user: Json, channel: Channel, word: str, text: str, url: str) -> dict[str, str]:
    """The form of a slash command: flat strings. What is typed is escaped, and people and channels are told by id and
    name, as a command with `should_escape` has them."""
    return {
        "token": _VERIFICATION,
        "team_id": TEAM["id"],
        "team_domain": TEAM["domain"],
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user["id"],
        "user_name": user["name"],
        "command": word,
        "text": _typed_command(state, text),
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": state.trigger(user["id"]),
    }


def _typed_command(state: State, text: str) -> str:
    """@ann and #desk as Slack finds them in what somebody types; <@U0ANN> and <#C0DESK> mean the same."""
    people = {one["name"]: one["id"] for one in state.people.values()}
    places = {one.name: one.id for one in state.channels.values() if one.kind != "im"}
    names = {id: name for name, id in (people | places).items()}

    def told(hit: re.Match[str]) -> str:
        sign = "@" if "@" in hit.group()[:2] else "#"
        known = people if sign == "@" else places
        id = hit[1] or known.get(hit[2], "")
        return f"<{sign}{id}|{names.get(id, '')}>" if id in names else escaped(hit.group())

    return re.sub(r"<[@#]([A-Z0-9]+)>|(?<![\w.])[@#]([\w.-]*\w)|[&<>]", told, text)


def channel_name(channel: Channel) -> str:
    """Slack tells no names of private places here."""
    return {"channel": channel.name, "group": "privategroup", "im": "directmessage"}[channel.kind]


def _interaction(kind: str, user: Json) -> Json:
    return {
        "type": kind,
        "user": {"id": user["id"], "username": user["name"], "name": user["name"], "team_id": TEAM["id"]},
        "api_app_id": APP,
        "token": _VERIFICATION,
        "team": dict(TEAM),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def pressed_in_message(
    state: State, user: Json, channel: Channel, message: Message, action: Json, values: Json, url: str
) -> Json:
    """block_actions of a message; an ephemeral one is not sent along."""
    hidden = bool(message.get("is_ephemeral"))
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": hidden,
        **({"thread_ts": message.thread} if message.thread else {}),
    }
    return {
        **_interaction("block_actions", user),
        "container": container,
        "trigger_id": state.trigger(user["id"]),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        **({} if hidden else {"message": _as_told(bare(message))}),
        "state": {"values": values},
        "response_url": url,
        "actions": [{**_as_told(action), "action_ts": state.ts()}],
    }


def _as_told(node: Any) -> Any:
    """Plain texts of messages come back with & < > escaped (slackapi/bolt-python#513); those of views do not."""
    if isinstance(node, list):
        return [_as_told(one) for one in node]
    if not isinstance(node, dict):
        return node
    told = {name: _as_told(value) for name, value in node.items()}
    if told.get("type") == "plain_text":
        told["text"] = escaped(str(told["text"]))
    return told


def pressed_in_view(state: State, user: Json, view: View, action: Json) -> Json:
    """block_actions of a modal or a home."""
    return {
        **_interaction("block_actions", user),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": state.trigger(user["id"], view.id if view["type"] == "modal" else ""),
        "view": dict(view),
        "actions": [{**action, "action_ts": state.ts()}],
    }


def submitted(state: State, user: Json, view: View) -> Json:
    """view_submission."""
    return {
        **_interaction("view_submission", user),
        "trigger_id": state.trigger(user["id"], view.id),
        "view": dict(view),
        "response_urls": [],
    }


def closed(user: Json, view: View, *, cleared: bool) -> Json:
    """view_closed."""
    return {**_interaction("view_closed", user), "view": dict(view), "is_cleared": cleared}


def suggestion(user: Json, view: View, block: Json, value: str) -> Json:
    """block_suggestion: what an external select asks for while somebody types."""
    element = block.get("element") or block.get("accessory") or {}
    return {
        **_interaction("block_suggestion", user),
        "container": {"type": "view", "view_id": view.id},
        "action_id": element.get("action_id", ""),
        "block_id": block["block_id"],
        "value": value,
        "view": dict(view),
    }


def message_shortcut(state: State, user: Json, channel: Channel, message: Message, callback: str, url: str) -> Json:
    """message_action."""
    return {
        **_interaction("message_action", user),
        "action_ts": state.ts(),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "callback_id": callback,
        "trigger_id": state.trigger(user["id"]),
        "response_url": url,
        "message_ts": message.ts,
        "message": bare(message),
    }


def global_shortcut(state: State, user: Json, callback: str) -> Json:
    """shortcut."""
    return {
        **_interaction("shortcut", user),
        "action_ts": state.ts(),
        "callback_id": callback,
        "trigger_id": state.trigger(user["id"]),
    }


def typed_blocks(state: State, text: str) -> list[Json]:
    """What a person's client sends along with their text: one rich_text block."""
    pieces: list[Json] = []
    last = 0
    for token in _TOKEN.finditer(text):
        pieces += [{"type": "text", "text": text[last : token.start()]}] if token.start() > last else []
        pieces.append(_piece(token.group()))
        last = token.end()
    pieces += [{"type": "text", "text": text[last:]}] if last < len(text) else []
    section = {"type": "rich_text_section", "elements": pieces}
    return [{"type": "rich_text", "block_id": state.id("b"), "elements": [section]}]


_TOKEN = re.compile(r"<[@#!][^<>]*>|https?://[^\s<>|]+")


def _piece(token: str) -> Json:
    if token.startswith("<@"):
        return {"type": "user", "user_id": token[2:-1]}
    if token.startswith("<#"):
        return {"type": "channel", "channel_id": token[2:-1]}
    if token.startswith("<!subteam^"):
        return {"type": "usergroup", "usergroup_id": token[10:-1]}
    if token.startswith("<!"):
        return {"type": "broadcast", "range": token[2:-1]}
    return {"type": "link", "url": token}
