"""The workspace as a test uses it: people who type, press and read, and everything that can go wrong with Slack."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Self

from tests.doubles.slack import api_chat, api_views, forms, responding, shapes
from tests.doubles.slack.delivery import Reply
from tests.doubles.slack.seen import Call, Json, Message, View, pressable
from tests.doubles.slack.server import Request, Server
from tests.doubles.slack.state import (
    BOT_USER,
    TEAM,
    Channel,
    Group,
    Refused,
    ResponseUrl,
    State,
    escaped,
    typed,
    with_ids,
)
from tests.doubles.slack.troubles import Trouble

NONE: Mapping[str, Any] = {}
File = Json | tuple[str, bytes]


class Workspace:
    """A workspace with the app installed. Use as a context manager; every method may be called from any thread.

    `patience` and `retries` are Slack's 3 seconds and the pauses before an unanswered event comes again (Slack's are
    at once, a minute, five minutes), in seconds.
    """

    def __init__(self, patience: float = 3.0, retries: Sequence[float] = (0.0, 0.5, 2.0)) -> None:
        self._server = Server()
        self._server.delivery.patience = patience
        self._server.delivery.retries = tuple(retries)
        self.person(BOT_USER, "Thirdline", bot=True)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.stop()

    # --- what there is ---------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        return self._server.state

    @property
    def api_url(self) -> str:
        return f"{self.state.base}/api/"

    @property
    def bot_token(self) -> str:
        return self.state.bot_token

    @property
    def app_token(self) -> str:
        return self.state.app_token

    @property
    def signing_secret(self) -> str:
        return self.state.signing_secret

    @property
    def bot_user(self) -> str:
        return BOT_USER

    @property
    def faults(self) -> list[str]:
        """What the app sent that Slack does not take; to be empty at the end of a test."""
        with self.state.news:
            return list(self.state.faults)

    def forgive(self) -> list[str]:
        """The faults so far, which were expected; they are forgotten."""
        with self.state.news:
            found, self.state.faults[:] = list(self.state.faults), []
            return found

    @property
    def requests(self) -> list[Request]:
        """Every call of the app, in order."""
        with self.state.news:
            return list(self._server.requests)

    def calls(self, method: str) -> list[Request]:
        return [one for one in self.requests if one.method == method]

    @property
    def events(self) -> list[Json]:
        """Every event sent to the app, once each."""
        with self.state.news:
            return list(self._server.events)

    @property
    def envelopes(self) -> list[Json]:
        """Every envelope sent over a socket, repeats too."""
        with self.state.news:
            return list(self._server.sockets.envelopes)

    @property
    def hellos(self) -> int:
        """How many connections have been welcomed so far."""
        with self.state.news:
            return self._server.sockets.welcomed

    @property
    def undelivered(self) -> list[Json]:
        """Events that Slack has given up on."""
        with self.state.news:
            return list(self._server.delivery.undelivered)

    @property
    def sockets(self) -> int:
        """How many connections are open."""
        with self.state.news:
            return len(self._server.sockets.open)

    # --- who and what is there -------------------------------------------------------------------------------

    def person(
        self, id: str, name: str, zone: str = "America/Toronto", *, guest: bool = False, bot: bool = False,
        deleted: bool = False, email: str = "",
    ) -> str:  # fmt: skip
        """Somebody of the workspace; again for somebody there, it changes them and tells of it."""
        with self.state.news:
            known = id in self.state.people
            user = shapes.person(id, name, zone, guest=guest, bot=bot, deleted=deleted, email=email)
            self.state.people[id] = user
        if known:
            self.state.emit({"type": "user_change", "user": user, "cache_ts": int(time.time()), "event_ts": self._ts()})
        return id

    def joins_team(self, id: str, name: str, zone: str = "America/Toronto") -> str:
        """Somebody new (team_join)."""
        self.person(id, name, zone)
        self.state.emit({"type": "team_join", "user": self.state.people[id], "event_ts": self._ts()})
        return id

    def channel(
        self, id: str, name: str, private: bool = False, members: Iterable[str] = (), has_bot: bool = True,
        archived: bool = False,
    ) -> str:  # fmt: skip
        """A channel; again for one that is there, it is changed without a word."""
        with self.state.news:
            old = self.state.channels.get(id)
            new = Channel(id, name, "group" if private else "channel", list(members), has_bot, archived)
            new.messages = old.messages if old else {}
            self.state.channels[id] = new
        return id

    def joins(self, user: str, channel: str) -> None:
        """Somebody comes into a channel (member_joined_channel)."""
        self._moves("member_joined_channel", user, channel)

    def leaves(self, user: str, channel: str) -> None:
        self._moves("member_left_channel", user, channel)

    def _moves(self, kind: str, user: str, channel: str) -> None:
        with self.state.news:
            place = self.state.channels[channel]
            joined = kind == "member_joined_channel"
            if user == BOT_USER:
                place.has_bot = joined
            elif joined:
                place.members.append(user)
            else:
                place.members.remove(user)
        letter = "C" if place.kind == "channel" else "G"
        self.state.emit(
            {"type": kind, "user": user, "channel": channel, "channel_type": letter, "team": TEAM["id"],
             "event_ts": self._ts()}
        )  # fmt: skip

    def group(self, id: str, handle: str, users: Iterable[str] = (), disabled: bool = False) -> str:
        """A user group; again for one that is there, its members change and Slack tells of it."""
        with self.state.news:
            old = self.state.groups.get(id)
            new = self.state.groups[id] = Group(id, handle, handle.title(), list(users), disabled)
        if old is not None:
            added = [one for one in new.users if one not in old.users]
            removed = [one for one in old.users if one not in new.users]
            if added or removed:
                self.state.emit(
                    {"type": "subteam_members_changed", "subteam_id": id, "team_id": TEAM["id"],
                     "date_previous_update": int(time.time()) - 60, "date_update": int(time.time()),
                     "added_users": added, "added_users_count": str(len(added)),
                     "removed_users": removed, "removed_users_count": str(len(removed)), "event_ts": self._ts()}
                )  # fmt: skip
            told = {"type": "subteam_updated", "subteam": shapes.group(new, users=True), "event_ts": self._ts()}
            self.state.emit(told)
        return id

    def grants(self, *scopes: str) -> None:
        """These scopes and no others."""
        with self.state.news:
            self.state.scopes = set(scopes)

    def knows_new_blocks(self, known: bool) -> None:
        """Whether this workspace has tables, charts and other blocks of 2025 and later."""
        self.state.knows_new_blocks = known

    def one_a_second(self, on: bool = True) -> None:
        """Hold posts to one message a second a channel, as Slack does."""
        self.state.one_a_second = on

    # --- what people do --------------------------------------------------------------------------------------

    def command(self, user: str, channel: str, word: str, text: str = "") -> Call:
        """Somebody types a slash command; returns when it is acknowledged or Slack has given up on it."""
        return self.commands(user, channel, word, text)()

    def commands(self, user: str, channel: str, word: str, text: str = "") -> Callable[[], Call]:
        """The same without waiting: call what is returned for the outcome."""
        call = Call({})
        place = ResponseUrl(call, user, channel, time.monotonic())
        form = shapes.command(
            self.state, self.state.people[user], self._place(channel, user), word, text, self.state.response_url(place)
        )
        place.channel = form["channel_id"]
        call.payload = dict(form)
        reply = self._server.thread.begins(self._server.delivery.command(form))

        def outcome() -> Call:
            self._answered(call, reply)
            with self.state.news:
                responding.acknowledged(self.state, call, place, call.ack)
                self.state.news.notify_all()
            return call

        return outcome

    def press(self, user: str, where: Message | View, label: str, **values: Any) -> Call:
        """Press a button, or choose from an overflow menu, by its label; `values` were typed in the view before."""
        return self.presses(user, where, label, **values)()

    def presses(self, user: str, where: Message | View, label: str, **values: Any) -> Callable[[], Call]:
        """The same without waiting."""
        found = [(element, block) for words, element, block in pressable(where["blocks"]) if words == label]
        assert found, f"There is no “{label}”, but {[words for words, _, _ in pressable(where['blocks'])]}"
        element, block = found[0]
        action: Json = {"type": element["type"], "block_id": block["block_id"], "action_id": element["action_id"]}
        if element["type"] == "overflow":
            action["selected_option"] = element["selected_option"]
        else:
            action |= {name: element[name] for name in ("text", "value", "style") if name in element}
        return self._acts(user, where, action, values)

    def picks(self, user: str, where: Message | View, block: str, value: Any) -> Call:
        """Choose in a menu that tells the app at once (dispatch_action, or a menu in a section or actions block)."""
        found = next(one for one in where["blocks"] if one.get("block_id") == block)
        elements = [found.get("element"), found.get("accessory"), *found.get("elements", ())]
        element = next(one for one in elements if one)
        ask = self._asker(user, where)
        held = forms.answered({**found, "element": element}, value, ask)
        action = {**held, "block_id": block, "action_id": element["action_id"]}
        if isinstance(where, View):
            where["state"]["values"][block] = {element["action_id"]: held}
        return self._acts(user, where, action, NONE)()

    def _acts(self, user: str, where: Message | View, action: Json, values: Mapping[str, Any]) -> Callable[[], Call]:
        call = Call({})
        person = self.state.people[user]
        if isinstance(where, View):
            shown = self._typed_into(where, values)
            call.payload = shapes.pressed_in_view(self.state, person, shown, action)
        else:
            channel = self.state.channels[where.channel]
            place = ResponseUrl(call, user, channel.id, time.monotonic(), where.thread, self._current(where))
            url = self.state.response_url(place)
            call.payload = shapes.pressed_in_message(self.state, person, channel, where, action, {}, url)
        return self._interacts(call)

    def choose(self, user: str, view: View, block: str, query: str) -> list[Json]:
        """Type into a searchable menu; returns the options that it then shows."""
        found = next(one for one in view["blocks"] if block in (one["block_id"], one.get("label", {}).get("text")))
        return self._asker(user, view)(found, query)

    def submit(self, user: str, view: View, values: Mapping[str, Any] = NONE) -> Call:
        """Fill in a modal by block, action or label, and submit it."""
        return self.submits(user, view, values)()

    def submits(self, user: str, view: View, values: Mapping[str, Any] = NONE) -> Callable[[], Call]:
        """The same without waiting."""
        current = self.state.views.get(view.id, view)
        current["state"]["values"] = forms.filled(current, values, self._asker(user, current))
        call = Call(shapes.submitted(self.state, self.state.people[user], current))
        outcome = self._interacts(call)

        def submitted() -> Call:
            outcome()
            if call.ack is not None:
                with self.state.news:
                    responding.submission(self.state, user, current, call.ack)
                    self.state.news.notify_all()
            return call

        return submitted

    def closes(self, user: str, view: View, *, cleared: bool = False) -> Call | None:
        """Close a modal; the app hears of it where the view asked for that."""
        with self.state.news:
            api_views.close(self.state, user, all=cleared)
        if not view.get("notify_on_close"):
            return None
        return self._interacts(Call(shapes.closed(self.state.people[user], view, cleared=cleared)))()

    def message_shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> Call:
        """Choose a shortcut in a message's menu."""
        call = Call({})
        place = self.state.channels[channel]
        message = place.messages[ts]
        url = self.state.response_url(ResponseUrl(call, user, channel, time.monotonic(), message.thread))
        person = self.state.people[user]
        call.payload = shapes.message_shortcut(self.state, person, place, message, callback_id, url)
        return self._interacts(call)()

    def global_shortcut(self, user: str, callback_id: str) -> Call:
        """Choose a shortcut in the search field or the menu of the composer."""
        return self._interacts(Call(shapes.global_shortcut(self.state, self.state.people[user], callback_id)))()

    def opens_home(self, user: str, tab: str = "home") -> None:
        """Somebody looks at the app's page."""
        view = self.state.homes.get(user)
        self.state.emit(
            {"type": "app_home_opened", "user": user, "channel": self.state.direct(user).id, "tab": tab,
             **({"view": dict(view)} if view and tab == "home" else {}), "event_ts": self._ts()}
        )  # fmt: skip

    def says(
        self, user: str, channel: str, text: str, thread: str = "", files: Sequence[File] = (), broadcast: bool = False
    ) -> str:
        """Somebody writes, as they type it (<@U…> mentions). Returns the message's ts."""
        place = self._place(channel, user)
        ts = self._ts()
        kept = [one if isinstance(one, dict) else self.file(user, *one, channel=place.id) for one in files]
        marked = typed(text)
        message: Json = {
            "client_msg_id": self.state.id("client-"), "type": "message", "user": user, "text": marked, "ts": ts,
            "team": TEAM["id"], **({"blocks": shapes.typed_blocks(self.state, text)} if text else {}),
        }  # fmt: skip
        if thread:
            root = place.messages[thread]
            thread = root.thread or thread
            message |= {"thread_ts": thread, "parent_user_id": place.messages[thread].get("user", BOT_USER)}
        if broadcast:
            message |= {"subtype": "thread_broadcast", "root": shapes.bare(place.messages[thread])}
        if kept:
            message |= {"subtype": "file_share", "files": kept, "upload": False, "display_as_bot": False}
        posted = self.state.add(place, message)
        self.state.emit(shapes.said(posted, place))
        if f"<@{BOT_USER}>" in text and place.kind != "im":
            inner = {name: value for name, value in shapes.said(posted, place).items() if name != "channel_type"}
            self.state.emit({**inner, "type": "app_mention"})
        return ts

    def mentions(self, user: str, channel: str, text: str, thread: str = "", files: Sequence[File] = ()) -> str:
        """Somebody speaks to the app: it hears app_mention and message."""
        return self.says(user, channel, f"<@{BOT_USER}> {text}", thread, files)

    def edits(self, user: str, channel: str, ts: str, text: str) -> None:
        """Somebody changes what they wrote (message_changed)."""
        place = self._place(channel, user)
        with self.state.news:
            old = place.messages[ts]
            new = Message(old, text=typed(text), blocks=shapes.typed_blocks(self.state, text))
            new["edited"] = {"user": user, "ts": self._ts()}
            place.messages[ts] = new
            self.state.news.notify_all()
        self.state.emit(shapes.changed(self.state, place, new, old))

    def deletes(self, user: str, channel: str, ts: str) -> None:
        """Somebody deletes a message (message_deleted); one with replies leaves a tombstone."""
        place = self._place(channel, user)
        api_chat.forget(self.state, place, place.messages[ts])

    def posts(self, channel: str, text: str, blocks: Sequence[Json] = ()) -> Message:
        """A message of the app itself that is already there, however it came (a card from last year)."""
        place = self.state.channels[channel]
        more = {"blocks": with_ids(self.state, blocks)} if blocks else {}
        return Message(self.state.add(place, shapes.bot_message(self._ts(), text, **more)))

    def bot_says(self, channel: str, text: str, thread: str = "") -> str:
        """Another app writes (bot_message)."""
        place = self.state.channels[channel]
        message: Json = {"type": "message", "subtype": "bot_message", "text": text, "ts": self._ts(),
                         "username": "Some other app", "bot_id": "B0OTHER"}  # fmt: skip
        posted = self.state.add(place, {**message, **({"thread_ts": thread} if thread else {})})
        self.state.emit(shapes.said(posted, place))
        return posted.ts

    def reacts(self, user: str, name: str, channel: str, ts: str) -> None:
        """Somebody puts an emoji on a message."""
        api_chat.react(self.state, user, name, self.state.channels[channel].messages[ts])

    def unreacts(self, user: str, name: str, channel: str, ts: str) -> None:
        api_chat.unreact(self.state, user, name, self.state.channels[channel].messages[ts])

    def file(self, user: str, name: str, content: bytes, mimetype: str = "text/plain", channel: str = "") -> Json:
        """A file that somebody has uploaded; its links need the app's token."""
        id = self.state.id("F")
        ending = name.rpartition(".")[2]
        slug = re.sub("[^a-z0-9._-]", "_", name.lower()).lstrip(".") or "file"
        link = f"{self.state.base}/files-pri/{TEAM['id']}-{id}"
        made: Json = {
            "id": id, "created": int(time.time()), "timestamp": int(time.time()), "name": name, "title": name,
            "mimetype": mimetype, "filetype": ending, "pretty_type": ending.upper(), "user": user,
            "user_team": TEAM["id"], "editable": False, "size": len(content), "mode": "hosted", "is_external": False,
            "external_type": "", "is_public": False, "public_url_shared": False, "display_as_bot": False,
            "username": "", "url_private": f"{link}/{slug}", "url_private_download": f"{link}/download/{slug}",
            "permalink": f"https://town.slack.com/files/{user}/{id}/{slug}", "file_access": "visible",
            "has_rich_preview": False, "channels": [channel] if channel else [],
        }  # fmt: skip
        with self.state.news:
            self.state.files[id] = (made, content)
        return made

    # --- what people see -------------------------------------------------------------------------------------

    def messages(self, channel: str) -> list[Message]:
        """What a channel shows, oldest first: its messages and the replies that were broadcast."""
        with self.state.news:
            found = self.state.channels[channel].messages.values()
            return [
                Message(one)
                for one in found
                if not one.thread or one.thread == one.ts or one.get("subtype") == "thread_broadcast"
            ]

    def replies(self, channel: str, ts: str) -> list[Message]:
        """What stands below a message, oldest first, without it."""
        with self.state.news:
            found = self.state.channels[channel].messages.values()
            return [Message(one) for one in found if one.thread == ts and one.ts != ts]

    def message(self, channel: str, ts: str) -> Message:
        with self.state.news:
            return Message(self.state.channels[channel].messages[ts])

    def ephemerals(self, user: str) -> list[Message]:
        """What only this person was shown, oldest first."""
        with self.state.news:
            return [Message(one) for one in self.state.ephemerals if one.get("to") == user]

    def direct(self, user: str) -> list[Message]:
        """The conversation of the app with a person, threads included, oldest first."""
        with self.state.news:
            return [Message(one) for one in self.state.direct(user).messages.values()]

    def direct_channel(self, user: str) -> str:
        return self.state.direct(user).id

    def view_of(self, user: str) -> View | None:
        """The modal that somebody has in front of them."""
        with self.state.news:
            stack = self.state.stacks.get(user, [])
            return self._copy(self.state.views.get(stack[-1])) if stack else None

    def home_of(self, user: str) -> View | None:
        with self.state.news:
            return self._copy(self.state.homes.get(user))

    @staticmethod
    def _copy(view: View | None) -> View | None:
        return None if view is None else View(view)

    def until(self, condition: Callable[[], Any], seconds: float = 60.0) -> Any:
        """Wait until something is so; asked again after every request and other news. Returns what it returned.

        It must only look: what calls the app or waits for it would wait for ever.
        """
        end = time.monotonic() + seconds
        with self.state.news:
            while not (found := condition()):
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"It did not become so within {seconds} s.")
                self.state.news.wait(min(left, 0.1))
            return found

    def until_heard(self, seconds: float = 60.0) -> None:
        """Wait until the app has answered every event so far."""
        self.until(lambda: {one["event_id"] for one in self.events} <= self._server.delivery.heard, seconds)

    # --- what goes wrong -------------------------------------------------------------------------------------

    def fails(self, method: str, **how: Any) -> Trouble:
        """Order trouble for the next calls of a method ("*": any; "response_url", "file"); see Trouble for `how`."""
        trouble = Trouble(method, **how)
        with self.state.news:
            self._server.troubles.ordered.append(trouble)
        return trouble

    def down(self) -> None:
        """Slack is gone: nothing answers, and the sockets are cut."""
        self._server.troubles.down = True
        self.drops_sockets()

    def up(self) -> None:
        self._server.troubles.down = False

    def deafens(self, mute: bool = False) -> None:
        """The sockets that are open stay open and say nothing; a mute one does not answer pings either."""
        self._server.sockets.deafen(mute=mute)

    def drops_sockets(self) -> None:
        """Every connection is cut without a word."""
        self._server.thread.does(self._server.sockets.drop())

    def pings_every(self, seconds: float) -> None:
        """How often connections hear a ping of Slack's, from the next one on."""
        self._server.sockets.ping_every = seconds

    def parts(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Slack says goodbye: "warning", "refresh_requested" or "link_disabled"."""
        self._server.thread.does(self._server.sockets.part(reason, close=close))

    def http_to(self, url: str) -> None:
        """Signed HTTP to this URL instead of Socket Mode; "" for sockets again."""
        self._server.delivery.url = url

    def again(self, call: Call) -> Call:
        """Send what somebody did once more, the same request, as a proxy in between may."""
        is_command = "command" in call.payload
        deliver = self._server.delivery.command if is_command else self._server.delivery.interaction
        second = Call(call.payload)
        self._answered(second, self._server.thread.begins(deliver(call.payload)))
        return second

    def repeats(self, event: Json) -> None:
        """Send an event once more, as Slack does when it believes that it was not heard."""
        self._server.thread.loop.call_soon_threadsafe(self._server.again, event)

    # --- within ----------------------------------------------------------------------------------------------

    def _ts(self) -> str:
        return self.state.ts()

    def _place(self, channel: str, user: str) -> Channel:
        found = self.state.channels.get(channel)
        if found is not None:
            return found
        direct = self.state.direct(user)
        assert channel in (direct.id, "", "dm"), f"There is no channel {channel}."
        return direct

    def _current(self, message: Message) -> Message:
        """The message itself, and not the copy that a test was given."""
        kept = self.state.channels[message.channel].messages.get(message.ts)
        hidden = next((one for one in self.state.ephemerals if one.ts == message.ts), None)
        return kept or hidden or message

    def _interacts(self, call: Call) -> Callable[[], Call]:
        reply = self._server.thread.begins(self._server.delivery.interaction(call.payload))

        def outcome() -> Call:
            self._answered(call, reply)
            return call

        return outcome

    def _answered(self, call: Call, reply: Future[Reply]) -> None:
        found = reply.result(60)
        call.ack, call.status, call.took = found.body, found.status, found.took

    def _asker(self, user: str, where: Message | View) -> forms.Ask:
        def ask(block: Json, query: str) -> list[Json]:
            assert isinstance(where, View), "Only views are searched here."
            payload = shapes.suggestion(self.state.people[user], where, block, query)
            ack = self._interacts(Call(payload))().ack
            return responding.suggested(self.state, ack)

        return ask

    def _typed_into(self, view: View, values: Mapping[str, Any]) -> View:
        current = self.state.views.get(view.id, view)
        if values:
            current["state"]["values"] |= {
                block["block_id"]: {block["element"]["action_id"]: forms.answered(block, value, lambda *_: [])}
                for block in forms.inputs(current)
                for name, value in values.items()
                if name in (block["block_id"], block["element"]["action_id"])
            }
        return View(current)


__all__ = ["BOT_USER", "Refused", "Workspace", "escaped"]
