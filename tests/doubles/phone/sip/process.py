"""What a gateway and a telephone share: the SIP stack on a port of this machine, orders on standard input and news on
standard output, a JSON object a line."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import baresip

Order = dict[str, Any]
_TRIES = 20


def tell(**news: object) -> None:
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


async def obey(order: Callable[[Order], Awaitable[None]]) -> None:
    """Until standard input ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        await order(json.loads(line))


@asynccontextmanager
async def on_a_port(user: str) -> AsyncIterator[baresip.UserAgent]:
    """A user agent that registers nowhere, on a port that it tells as its first news."""
    runtime, port = await _listening()
    try:
        account = baresip.Account(user=user, domain=f"127.0.0.1:{port}", password="", reg_interval=0)
        agent = await baresip.UserAgent.create(runtime, account)
        tell(listening=port)
        yield agent
    finally:
        await runtime.close()


async def _listening() -> tuple[baresip.Runtime, int]:
    """The stack wants to be told its port, so one is looked for; another process may take it first, and then the next
    is tried."""
    for tries_left in reversed(range(_TRIES)):
        port, runtime = _free_port(), baresip.Runtime()
        listen = f"sip_listen 127.0.0.1:{port}\n"
        config = baresip.Config(net_interface="127.0.0.1", extra_config_text=listen, max_concurrent_calls=20)
        try:
            await runtime.start(config)
        except baresip.BaresipError:
            if not tries_left:
                raise
        else:
            return runtime, port
    raise AssertionError("a last try either listens or raises")


def _free_port() -> int:
    """Free for datagrams and for streams: SIP listens for both."""
    with socket.socket() as streams, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        streams.bind(("127.0.0.1", 0))
        port = int(streams.getsockname()[1])
        try:
            datagrams.bind(("127.0.0.1", port))
        except OSError:
            return _free_port()
        return port
