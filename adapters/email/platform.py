"""The platform: letters go out while it is there, and whether they would is found out before somebody needs one; what
customers write comes in meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from importlib import import_module
from typing import Any, Protocol

from adapters.email.addressing import address_of
from adapters.email.letter import envelope_sender, letter, sender_of
from adapters.email.server import MailServer
from bot.domain.errors import Refusal
from bot.filing import FOLDER, Filing
from bot.ports import CannotDeliver, Channel, Health, Kind, Parcel, ParcelState, WallClock
from bot.settings import Settings
from bot.views.plain import one_line
from bot.workers import Workers
from commands.desk import Desk

LOOKS_EVERY = 300.0
"""Real seconds from one look at the server to the next."""

PATIENCE = 40.0
"""Real seconds for one letter: longer than the server's own limits, so that it is they who tell what went wrong."""

THREADS = 10
"""As many letters as a courier has under way. Threads of its own: a server that hangs must hold up nobody's page."""

log = logging.getLogger(__name__)


class Reads(Protocol):
    """The mailboxes that are read."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def health(self) -> Mapping[str, Health]: ...


class EmailPlatform:
    """The port `Platform`, and its own channel. `trust` says which certificates count. `changed` is called, from any
    thread, when something came in. What `reading` says goes to those who read the mailboxes, such as their pauses."""

    platform = "email"
    prompt = False
    patience = PATIENCE

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        clock: WallClock,
        changed: Callable[[], None],
        *,
        trust: ssl.SSLContext | None = None,
        every: float = LOOKS_EVERY,
        **reading: Any,
    ) -> None:
        if settings.email is None:
            raise Refusal("email is not set up.", "Write a section [email] into the settings.")
        self._settings = settings.email
        self._company = one_line(settings.company)
        self._filing = Filing(settings.data / FOLDER)
        self._server = MailServer(settings.email, trust)
        self._clock = clock
        self._every = every
        self._heard_at: datetime | None = None
        self._trouble = "not connected"
        self._keeper: asyncio.Task[None] | None = None
        self._workers = Workers("email", THREADS)
        self._boxes: Reads | None = None
        if settings.email.boxes:
            boxes = _loaded_boxes()
            self._boxes = boxes(desk.database, settings, settings.email, clock, changed, trust=trust, **reading)

    @property
    def channel(self) -> Channel:
        return self

    def routes(self) -> Sequence[Any]:
        """The desk's web server serves nothing for mail."""
        return ()

    async def start(self) -> None:
        """Raises Refusal where the operator must mend something, ConnectionError while the server is away."""
        self._sender()
        if self._boxes is not None:
            # First of all: a server that takes no letters must keep nobody from writing to us.
            await self._workers.begin(self._boxes.start)
        await self._workers.begin(self._server.check)
        self._well()
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name="keeper of email")

    async def stop(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        if self._boxes is not None:
            await self._workers.begin(self._boxes.stop)
        self._trouble = "not connected"

    def health(self) -> Health:
        """Of what goes out and of every mailbox: well, if all of it is."""
        out = Health(not self._trouble, self._trouble or f"{self._settings.host} takes mail", self._heard_at)
        boxes = self._boxes.health() if self._boxes is not None else {}
        parts = (out, *boxes.values())
        words = (out.words, *(f"{name}: {health.words.rstrip('.')}{_heard(health)}" for name, health in boxes.items()))
        well = all(one.well for one in parts)
        connecting = not well and all(one.well or one.connecting for one in parts)
        return Health(well, "; ".join(words), self._heard_at, connecting)

    async def deliver(self, parcel: Parcel) -> str:
        """Returns the letter's Message-ID. Raises CannotDeliver."""
        sender = self._sender()
        try:
            name = await self._workers.begin(lambda: self._send(parcel, sender))
        except CannotDeliver as error:
            # What is refused for good is one person's address; all else may be the server's trouble.
            if not error.permanent:
                self._trouble = error.reason
            if error.unknown and parcel.kind is Kind.LETTER and parcel.state is ParcelState.AMBIGUOUS:
                # A server that takes every copy and never says so would fill a customer's mailbox with them.
                raise CannotDeliver(f"{error.reason}, twice", permanent=True) from error
            raise
        self._well()
        return name

    def _send(self, parcel: Parcel, usual: Address) -> str:
        own = sender_of(parcel, usual)
        try:
            return self._send_from(parcel, own)
        except CannotDeliver as error:
            # Not every server lets its account write in another mailbox's name; answers go there all the same.
            if own == usual or not error.permanent:
                raise
        return self._send_from(parcel, usual)

    def _send_from(self, parcel: Parcel, sender: Address) -> str:
        written = letter(parcel, sender, lambda path: self._filing.path(path).read_bytes())
        (to,) = written["To"].addresses
        self._server.send(written, envelope_sender(parcel, sender), to.addr_spec, instead=sender.addr_spec)
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
        found = address_of(self._settings.sender, international=True)
        if found is None:
            raise Refusal(
                f"email: “{self._settings.sender}” is no mail address to send from.",
                'Write [email] sender = "Support <pager@example.com>".',
            )
        return Address(found.display_name or self._company, found.username, found.domain)


def _heard(health: Health) -> str:
    """ ", last heard 14:05 UTC", of a mailbox that is not well."""
    if health.well or health.heard_at is None:
        return ""
    return f", last heard {health.heard_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _loaded_boxes() -> Callable[..., Reads]:
    """Loaded only where a mailbox is to be read: who sends letters alone needs none of its libraries."""
    try:
        kind: Callable[..., Reads] = import_module("adapters.email.boxes").Boxes
    except ModuleNotFoundError as error:
        raise Refusal(
            f"Mailboxes need the package “{error.name}”, which is not installed.", "pip install 'thirdline[email]'"
        ) from None
    return kind
