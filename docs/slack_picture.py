"""Draws what the desk looks like in Slack, from the real blocks of a real desk: `python -m docs.slack_picture`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from adapters.slack.drawing.blocks import message
from adapters.slack.drawing.errand import Errand
from adapters.slack.drawing.home import home_view
from adapters.slack.drawing.modals import form_view
from bot.names import Names
from commands.completion import choices
from docs.scene import TORONTO, TUESDAY, Scene, scene
from docs.slack_svg import DIM, INK, LINE, PAPER, Block, Reader, Sheet
from docs.svg import Run, width

FOLDER = Path(__file__).parent
PEOPLE = {"ann": "U0ANN", "bob": "U0BOB"}
NAMES = Names(PEOPLE, "S0SUPPORT", "America/Toronto")
READ = {"U0ANN": "Ann", "U0BOB": "Bob", "S0SUPPORT": "support"}
WIDE = 760
TYPED = "We are on it: the queue is draining.\nNext word from us before noon."
NAME_ROW = 24


def pictures() -> Mapping[str, str]:
    """The pictures by file name, always the same for the same desk."""
    with scene("slack", PEOPLE) as desk:
        return {
            "slack-card.svg": _channel(desk),
            "slack-modal.svg": _modal(desk),
            "slack-home.svg": _home(desk),
        }


def _reader() -> Reader:
    return Reader(TORONTO, TUESDAY, READ)


def _channel(shown: Scene) -> str:
    """The desk's channel: the ticket's card, and the warning about it."""
    sheet = Sheet(_reader(), 72, WIDE - 24, 16)
    bar(sheet, "# support-desk")
    said(sheet, "5:30 PM", message(shown.card, NAMES).blocks)
    for alert in shown.alerts[-1:]:
        sheet.y += 14
        said(sheet, "10:45 AM", message(alert, NAMES).blocks)
    return sheet.svg("A ticket in Slack: its card in the desk's channel, and a warning", WIDE)


def _modal(shown: Scene) -> str:
    """What opens when somebody presses Reply."""
    desk, speaker = shown.house.desk, shown.speaker("ann")
    reply = next(choice for choice in shown.card.choices if choice.command == "ticket reply")
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


def _home(shown: Scene) -> str:
    """The page that Ann sees first."""
    view = home_view(shown.house.desk.home(shown.speaker("ann")), NAMES)
    sheet = Sheet(_reader(), 28, WIDE - 28, 16)
    bar(sheet, "Thirdline", "Home", "Messages", "About")
    sheet.blocks(view["blocks"])
    return sheet.svg("App Home in Slack: somebody's own work, by due time", WIDE)


def bar(sheet: Sheet, title: str, *tabs: str) -> None:
    sheet.text(24, 38, [Run(title, "b h")])
    x = 34 + width(title, 18, bold=True) + 16
    for number, tab in enumerate(tabs):
        sheet.text(x, 38, [Run(tab, "b" if number == 0 else "", INK if number == 0 else DIM)])
        x += width(tab, 15, bold=True) + 20
    sheet.drawn.append(f'<path d="M0 54H{WIDE}" stroke="{LINE}"/>')
    sheet.y = 62


def said(sheet: Sheet, clock: str, blocks: list[Block]) -> None:
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
