"""Buttons of a terminal: numbers to type, each meaning the button beside which it was drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from threading import Lock

from bot.cards import Card, Choice

MOST = 99
"""After it the numbers begin again at 1, and the buttons of that long ago are gone."""


def in_sight(card: Card) -> Card:
    """The card with the buttons that a terminal shows: there is no menu here to keep the rest behind, and all of them
    can be typed."""
    return replace(card, choices=tuple(choice for choice in card.choices if not choice.rest))


class Buttons:
    """The buttons that are still in sight. Thread-safe: news is drawn while somebody types."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._offered: dict[int, Choice] = {}
        self._last = 0

    def offer(self, choices: Iterable[Choice]) -> tuple[int, ...]:
        """The numbers to draw beside these choices, in order."""
        with self._lock:
            return tuple(self._number(choice) for choice in choices)

    def pressed(self, number: int) -> Choice | None:
        """What the button does; None when it has scrolled away or never was."""
        with self._lock:
            return self._offered.get(number)

    def _number(self, choice: Choice) -> int:
        self._last = self._last % MOST + 1
        self._offered[self._last] = choice
        return self._last
