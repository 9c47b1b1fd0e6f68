"""The network's side of the SIP gateway: a process that is told what to dial and say, and tells of keys."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any, Protocol


class Listener(Protocol):
    """Whoever a call's news is for."""

    def picked(self) -> None: ...

    def pressed(self, key: str) -> None: ...

    def closed(self, reason: str) -> None: ...


class SipLines:
    """One gateway process, started with the first call. Belongs to one event loop."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._listeners: dict[str, Listener] = {}
        self._reading: asyncio.Task[None] | None = None

    async def dial(self, call: str, uri: str, listener: Listener) -> None:
        self._listeners[call] = listener
        await self._start()
        self.order(call, dial=uri)

    def order(self, call: str, **what: Any) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write((json.dumps({"call": call, **what}) + "\n").encode())

    async def close(self) -> None:
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _start(self) -> None:
        if self._process is not None:
            return
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.doubles.phone.sip.gateway",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._reading = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            news = json.loads(line)
            listener = self._listeners.get(news.get("call", ""))
            if listener is None:
                continue
            if "answered" in news:
                listener.picked()
            elif "key" in news:
                listener.pressed(news["key"])
            elif "closed" in news:
                listener.closed(news["closed"])
