"""A desk whose pages a real browser looks at: the Tuesday after a long weekend, served on this machine."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.web.doors import Doors
from adapters.web.server import WebServer
from bot.clocks import MovableClock
from bot.domain.contacts import CALL, Contact
from bot.domain.customers import Customer, Subscription
from bot.domain.people import Role, Staff
from bot.oncall.file import read_oncall
from bot.ports import Speaker, UnitOfWork
from bot.ports.intake import PassKind
from bot.settings import Settings
from bot.wiring import House, build
from commands.sweep import sweep
from commands.visits import give_link
from tests.beside import LoopThread

FRIDAY = datetime(2026, 10, 9, 15, 30, tzinfo=ZoneInfo("America/Toronto"))
TUESDAY = datetime(2026, 10, 13, 15, 50, tzinfo=ZoneInfo("America/Toronto"))
CUSTOMER = "ops@acme.example"
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-lcd-text",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""How the browser is started: it asks nobody but the desk."""

_PEOPLE = {"ann": Role.STAFF, "bob": Role.STAFF, "lea": Role.LEAD, "vic": Role.VIEWER}
_CUSTOMERS = (("acme", "ACME Ltd", CUSTOMER, "III"), ("brightside", "Brightside", "hello@brightside.example", "I"))
_PLAN = """
important = ["III"]
[schedules.level3]
zone = "America/Toronto"
[[schedules.level3.layers]]
name = "week"
people = ["ann", "bob", "lea"]
turn = "1 week"
first = 2026-10-05
at = "09:00"
[escalations.level3]
[[escalations.level3.steps]]
call = ["schedule:level3"]
wait = "5m"
[[pages]]
name = "worst cases"
on = "opened"
levels = ["III"]
worst_cases = true
escalation = "level3"
"""
_ON_FRIDAY = (
    f'/ticket open "Mail server down, queue growing" --customer acme --requester {CUSTOMER} --priority high',
    '/ticket open "How do we add a second domain" --customer brightside --requester hello@brightside.example',
    f'/ticket open "Backup finished with warnings" --customer acme --requester {CUSTOMER}',
    "/ticket claim 1",
    '/ticket reply 1 "Thank you for writing. Please send us the last lines of the log."',
    "/ticket close 3 --resolution solved",
)
_LATER = ('/ticket open "Licence for the test machine" --customer brightside',)
_ON_TUESDAY = (
    f'/ticket open "Two users cannot sign in since the update" --customer acme --requester {CUSTOMER}',
    '/ticket open "Certificate runs out next week" --customer acme',
    '/ticket note 1 "The disk of the queue is full: 98 %"',
)


@dataclass(frozen=True, slots=True)
class WebScene:
    """The desk and the address of its pages."""

    house: House
    url: str

    def says(self, who: str, line: str) -> None:
        """Somebody at the desk says a line. Raises RuntimeError where the desk refuses."""
        answer = self.house.desk.say(Speaker("console", who, who.capitalize()), line)
        if not answer.ok:
            raise RuntimeError(f"{line}: {answer.card.data}")

    def entrance(self, who: str) -> str:
        """Where a colleague ("ann") or a customer ("ops@acme.example") signs in, once."""
        kind, page = (PassKind.CUSTOMER_LINK, "/support") if "@" in who else (PassKind.STAFF_LINK, "/desk")
        now = self.house.clock.now()
        secret = self.house.database.write(lambda work: give_link(work, kind, who, now))
        return f"{self.url}{page}/sign-in/{secret}"


@contextmanager
def web_scene(folder: Path) -> Iterator[WebScene]:
    """The same desk every time, served from a thread with a loop of its own, in a new folder."""
    port = _free_port()
    web = {"customers": True, "staff": True, "public_url": f"http://127.0.0.1:{port}", "port": port}
    mail = {"host": "127.0.0.1", "sender": "support@example.com", "undo": 0}
    settings = Settings.model_validate({"data": folder, "company": "Example Support", "web": web, "email": mail})
    clock = MovableClock(FRIDAY)
    house = build(settings, clock)
    scene = WebScene(house, settings.web.public_url)
    try:
        house.database.write(_move_in)
        house.take_on(read_oncall(_PLAN))
        for line in _ON_FRIDAY:
            scene.says("bob", line)
        clock.forward(minutes=80)
        for line in _LATER:
            scene.says("ann", line)
        clock.set(TUESDAY)
        sweep(house.database, clock.now())
        for line in _ON_TUESDAY:
            scene.says("ann", line)
        with _served(settings, house, clock):
            yield scene
    finally:
        house.close()


@contextmanager
def _served(settings: Settings, house: House, clock: MovableClock) -> Iterator[None]:
    """The pages of the desk, while it lasts."""
    beside = LoopThread()
    beside.start()
    try:
        doors = Doors(settings, house.desk, clock, lambda: None)
        server = WebServer("127.0.0.1", settings.web.port, doors.routes, _well, doors.stop)
        beside.does(server.start())
        try:
            yield
        finally:
            beside.does(server.stop())
    finally:
        beside.stop()


async def _well() -> tuple[bool, Mapping[str, Any]]:
    return True, {}


def chromium() -> str:
    """The browser's program, "" where this machine has none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or ""


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _move_in(work: UnitOfWork) -> None:
    for number, (id, role) in enumerate(_PEOPLE.items()):
        work.people.save(Staff(id, id.capitalize(), role, {"console": id}))
        if role >= Role.STAFF:
            work.contacts.save(Contact(0, id, CALL, f"+1416555010{number}", verified_at=FRIDAY.astimezone(UTC)))
    for id, name, address, level in _CUSTOMERS:
        subscribed = (Subscription("gateway", level, date(2026, 4, 1), date(2027, 3, 31)),)
        work.customers.save(Customer(id, name, (address,), frozenset(), subscriptions=subscribed))
