"""A town for tests: one house on a real database, a clock moved by hand, people who say and places that hear.

town = Town(folder).settle()
town.says("ann", "/ticket claim 1")
town.clock.forward(hours=2)
assert town.hears("@bob") == ["Ann took over #1 printer on fire"]
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.cards import Card, Line, Mention, Strong, When
from bot.clocks import MovableClock
from bot.domain.customers import Customer, Subscription
from bot.domain.history import Event
from bot.domain.people import Role, Staff
from bot.domain.ticket import Ticket
from bot.handover import sent
from bot.ports import Kind, Parcel, Speaker, TicketFilter, UnitOfWork
from bot.settings import Phone, Settings, Web
from bot.wiring import build
from commands.desk import Answer
from commands.drawing import draw
from commands.sweep import sweep

TORONTO = ZoneInfo("America/Toronto")
MONDAY_TEN = datetime(2026, 10, 5, 10, 0, tzinfo=TORONTO)
EVERY = TicketFilter(order="newest", limit=10_000)

PHONE = Phone(account="AC1", token=SecretStr("of nobody"), number="+14165550100", public_url="https://desk.example.com")
"""A provider's account that is nobody's: for the commands, which only have to know that there is one."""
STAFF = (
    Staff("ann", "Ann", Role.STAFF, {"console": "ann"}),
    Staff("bob", "Bob", Role.STAFF, {"console": "bob"}),
    Staff("lea", "Lea", Role.LEAD, {"console": "lea"}),
    Staff("vic", "Vic", Role.VIEWER, {"console": "vic"}),
    Staff("zoe", "Zoe", Role.ADMIN, {"console": "zoe"}),
)


def _subscribed(level: str) -> tuple[Subscription, ...]:
    return (Subscription("gateway 5.2", level, date(2026, 4, 1), date(2027, 3, 31)),)


CUSTOMERS = (
    Customer(
        "acme",
        "ACME Ltd",
        ("it@acme.example",),
        frozenset({"acme.example"}),
        subscriptions=_subscribed("III"),
    ),
    Customer(
        "brightside",
        "Brightside",
        ("hello@brightside.example",),
        phone_credits=1,
        subscriptions=_subscribed("I"),
    ),
    Customer("cobalt", "Cobalt", partner="Northwind", subscriptions=_subscribed("II")),
)


class Town:
    """A house with its own folder; it opens on Monday 5 October 2026 at 10:00 in Toronto, as the desk does.

    `database` is the URL of a PostgreSQL database; without it, an SQLite file lies in the folder. `phone` is the
    account of a telephone provider; without it, telephones ring in the terminal. `web` says which pages there are; none
    without it.
    """

    def __init__(
        self,
        folder: Path,
        start: datetime = MONDAY_TEN,
        database: str | None = None,
        phone: Phone | None = None,
        web: Web | None = None,
    ) -> None:
        self.folder = folder
        self.database_url = database
        self.clock = MovableClock(start)
        self.house = build(
            Settings(
                data=folder,
                database=None if database is None else SecretStr(database),
                phone=phone,
                web=web or Web(),
            ),
            self.clock,
        )
        self.database = self.house.database
        self.desk = self.house.desk
        self._heard: dict[str, list[Parcel]] = defaultdict(list)

    def settle(self) -> Town:
        """Ann and Bob (staff), Lea (lead), Vic (viewer) and Zoe (admin); ACME on Level III, Cobalt on II, Brightside
        on I with one telephone credit."""

        def move_in(work: UnitOfWork) -> None:
            for staff in STAFF:
                work.people.save(staff)
            for customer in CUSTOMERS:
                work.customers.save(customer)

        self.database.write(move_in)
        return self

    def copied(self, folder: Path, phone: Phone | None = None, web: Web | None = None) -> Town:
        """The same town in another folder, as it is now; this one must be closed."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Town(folder, self.clock.now(), phone=phone, web=web)

    def close(self) -> None:
        self.house.close()

    # --- what people do --------------------------------------------------------------------------------------

    def says(
        self, who: str, line: str, *, place: str = "#desk", thread: int | None = None, request: str = ""
    ) -> Answer:
        """Somebody says a line; the answer is theirs alone."""
        return self.desk.say(Speaker("console", who, who.capitalize(), place, thread), line, request)

    def does(self, who: str, line: str) -> str:
        """The same where the desk must do it; returns what it answers, in words."""
        answer = self.says(who, line)
        assert answer.ok, f"{line}\n{words(answer.card)}"
        return words(answer.card)

    def refused(self, who: str, line: str) -> str:
        """The same where the desk must refuse, and nothing may change."""
        before = self.tickets()
        answer = self.says(who, line)
        assert not answer.ok, f"{line}\n{words(answer.card)}"
        assert self.tickets() == before, "A refusal changed something."
        return words(answer.card)

    def away(self, who: str, until: datetime | None = None) -> None:
        """Somebody goes away."""

        def leave(work: UnitOfWork) -> None:
            staff = work.people.get(who)
            gone = Staff(staff.id, staff.name, staff.role, staff.accounts, staff.zone, self.clock.now(), until)
            work.people.save(gone)

        self.database.write(leave)

    # --- what happens by itself ------------------------------------------------------------------------------

    def ticks(self) -> int:
        """The clock speaks: what is due by now is done. Returns how many timers that was."""
        return sweep(self.database, self.clock.now())

    def hears(self, place: str, kind: Kind | None = None) -> list[str]:
        """What the outbox had for a place ("#desk", "@ann", "mail:it@acme.example") since it was last asked; cards of
        tickets in the desk channel only when asked for, and those of mail always."""
        self._deliver()
        wanted = [one for one in self._heard[place] if one.kind is kind or (kind is None and _is_news(one))]
        self._heard[place] = [one for one in self._heard[place] if one not in wanted]
        now = self.clock.now()
        drawn = self.database.read(lambda work: [draw(work, parcel, now) for parcel in wanted])
        return [words(card) for card in drawn if card is not None]

    def _deliver(self) -> None:
        def deliver(work: UnitOfWork) -> tuple[Parcel, ...]:
            parcels = tuple(work.outbox.lease(self.clock.now(), 60, 1000))
            for parcel in parcels:
                sent(work, parcel, f"message-{parcel.id}", self.clock.now())
            return parcels

        for parcel in self.database.write(deliver):
            self._heard[parcel.place].append(parcel)

    # --- what is so ------------------------------------------------------------------------------------------

    def ticket(self, number: int) -> Ticket:
        return self.database.read(lambda work: work.tickets.get(number))

    def tickets(self, wanted: TicketFilter = EVERY) -> Sequence[Ticket]:
        return self.database.read(lambda work: work.tickets.find(wanted))

    def history(self, number: int) -> Sequence[Event]:
        return self.database.read(lambda work: work.tickets.history(number))

    def customer(self, id: str) -> Customer:
        return self.database.read(lambda work: work.customers.get(id))


def words(card: Card) -> str:
    """A card as plain lines, instants as Toronto's wall clock shows them."""
    lines = [card.title, *card.lines]
    told = [_read(line) + (f"  [{card.badge}]" if card.badge and line is card.title else "") for line in lines if line]
    if card.table is not None:
        told.append(" | ".join(card.table.header))
        told += [" | ".join(_read(cell) for cell in row) for row in card.table.rows]
    return "\n".join(told)


def _read(line: Line) -> str:
    return "".join(_part(part) for part in line)


def _part(part: str | When | Mention | Strong) -> str:
    match part:
        case When():
            return f"{part.at.astimezone(TORONTO):%a %-d %b %H:%M}"
        case Mention():
            return f"@{part.person}"
        case Strong():
            return part.text
        case _:
            return part


def _is_news(parcel: Parcel) -> bool:
    return parcel.kind is not Kind.CARD or "mail" in parcel.card.data
