"""A story: a town whose clock goes through time as time does, and whose records must tell the same afterwards."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from importlib import resources

from bot.domain.history import Event
from bot.domain.ticket import replay
from bot.ports import Kind, Parcel
from bot.runtime import ALIVE
from bot.views.ticket_facts import TicketFacts, ticket_facts
from commands.desk import Answer
from storage.maintenance import check
from tests.town import TORONTO, Town, words


class Reader:
    """A terminal that keeps what it was shown, by place."""

    platform = "console"

    def __init__(self) -> None:
        self.shown: dict[str, list[Parcel]] = defaultdict(list)

    @property
    def prompt(self) -> bool:
        return True

    async def deliver(self, parcel: Parcel) -> str:
        self.shown[parcel.place].append(parcel)
        return parcel.ref or f"message-{parcel.id}"


class Story:
    """Who says what when, and what is heard of it. Times are Toronto's and name their weekday: "Fri 9 Oct 17:30"."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._reader = Reader()
        self._runtime = town.house.runtime({"console": self._reader})

    # --- time ---------------------------------------------------------------------------------------------------

    def begins(self, time: str) -> None:
        """The story begins: nothing has happened before."""
        self.town.clock.set(self.instant(time))
        asyncio.run(self._runtime.tick())

    def at(self, time: str, second: int = 0) -> None:
        """Time passes, and what is due on the way is done at its time."""
        to = self.instant(time) + timedelta(seconds=second)
        asyncio.run(self._runtime.advance(self.town.clock, to))
        # A desk that runs notes every few seconds that it is alive; a clock that is moved leaves those seconds out.
        self.town.database.write(lambda work: work.memory.set_fact(ALIVE, int(to.timestamp())))

    def instant(self, time: str) -> datetime:
        """The instant of the clock's year. A weekday that does not fit its date is a mistake of the story's."""
        year = self.town.clock.now().year
        found = datetime.strptime(f"{year} {time}", "%Y %a %d %b %H:%M").replace(tzinfo=TORONTO)
        assert f"{found:%a}" == time[:3], f"{time} is a {found:%A}."
        return found

    def restarts(self, *, at: str = "", policy: str = "") -> None:
        """The desk is stopped and starts again, later and with an edited policy file if so said."""
        town = self.town
        town.close()
        if policy:
            town.folder.mkdir(exist_ok=True)
            (town.folder / "policy.toml").write_text(policy, encoding="utf-8")
        now = self.instant(at) if at else town.clock.now()
        self.town = Town(town.folder, now, town.database_url)
        self._runtime = self.town.house.runtime({"console": self._reader})
        asyncio.run(self._runtime.tick())

    # --- people -------------------------------------------------------------------------------------------------

    def says(self, who: str, line: str) -> Answer:
        return self.town.says(who, line)

    def does(self, who: str, line: str) -> str:
        """The desk does it; returns what it answers."""
        return self.town.does(who, line)

    def refused(self, who: str, line: str) -> str:
        """The desk refuses it, and nothing changes; returns what it answers."""
        return self.town.refused(who, line)

    def hears(self, place: str, kind: Kind | None = None) -> list[str]:
        """What a place was shown since it was last asked; cards of tickets only when they are asked for."""
        asyncio.run(self._runtime.settle())
        shown = self._reader.shown[place]
        wanted = [one for one in shown if one.kind is kind or (kind is None and one.kind is not Kind.CARD)]
        self._reader.shown[place] = [one for one in shown if one not in wanted]
        return [words(one.card) for one in wanted]

    # --- records ------------------------------------------------------------------------------------------------

    def why(self, number: int) -> str:
        """The sum behind a due time, as /ticket why tells it."""
        return self.does("vic", f"/ticket why {number}")

    def history(self, number: int) -> list[str]:
        """What /ticket history tells, a line for each event."""
        return self.does("vic", f"/ticket history {number} --all").splitlines()[1:]

    def events(self, number: int) -> list[Event]:
        return list(self.town.history(number))

    def card(self, number: int) -> str:
        return self.does("vic", f"/ticket show {number}")

    def due(self, number: int) -> str:
        """When the ticket is due: "Tue 13 Oct 11:30", "" for never."""
        found = self.town.database.read(lambda work: work.tickets.due_of(number))
        return "" if found is None else f"{found.astimezone(TORONTO):%a %-d %b %H:%M}"

    def facts(self, number: int) -> TicketFacts:
        """What was promised and what was kept, as an export tells it."""
        return self.town.database.read(lambda work: ticket_facts(work.tickets.history(number), work.promises))

    def is_on_record(self) -> None:
        """Every ticket is what its history adds up to, in values and as the database's own check sees it."""
        for ticket in self.town.tickets():
            assert replay(self.town.history(ticket.number)) == ticket
            assert self.why(ticket.number)
            assert len(self.history(ticket.number)) == ticket.seq
        health = check(self.town.house.settings.database_url)
        assert health.well, health.problems
        assert health.tickets == len(self.town.tickets())


def policy_with(*edits: tuple[str, str]) -> str:
    """The policy file that ships, edited: each old text, which must be there, becomes the new one."""
    text = resources.files("bot.policy").joinpath("policy.toml").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text
