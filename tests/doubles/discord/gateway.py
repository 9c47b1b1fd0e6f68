"""Discord's gateway on the wire: sessions that are identified, resumed, kept alive, dropped and declared invalid."""

from __future__ import annotations

import asyncio
import copy
import json
import secrets
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import discord
from aiohttp import web
from simcord import intents as intent_rules
from simcord.backend import serializers
from simcord.backend.access import channel_accessible

from tests.doubles.discord.world import Json, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = (
    0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11,
)  # fmt: skip
UNKNOWN_OPCODE, NO_JSON, NOT_IDENTIFIED, BAD_TOKEN, IDENTIFIED_TWICE, BAD_SEQUENCE, BAD_INTENTS, FORBIDDEN_INTENTS = (
    4001, 4002, 4003, 4004, 4005, 4007, 4013, 4014,
)  # fmt: skip
ALL_INTENTS = discord.Intents.all().value


@dataclass(eq=False, slots=True)
class Connection:
    """One websocket. `frames` are written in order, and a number closes it; a mute one is open and says nothing."""

    socket: web.WebSocketResponse
    request: web.Request
    compressed: bool
    frames: asyncio.Queue[Json | int] = field(default_factory=asyncio.Queue)
    session: Session | None = None
    mute: bool = False


@dataclass(eq=False, slots=True)
class Session:
    """What a client is told from its IDENTIFY on; outlives its connections, so that they can be resumed."""

    id: str
    intents: discord.Intents
    events: list[Json] = field(default_factory=list)
    connection: Connection | None = None

    def add(self, event: str, payload: Any) -> Json:
        frame = {"op": DISPATCH, "t": event, "s": len(self.events) + 1, "d": payload}
        self.events.append(frame)
        return frame


@dataclass(slots=True)
class Gateway:
    """All connections to one world; `interval` is the heartbeat's, in seconds."""

    world: World
    url: str = ""
    interval: float = 41.25
    down: bool = False
    open: list[Connection] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    identified: int = 0
    resumed: int = 0
    heartbeats: int = 0
    closed: list[int] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop | None = None

    # --- to the bot ------------------------------------------------------------------------------------------

    def tell(self, event: str, payload: Mapping[str, Any]) -> None:
        """An event for every session that asked for its kind; from any thread."""
        with self.world.news:
            for session in self.sessions.values():
                shaped = self._shaped(session, event, payload)
                if shaped is None:
                    continue
                frame = session.add(event, shaped)
                if session.connection is not None and not session.connection.mute and self.loop is not None:
                    self.loop.call_soon_threadsafe(session.connection.frames.put_nowait, frame)

    def _shaped(self, session: Session, event: str, payload: Mapping[str, Any]) -> Json | None:
        """The event as this session may see it; None where it may not."""
        gate = intent_rules.required_intent(event, payload)
        if gate is not None and not getattr(session.intents, gate):
            return None
        if not self._may_see(event, payload):
            return None
        shown: Json = json.loads(json.dumps(payload))
        bot = self.world.bot_user.id
        if event == "GUILD_CREATE":
            intent_rules.prune_guild_create(shown, session.intents, bot)
            shown["threads"] = [one for one in shown["threads"] if self._live(one)]
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            nonce = self.world.nonce_of.get(int(shown["id"]))
            shown |= {"nonce": nonce} if nonce is not None else {}
            if not session.intents.message_content:
                intent_rules.censor_message(shown, bot, backend=self.world)
        if event == "INTERACTION_CREATE" and not session.intents.message_content and "message" in shown:
            intent_rules.censor_message(shown["message"], bot, backend=self.world, exempt_root=True)
        return shown

    def _may_see(self, event: str, payload: Mapping[str, Any]) -> bool:
        if event.startswith("THREAD_"):
            place = payload.get("parent_id") or payload.get("channel_id") or payload["id"]
        elif event.startswith(("MESSAGE_", "TYPING_")):
            place = payload["channel_id"]
        else:
            return True
        return channel_accessible(self.world, int(place), self.world.bot_user.id)

    def _live(self, thread: Mapping[str, Any]) -> bool:
        archived = thread["thread_metadata"]["archived"]
        return not archived and channel_accessible(self.world, int(thread["id"]), self.world.bot_user.id)

    # --- one connection --------------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A connection, from HELLO to its end."""
        if self.down:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket, request, request.query.get("compress") == "zlib-stream")
        with self.world.news:
            self.open.append(connection)
        writer = asyncio.create_task(self._write(connection))
        connection.frames.put_nowait({"op": HELLO, "d": {"heartbeat_interval": int(self.interval * 1000)}})
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._hear(connection, message.data)
        finally:
            writer.cancel()
            self._gone(connection, socket.close_code or 1006)
        return socket

    def _gone(self, connection: Connection, code: int) -> None:
        with self.world.news:
            if connection in self.open:
                self.open.remove(connection)
            session = connection.session
            if session is not None and session.connection is connection:
                session.connection = None
                if code in (1000, 1001):
                    # A client that says good-bye in order gives its session up.
                    self.sessions.pop(session.id, None)
            self.world.news.notify_all()

    async def _write(self, connection: Connection) -> None:
        deflate = zlib.compressobj()
        with suppress(ConnectionError):
            while not isinstance(frame := await connection.frames.get(), int):
                if not connection.compressed:
                    await connection.socket.send_str(json.dumps(frame))
                    continue
                packed = deflate.compress(json.dumps(frame).encode()) + deflate.flush(zlib.Z_SYNC_FLUSH)
                await connection.socket.send_bytes(packed)
            await connection.socket.close(code=frame)

    def _close(self, connection: Connection, code: int) -> None:
        self.closed.append(code)
        connection.frames.put_nowait(code)

    # --- from the bot ----------------------------------------------------------------------------------------

    def _hear(self, connection: Connection, text: str) -> None:
        try:
            frame = json.loads(text)
            op, data = frame["op"], frame.get("d")
        except (ValueError, KeyError, TypeError):
            return self._close(connection, NO_JSON)
        heard: dict[int, Callable[[Connection, Any], None]] = {
            HEARTBEAT: self._heartbeat,
            IDENTIFY: self._identify,
            RESUME: self._resume,
            MEMBERS: self._members,
            PRESENCE: lambda connection, data: None,
            VOICE: lambda connection, data: None,
        }
        with self.world.news:
            if op not in heard:
                self._close(connection, UNKNOWN_OPCODE)
            elif connection.session is None and op not in (HEARTBEAT, IDENTIFY, RESUME):
                self._close(connection, NOT_IDENTIFIED)
            else:
                heard[op](connection, data)
            self.world.news.notify_all()
        return None

    def _heartbeat(self, connection: Connection, data: Any) -> None:
        self.heartbeats += 1
        if not connection.mute:
            connection.frames.put_nowait({"op": ACK})

    def _identify(self, connection: Connection, data: Json) -> None:
        if connection.session is not None:
            return self._close(connection, IDENTIFIED_TWICE)
        if data.get("token") != self.world.token:
            return self._close(connection, BAD_TOKEN)
        value = data.get("intents")
        if not isinstance(value, int) or value & ~ALL_INTENTS:
            return self._close(connection, BAD_INTENTS)
        intents = discord.Intents.none()
        intents.value = value
        if any(getattr(intents, one) and one not in self.world.granted for one in intent_rules.PRIVILEGED_INTENTS):
            return self._close(connection, FORBIDDEN_INTENTS)
        session = Session(secrets.token_hex(16), intents)
        self.sessions[session.id] = session
        self.identified += 1
        connection.session, session.connection = session, connection
        connection.frames.put_nowait(session.add("READY", self._ready(session)))
        for guild in self.world.guilds.values():
            payload = self._shaped(session, "GUILD_CREATE", serializers.guild_create_payload(self.world, guild))
            if payload is not None:
                connection.frames.put_nowait(session.add("GUILD_CREATE", payload))
        return None

    def _ready(self, session: Session) -> Json:
        return {
            "v": 10,
            "user": dict(serializers.user_payload(self.world.bot_user)),
            "guilds": [{"id": str(id), "unavailable": True} for id in self.world.guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "session_type": "normal",
            "application": {"id": str(self.world.application_id), "flags": 0},
            "shard": [0, 1],
        }

    def _resume(self, connection: Connection, data: Json) -> None:
        if data.get("token") != self.world.token:
            return self._close(connection, BAD_TOKEN)
        session = self.sessions.get(str(data.get("session_id")))
        if session is None:
            connection.frames.put_nowait({"op": INVALID, "d": False})
            return None
        if not 0 <= int(data.get("seq") or 0) <= len(session.events):
            return self._close(connection, BAD_SEQUENCE)
        self.resumed += 1
        connection.session, session.connection = session, connection
        for frame in copy.copy(session.events[int(data["seq"]) :]):
            connection.frames.put_nowait(frame)
        connection.frames.put_nowait(session.add("RESUMED", {}))
        return None

    def _members(self, connection: Connection, data: Json) -> None:
        """A request for members, as one chunk; all of them only with the privileged intent."""
        session = connection.session
        assert session is not None
        guild = self.world.get_guild(int(data["guild_id"]))
        wanted = {int(id) for id in data.get("user_ids") or []}
        query = str(data.get("query") or "").casefold()
        if not wanted and not query and not session.intents.members:
            return self._close(connection, FORBIDDEN_INTENTS)
        names = {id: self.world.users[id].name.casefold() for id in guild.members}
        found = [id for id in guild.members if (id in wanted if wanted else names[id].startswith(query))]
        found = found[: int(data.get("limit") or 0) or None]
        chunk = {
            "guild_id": str(guild.id),
            "members": [serializers.member_payload(self.world, guild, guild.members[id]) for id in found],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [str(id) for id in wanted - set(found)],
        }
        frame = session.add("GUILD_MEMBERS_CHUNK", chunk | ({"nonce": data["nonce"]} if "nonce" in data else {}))
        connection.frames.put_nowait(frame)
        return None

    # --- troubles; on the loop -------------------------------------------------------------------------------

    async def drop(self) -> None:
        """Every connection breaks without a word."""
        for connection in list(self.open):
            if connection.request.transport is not None:
                connection.request.transport.abort()

    async def silence(self) -> None:
        """Every connection stays open and says nothing more; what it should have said is kept for a RESUME."""
        with self.world.news:
            for connection in self.open:
                connection.mute = True

    async def close(self, code: int) -> None:
        """Every connection is closed with a code."""
        for connection in list(self.open):
            self._close(connection, code)

    async def invalidate(self, resumable: bool) -> None:
        """Every session is declared invalid; unless resumable, what it missed is lost."""
        with self.world.news:
            if not resumable:
                self.sessions.clear()
            for connection in self.open:
                connection.frames.put_nowait({"op": INVALID, "d": resumable})

    async def reconnect(self) -> None:
        """Every client is asked to connect again and to resume."""
        for connection in self.open:
            connection.frames.put_nowait({"op": RECONNECT, "d": None})
