"""A card that a command prints, drawn as the terminal desk draws it."""

from __future__ import annotations

import sys
from zoneinfo import ZoneInfo

from bot.cards import Card
from bot.ports import WallClock


def show(card: Card, clock: WallClock, zone: str) -> None:
    """Draw a card on standard output, its times in that zone."""
    from adapters.console.screen import Screen  # With Rich, which --json does without.

    screen = Screen(sys.stdout, clock)
    screen.is_for(ZoneInfo(zone), ZoneInfo(zone), {})
    screen.answer(Card(card.title, card.badge, card.lines, card.table, tone=card.tone))
