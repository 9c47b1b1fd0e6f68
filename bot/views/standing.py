"""How the desk stands at an instant, in words: open until, or closed until, and whether it is watched."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Line, When
from bot.domain.business_hours import BusinessHours, DeskState
from bot.domain.errors import Refusal


def still(hours: BusinessHours, now: datetime) -> Line:
    """ "No clock runs until Tue 13 Oct 10:00, and nothing is lost." while the desk is closed and watched."""
    if hours.state(now) is not DeskState.MONITORED:
        return ()
    try:
        return ("No clock runs until ", _opening(hours, now), ", and nothing is lost.")
    except Refusal:
        return ("No clock runs now, and nothing is lost.",)


def standing(hours: BusinessHours, now: datetime) -> Line:
    """ "open until 19:00", "closed for Thanksgiving Day until Tue 13 Oct 10:00, and watched"."""
    if hours.state(now) is DeskState.OPEN:
        closes = hours.closes_at(now)
        return ("open round the clock",) if closes is None else ("open until ", When(closes, "time"))
    watched = ", and watched" if hours.state(now) is DeskState.MONITORED else ""
    try:
        until = _opening(hours, now)
    except Refusal:  # Beyond the years that are laid out nothing is known.
        return (f"closed{watched}",)
    name = hours.hours.name_of(now.astimezone(hours.zone).date())
    today = " today" if until.style == "time" else ""
    return (f"closed for {name} until " if name else "closed until ", until, f"{today}{watched}")


def _opening(hours: BusinessHours, now: datetime) -> When:
    """When it opens; without the date where that is today. Raises Refusal beyond the years that are laid out."""
    opening = hours.next_opening(now)
    today = opening.astimezone(hours.zone).date() == now.astimezone(hours.zone).date()
    return When(opening, "time" if today else "full")
