"""The server as a test uses it: people who type, press and read, and everything that can go wrong with Discord."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from simcord.backend import serializers

from tests.doubles.discord.acting import Acting
from tests.doubles.discord.ground import BOT_PERMISSIONS, Where, Who
from tests.doubles.discord.rest import Request
from tests.doubles.discord.seen import Message, Thread, message_of, thread_of
from tests.doubles.discord.troubles import Limit, Trouble
from tests.doubles.discord.world import Json

NONE: Mapping[str, Any] = {}
WAIT_FOR_ALL = 60.0


class Guild(Acting):
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
        """Wait until the bot is there."""
        self.until(lambda: self.connections, seconds)

    def until_ready(self, seconds: float = WAIT_FOR_ALL) -> None:
        """Wait until the bot is there and has registered its commands."""
        self.until(lambda: self.connections and self.commands, seconds)

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

    def sends_bot_away(self) -> None:
        """The bot is sent away from the server, and its commands go with it."""
        with self.world.news:
            for some in self.world.commands.values():
                some.clear()
            self.world.emit("GUILD_DELETE", {"id": str(self.guild_id)})

    def invites_bot_again(self) -> None:
        """The bot is invited again."""
        with self.world.news:
            guild = self.world.guilds[self.guild_id]
            self.world.emit("GUILD_CREATE", dict(serializers.guild_create_payload(self.world, guild)))

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
        self._server.thread.does(self._server.gateway.drop())

    def closes_gateway(self, code: int) -> None:
        """Every connection is closed with one of Discord's codes."""
        self._server.thread.does(self._server.gateway.close(code))

    def invalidates_session(self, *, resumable: bool = False) -> None:
        self._server.thread.does(self._server.gateway.invalidate(resumable))

    def asks_to_reconnect(self) -> None:
        self._server.thread.does(self._server.gateway.reconnect())

    def silences_gateway(self) -> None:
        """What is connected stays open, and dead: no heartbeat is acknowledged, no event told. New ones live."""
        self._server.thread.does(self._server.gateway.silence())

    def revokes_token(self) -> None:
        """The token was reset: every further request is answered 401, every IDENTIFY closed with 4004."""
        with self.world.news:
            self.world.token = f"{self.world.token}-reset"
