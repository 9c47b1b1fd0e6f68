"""Ports that are held: a server may listen there, again too, and nobody else is given them."""

from __future__ import annotations

import asyncio
import socket

import pytest
from aiohttp import web

from tests.beside import Site
from tests.ports import Port


def test_a_server_listens_at_a_port_that_is_held_and_again_once_it_has_ended() -> None:
    async def listens(port: int) -> int:
        runner = web.AppRunner(web.Application())
        await runner.setup()
        await Site(runner, "127.0.0.1", port).start()
        listening = int(runner.addresses[0][1])
        await runner.cleanup()
        return listening

    with Port() as port:
        assert [asyncio.run(listens(port.number)) for _ in range(2)] == [port.number] * 2


def test_a_port_that_is_held_can_be_taken_by_nobody_else() -> None:
    with Port() as port, socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port.number))
