"""Ports for servers that are told theirs beforehand: nobody else on this machine is given one while it is held."""

from __future__ import annotations

import socket
from typing import Self


class Port:
    """A port of loopback, held until it is closed. Whoever is told its `number` may listen there, as often as they
    like: the kernel lets a server share it with a socket that only holds it, and gives it to nobody who takes any."""

    def __init__(self) -> None:
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(("127.0.0.1", 0))
        self.number = int(self._held.getsockname()[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._held.close()
