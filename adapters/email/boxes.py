"""Every mailbox of the settings: one reader each, what they read taken in, and how they are told in one health.

A mailbox that makes trouble keeps neither the others nor the letters that go out.
"""

from __future__ import annotations

import logging
import secrets
import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.email.addressing import address_of
from adapters.email.intake import MailIntake
from adapters.email.mailboxes.mailbox import MailboxReader, always
from adapters.email.mailboxes.pauses import Pauses
from adapters.email.reading.addresses import address
from adapters.email.reading.limits import Limits, Own
from bot.domain.errors import Refusal
from bot.filing import FOLDER
from bot.ports import Database, Health, UnitOfWork, WallClock
from bot.settings import Email, Settings
from bot.signing import signer_of
from commands.mail_intake import MailRules
from commands.mail_notices import mailbox_trouble

MB = 1024 * 1024
HOLDS = timedelta(minutes=5)
"""For so long a desk holds a mailbox after it last said so; it says so at each look."""
_HOLDER = "mailbox holder "

log = logging.getLogger(__name__)


class Boxes:
    """Reads from `start` to `stop`. `changed` is called whenever something came in. `trust` says which certificates
    count."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        email: Email,
        clock: WallClock,
        changed: Callable[[], None],
        *,
        trust: ssl.SSLContext | None = None,
        pauses: Pauses | None = None,
    ) -> None:
        self._database = database
        self._settings = settings
        self._email = email
        self._clock = clock
        self._changed = changed
        self._trust = trust
        self._pauses = pauses
        self._me = secrets.token_hex(8)
        self._readers: dict[str, MailboxReader] = {}
        self._refused: dict[str, Health] = {}

    def start(self) -> None:
        """Blocks for a moment; does nothing where they are read already. Raises what the database raises."""
        if self._readers or self._refused:
            return
        intake = intake_of(self._database, self._settings, self._email, self._clock, self._changed)
        for name, box in self._email.boxes.items():
            try:
                self._readers[name] = MailboxReader(
                    name,
                    box,
                    intake.take,
                    remember=self._remember,
                    recall=self._recall,
                    told=self._told,
                    clock=self._clock,
                    most=self._email.max_mb * MB,
                    holder=always if self._settings.database is None else self._holds,
                    trust=self._trust,
                    pauses=self._pauses,
                )
            except Refusal as refusal:
                self._refused[name] = Health(False, f"{refusal.text} {refusal.hint}".strip())
        for reader in self._readers.values():
            reader.start()

    def stop(self) -> None:
        """What is under way comes to its end; blocks until then, for some seconds at most."""
        readers, self._readers, self._refused = self._readers, {}, {}
        for reader in readers.values():
            reader.stop()
        if readers and self._settings.database is not None:
            self._let_go(readers)

    def health(self) -> Mapping[str, Health]:
        """How each mailbox is, by its name in the settings."""
        return {name: reader.health() for name, reader in self._readers.items()} | self._refused

    # --- what readers need of the desk ------------------------------------------------------------------------------

    def _remember(self, name: str, value: Any) -> None:
        self._database.write(lambda work: work.memory.set_fact(name, value))

    def _recall(self, name: str) -> Any:
        return self._database.read(lambda work: work.memory.fact(name))

    def _told(self, text: str) -> None:
        now = self._clock.now()
        self._database.write(lambda work: mailbox_trouble(work, text, now))
        self._changed()

    def _holds(self, name: str) -> bool:
        """Whether this desk reads the mailbox, of several over one database. Where two think so for a moment, each
        message still counts once."""
        now = self._clock.now()

        def hold(work: UnitOfWork) -> bool:
            held = work.memory.fact(_HOLDER + name)
            if isinstance(held, dict) and held["by"] != self._me:
                until = datetime.fromtimestamp(held["until"], UTC)
                if now < until <= now + HOLDS:  # What lies further ahead is of a clock that was wrong.
                    return False
            work.memory.set_fact(_HOLDER + name, {"by": self._me, "until": int((now + HOLDS).timestamp())})
            return True

        return self._database.write(hold)

    def _let_go(self, names: Iterable[str]) -> None:
        """So that another desk reads them at its next look, and not minutes later."""

        def let_go(work: UnitOfWork) -> None:
            for name in names:
                held = work.memory.fact(_HOLDER + name)
                if isinstance(held, dict) and held["by"] == self._me:
                    work.memory.set_fact(_HOLDER + name, None)

        try:
            self._database.write(let_go)
        except Exception:  # It ends by itself, and a desk that stops must not wait for a database that is away.
            log.warning("Other desks wait some minutes before they read the mailboxes.", exc_info=True)


def intake_of(
    database: Database, settings: Settings, email: Email, clock: WallClock, changed: Callable[[], None]
) -> MailIntake:
    """Takes in what any of the mailboxes holds. Makes the desk's secret where there is none yet."""
    signer = database.write(signer_of)
    most = email.max_mb * MB
    return MailIntake(
        database,
        settings.data / FOLDER,
        clock,
        own=own_of(email, signer.loop),
        limits=Limits(whole=most, file=most),
        rules=MailRules(email.hourly, email.hourly_all, email.receipts, email.held_mb * 1_000_000),
        changed=changed,
    )


def own_of(email: Email, loop: str) -> Own:
    """The addresses that are ours, as they travel: what comes from one of them, the desk has sent itself."""
    sender = address_of(email.sender, international=True)
    ours = [box.address for box in email.boxes.values()] + ([sender.addr_spec] if sender is not None else [])
    return Own(frozenset(map(address, ours)), email.trusted, loop)
