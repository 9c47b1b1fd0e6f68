"""A night on call for tests: a town with a plan, people with telephones, and a hand-moved clock that stops wherever
something is due.

night = Night(town)
night.opens("mail server down", "--category hardware-failure")
assert night.rings() == ["kim"]
night.hears_of("kim", Status.BUSY)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from bot.cards import Card
from bot.domain.contacts import CALL, TEXT, Contact
from bot.domain.escalating import under_way
from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.history import Deed, Event
from bot.domain.oncall import OnCall
from bot.domain.paging import Attempt, Page, PageRule, Trigger
from bot.domain.people import Role, Staff
from bot.domain.rota import Layer, Rotation, Schedule, Turn
from bot.handover import sent
from bot.oncall.data import plan_to_json
from bot.ports import Outcome, Parcel, ParcelState, UnitOfWork
from commands.drawing import draw
from commands.page_receipts import Heard, Status, heard, settled
from commands.page_sweep import sweep_pages
from tests.town import Town

KIM, SAM, LEA = "+14165550199", "+14165550188", "+14165550177"

WORST = "--category hardware-failure"
ON_CALL = Target(TargetKind.SCHEDULE, "level3")
EVERYONE = Target(TargetKind.EVERYONE)
THREE_STEPS = Escalation(
    "level3",
    (Step((ON_CALL,), 300), Step((Target(TargetKind.PERSON, "sam"),), 300), Step((Target(TargetKind.LEADS),), 300)),
    rounds=2,
)
RULES = (
    PageRule("worst cases", Trigger.OPENED, "level3", frozenset({"III"}), worst_cases=True),
    PageRule("nights", Trigger.OPENED, "level3", frozenset({"III"}), hours="monitored"),
    PageRule("late", Trigger.BREACH, "level3"),
    PageRule("nearly", Trigger.WARNING, "level3", warning=90),
)


def weekly(*people: str) -> Schedule:
    """They take turns by the week, from Monday 5 October 2026."""
    return Schedule("level3", "America/Toronto", (Layer("week", Rotation(people, Turn.WEEKS, 1, date(2026, 10, 5))),))


def plan_of(chain: Escalation = THREE_STEPS, *, people: tuple[str, ...] = ("kim",)) -> OnCall:
    return OnCall({"level3": weekly(*people)}, {chain.name: chain}, RULES, frozenset({"III"}), ("lea",))


@dataclass(frozen=True)
class Delivered:
    """What went out: where, and what it said then."""

    at: datetime
    place: str
    card: Card


class Night:
    """Kim is on call, Sam is next, Lea leads; each has a verified telephone for calls and texts, and Kim and Sam are in
    the terminal, too. What goes out is taken over at once, and nobody answers by themselves."""

    def __init__(self, town: Town, plan: OnCall | None = None) -> None:
        self.town = town
        self.sent: list[Delivered] = []
        self.withdrawn: list[str] = []
        self.taken = 0
        self.adopt(plan or plan_of())

        def move_in(work: UnitOfWork) -> None:
            work.people.save(Staff("kim", "Kim", Role.STAFF, {"console": "kim"}))
            work.people.save(Staff("sam", "Sam", Role.STAFF, {"console": "sam"}))
            for person, number in (("kim", KIM), ("sam", SAM), ("lea", LEA)):
                for kind in (CALL, TEXT):
                    work.contacts.save(Contact(0, person, kind, number, verified_at=town.clock.now()))

        town.database.write(move_in)

    def adopt(self, plan: OnCall) -> None:
        self.town.database.write(lambda work: work.rota.set_plan(plan_to_json(plan), self.town.clock.now()))

    # --- what happens ----------------------------------------------------------------------------------------

    def opens(
        self, subject: str = "mail server down", more: str = "--category hardware-failure", who: str = "acme"
    ) -> str:
        told = self.town.does("bob", f'/ticket open "{subject}" --customer {who} {more}')
        self.round()
        return told

    def round(self) -> None:
        """What is due by now is done, then delivered, until nothing is."""
        while sweep_pages(self.town.database, self.town.clock.now()) + self._deliver():
            pass

    def passes(self, **span: float) -> None:
        """Time passes, with a stop wherever something is due."""
        end = self.town.clock.now() + timedelta(**span)
        while True:
            due = self.town.database.read(lambda work: work.pages.next_due())
            at = end if due is None or due > end else max(due, self.town.clock.now())
            self.town.clock.set(at)
            self.round()
            if at == end:
                return

    def _deliver(self) -> int:
        now = self.town.clock.now()

        def hand_over(work: UnitOfWork) -> list[Delivered]:
            out = []
            for parcel in work.outbox.lease(now, 60, 1000):
                card = draw(work, parcel, now)
                if card is None:
                    self.withdrawn.append(parcel.place)
                    work.outbox.withdraw(parcel, now)
                    settled(work, parcel, Outcome(ParcelState.WITHDRAWN), now)
                    continue
                self.taken += 1
                ref = f"main:CA{self.taken}"
                sent(work, parcel, ref, now)
                settled(work, parcel, Outcome(ParcelState.SENT, ref), now)
                out.append(Delivered(now, parcel.place, card))
            return out

        done = self.town.database.write(hand_over)
        self.sent += done
        return len(done)

    def says_of(self, person: str, *news: Status | Heard, kind: str = CALL) -> None:
        """The provider tells something of the newest call to somebody."""
        one = self.attempt(person, kind)
        for told in news:
            piece = told if isinstance(told, Heard) else Heard(told)
            self.town.database.write(partial(heard, attempt=one, news=piece, now=self.town.clock.now()))
        self.round()

    # --- what is so ------------------------------------------------------------------------------------------

    def page(self, id: int = 1) -> Page:
        return self.town.database.read(lambda work: work.pages.get(id))

    def attempts(self, page: int = 1) -> list[Attempt]:
        return list(self.town.database.read(lambda work: work.pages.attempts(page)))

    def attempt(self, person: str, kind: str = CALL, page: int = 1) -> Attempt:
        """The newest one that went out to somebody."""
        found = [one for one in self.attempts(page) if (one.person, one.kind) == (person, kind)]
        out = [one for one in found if one.submitted_at or under_way(one)]
        return (out or found)[-1]

    def calls(self, *, since: datetime | None = None) -> list[str]:
        """The numbers that were called, in order."""
        return [one.place for one in self.sent if one.place.startswith("call:") and (since is None or one.at >= since)]

    def heard_in(self, place: str) -> list[Card]:
        return [one.card for one in self.sent if one.place == place]

    def events(self, deed: Deed, ticket: int = 1) -> list[Event]:
        return [event for event in self.town.history(ticket) if event.deed is deed]

    def away(self, who: str) -> None:
        def leave(work: UnitOfWork) -> None:
            work.people.save(replace(work.people.get(who), away_since=self.town.clock.now()))

        self.town.database.write(leave)


def parcel_of(work: UnitOfWork, ticket: int, place: str) -> Parcel:
    """The newest parcel about a ticket for a place."""
    return [one for one in work.outbox.of_ticket(ticket) if one.place == place][-1]
