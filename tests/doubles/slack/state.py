"""The workspace's memory: people, channels, messages, views, triggers and files, under one lock that tells of news."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from secrets import token_hex
from threading import Condition
from typing import Any

from tests.doubles.slack.arguments import ALL_SCOPES
from tests.doubles.slack.seen import Call, Json, Message, View

TEAM = {"id": "T0TOWN", "domain": "town"}
APP = "A0DESK"
BOT = "B0DESK"
BOT_USER = "U0DESK"
TRIGGER_LIVES = 3.0
RESPONSE_URL_LIVES = 1800.0
RESPONSE_URL_USES = 5


class Refused(Exception):
    """The API answers ok: false with this error."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass(slots=True)
class Channel:
    """A conversation; `kind` is "channel", "group" or "im"."""

    id: str
    name: str
    kind: str
    members: list[str]
    has_bot: bool
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """A user group."""

    id: str
    handle: str
    name: str
    users: list[str]
    disabled: bool = False


@dataclass(slots=True)
class Trigger:
    """A trigger id: good for one view, for three seconds."""

    user: str
    made: float
    view: str = ""
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Where answers to one interaction go. `message` is the one that was acted on, if it was one."""

    call: Call
    user: str
    channel: str
    made: float
    thread: str = ""
    message: Message | None = None
    uses: int = 0


@dataclass(slots=True)
class State:
    """Everything; take `news` before reading or changing, and notify after a change."""

    news: Condition = field(default_factory=Condition)
    people: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    views: dict[str, View] = field(default_factory=dict)
    stacks: dict[str, list[str]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    files: dict[str, tuple[Json, bytes]] = field(default_factory=dict)
    scopes: set[str] = field(default_factory=lambda: set(ALL_SCOPES))
    faults: list[str] = field(default_factory=list)
    base: str = ""
    bot_token: str = field(default_factory=lambda: f"xoxb-{token_hex(12)}")
    app_token: str = field(default_factory=lambda: f"xapp-1-{APP}-{token_hex(12)}")
    signing_secret: str = field(default_factory=lambda: token_hex(16))
    knows_new_blocks: bool = True
    one_a_second: bool = False
    emit: Callable[[Json], None] = print
    _numbers: Any = field(default_factory=count)
    _last_ts: int = 0
    _last_post: dict[str, float] = field(default_factory=dict)

    def ts(self) -> str:
        """A moment as Slack writes it, never twice the same."""
        with self.news:
            self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06}"

    def id(self, letter: str) -> str:
        return f"{letter}{next(self._numbers):010}"

    def fault(self, text: str) -> None:
        with self.news:
            self.faults.append(text)

    # --- conversations ---------------------------------------------------------------------------------------

    def conversation(self, id: object, *, must_be_in: bool = False) -> Channel:
        """What the bot can see under an id; what it cannot see does not exist."""
        channel = self.channels.get(str(id))
        if channel is None or (channel.kind != "channel" and not channel.has_bot):
            raise Refused("channel_not_found")
        if must_be_in and channel.archived:
            raise Refused("is_archived")
        if must_be_in and not channel.has_bot:
            raise Refused("not_in_channel")
        return channel

    def direct(self, user: str) -> Channel:
        """The conversation of the app with a person; made when it is first needed."""
        with self.news:
            id = f"D0{user[2:]}"
            return self.channels.setdefault(id, Channel(id, "directmessage", "im", [user, BOT_USER], True))

    def message(self, channel: Channel, ts: object) -> Message:
        found = channel.messages.get(str(ts))
        if found is None:
            raise Refused("message_not_found")
        return found

    def paced(self, channel: str) -> None:
        """One message a second a channel, where that is switched on."""
        now = time.monotonic()
        if self.one_a_second and now - self._last_post.get(channel, -10.0) < 1.0:
            raise Refused("ratelimited", retry_after=1)
        self._last_post[channel] = now

    def add(self, channel: Channel, message: Json) -> Message:
        """Put a message into a channel, and count it at its parent."""
        with self.news:
            kept = Message(message, channel=channel.id)
            channel.messages[kept.ts] = kept
            parent = channel.messages.get(kept.thread)
            if parent is not None and parent is not kept:
                users = dict.fromkeys([*parent.get("reply_users", ()), kept.get("user", BOT_USER)])
                parent.update(
                    thread_ts=parent.ts,
                    reply_count=parent.get("reply_count", 0) + 1,
                    reply_users=list(users),
                    reply_users_count=len(users),
                    latest_reply=kept.ts,
                )
            self.news.notify_all()
            return kept

    # --- triggers, views, response URLs ----------------------------------------------------------------------

    def trigger(self, user: str, view: str = "") -> str:
        id = f"{next(self._numbers) + 10**12}.{time.time_ns()}.{time.time_ns():032x}"
        with self.news:
            self.triggers[id] = Trigger(user, time.monotonic(), view)
        return id

    def exchange(self, id: object) -> Trigger:
        """Use up a trigger id."""
        trigger = self.triggers.get(str(id))
        if trigger is None:
            raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] invalid `trigger_id`"]})
        if time.monotonic() - trigger.made > TRIGGER_LIVES:
            raise Refused("expired_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        trigger.used = True
        return trigger

    def view(self, given: Json, user: str, previous: str = "", root: str = "", id: str = "") -> View:
        """Keep a view as Slack does: with ids, a hash, and the state of its inputs."""
        number = id or self.id("V")
        return View(
            {
                "id": number,
                "team_id": TEAM["id"],
                "callback_id": "",
                "private_metadata": "",
                "external_id": "",
                "clear_on_close": False,
                "notify_on_close": False,
                **({"close": None, "submit": None} if given.get("type") == "modal" else {}),
                **given,
                "blocks": with_ids(self, given.get("blocks", ())),
                "state": {"values": {}},
                "hash": f"{int(time.time())}.{next(self._numbers):08x}",
                "previous_view_id": previous or None,
                "root_view_id": root or number,
                "app_id": APP,
                "app_installed_team_id": TEAM["id"],
                "bot_id": BOT,
            }
        )

    def response_url(self, place: ResponseUrl) -> str:
        with self.news:
            key = f"{TEAM['id']}/{next(self._numbers)}/{time.time_ns():x}"
            self.response_urls[key] = place
        return f"{self.base}/commands/{key}"


def with_ids(state: State, blocks: Iterable[Json]) -> list[Json]:
    """Blocks with the ids that Slack gives where none were given."""
    kept = []
    for block in blocks:
        block = dict(block)
        block.setdefault("block_id", state.id("b"))
        if "elements" in block and block.get("type") != "rich_text":
            block["elements"] = [
                {**one, "action_id": one.get("action_id") or state.id("a")} if one.get("type") not in TEXTS else one
                for one in block["elements"]
            ]
        kept.append(block)
    return kept


TEXTS = frozenset({"plain_text", "mrkdwn", "image"})

_TOKEN = re.compile(r"<[@#!][^<>]*>")
_LINK = re.compile(r"(https?://[^\s<>|]+)|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)")


def typed(text: str) -> str:
    """What Slack makes of what a person types: & < > escaped, links and addresses marked; <@U…> is a mention."""
    out, last = [], 0
    for token in _TOKEN.finditer(text):
        out += [_marked(text[last : token.start()]), token.group()]
        last = token.end()
    return "".join([*out, _marked(text[last:])])


def _marked(text: str) -> str:
    text = escaped(text)
    return _LINK.sub(lambda hit: f"<{hit[1]}>" if hit[1] else f"<mailto:{hit[2]}|{hit[2]}>", text)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
