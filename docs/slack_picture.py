"""Draws what the desk looks like in Slack, from the real blocks of a real desk: `python -m docs.slack_picture`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from adapters.slack.blocks import message
from adapters.slack.errand import Errand
from adapters.slack.home import home_view
from adapters.slack.modals import form_view
from bot.cards import Card
from bot.clocks import MovableClock
from bot.domain.people import Role, Staff
from bot.names import Names
from bot.ports import Kind, Parcel, Speaker, UnitOfWork
from bot.settings import Settings
from bot.wiring import House, build
from commands.completion import choices
from commands.drawing import draw
from commands.sweep import sweep
from docs.slack_svg import DIM, INK, LINE, PAPER, Block, Reader, Run, Sheet, width

FOLDER = Path(__file__).parent
TORONTO = ZoneInfo("America/Toronto")
FRIDAY = datetime(2026, 10, 9, 17, 30, tzinfo=TORONTO)
TUESDAY = datetime(2026, 10, 13, 10, 45, tzinfo=TORONTO)
PEOPLE = {"ann": "U0ANN", "bob": "U0BOB"}
NAMES = Names(PEOPLE, "S0SUPPORT", "America/Toronto")
READ = {"U0ANN": "Ann", "U0BOB": "Bob", "S0SUPPORT": "support"}
WIDE = 760
TYPED = "We are on it: the queue is draining.\nNext word from us before noon."
NAME_ROW = 24
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
    """The desk on the Tuesday after a long weekend, and what it has posted."""

    house: House
    clock: MovableClock
    alerts: tuple[Card, ...]
    card: Card


def pictures() -> Mapping[str, str]:
    """The pictures by file name, always the same for the same desk."""
    with _scene() as scene:
        return {
            "slack-card.svg": _channel(scene),
            "slack-modal.svg": _modal(scene),
            "slack-home.svg": _home(scene),
        }


@contextmanager
def _scene() -> Iterator[Scene]:
    with TemporaryDirectory(prefix="thirdline-picture-") as folder:
        clock = MovableClock(FRIDAY)
        house = build(Settings(data=Path(folder)), clock, ("slack",))
        try:
            _people(house)
            for line in BEFORE:
                answer = house.desk.say(_speaker("ann"), line)
                if not answer.ok:
                    raise RuntimeError(f"{line}: {answer.card.data}")
            clock.set(TUESDAY)
            sweep(house.database, clock.now())
            posted = _posted(house, clock.now())
            alerts = tuple(card for parcel, card in posted if parcel.kind is Kind.ALERT and card.ticket == 1)
            card = next(card for parcel, card in posted if parcel.kind is Kind.CARD and card.ticket == 1)
            yield Scene(house, clock, alerts, card)
        finally:
            house.close()


def _people(house: House) -> None:
    def move_in(work: UnitOfWork) -> None:
        for id, account in PEOPLE.items():
            work.people.save(Staff(id, id.capitalize(), Role.ADMIN, {"slack": account}))

    house.database.write(move_in)


def _speaker(who: str) -> Speaker:
    return Speaker("slack", PEOPLE[who], who.capitalize())


def _posted(house: House, now: datetime) -> list[tuple[Parcel, Card]]:
    """Everything the outbox holds, drawn as it is drawn when it is delivered."""

    def drawn(work: UnitOfWork) -> list[tuple[Parcel, Card]]:
        return [(parcel, draw(work, parcel, now)) for parcel in work.outbox.lease(now, 60, 100)]

    return house.database.write(drawn)


def _reader() -> Reader:
    return Reader(TORONTO, TUESDAY, READ)


def _channel(scene: Scene) -> str:
    """The desk's channel: the ticket's card, and the warning about it."""
    sheet = Sheet(_reader(), 72, WIDE - 24, 16)
    _bar(sheet, "# support-desk")
    _said(sheet, "5:30 PM", message(scene.card, NAMES).blocks)
    for alert in scene.alerts[-1:]:
        sheet.y += 14
        _said(sheet, "10:45 AM", message(alert, NAMES).blocks)
    return sheet.svg("A ticket in Slack: its card in the desk's channel, and a warning", WIDE)


def _modal(scene: Scene) -> str:
    """What opens when somebody presses Reply."""
    desk, speaker = scene.house.desk, _speaker("ann")
    reply = next(choice for choice in scene.card.choices if choice.command == "ticket reply")
    form = desk.form(speaker, reply.command, {**reply.values, "text": TYPED}, reply.asks)
    options = {param.name: choices(desk, param) for param in form.asks}
    view = form_view(form, Errand(reply.command), options, NAMES)
    sheet = Sheet(_reader(), 28, 532, 20)
    sheet.text(28, 40, [Run(view["title"]["text"], "b h")])
    sheet.text(532, 40, [Run("✕", "h", DIM)], "end")
    sheet.y = 52
    sheet.line()
    sheet.blocks(view["blocks"])
    sheet.line()
    sheet.y += 4
    submit = {"type": "button", "text": view["submit"], "style": "primary"}
    cancel = {"type": "button", "text": view["close"]}
    right = 532 - width(view["submit"]["text"], 14, bold=True) - 24
    sheet.button(right, submit)
    sheet.button(right - width(view["close"]["text"], 14, bold=True) - 32, cancel)
    sheet.y += 36
    return sheet.svg("A form in Slack: who will read the words stands above the fields", 560)


def _home(scene: Scene) -> str:
    """The page that Ann sees first."""
    view = home_view(scene.house.desk.home(_speaker("ann")), NAMES)
    sheet = Sheet(_reader(), 28, WIDE - 28, 16)
    _bar(sheet, "Thirdline", "Home", "Messages", "About")
    sheet.blocks(view["blocks"])
    return sheet.svg("App Home in Slack: somebody's own work, by due time", WIDE)


def _bar(sheet: Sheet, title: str, *tabs: str) -> None:
    sheet.text(24, 38, [Run(title, "b h")])
    x = 34 + width(title, 18, bold=True) + 16
    for number, tab in enumerate(tabs):
        sheet.text(x, 38, [Run(tab, "b" if number == 0 else "", INK if number == 0 else DIM)])
        x += width(tab, 15, bold=True) + 20
    sheet.drawn.append(f'<path d="M0 54H{WIDE}" stroke="{LINE}"/>')
    sheet.y = 62


def _said(sheet: Sheet, clock: str, blocks: list[Block]) -> None:
    """A message of the app, with its face and its name."""
    sheet.box(24, sheet.y + 4, 36, 36, "#4a154b", "#4a154b", 8)
    sheet.text(42, sheet.y + 28, [Run("T", "b h", PAPER)], "middle")
    sheet.y += NAME_ROW
    name = width("Thirdline", 15, bold=True)
    sheet.text(72, sheet.y - 6, [Run("Thirdline", "b")])
    sheet.box(72 + name + 6, sheet.y - 18, 30, 15, "#eeeeee", "#eeeeee", 2)
    sheet.text(72 + name + 21, sheet.y - 7, [Run("APP", "s", DIM)], "middle")
    sheet.text(72 + name + 46, sheet.y - 6, [Run(clock, "s", DIM)])
    sheet.blocks(blocks)


if __name__ == "__main__":
    for file, drawn in pictures().items():
        (FOLDER / file).write_text(drawn, encoding="utf-8")
