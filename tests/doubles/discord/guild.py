"""The server as a test uses it: people who type, press and read, and everything that can go wrong with Discord."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from simcord.backend import serializers
from simcord.backend.models import Channel
from simcord.backend.models import Message as Stored
from simcord.enums import InteractionType

from tests.doubles.discord import interactions
from tests.doubles.discord.ground import BOT_PERMISSIONS, Ground, Where, Who
from tests.doubles.discord.interactions import File, Resolved
from tests.doubles.discord.rest import Request
from tests.doubles.discord.seen import Call, Message, Modal, Thread, message_of, thread_of
from tests.doubles.discord.troubles import Limit, Trouble
from tests.doubles.discord.world import Json

NONE: Mapping[str, Any] = {}
WAIT_FOR_ALL = 10.0


class Guild(Ground):
    """A Discord server with the bot invited. Use as a context manager; every method may be called from any thread.

    `patience` is how long an interaction waits for its first answer, `token_life` how long its token serves,
    `nonce_life` how long a nonce makes a second message the first, `heartbeat` what HELLO asks for; all seconds, with
    Discord's own as defaults. `granted` are the privileged intents (members, message_content, presences) that are
    switched on for the bot; `permissions` what it was invited with, by discord.py's names.
    """

    def __init__(
        self, *, patience: float = 3.0, token_life: float = 900.0, nonce_life: float = 300.0, heartbeat: float = 41.25,
        granted: Iterable[str] = (), permissions: Iterable[str] = BOT_PERMISSIONS,
    ) -> None:  # fmt: skip
        super().__init__(
            patience=patience, token_life=token_life, nonce_life=nonce_life, heartbeat=heartbeat, granted=granted,
            permissions=permissions,
        )  # fmt: skip

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.stop()

    # --- what the bot is told --------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        return f"{self._server.base}/api/v10"

    @property
    def gateway_url(self) -> str:
        return self._server.gateway.url

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def application_id(self) -> int:
        return self.world.application_id

    @property
    def bot_id(self) -> int:
        return self.world.bot_user.id

    # --- what the bot did ------------------------------------------------------------------------------------

    @property
    def faults(self) -> list[str]:
        """What the bot sent that Discord does not take; to be empty at the end of a test."""
        with self.world.news:
            return list(self.world.faults_found)

    def forgive(self) -> list[str]:
        """The faults so far, which were expected; they are forgotten."""
        with self.world.news:
            found, self.world.faults_found[:] = list(self.world.faults_found), []
            return found

    @property
    def requests(self) -> list[Request]:
        """Every request of the bot, in order."""
        with self.world.news:
            return list(self._server.rest.requests)

    def calls(self, method: str, ending: str = "") -> list[Request]:
        """The requests with that method whose path ends so."""
        return [one for one in self.requests if one.method == method and one.path.endswith(ending)]

    @property
    def invalid_requests(self) -> int:
        """How many were answered 401, 403 or 429; Discord bans an address at 10,000 in ten minutes."""
        return self._server.rest.invalid

    @property
    def commands(self) -> list[Json]:
        """The commands registered, for this server and for all."""
        with self.world.news:
            return [one for all in self.world.commands.values() for one in all.values()]

    @property
    def connections(self) -> int:
        """How many gateway connections have identified or resumed, and are open."""
        with self.world.news:
            return sum(one.session is not None for one in self._server.gateway.open)

    @property
    def identified(self) -> int:
        return self._server.gateway.identified

    @property
    def resumed(self) -> int:
        return self._server.gateway.resumed

    @property
    def close_codes(self) -> list[int]:
        """With which codes Discord closed connections."""
        return list(self._server.gateway.closed)

    @property
    def heartbeats(self) -> int:
        return self._server.gateway.heartbeats

    def until_connected(self, seconds: float = WAIT_FOR_ALL) -> None:
        self.until(lambda: self.connections, seconds)

    # --- commands, components, modals ------------------------------------------------------------------------

    def slash(self, who: Who, where: Where, words: str, values: Mapping[str, Any] = NONE) -> Call:
        """A slash command: its words ("ticket open") and options; people, roles, channels by id, files as pairs."""
        user, channel = self._here(who, where)
        with self.world.news:
            data = interactions.command_data(self.world, user, channel, words, values, None)
        return self._does(InteractionType.APPLICATION_COMMAND, user, channel, data)

    def autocomplete(
        self, who: Who, where: Where, words: str, values: Mapping[str, Any] = NONE, *, focused: str, typed: str = ""
    ) -> Call:
        """Typing in an option of a command; what was offered is in `choices`."""
        user, channel = self._here(who, where)
        with self.world.news:
            data = interactions.command_data(self.world, user, channel, words, values, (focused, typed))
        return self._does(InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE, user, channel, data)

    def offered(self, who: Who, where: Where, command: str) -> bool:
        """Whether somebody is shown a slash command in a channel (by its first word)."""
        with self.world.news:
            return interactions.is_offered(self.world, self.id_of(who), self.place(where), command)

    def context_menu(self, who: Who, name: str, target: Message | Who, where: Where | None = None) -> Call:
        """A command from the menu of a message, or of a person (then `where` it was opened)."""
        if isinstance(target, Message):
            user, channel = self._here(who, target.channel)
            aim: Stored | int = self.stored(target)
        else:
            assert where is not None
            user, channel = self._here(who, where)
            aim = self.id_of(target)
        with self.world.news:
            data = interactions.menu_data(self.world, user, channel, name, aim)
        return self._does(InteractionType.APPLICATION_COMMAND, user, channel, data)

    def press(self, who: Who, message: Message | Call, label: str) -> Call:
        """A button of a message as it is now, by label, emoji or custom_id."""
        user, now, stored = self._before(who, message)
        data = interactions.button_data(now, label)
        return self._does(InteractionType.MESSAGE_COMPONENT, user, self.place(now.channel), data, stored)

    def chooses(self, who: Who, message: Message | Call, menu: str, values: Sequence[Any]) -> Call:
        """Options of a menu of a message, by placeholder or custom_id; values by name, value or id."""
        user, now, stored = self._before(who, message)
        with self.world.news:
            resolved = Resolved(self.world, self.guild_id, user, now.channel)
            data = interactions.choice_data(now, menu, values, resolved)
        return self._does(InteractionType.MESSAGE_COMPONENT, user, self.place(now.channel), data, stored)

    def submits(self, who: Who, modal: Modal | Call, values: Mapping[str, Any] = NONE) -> Call:
        """A modal, filled in by labels or ids; what is not given stays as it was shown."""
        form = modal.modal if isinstance(modal, Call) else modal
        user = self.id_of(who)
        with self.world.news:
            opened = self.world.interactions[form.interaction]
            if opened.user_id != user or opened.modal_consumed:
                raise AssertionError("They do not have that modal before them")
            channel = self.world.get_channel(opened.channel_id)
            data = interactions.modal_data(form, values, Resolved(self.world, self.guild_id, user, channel.id))
            opened.modal_consumed = True
            source = self.world.messages[channel.id].get(opened.source_message_id or 0)
        return self._does(InteractionType.MODAL_SUBMIT, user, channel, data, source)

    def _does(
        self, kind: InteractionType, user: int, channel: Channel, data: Json, source: Stored | None = None
    ) -> Call:
        """Send an interaction and wait for its first answer, or until Discord gives up on it."""
        with self.world.news:
            record, payload = interactions.begin(self.world, kind, user, channel, data, source)
            call = Call(self.world, record, time.monotonic())
            self.world.emit("INTERACTION_CREATE", payload)
            end = call.started + self.world.patience
            while not record.responded and (left := end - time.monotonic()) > 0:
                self.world.news.wait(left)
        return call

    def _here(self, who: Who, where: Where) -> tuple[int, Channel]:
        user, channel = self.id_of(who), self.place(where)
        with self.world.news:
            self.world.require_permissions(channel.guild_id, user, channel.id, "view_channel")
        return user, channel

    def _before(self, who: Who, message: Message | Call) -> tuple[int, Message, Stored]:
        seen = message.answers[-1] if isinstance(message, Call) else message
        user = self.id_of(who)
        with self.world.news:
            stored = interactions.still_there(self.world, user, seen)
            return user, message_of(self.world, stored), stored

    # --- words -----------------------------------------------------------------------------------------------

    def says(
        self, who: Who, where: Where, text: str, *, files: Sequence[File] = (), reply_to: Message | None = None
    ) -> Message:
        """Plain words in a channel, thread or (`where` of `direct_channel`) to the bot."""
        user, channel = self.id_of(who), self.place(where)
        with self.world.news:
            if channel.guild_id is not None:
                right = "send_messages_in_threads" if channel.is_thread else "send_messages"
                self.world.require_permissions(channel.guild_id, user, channel.id, right)
            self.world.opens_for_words(channel, user)
            reference = {"message_id": str(reply_to.id), "channel_id": str(channel.id)} if reply_to else None
            kept = self.world.store_attachments(channel.id, files)
            stored = self.world.create_message(channel.id, user, text, attachments=kept, reference=reference)
            return message_of(self.world, stored)

    def edits(self, who: Who, message: Message, text: str) -> None:
        with self.world.news:
            stored = self.stored(message)
            assert stored.author_id == self.id_of(who), "People change only what they wrote."
            self.world.edit_message(stored.channel_id, stored.id, {"content": text})

    def deletes(self, message: Message) -> None:
        """Somebody who may deletes a message."""
        with self.world.news:
            self.world.delete_message(message.channel, message.id)

    def reacts(self, who: Who, emoji: str, message: Message) -> None:
        with self.world.news:
            self.world.add_reaction(message.channel, message.id, emoji, self.id_of(who))

    def direct_channel(self, who: Who) -> int:
        """Where somebody and the bot speak alone."""
        with self.world.news:
            return self.world.get_dm_channel(self.id_of(who)).id

    def closes_direct(self, who: Who) -> None:
        """Somebody takes no direct messages any more."""
        self.world.closed_to_direct.add(self.id_of(who))

    # --- threads ---------------------------------------------------------------------------------------------

    def starts_thread(self, who: Who, where: Where, name: str, message: Message | None = None) -> Thread:
        with self.world.news:
            channel = self.place(where)
            thread = self.world.create_thread(
                channel.id, name, self.id_of(who), message_id=message.id if message else None
            )
            return thread_of(self.world, thread)

    def archives(self, thread: Where, *, locked: bool = False) -> None:
        """A thread goes to the archive, as after days of silence or by somebody's hand."""
        with self.world.news:
            self.world.archive(self.place(thread), True, locked)

    # --- reading ---------------------------------------------------------------------------------------------

    def messages(self, where: Where) -> list[Message]:
        """What everybody reads in a channel or thread, oldest first."""
        with self.world.news:
            kept = self.world.messages[self.place(where).id].values()
            return [message_of(self.world, one) for one in kept if not one.is_ephemeral and not one.system_metadata]

    def replies(self, thread: Where) -> list[Message]:
        """What is said in a thread, without the message that it hangs on."""
        return self.messages(thread)

    def message(self, message: Message | int) -> Message:
        """A message as it is now."""
        with self.world.news:
            return message_of(self.world, self.stored(message))

    def direct(self, who: Who) -> list[Message]:
        """What the bot and somebody wrote each other."""
        return self.messages(self.direct_channel(who))

    def ephemerals(self, who: Who) -> list[Message]:
        """What only one person was shown, anywhere, oldest first."""
        user = self.id_of(who)
        with self.world.news:
            kept = [one for all in self.world.messages.values() for one in all.values()]
            theirs = [one for one in kept if one.is_ephemeral and one.visible_to(user) and not one.flags & 1 << 7]
            return [message_of(self.world, one) for one in sorted(theirs, key=lambda one: one.id)]

    def threads(self, where: Where) -> list[Thread]:
        """The threads of a channel or the posts of a forum, archived ones too, oldest first."""
        with self.world.news:
            parent = self.place(where).id
            found = [one for one in self.world.channels.values() if one.parent_id == parent and one.is_thread]
            return [thread_of(self.world, one) for one in sorted(found, key=lambda one: one.id)]

    def thread(self, where: Where) -> Thread:
        """A thread as it is now."""
        with self.world.news:
            return thread_of(self.world, self.place(where))

    def hears(self, event: str, payload: Mapping[str, Any]) -> None:
        """Any other event of the gateway, as it stands."""
        self.world.emit(event, payload)

    def changes_roles(self, who: Who, roles: Iterable[int | str]) -> None:
        """Somebody gets other roles (told to the bot only with the members intent)."""
        user = self.id_of(who)
        with self.world.news:
            guild = self.world.guilds[self.guild_id]
            guild.members[user].role_ids = [self.role_id(one) for one in roles]
            payload = dict(serializers.member_payload(self.world, guild, guild.members[user]))
            self.world.emit("GUILD_MEMBER_UPDATE", payload | {"guild_id": str(guild.id)})

    # --- troubles --------------------------------------------------------------------------------------------

    def fails(
        self, pattern: str = "*", *, times: int = 1, status: int = 0, code: int = 0, rate_limit: float = 0.0,
        everywhere: bool = False, lost_before: bool = False, lost_after: bool = False, slow: float = 0.0,
    ) -> None:  # fmt: skip
        """Trouble for the next requests that fit "METHOD /path" (with * for anything); see `Trouble`."""
        trouble = Trouble(pattern, times, status, code, rate_limit, everywhere, lost_before, lost_after, slow)
        with self.world.news:
            self._server.troubles.ordered.append(trouble)

    def recovers(self) -> None:
        """All troubles ordered are over."""
        with self.world.news:
            self._server.troubles.ordered.clear()

    def limits(self, pattern: str, count: int, window: float) -> None:
        """A bucket: so many requests that fit in so many seconds, by channel; told in headers, and enforced."""
        with self.world.news:
            self._server.troubles.limits.append(Limit(pattern, count, window))

    def down(self) -> None:
        """Nothing answers, and the gateway is gone."""
        self._server.troubles.down = self._server.gateway.down = True
        self.drops_gateway()

    def up(self) -> None:
        self._server.troubles.down = self._server.gateway.down = False

    def drops_gateway(self) -> None:
        """Every connection breaks; what is missed is kept for a RESUME."""
        self._server.ask(self._server.gateway.drop()).result(WAIT_FOR_ALL)

    def closes_gateway(self, code: int) -> None:
        """Every connection is closed with one of Discord's codes."""
        self._server.ask(self._server.gateway.close(code)).result(WAIT_FOR_ALL)

    def invalidates_session(self, *, resumable: bool = False) -> None:
        self._server.ask(self._server.gateway.invalidate(resumable)).result(WAIT_FOR_ALL)

    def asks_to_reconnect(self) -> None:
        self._server.ask(self._server.gateway.reconnect()).result(WAIT_FOR_ALL)

    def silences_gateway(self) -> None:
        """What is connected stays open, and dead: no heartbeat is acknowledged, no event told. New ones live."""
        self._server.ask(self._server.gateway.silence()).result(WAIT_FOR_ALL)

    def revokes_token(self) -> None:
        """The token was reset: every further request is answered 401, every IDENTIFY closed with 4004."""
        with self.world.news:
            self.world.token = f"{self.world.token}-reset"
