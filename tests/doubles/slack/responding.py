"""What an app's answers become: acknowledgements with a body, and posts to a response URL."""

from __future__ import annotations

import time
from typing import Any

from tests.doubles.slack import api_chat, api_views, shapes
from tests.doubles.slack.limits_elements import options_problems
from tests.doubles.slack.seen import Call, Json, Message, View
from tests.doubles.slack.state import RESPONSE_URL_LIVES, RESPONSE_URL_USES, Refused, ResponseUrl, State

_KEYS = frozenset(
    {
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
        "metadata",
        "mrkdwn",
        "link_names",
        "parse",
    }
)


def respond(state: State, key: str, body: Json) -> tuple[Json, int]:
    """A post to a response URL: five times in half an hour."""
    place = state.response_urls.get(key)
    if place is None:
        return {"ok": False, "error": "invalid_url"}, 404
    if time.monotonic() - place.made > RESPONSE_URL_LIVES:
        return {"ok": False, "error": "expired_url"}, 404
    if place.uses >= RESPONSE_URL_USES:
        return {"ok": False, "error": "used_url"}, 404
    try:
        answer(state, place, body)
    except Refused as refused:
        return {"ok": False, "error": refused.error, **refused.more}, 400
    place.uses += 1
    place.call.answers.append(body)
    state.news.notify_all()
    return {"ok": True}, 200


def answer(state: State, place: ResponseUrl, body: Json) -> None:
    """Show an answer: to the one who asked, or in the channel. Raises Refused."""
    for name in sorted(body.keys() - _KEYS):
        state.fault(f"response_url: no argument {name}")
    if body.get("delete_original"):
        _forget(state, place)
        return
    message = api_chat.compose(state, "response_url", body)
    channel = state.channels[place.channel]
    if body.get("replace_original") and place.message is not None:
        _replace(state, place, message)
    elif body.get("response_type") == "in_channel":
        more = {"thread_ts": body["thread_ts"]} if body.get("thread_ts") else {}
        text = message.pop("text")
        kept = state.add(channel, shapes.bot_message(state.ts(), text, **message, **more))
        state.emit(shapes.said(kept, channel))
    else:
        thread = str(body.get("thread_ts") or place.thread)
        api_chat.whisper(state, channel, place.user, message, thread)


def _replace(state: State, place: ResponseUrl, message: Json) -> None:
    old = place.message
    assert old is not None
    if old.get("is_ephemeral"):
        old.pop("blocks", None)
        old.update(message)
        return
    channel = state.channels[place.channel]
    new = Message(old)
    new.pop("blocks", None)
    new.update(message)
    channel.messages[old.ts] = new
    state.emit(shapes.changed(state, channel, new, old))


def _forget(state: State, place: ResponseUrl) -> None:
    if place.message is None:
        return
    if place.message.get("is_ephemeral"):
        state.ephemerals.remove(place.message)
    else:
        state.channels[place.channel].messages.pop(place.message.ts, None)


def submission(state: State, user: str, view: View, ack: Json) -> None:
    """What becomes of a modal that was submitted; a wrong answer is a fault, and the modal says it had trouble."""
    action = ack.get("response_action")
    try:
        if action is None and not ack:
            api_views.close(state, user)
        elif action == "clear":
            api_views.close(state, user, all=True)
        elif action == "update":
            api_views.check_view(state, "response_action update", ack.get("view") or {}, "modal")
            api_views.renew(state, view, ack["view"])
        elif action == "push":
            api_views.check_view(state, "response_action push", ack.get("view") or {}, "modal")
            api_views.push(state, user, ack["view"])
        elif action == "errors":
            _errors(state, view, ack.get("errors"))
        else:
            state.fault(f"view_submission: Slack does not know the answer {sorted(ack)}")
    except Refused as refused:
        state.fault(f"view_submission: {refused.error} {refused.more}")


def _errors(state: State, view: View, errors: Any) -> None:
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        state.fault("view_submission: errors without any")
        return
    for block, words in errors.items():
        if block not in inputs:
            state.fault(f"view_submission: an error for {block}, which is no input block")
        if not isinstance(words, str) or not words:
            state.fault(f"view_submission: an error for {block} without words")


def suggested(state: State, ack: Json | None) -> list[Json]:
    """The options of a menu that asks while somebody types."""
    if ack is None:
        return []
    options = list(ack.get("options") or [])
    for group in ack.get("option_groups") or ():
        options += group["options"]
    for problem in options_problems(options, "/options"):
        state.fault(f"block_suggestion: {problem}")
    return options


def acknowledged(state: State, call: Call, place: ResponseUrl, ack: Json | None) -> None:
    """The body of an acknowledged command: shown like any answer."""
    if not ack:
        return
    call.answers.append(ack)
    try:
        answer(state, place, ack)
    except Refused as refused:
        state.fault(f"acknowledgement: {refused.error} {refused.more}")
