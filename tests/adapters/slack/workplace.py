"""A workplace for tests: a town's real desk that hears what people do in a workspace on loopback, by signed HTTP."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from adapters.slack.hearing.counter import Counter
from adapters.slack.hearing.listening import make_app
from adapters.slack.hearing.ways import Ways
from adapters.slack.sending.places import Places
from adapters.slack.wire.clients import Clients
from bot.counter import Roster
from bot.domain.history import Event as Happening
from bot.ports import Anchoring, UnitOfWork
from bot.settings import Channels, Slack
from tests.beside import LoopThread, listening
from tests.doubles.slack import Workspace
from tests.town import STAFF, Town

T = TypeVar("T")

DESK, TALK, HALL, OUT = "C0DESK", "C0TALK", "C0HALL", "C0OUT"
"""The desk's private channel, another private one, a public one, and a public one that the app is not in."""
TEAM = {staff.id: f"U0{staff.id.upper()}" for staff in STAFF}
ANN, BOB, VIC = TEAM["ann"], TEAM["bob"], TEAM["vic"]
STRANGER, GUEST = "U0MAX", "U0GUEST"
CHANNELS = Channels(desk="#support-desk", alerts="#support-desk")


class Workplace:
    """The desk of `town`, hearing `slack`."""

    def __init__(self, town: Town, slack: Workspace, **settings: Any) -> None:
        self.town = town
        self.slack = slack
        self.settings = Slack(
            bot_token=SecretStr(slack.bot_token),
            signing_secret=SecretStr(slack.signing_secret),
            mode="http",
            api_url=slack.api_url,
            **settings,
        )
        self.counter: Counter | None = None
        self.ways: Ways | None = None
        self._thread = LoopThread()
        self._over = AsyncExitStack()

    def open(self) -> Workplace:
        self._thread.start()
        self.does(self._serve())
        return self

    def close(self) -> None:
        if not self._thread.loop.is_closed():
            self.does(self._over.aclose())
            self._thread.stop()

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the desk's own event loop."""
        return self._thread.does(work)

    async def _serve(self) -> None:
        clients = Clients(self.settings)
        await clients.open()
        self._over.push_async_callback(clients.close)
        identity: Any = (await clients.asking.auth_test()).data
        roster = Roster(self.town.database, "slack", "here")
        self.counter = Counter(self.town.desk, clients.asking, roster, changed=self._changed)
        places = Places(clients.asking, CHANNELS)
        self.ways = Ways(self.counter, places, self.settings, CHANNELS, self.town.folder)
        app = make_app(clients.asking, identity, self.slack.signing_secret)
        self.ways.listen(app)
        self._over.push_async_callback(self.counter.stop)
        self._over.push_async_callback(self.ways.stop)
        await self.counter.start()
        await self.ways.start()
        runner, base = await listening(app.web_app())
        self._over.push_async_callback(runner.cleanup)
        self.slack.http_to(f"{base}/slack/events")

    def _changed(self) -> None:
        if self.ways is not None:
            self.ways.changed()

    # --- what tests look at ----------------------------------------------------------------------------------

    def ticket(self, subject: str = "printer on fire", **more: str) -> str:
        """A ticket of Ann's with a card in the desk's channel; returns the ts of that."""
        given = " ".join(f'--{name} "{value}"' for name, value in more.items())
        self.town.does("ann", f'/ticket open "{subject}" {given}')
        number = len(self.town.tickets())
        card = self.slack.posts(DESK, f"#{number} {subject}")
        ref = f"{DESK}:{card.ts}"
        self.town.database.write(lambda work: work.tickets.anchor(number, "slack", ref, Anchoring.CARD))
        return card.ts

    def history(self, number: int) -> list[Happening]:
        return list(self.town.database.read(lambda work: work.tickets.history(number)))

    def deeds(self, number: int) -> list[str]:
        return [event.deed.value for event in self.history(number)]

    def until_done(self, number: int, deed: str) -> Happening:
        """Wait until that was done to a ticket; returns the last line of its history."""
        self.slack.until(lambda: deed in self._known_deeds(number))
        return self.history(number)[-1]

    def _known_deeds(self, number: int) -> list[str]:
        return self.deeds(number) if len(self.town.tickets()) >= number else []

    def told(self, user: str, words: str) -> Any:
        """Wait until somebody, and nobody else, was shown these words; returns the message."""

        def found() -> Any:
            shown = [*self.slack.ephemerals(user), *self.slack.direct(user)]
            return next((one for one in shown if words in one.words or words in one.text), None)

        return self.slack.until(found)


@contextmanager
def workplace(
    folder: Path, prepare: Callable[[Workspace], None] = lambda slack: None, **settings: Any
) -> Iterator[Workplace]:
    """A desk that listens: the town's people are in its private channel; a guest and a stranger are elsewhere."""
    town = Town(folder).settle()
    town.database.write(_with_accounts)
    with Workspace() as slack:
        everybody = (*TEAM.values(), STRANGER, GUEST)
        for staff in STAFF:
            slack.person(TEAM[staff.id], staff.name, zone="America/Toronto")
        slack.person(STRANGER, "Max", zone="Europe/Berlin")
        slack.person(GUEST, "Gus", zone="Europe/Berlin", guest=True)
        slack.channel(DESK, "support-desk", private=True, members=everybody, has_bot=True)
        slack.channel(TALK, "board", private=True, members=everybody, has_bot=True)
        slack.channel(HALL, "general", members=everybody, has_bot=True)
        slack.channel(OUT, "elsewhere", members=everybody, has_bot=False)
        prepare(slack)
        opened = Workplace(town, slack, **{"members": "none", **settings}).open()
        try:
            yield opened
        finally:
            opened.close()
            town.close()
        assert not slack.faults, slack.faults


def _with_accounts(work: UnitOfWork) -> None:
    for staff in STAFF:
        work.people.save(replace(staff, accounts={**staff.accounts, "slack": TEAM[staff.id]}))
