"""A town whose letters go by mail, with a mailbox that takes plus-addresses and a page for its customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.cards import Card
from bot.handover import sent
from bot.ports import Parcel, UnitOfWork
from bot.settings import Email, Mailbox, Settings, Web
from bot.signing import Signer, signer_of
from bot.wiring import build, letter_writer
from commands.drawing import draw
from tests.town import MONDAY_TEN, Town

SITE = "https://desk.example.com"
BOX = "support@example.com"


class MailTown(Town):
    """As the town, and it opens as late as that one was left."""

    def __init__(
        self, folder: Path, start: datetime = MONDAY_TEN, *, page: bool = True, database: str | None = None, **mail: Any
    ) -> None:
        super().__init__(folder, start, database)
        self.house.close()
        box = Mailbox(host="imap.example.com", user="desk", address=BOX)
        usual = {"host": "smtp.example.com", "sender": f"ACME Support <{BOX}>", "boxes": {"support": box}}
        email = Email.model_validate(usual | mail)
        web = Web(customers=page, public_url=SITE if page else "")
        url = None if database is None else SecretStr(database)
        settings = Settings(data=folder, database=url, email=email, web=web, company="ACME Support")
        self.house = build(settings, self.clock)
        self.database, self.desk = self.house.database, self.house.desk

    def letters(self) -> Sequence[Card]:
        """What goes out by mail by now, drawn; it has arrived then."""

        def deliver(work: UnitOfWork) -> list[Parcel]:
            return list(work.outbox.lease(self.clock.now(), 60, 100, "email"))

        return [card for card in map(self._arrives, self.database.write(deliver)) if card is not None]

    def _arrives(self, parcel: Parcel) -> Card | None:
        writer, now = letter_writer(self.house.settings, self.house.routes), self.clock.now()
        card = self.database.read(lambda work: draw(work, parcel, now, writer))
        if card is None:
            self.database.write(lambda work: work.outbox.withdraw(parcel, now))
        else:
            self.database.write(lambda work: sent(work, parcel, f"<{parcel.id}@example.com>", now))
        return card

    @property
    def signer(self) -> Signer:
        return self.database.write(signer_of)
