"""A desk whose news goes out to a workspace on loopback, by the real outbox, courier and client; time moves by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from adapters.slack.sending.channel import SlackChannel
from adapters.slack.sending.mirror import Mirror
from adapters.slack.sending.places import Places
from adapters.slack.wire.clients import PATIENCE, Clients
from bot.cards import Card
from bot.clocks import MovableClock, SystemClock
from bot.courier import Courier
from bot.handover import Handover
from bot.ports import Anchoring, Kind, News, Parcel, Speaker, UnitOfWork, Urgency
from bot.settings import Channels, Settings, Slack
from bot.wiring import build
from commands.drawing import draw
from tests.doubles.slack import Message, Workspace
from tests.doubles.slack.fixtures import settle
from tests.town import CUSTOMERS, STAFF, words

DESK, ALERTS = "C0DESK", "C0ALERTS"
NO_ACCOUNT = "zoe"


class Outbound:
    """The desk of a folder beside a workspace. Zoe has no Slack account."""

    def __init__(self, folder: Path, slack: Workspace, *, alerts: str = "#alerts", patience: float = PATIENCE) -> None:
        self.slack = slack
        self.settings = Slack(
            bot_token=SecretStr(slack.bot_token),
            app_token=SecretStr(slack.app_token),
            api_url=slack.api_url,
            team="@support",
        )
        self.clock = MovableClock(SystemClock().now())
        channels = Channels(desk="#desk", alerts=alerts)
        settings = Settings(data=folder, slack=self.settings, channels=channels)
        self.house = build(settings, self.clock, ("slack",))
        self.database, self.desk = self.house.database, self.house.desk
        self.clients = Clients(self.settings, patience)
        self.places = Places(self.clients.asking, channels)
        self.mirror = Mirror(self.clients.asking, self.settings.emoji)
        self.shown = 0
        self.channel = SlackChannel(
            self.clients.posting, self.database, self.places, self.settings, self.mirror, self._count
        )
        self.handover = Handover(self.database, self.clock, draw)
        self.database.write(_move_in)

    def _count(self) -> None:
        self.shown += 1

    # --- what happens ----------------------------------------------------------------------------------------

    def says(self, who: str, line: str, message: str = "") -> None:
        """Somebody says a line in Slack that the desk must do."""
        answer = self.desk.say(Speaker("slack", f"U0{who.upper()}", message=message), line)
        assert answer.ok, words(answer.card)

    def post(self, kind: Kind, to: str, card: Card, key: str = "it", ticket: int | None = None) -> None:
        news = News(kind, to, card, key, Urgency.NOTICE, ticket)
        self.database.write(lambda work: work.outbox.post(news))

    def source(self, number: int, ref: str) -> None:
        """The ticket came from that message."""
        self.database.write(lambda work: work.tickets.anchor(number, "slack", ref, Anchoring.SOURCE))

    def delivers(self, after: float = 0.0) -> None:
        """Carry all that is due so many seconds from now."""
        self.clock.forward(seconds=after)
        asyncio.run(self._deliver())

    async def _deliver(self) -> None:
        await self.clients.open()
        try:
            courier = Courier(self.channel, self.handover, self.database, self.clock, pace=0.0)
            await courier.settle()
            await self.mirror.settle()
        finally:
            await self.clients.close()

    # --- what is there ---------------------------------------------------------------------------------------

    def card(self, number: int = 1) -> Message:
        """The one card of a ticket in the desk's channel."""
        found = [one for one in self.slack.messages(DESK) if f"#{number}" in one.words and "Opened by" in one.words]
        assert len(found) == 1, [one.words for one in found]
        return found[0]

    def thread(self, number: int = 1) -> list[str]:
        """What stands below it."""
        return [one.words for one in self.slack.replies(DESK, self.card(number).ts)]

    def waiting(self) -> list[Parcel]:
        """The parcels of the first ticket that are not delivered."""
        return [one for one in self.of_ticket() if one.state.value not in ("sent", "dead")]

    def of_ticket(self, number: int = 1) -> list[Parcel]:
        return self.database.read(lambda work: list(work.outbox.of_ticket(number)))


def _move_in(work: UnitOfWork) -> None:
    for staff in STAFF:
        account = {} if staff.id == NO_ACCOUNT else {"slack": f"U0{staff.id.upper()}"}
        work.people.save(replace(staff, accounts=account))
    for customer in CUSTOMERS:
        work.customers.save(customer)


@contextmanager
def outbound(folder: Path, *, alerts: str = "#alerts", patience: float = PATIENCE) -> Iterator[Outbound]:
    """At its end Slack has found no fault with what it was sent."""
    with Workspace() as slack:
        settle(slack)
        sender = Outbound(folder, slack, alerts=alerts, patience=patience)
        try:
            yield sender
        finally:
            sender.house.close()
        assert slack.faults == []
