"""A desk on the Tuesday after a long weekend, as the pictures of chats show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bot.cards import Card
from bot.clocks import MovableClock
from bot.domain.people import Role, Staff
from bot.ports import Kind, Parcel, Speaker, UnitOfWork
from bot.settings import Settings
from bot.wiring import House, build
from commands.drawing import draw
from commands.sweep import sweep

TORONTO = ZoneInfo("America/Toronto")
FRIDAY = datetime(2026, 10, 9, 17, 30, tzinfo=TORONTO)
TUESDAY = datetime(2026, 10, 13, 10, 45, tzinfo=TORONTO)
BEFORE = (
    '/customer add "ACME Ltd" --mail ops@acme.example',
    "/customer subscribe acme --product gateway --level III --end 2027-03-31",
    "/customer add Brightside --mail hello@brightside.example",
    "/customer subscribe brightside --product gateway --level I --end 2026-12-31",
    '/ticket open "mail server down, queue growing" --customer acme --priority high',
    '/ticket open "how do we add a second domain" --customer brightside',
    '/ticket open "backup finished with warnings" --customer acme',
    "/ticket claim 2",
)


@dataclass(frozen=True, slots=True)
class Scene:
    """The desk, and what it has posted; its people have accounts on one platform."""

    house: House
    platform: str
    accounts: Mapping[str, str]
    alerts: tuple[Card, ...]
    card: Card

    def speaker(self, who: str) -> Speaker:
        return Speaker(self.platform, self.accounts[who], who.capitalize())


@contextmanager
def scene(platform: str, accounts: Mapping[str, str]) -> Iterator[Scene]:
    """The same desk every time: a weekend lies between its opening and what is posted."""
    with TemporaryDirectory(prefix="thirdline-picture-") as folder:
        clock = MovableClock(FRIDAY)
        house = build(Settings(data=Path(folder)), clock, (platform,))
        try:
            house.database.write(lambda work: _move_in(work, platform, accounts))
            for line in BEFORE:
                answer = house.desk.say(Speaker(platform, accounts["ann"], "Ann"), line)
                if not answer.ok:
                    raise RuntimeError(f"{line}: {answer.card.data}")
            clock.set(TUESDAY)
            sweep(house.database, clock.now())
            posted = _posted(house, clock.now())
            alerts = tuple(card for parcel, card in posted if parcel.kind is Kind.ALERT and card.ticket == 1)
            card = next(card for parcel, card in posted if parcel.kind is Kind.CARD and card.ticket == 1)
            yield Scene(house, platform, accounts, alerts, card)
        finally:
            house.close()


def _move_in(work: UnitOfWork, platform: str, accounts: Mapping[str, str]) -> None:
    for id, account in accounts.items():
        work.people.save(Staff(id, id.capitalize(), Role.ADMIN, {platform: account}))


def _posted(house: House, now: datetime) -> list[tuple[Parcel, Card]]:
    """Everything the outbox holds, drawn as it is drawn when it is delivered."""

    def drawn(work: UnitOfWork) -> list[tuple[Parcel, Card]]:
        parcels = [(parcel, draw(work, parcel, now)) for parcel in work.outbox.lease(now, 60, 100)]
        return [(parcel, card) for parcel, card in parcels if card is not None]

    return house.database.write(drawn)
