"""Draws what the desk looks like in Discord, from real messages of a real desk: `python -m docs.discord_picture`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.discord.drawing.cards import Payload, message
from bot.names import Names
from docs.scene import TORONTO, scene
from docs.svg import Column, Run, Theme, width

FOLDER = Path(__file__).parent
ANN, BOB, SUPPORT = "100000000000000001", "100000000000000002", "100000000000000009"
PEOPLE = {"ann": ANN, "bob": BOB}
NAMES = Names(PEOPLE, SUPPORT, "America/Toronto")
READ = {ANN: "Ann", BOB: "Bob", SUPPORT: "support"}
WIDE = 760
BUTTON, MENU = 2, 3

DARK = Theme("#dbdee1", "#949ba4", "#3f4147", "#313338", "gg sans")
WHITE, EMBED, CALLED, FIELD = "#ffffff", "#2b2d31", "#c9cdfb", "#1e1f22"
FILLS = {1: "#5865f2", 2: "#4e5058", 3: "#248046", 4: "#da373c"}

_MARKDOWN = re.compile(
    r"(?m:^)### (?P<head>[^\n]*)|```\n(?P<code>.*?)\n```"
    r"|\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*|<t:(?P<at>-?\d+):(?P<style>\w)>"
    r"|<@&?(?P<who>\d+)>|<(?P<link>https?://[^>]+)>",
    re.DOTALL,
)


def pictures() -> Mapping[str, str]:
    """The pictures by file name, always the same for the same desk."""
    with scene("discord", PEOPLE) as desk:
        sheet = Sheet(DARK, 72, WIDE - 60, 16)
        sheet.top("# support-desk")
        sheet.said("5:30 PM", message(desk.card, NAMES))
        for alert in desk.alerts[-1:]:
            sheet.y += 14
            sheet.said("10:45 AM", message(alert, NAMES))
        return {
            "discord-card.svg": sheet.svg("A ticket in Discord: its card in the desk's channel, and a warning", WIDE)
        }


def instant(seconds: int, style: str) -> str:
    """An instant as Discord's client writes it for an English reader at the desk."""
    at = datetime.fromtimestamp(seconds, UTC).astimezone(TORONTO)
    clock = f"{at:%I:%M %p}".lstrip("0")
    return {"t": clock, "D": f"{at:%B} {at.day}, {at.year}"}.get(style, f"{at:%A, %B} {at.day}, {at.year} {clock}")


def runs(markdown: str) -> Iterator[Run]:
    """Discord's markdown, as far as the desk writes it."""
    at = 0
    for found in _MARKDOWN.finditer(markdown):
        yield Run(_unescaped(markdown[at : found.start()]))
        at = found.end()
        if found["head"]:
            yield from (Run(one.text, "b", one.colour or WHITE) for one in runs(found["head"]))
        elif found["code"]:
            yield Run(found["code"], "m")
        elif found["bold"]:
            yield Run(_unescaped(found["bold"]), "b", WHITE)
        elif found["at"]:
            yield Run(instant(int(found["at"]), found["style"]))
        elif found["who"]:
            yield Run(f"@{READ.get(found['who'], found['who'])}", "b", CALLED)
        else:
            yield Run(found["link"], "", "#00a8fc")
    yield Run(_unescaped(markdown[at:]))


class Sheet(Column):
    """A channel's messages, as somebody sees them."""

    def top(self, channel: str) -> None:
        self.text(24, 38, [Run(channel, "b h", WHITE)])
        self.drawn.append(f'<path d="M0 54H{WIDE}" stroke="{self.theme.line}"/>')
        self.y = 62

    def said(self, clock: str, said: Payload) -> None:
        """A message of the app, with its face and its name."""
        self.box(20, self.y + 4, 40, 40, FILLS[1], FILLS[1], 20)
        self.text(40, self.y + 30, [Run("T", "b h", WHITE)], "middle")
        self.y += 24
        name = width("Thirdline", 15, bold=True)
        self.text(72, self.y - 6, [Run("Thirdline", "b", WHITE)])
        self.box(72 + name + 12, self.y - 19, 34, 16, FILLS[1], FILLS[1], 3)
        self.text(72 + name + 29, self.y - 7, [Run("APP", "s", WHITE)], "middle")
        self.text(72 + name + 56, self.y - 6, [Run(clock, "s", self.theme.dim)])
        if said.content:
            self.words(list(runs(said.content)))
        for embed in said.embeds:
            self.embed(embed)
        for row in said.components:
            self.row(row["components"])

    def embed(self, embed: Mapping[str, Any]) -> None:
        self.y += 6
        top, at = self.y, len(self.drawn)
        self.left, self.right, self.y = self.left + 16, self.right - 16, self.y + 8
        if "title" in embed:
            self.words([Run(_unescaped(embed["title"]), "b", WHITE)])
        self.words(list(runs(embed.get("description", ""))))
        self.left, self.right, self.y = self.left - 16, self.right + 16, self.y + 10
        below, self.drawn = self.drawn[at:], self.drawn[:at]
        self.box(self.left, top, self.right - self.left, self.y - top, EMBED, EMBED)
        colour = f"#{embed['color']:06x}"
        self.box(self.left, top, 4, self.y - top, colour, colour, 2)
        self.drawn += below

    def row(self, components: list[Mapping[str, Any]]) -> None:
        self.y += 8
        x = self.left
        for one in components:
            if one["type"] == MENU:
                self.box(x, self.y, 400, 38, FIELD, FIELD)
                self.text(x + 12, self.y + 24, [Run(one["placeholder"], "", self.theme.dim)])
                self.text(x + 378, self.y + 24, [Run("⌄")])
                self.y += 6
            else:
                wide = width(one["label"], 14, bold=True) + 28
                self.box(x, self.y, wide, 32, FILLS[one["style"]], FILLS[one["style"]])
                self.text(x + wide / 2, self.y + 21, [Run(one["label"], "b", WHITE)], "middle")
                x += wide + 8
        self.y += 32


def _unescaped(text: str) -> str:
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text).replace("\u200b", "")


if __name__ == "__main__":
    for file, drawn in pictures().items():
        (FOLDER / file).write_text(drawn, encoding="utf-8")
