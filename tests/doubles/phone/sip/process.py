"""What a gateway and a telephone share: the SIP stack on a port of this machine, orders on standard input and news on
standard output, a JSON object a line."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import baresip

Order = dict[str, Any]


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
async def on_port(port: int, user: str) -> AsyncIterator[baresip.UserAgent]:
    """A user agent that registers nowhere."""
    runtime = baresip.Runtime()
    listen = f"sip_listen 127.0.0.1:{port}\n"
    await runtime.start(baresip.Config(net_interface="127.0.0.1", extra_config_text=listen, max_concurrent_calls=20))
    try:
        account = baresip.Account(user=user, domain=f"127.0.0.1:{port}", password="", reg_interval=0)
        agent = await baresip.UserAgent.create(runtime, account)
        tell(listening=port)
        yield agent
    finally:
        await runtime.close()
