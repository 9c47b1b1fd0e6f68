"""The platform: letters go out while it is there, and whether they would is found out before somebody needs one."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from email.headerregistry import Address
from typing import Any

from adapters.email.letter import address_of, letter
from adapters.email.server import MailServer
from bot.domain.errors import Refusal
from bot.ports import CannotDeliver, Channel, Health, Parcel, WallClock
from bot.settings import Settings
from bot.workers import Workers
from commands.desk import Desk

LOOKS_EVERY = 300.0
"""Real seconds from one look at the server to the next."""

THREADS = 10
"""As many letters as a courier has under way. Threads of its own: a server that hangs must hold up nobody's page."""

log = logging.getLogger(__name__)


class EmailPlatform:
    """The port `Platform`, and its own channel. `trust` says which certificates count; nothing comes in this way, so
    `desk` and `changed` are not needed."""

    platform = "email"
    prompt = False

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        clock: WallClock,
        changed: Callable[[], None],
        *,
        trust: ssl.SSLContext | None = None,
        every: float = LOOKS_EVERY,
    ) -> None:
        if settings.email is None:
            raise Refusal("email is not set up.", "Write a section [email] into the settings.")
        self._settings = settings.email
        self._server = MailServer(settings.email, trust)
        self._clock = clock
        self._every = every
        self._heard_at: datetime | None = None
        self._trouble = "not connected"
        self._keeper: asyncio.Task[None] | None = None
        self._workers = Workers("email", THREADS)

    @property
    def channel(self) -> Channel:
        return self

    def routes(self) -> Sequence[Any]:
        """The desk's web server serves nothing for mail."""
        return ()

    async def start(self) -> None:
        """Raises Refusal where the operator must mend something, ConnectionError while the server is away."""
        self._sender()
        await self._workers.begin(self._server.check)
        self._well()
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name="keeper of email")

    async def stop(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        self._trouble = "not connected"

    def health(self) -> Health:
        if self._trouble:
            return Health(False, self._trouble, self._heard_at)
        return Health(True, f"{self._settings.host} takes mail", self._heard_at)

    async def deliver(self, parcel: Parcel) -> str:
        """Returns the letter's Message-ID. Raises CannotDeliver."""
        sender = self._sender()
        written = letter(parcel, sender)
        (to,) = written["To"].addresses
        try:
            await self._workers.begin(lambda: self._server.send(written, sender.addr_spec, to.addr_spec))
        except CannotDeliver as error:
            # What is refused for good is one person's address; all else may be the server's trouble.
            if not error.permanent:
                self._trouble = error.reason
            raise
        self._well()
        return str(written["Message-ID"])

    async def _keep(self) -> None:
        """Trouble is better known before a page is due."""
        while True:
            await asyncio.sleep(self._every)
            try:
                await self._workers.begin(self._server.check)
            except Refusal as refusal:
                self._trouble = refusal.text
            except ConnectionError as error:
                self._trouble = str(error)
            except Exception:  # Whatever it is, the next look may find it gone.
                log.exception("The mail server could not be looked at.")
            else:
                self._well()

    def _well(self) -> None:
        self._trouble = ""
        self._heard_at = self._clock.now()

    def _sender(self) -> Address:
        found = address_of(self._settings.sender)
        if found is None:
            raise Refusal(
                f"email: “{self._settings.sender}” is no mail address to send from.",
                'Write [email] sender = "Support <pager@example.com>".',
            )
        return found
