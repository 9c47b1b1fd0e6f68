"""What people do in the server: type, press, choose, fill in, say."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from simcord.backend.models import Channel
from simcord.backend.models import Message as Stored
from simcord.enums import InteractionType

from tests.doubles.discord import interactions
from tests.doubles.discord.ground import Ground, Where, Who
from tests.doubles.discord.interactions import File, Resolved
from tests.doubles.discord.seen import Call, Message, Modal, Thread, message_of, thread_of
from tests.doubles.discord.world import Json

NONE: Mapping[str, Any] = {}


class Acting(Ground):
    """People with the bot. What Discord's client would not let them do is an AssertionError."""

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
