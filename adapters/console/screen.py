"""The screen: the one hand that writes to the terminal, so that answers and news never tear each other."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import TextIOWrapper
from threading import RLock
from typing import TextIO
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from adapters.console.buttons import Buttons, in_sight
from adapters.console.charts import values_of
from adapters.console.escape import plain
from adapters.console.phone import Ringing, message_of, page_of
from adapters.console.places import news_rows, repeats
from adapters.console.render import draw, drawn_line
from adapters.console.times import Reader
from bot.cards import Card, Line
from bot.ports import Kind, Parcel, WallClock

_UTC = ZoneInfo("UTC")
_REMEMBERED = 200
"""Of how many cards the last words are kept, so that an update that changes none of them is not shown."""


class Screen:
    """What the person at the terminal sees. `out` may be a terminal, a pipe or a file; colours follow it and the
    environment (NO_COLOR, FORCE_COLOR, TERM). `width` fixes the width in cells. Thread-safe.
    """

    for_programs = False
    """Whether a program reads what is written: then it gets data in place of words."""

    def __init__(
        self, out: TextIO, clock: WallClock, *, environ: Mapping[str, str] | None = None, width: int | None = None
    ) -> None:
        self.buttons = Buttons()
        self._clock = clock
        self._environ = os.environ if environ is None else environ
        self._width = width
        self._lock = RLock()
        self._zone = self._desk = _UTC
        self._names: Mapping[str, str] = {}
        self._answered: Card | None = None
        self._said: dict[str, Sequence[Text]] = {}
        self._pages: dict[int, tuple[int, ...]] = {}
        self._ringing = Ringing()
        self.write_to(out)

    def write_to(self, out: TextIO) -> None:
        """Write there from now on. Characters that its encoding lacks become question marks."""
        if isinstance(out, TextIOWrapper):
            out.reconfigure(errors="replace")
        with self._lock:
            self._console = Console(
                file=out, width=self._width, highlight=False, markup=False, emoji=False, _environ=self._environ
            )

    def is_for(self, zone: ZoneInfo, desk: ZoneInfo, names: Mapping[str, str]) -> None:
        """Who reads: their zone, the desk's, and the names of people by id."""
        with self._lock:
            self._zone, self._desk, self._names = zone, desk, names

    @property
    def reader(self) -> Reader:
        return Reader(self._zone, self._desk, self._clock.now())

    def words(self, line: Line) -> str:
        """A line as plain words, for a place that is not the screen's to draw."""
        return " ".join(row.plain for row in drawn_line(line, self.reader))

    def heard(self, number: int, text: str) -> None:
        """Show a line of a script before its answer. `number` counts the lines of the input, from 1."""
        self.line(plain(text))

    def note(self, text: str) -> None:
        """Show a word about the line that was heard, before its answer."""
        self.line(text)

    def answer(self, card: Card) -> None:
        """Show what the desk answers."""
        card = in_sight(card)
        with self._lock:
            self._answered = card
            self._write(draw(card, self.reader, self._console.width, self.buttons.offer(card.choices)))

    def news(self, parcel: Parcel) -> None:
        """Show a message as it arrives at its place. A card that was just the answer is not drawn twice, and an
        update that would say what the last one said is not shown at all."""
        parcel = replace(parcel, card=in_sight(parcel.card))
        with self._lock:
            paged = self._paged(parcel)
            known = bool(paged) or (self._answered is not None and repeats(parcel, self._answered))
            numbers = paged if known or parcel.ref else self.buttons.offer(parcel.card.choices)
            if (page := page_of(parcel)) is not None:
                self._pages[page] = numbers
            rows = news_rows(parcel, self.reader, self._names, self._console.width, numbers, known=known)
            said = parcel.ref and self._said.get(message_of(parcel)) == rows
            if self._ringing.hears(parcel) and not said:
                self._write(rows)
            self._remember(parcel, rows)

    def _paged(self, parcel: Parcel) -> tuple[int, ...]:
        """The numbers of the page's buttons, while it was drawn and they are in sight."""
        numbers = self._pages.get(page_of(parcel) or 0, ())
        seen = tuple(self.buttons.pressed(number) for number in numbers)
        return numbers if seen == parcel.card.choices else ()

    def _remember(self, parcel: Parcel, rows: Sequence[Text]) -> None:
        if parcel.kind is Kind.CARD:
            self._said.pop(message_of(parcel), None)
            self._said[message_of(parcel)] = rows
            if len(self._said) > _REMEMBERED:
                del self._said[next(iter(self._said))]

    def data(self, card: Card) -> None:
        """The card for programs: one line of JSON, in ASCII so that no terminal obeys it."""
        self.line(json.dumps(values_of(card), default=str))

    def line(self, text: str) -> None:
        """A line that is known to be harmless, exactly as it is."""
        self._write([Text(text)])

    def _write(self, rows: Sequence[Text]) -> None:
        if rows:
            with self._lock:
                self._console.print(Text("\n").join(rows), no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)
                self._console.file.flush()
