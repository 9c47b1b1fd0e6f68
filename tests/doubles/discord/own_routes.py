"""The routes where Discord does more than simcord's model of it: archived threads, nonces, renames, intents, limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from simcord.backend import errors, serializers
from simcord.backend.models import Channel, Interaction, ThreadMetadata
from simcord.enums import ChannelType, InteractionType
from simcord.http.router import RequestContext, dispatch

from tests.doubles.discord.world import Json, World

Handler = Callable[[World, RequestContext], Any]
COMMANDS_AT_MOST, COMMAND_TEXT = 100, 8000
THREAD_FIELDS = ("archived", "locked", "auto_archive_duration", "invitable")
INTENT_FLAGS = {"members": 1 << 15, "message_content": 1 << 19, "presences": 1 << 13}


class TooOften(errors.BackendError):
    """A change that may be made only now and then; `wait` in seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.wait = wait


def onward(world: World, context: RequestContext) -> Any:
    """What simcord makes of a request."""
    return dispatch(
        world,
        context.method,
        context.path,
        json=context.json,
        params=context.params,
        files=context.files,
        message_content_access="message_content" in world.granted,
    )


# --- the bot itself ------------------------------------------------------------------------------------------------


def application(world: World, context: RequestContext) -> Any:
    found = dispatch(world, "GET", "/oauth2/applications/@me")
    flags = sum(flag for name, flag in INTENT_FLAGS.items() if name in world.granted)
    return {**found, "flags": flags, "owner": dict(serializers.user_payload(world.bot_user))}


def servers(world: World, context: RequestContext) -> Any:
    """The servers that the bot is in, and no others."""
    return [one for one in onward(world, context) if world.bot_user.id in world.get_guild(int(one["id"])).members]


def server(world: World, context: RequestContext) -> Any:
    if world.bot_user.id not in world.get_guild(context.int_arg("guild_id")).members:
        raise errors.missing_access()
    return onward(world, context)


def members(world: World, context: RequestContext) -> Any:
    """The list of members is for bots with the privileged intent."""
    if "members" not in world.granted:
        raise errors.missing_access()
    limit, after = int(context.params.get("limit", 1)), int(context.params.get("after", 0))
    guild = world.get_guild(context.int_arg("guild_id"))
    found = sorted((one for one in guild.members.values() if one.user_id > after), key=lambda one: one.user_id)
    return [serializers.member_payload(world, guild, one) for one in found[:limit]]


def member_search(world: World, context: RequestContext) -> Any:
    guild = world.get_guild(context.int_arg("guild_id"))
    typed, limit = str(context.params["query"]).casefold(), int(context.params.get("limit", 1))
    found = [one for one in guild.members.values() if world.users[one.user_id].name.casefold().startswith(typed)]
    return [serializers.member_payload(world, guild, one) for one in found[:limit]]


def set_commands(world: World, context: RequestContext) -> Any:
    for command in context.json or []:
        size = _size(command)
        if size > COMMAND_TEXT:
            raise errors.invalid_form_body(f"Command exceeds maximum size ({COMMAND_TEXT}): {command['name']} {size}")
        _in_order(command)
    names = [(one["name"], one.get("type", 1)) for one in context.json or []]
    if len(set(names)) != len(names):
        raise errors.invalid_form_body("Application command names must be unique")
    if sum(kind == 1 for _, kind in names) > COMMANDS_AT_MOST:
        raise errors.BackendError(400, 30032, "Maximum number of application commands reached (100)")
    return onward(world, context)


def _size(node: Mapping[str, Any]) -> int:
    own = len(node.get("name", "")) + len(node.get("description", ""))
    choices = sum(len(one["name"]) + len(str(one["value"])) for one in node.get("choices") or [])
    return own + choices + sum(_size(one) for one in node.get("options") or [])


def _in_order(node: Mapping[str, Any]) -> None:
    """Required options stand first, and no two have one name."""
    options = node.get("options") or []
    required = [bool(one.get("required")) for one in options if one["type"] > 2]
    if required != sorted(required, reverse=True):
        raise errors.invalid_form_body(f"{node['name']}: required options must be placed before non-required options")
    if len({one["name"] for one in options}) != len(options):
        raise errors.invalid_form_body(f"{node['name']}: option names must be unique")
    for one in options:
        _in_order(one)


# --- messages ------------------------------------------------------------------------------------------------------


def send(world: World, context: RequestContext) -> Any:
    channel = world.get_channel(context.int_arg("channel_id"))
    if channel.guild_id is None and set(channel.recipient_ids) & world.closed_to_direct:
        raise errors.cannot_dm_bot()
    if channel.guild_id is not None:
        context.require_channel_permissions(channel.id)
        _needs_for_content(context, channel.id, context.body())
    body = context.body()
    nonce = body.get("nonce")
    if nonce is not None and body.get("enforce_nonce") and (before := world.said_before(channel.id, nonce)):
        return {**serializers.message_payload(world, before), "nonce": nonce}
    if channel.guild_id is not None:
        context.require_channel_permissions(
            channel.id, "send_messages_in_threads" if channel.is_thread else "send_messages"
        )
    world.opens_for_words(channel, world.bot_user.id)
    with world.posting(channel.id, nonce):
        return {**onward(world, context), "nonce": nonce}


def _needs_for_content(context: RequestContext, channel: int, message: Json) -> None:
    if message.get("embeds"):
        context.require_channel_permissions(channel, "embed_links")
    if context.files:
        context.require_channel_permissions(channel, "attach_files")


def of_live_thread(world: World, context: RequestContext) -> Any:
    world.refuses_archived(world.get_channel(context.int_arg("channel_id")))
    return onward(world, context)


# --- threads -------------------------------------------------------------------------------------------------------


def edit_channel(world: World, context: RequestContext) -> Any:
    channel = world.get_channel(context.int_arg("channel_id"))
    context.require_channel_permissions(channel.id)
    if channel.thread_metadata is None:
        context.require_channel_permissions(channel.id, "manage_channels")
        _counts_rename(world, channel, context.body())
        return onward(world, context)
    return _edit_thread(world, context, channel, channel.thread_metadata)


def _edit_thread(world: World, context: RequestContext, thread: Channel, now: ThreadMetadata) -> Any:
    body = context.body()
    mine = thread.owner_id == world.bot_user.id and not now.locked and "locked" not in body
    if not mine:
        context.require_channel_permissions(thread.id, "manage_threads")
    if now.archived and body.get("archived", True):
        world.refuses_archived(thread)
    _counts_rename(world, thread, body)
    changes: Json = {key: body[key] for key in ("name", "rate_limit_per_user") if key in body}
    if "applied_tags" in body:
        changes["applied_tags"] = _tags(world, thread.parent_id, body["applied_tags"])
    about: Json = {key: body[key] for key in THREAD_FIELDS if key in body}
    if about.get("archived", now.archived) != now.archived:
        about["archive_timestamp"] = world.now_iso()
    world.edit_channel(thread.id, changes, thread_metadata=about)
    return dict(serializers.thread_payload(world, thread))


def _counts_rename(world: World, channel: Channel, body: Json) -> None:
    if body.get("name", channel.name) != channel.name and (wait := world.renamed(channel)):
        raise TooOften(wait)


def _tags(world: World, forum: int | None, wanted: list[Any]) -> list[int]:
    tags = [int(tag) for tag in wanted]
    known = {int(tag["id"]) for tag in world.get_channel(forum or 0).available_tags}
    if len(tags) > 5 or not set(tags) <= known:
        raise errors.invalid_form_body("applied_tags: unknown tags, or more than 5")
    return tags


def start_thread(world: World, context: RequestContext) -> Any:
    """A post of a forum needs what its first message needs; and a tag, where the forum asks for one."""
    channel = world.get_channel(context.int_arg("channel_id"))
    if channel.type == ChannelType.FORUM:
        if channel.id in world.need_tags and not context.body().get("applied_tags"):
            raise errors.BackendError(400, 40067, "A tag is required to create a forum post in this channel")
        _needs_for_content(context, channel.id, context.body().get("message") or {})
    return onward(world, context)


# --- interactions --------------------------------------------------------------------------------------------------

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


def callback(world: World, context: RequestContext) -> Any:
    record = world.interactions.get(context.int_arg("interaction_id"))
    kind = context.body().get("type")
    if record is not None and kind not in _answers_to(record):
        raise errors.invalid_form_body(f"type: an interaction of type {record.type} takes no callback of type {kind}")
    if record is not None and kind in (MESSAGE, DEFER):
        world.opens_for_words(world.get_channel(record.channel_id), record.user_id)
    answer = onward(world, context)
    return answer if str(context.params.get("with_response", "")).lower() in ("1", "true") else None


def _answers_to(record: Interaction) -> set[int]:
    if record.type == InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE:
        return {CHOICES}
    if record.type == InteractionType.APPLICATION_COMMAND:
        return {MESSAGE, DEFER, MODAL}
    if record.type == InteractionType.MESSAGE_COMPONENT:
        return {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL}
    return {MESSAGE, DEFER} | ({DEFER_UPDATE, UPDATE} if record.source_message_id is not None else set())


def by_token(world: World, context: RequestContext) -> Any:
    """What is done with an interaction's token: before the first answer it is unknown, and after a while dead."""
    record = _of_token(world, context)
    if record is None:
        return onward(world, context)
    if record.expires_at is not None and world.now_iso() >= record.expires_at:
        raise errors.BackendError(401, 50027, "Invalid Webhook Token")
    if not record.responded:
        raise errors.unknown_webhook()
    if context.method == "POST":
        world.opens_for_words(world.get_channel(record.channel_id), record.user_id)
    return onward(world, context)


def _of_token(world: World, context: RequestContext) -> Interaction | None:
    known = world.interaction_tokens.get(context.args["token"])
    return None if known is None else world.interactions[known]


def read(world: World, context: RequestContext) -> Any:
    """Messages, newest first; those after one are the next after it, and not the last that there are."""
    if "after" not in context.params:
        return onward(world, context)
    most = int(context.params.get("limit", 50))
    after, kept = int(context.params["after"]), world.messages[int(context.args["channel_id"])]
    following = sorted(one.id for one in kept.values() if one.id > after and not one.is_ephemeral)[:most]
    context.params = {"limit": str(most)} | ({"before": str(following[-1] + 1)} if following else {})
    return [one for one in onward(world, context) if int(one["id"]) > after]


OF_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
OF_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
OWN: Mapping[str, Handler] = {
    "GET /oauth2/applications/@me": application,
    "GET /applications/@me": application,
    "GET /users/@me/guilds": servers,
    "GET /guilds/{guild_id}": server,
    "GET /guilds/{guild_id}/members": members,
    "GET /guilds/{guild_id}/members/search": member_search,
    "PUT /applications/{application_id}/commands": set_commands,
    "PUT /applications/{application_id}/guilds/{guild_id}/commands": set_commands,
    "GET /channels/{channel_id}/messages": read,
    "POST /channels/{channel_id}/messages": send,
    f"PATCH {OF_MESSAGE}": of_live_thread,
    f"DELETE {OF_MESSAGE}": of_live_thread,
    **{f"{verb} {OF_MESSAGE}/reactions/{{emoji_name}}/@me": of_live_thread for verb in ("PUT", "DELETE")},
    "PATCH /channels/{channel_id}": edit_channel,
    "POST /channels/{channel_id}/threads": start_thread,
    "POST /interactions/{interaction_id}/{interaction_token}/callback": callback,
    f"POST {OF_WEBHOOK}": by_token,
    **{f"{verb} {OF_WEBHOOK}/messages/@original": by_token for verb in ("GET", "PATCH", "DELETE")},
    **{f"{verb} {OF_WEBHOOK}/messages/{{message_id}}": by_token for verb in ("GET", "PATCH", "DELETE")},
}


def readable(body: object) -> str:
    """A body for a fault's text."""
    return json.dumps(body, ensure_ascii=False, default=str)[:300]
