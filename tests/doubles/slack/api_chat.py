"""chat.* and reactions.*: what the app writes."""

from __future__ import annotations

from typing import Any

from tests.doubles.slack import shapes
from tests.doubles.slack.limits import check_metadata, message_problems
from tests.doubles.slack.seen import Json, Message
from tests.doubles.slack.state import BOT_USER, Channel, Refused, State, with_ids

MOST_TEXT = 40_000
MOST_UPDATED_TEXT = 4_000


def post_message(state: State, args: Json) -> Json:
    channel = _place(state, args["channel"])
    message = compose(state, "chat.postMessage", args)
    thread = str(args.get("thread_ts") or "")
    state.paced(channel.id)
    if thread:
        # Slack does not refuse a reply to a message that is gone: it puts it into the channel, and only the answer,
        # which has no thread_ts then, tells (slack-go/slack#1571).
        parent = channel.messages.get(thread)
        thread = (parent.thread or parent.ts) if parent is not None else ""
    more: Json = {}
    if thread:
        more["thread_ts"] = thread
        more["parent_user_id"] = channel.messages[thread].get("user", BOT_USER)
    if thread and truth(args.get("reply_broadcast")):
        more["subtype"] = "thread_broadcast"
        more["root"] = shapes.bare(channel.messages[thread])
    if args.get("metadata"):
        more["metadata"] = args["metadata"]
    kept = state.add(channel, shapes.bot_message(state.ts(), message.pop("text"), **message, **more))
    state.emit(shapes.said(kept, channel))
    return {"channel": channel.id, "ts": kept.ts, "message": shapes.bare(kept)}


def update(state: State, args: Json) -> Json:
    channel = state.conversation(args["channel"], must_be_in=True)
    old = state.message(channel, args["ts"])
    if old.get("user") != BOT_USER:
        raise Refused("cant_update_message")
    if len(str(args.get("text") or "")) > MOST_UPDATED_TEXT:
        raise Refused("msg_too_long")
    message = compose(state, "chat.update", args)
    new = Message(old)
    # Blocks that are not given again are gone, as Slack does when a text is given.
    if "blocks" not in message and args.get("text") is not None:
        new.pop("blocks", None)
    new.update(message, edited={"user": BOT_USER, "ts": state.ts()})
    if args.get("metadata"):
        new["metadata"] = args["metadata"]
    if truth(args.get("reply_broadcast")) and new.thread:
        new["subtype"] = "thread_broadcast"
    channel.messages[old.ts] = new
    state.emit(shapes.changed(state, channel, new, old))
    return {"channel": channel.id, "ts": new.ts, "text": new.text, "message": shapes.bare(new)}


def post_ephemeral(state: State, args: Json) -> Json:
    channel = _place(state, args["channel"])
    user = str(args["user"])
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    message = compose(state, "chat.postEphemeral", args)
    ts = whisper(state, channel, user, message, str(args.get("thread_ts") or "")).ts
    return {"message_ts": ts}


def whisper(state: State, channel: Channel, user: str, message: Json, thread: str = "") -> Message:
    """A message that one person sees."""
    more = {"thread_ts": thread} if thread else {}
    kept = Message(
        shapes.bot_message(state.ts(), message.get("text", ""), is_ephemeral=True, **more),
        channel=channel.id,
        to=user,
        **{name: value for name, value in message.items() if name != "text"},
    )
    with state.news:
        state.ephemerals.append(kept)
        state.news.notify_all()
    return kept


def delete(state: State, args: Json) -> Json:
    channel = state.conversation(args["channel"])
    old = state.message(channel, args["ts"])
    if old.get("user") != BOT_USER:
        raise Refused("cant_delete_message")
    forget(state, channel, old)
    return {"channel": channel.id, "ts": old.ts}


def forget(state: State, channel: Channel, old: Message) -> None:
    """A message is deleted; where others have answered below it, a tombstone keeps their thread together."""
    with state.news:
        if old.get("reply_count"):
            stone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True}
            kept = {name: old[name] for name in ("ts", "channel", "thread_ts", "reply_count", "latest_reply")}
            channel.messages[old.ts] = Message(kept, **stone, text="This message was deleted.")
        else:
            del channel.messages[old.ts]
        state.news.notify_all()
    state.emit(shapes.deleted(state, channel, old))


def permalink(state: State, args: Json) -> Json:
    channel = state.conversation(args["channel"])
    message = state.message(channel, args["message_ts"])
    link = f"https://town.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread and message.thread != message.ts:
        link += f"?thread_ts={message.thread}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def add_reaction(state: State, args: Json) -> Json:
    message = state.message(state.conversation(args["channel"], must_be_in=True), args["timestamp"])
    react(state, BOT_USER, str(args["name"]), message)
    return {}


def remove_reaction(state: State, args: Json) -> Json:
    if not args.get("channel") or not args.get("timestamp"):
        raise Refused("no_item_specified")
    message = state.message(state.conversation(args["channel"]), args["timestamp"])
    unreact(state, BOT_USER, str(args["name"]), message)
    return {}


def get_reactions(state: State, args: Json) -> Json:
    if not args.get("channel") or not args.get("timestamp"):
        raise Refused("no_item_specified")
    channel = state.conversation(args["channel"])
    message = state.message(channel, args["timestamp"])
    return {"type": "message", "channel": channel.id, "message": shapes.bare(message)}


def react(state: State, user: str, name: str, message: Message) -> None:
    """Add somebody's reaction. Raises Refused."""
    if not name or ":" in name.partition("::skin-tone-")[0] or " " in name:
        raise Refused("invalid_name")
    with state.news:
        reactions: list[Json] = message.setdefault("reactions", [])
        found = next((one for one in reactions if one["name"] == name), None)
        if found is None:
            reactions.append({"name": name, "users": [user], "count": 1})
        elif user in found["users"]:
            raise Refused("already_reacted")
        else:
            found["users"].append(user)
            found["count"] += 1
        state.news.notify_all()
    state.emit(shapes.reaction(state, "reaction_added", user, name, message))


def unreact(state: State, user: str, name: str, message: Message) -> None:
    """Take somebody's reaction away. Raises Refused."""
    with state.news:
        reactions: list[Json] = message.get("reactions", [])
        found = next((one for one in reactions if one["name"] == name and user in one["users"]), None)
        if found is None:
            raise Refused("no_reaction")
        found["users"].remove(user)
        found["count"] -= 1
        if not found["users"]:
            reactions.remove(found)
        if not reactions:
            message.pop("reactions", None)
        state.news.notify_all()
    state.emit(shapes.reaction(state, "reaction_removed", user, name, message))


def compose(state: State, method: str, args: Json) -> Json:
    """Text and blocks of a message, checked as Slack checks them. Raises Refused."""
    text, blocks = args.get("text"), args.get("blocks")
    if not text and not blocks and not args.get("attachments") and not args.get("markdown_text"):
        raise Refused("no_text")
    if blocks and not text:
        state.fault(f"{method}: blocks without a text leave notifications and screen readers with nothing")
    if text is not None and len(text) > MOST_TEXT:
        state.fault(f"{method}: a text of {len(text)} characters is cut at {MOST_TEXT}")
        text = text[:MOST_TEXT]
    for problem in check_metadata(args.get("metadata")):
        state.fault(f"{method}: {problem}")
        raise Refused("invalid_metadata_format")
    message: Json = {"text": text or ""}
    if blocks:
        refuse_bad_blocks(state, method, blocks)
        message["blocks"] = with_ids(state, blocks)
    if args.get("attachments"):
        message["attachments"] = args["attachments"]
    return message


def refuse_bad_blocks(state: State, method: str, blocks: Any) -> None:
    """Raises Refused as Slack does for blocks beyond its limits; what Slack does not know yet is no fault."""
    problems, unknown, too_long = message_problems(blocks, knows_new=state.knows_new_blocks)
    for problem in problems:
        state.fault(f"{method}: {problem}")
    if too_long:
        state.fault(f"{method}: the blocks hold more text than a message may")
        raise Refused("msg_blocks_too_long")
    if problems or unknown:
        told = [*problems, *unknown]
        raise Refused("invalid_blocks", errors=told, response_metadata={"messages": [f"[ERROR] {one}" for one in told]})


def truth(value: Any) -> bool:
    """A flag as forms and JSON write it."""
    return value in (True, "true", "True", "1", 1)


def _place(state: State, given: Any) -> Channel:
    """Where a post goes: a channel's id or name, or a person's id for the direct conversation."""
    if str(given) in state.people:
        return state.direct(str(given))
    named = next((one.id for one in state.channels.values() if f"#{one.name}" == given or one.name == given), given)
    return state.conversation(named, must_be_in=True)
