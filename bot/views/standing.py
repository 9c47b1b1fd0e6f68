"""How the desk stands at an instant, in words: open until, or closed until, and whether it is watched."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Line, When
from bot.domain.business_hours import BusinessHours, DeskState
from bot.domain.errors import Refusal


def standing(hours: BusinessHours, now: datetime) -> Line:
    """ "open until 19:00", "closed for Thanksgiving Day until Tue 13 Oct 10:00, and watched"."""
    if hours.state(now) is DeskState.OPEN:
        closes = hours.closes_at(now)
        return ("open round the clock",) if closes is None else ("open until ", When(closes, "time"))
    watched = ", and watched" if hours.state(now) is DeskState.MONITORED else ""
    try:
        opening = hours.next_opening(now)
    except Refusal:  # Beyond the years that are laid out nothing is known.
        return (f"closed{watched}",)
    local = now.astimezone(hours.zone).date()
    name = hours.hours.name_of(local)
    today = opening.astimezone(hours.zone).date() == local
    until = When(opening, "time" if today else "full")
    return (f"closed for {name} until " if name else "closed until ", until, f"{' today' if today else ''}{watched}")
