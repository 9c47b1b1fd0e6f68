"""The screen of a program: each answer, and each message if it is wanted, is one line of JSON, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from adapters.console.charts import values_of
from adapters.console.screen import Screen
from bot.cards import Card, Tone
from bot.ports import Parcel


class ProgramScreen(Screen):
    """`{"line": 3, "ok": true, …}` answers the third line of the input, with the card's data beside it; a message is
    `{"news": {"place": …, "kind": …, "text": […], …}}`. All in ASCII, so that no terminal obeys it.
    """

    for_programs = True
    _number = 0
    _note = ""

    def heard(self, number: int, text: str) -> None:
        """A program knows what it said: only the number of the line comes back, with its answer."""
        with self._lock:
            self._number, self._note = number, ""

    def note(self, text: str) -> None:
        """The words go with the answer, as its "note"."""
        with self._lock:
            self._note = text

    def answer(self, card: Card) -> None:
        self.data(card)

    def data(self, card: Card) -> None:
        with self._lock:
            head: dict[str, Any] = {"line": self._number, "ok": card.tone is not Tone.REFUSAL}
            note = {"note": self._note} if self._note else {}
            self._json({**head, **values_of(card), **head, **note})

    def news(self, parcel: Parcel) -> None:
        card = parcel.card
        told = {
            "place": parcel.place,
            "kind": parcel.kind.value,
            "key": parcel.key,
            "update": parcel.ref is not None,
            "ticket": parcel.ticket,
            "text": list(self._text(card)),
            "data": values_of(card),
        }
        self._json({"news": told})

    def _text(self, card: Card) -> Iterator[str]:
        """The card in words, a line each, instants in the speaker's zone."""
        for line in (card.title, (card.badge,), *card.lines):
            if words := self.words(line):
                yield words
        for row in card.table.rows if card.table else ():
            yield " | ".join(self.words(cell) for cell in row)

    def _json(self, value: dict[str, Any]) -> None:
        self.line(json.dumps(value, default=str))
