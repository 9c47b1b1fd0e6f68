"""Times as people say them: "Mon 10:00", "2026-03-02", "tomorrow 9:30", "2d" or "3h" of business time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import BadValue
from bot.domain.sla import Promises

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPAN = re.compile(
    r"(?:(\d{1,4}) ?w(?:eeks?)?)? ?(?:(\d{1,4}) ?d(?:ays?)?)? ?"
    r"(?:(\d{1,5}) ?h(?:ours?)?)? ?(?:(\d{1,6}) ?m(?:in|inutes?)?)?"
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NAMED_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.? ([a-z]{3})[a-z]*\.?(?: (\d{4}))?")
_DAY_NAMED = re.compile(r"([a-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,?(?: (\d{4}))?")

_ABSOLUTE = re.compile(r"\d{4}-\d\d?-\d\d?[T ]\d\d?:\d\d.*(Z|[+-]\d\d:?\d\d)")

HINT = "Give a date (2026-03-02), a day (Mon 10:00) or a span (2d, 3h of business time)."


def span(text: str, working_day: int, week: int = 5) -> int | None:
    """Open seconds of "2d", "3h", "1d 4h", "90m"; a day is one working day, a `week` five. None if it is no span."""
    found = _SPAN.fullmatch(text.strip().casefold())
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes = (int(group or 0) for group in found.groups())
    return (weeks * week + days) * working_day + hours * 3600 + minutes * 60


def day(text: str, today: date) -> date:
    """A date: "2026-03-02", "2 Mar", "Mon 2 Mar", "Mar 2 2027", "today", "tomorrow", or the next "Mon".

    Raises BadValue, also for a weekday that is not the date's.
    """
    words = " ".join(text.casefold().split())
    if words in ("today", "tomorrow", "yesterday"):
        return today + timedelta(days=("yesterday", "today", "tomorrow").index(words) - 1)
    if words[:3] in _WEEKDAYS and words in _spellings(words[:3]):
        return today + timedelta(days=(_WEEKDAYS.index(words[:3]) - today.weekday()) % 7)
    named, _, rest = words.partition(" ")
    if rest and named[:3] in _WEEKDAYS and named.removesuffix(",") in _spellings(named[:3]):
        return _on_weekday(day(rest, today), named[:3], rest)
    if found := _ISO.fullmatch(words):
        return _date(int(found[1]), int(found[2]), int(found[3]), text)
    if found := _NAMED_DAY.fullmatch(words):
        return _nearest(found[1], found[2], found[3], today, text)
    if found := _DAY_NAMED.fullmatch(words):
        return _nearest(found[2], found[1], found[3], today, text)
    raise BadValue(f"“{text[:40]}” is not a date.", HINT)


def moment(text: str, now: datetime, zone: ZoneInfo, promises: Promises) -> datetime:
    """An instant in UTC. A span is business time from now; a day without a time is its first opening; a wall time is
    read in `zone`, and a bare one ("17:30") is its next occurrence. Raises BadValue."""
    words = " ".join(text.split())
    if _ABSOLUTE.fullmatch(words):
        return _absolute(words)
    seconds = span(words, promises.working_day)
    if seconds is not None:
        until = promises.hours.due(now, seconds) if seconds else now
        if until is None:
            raise BadValue(f"“{words}” never ends in this calendar.", HINT)
        return until
    local = now.astimezone(zone)
    head, clock = _parted(words)
    if clock is None:
        chosen = _opening(day(words, local.date()), zone, promises)
        again = words[:3].casefold() in _WEEKDAYS and " " not in words and chosen <= now
        return _opening(day(words, local.date()) + timedelta(days=7), zone, promises) if again else chosen
    return _at_clock(head, clock, now, zone, text)


def _absolute(words: str) -> datetime:
    try:
        return datetime.fromisoformat(words).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise BadValue(f"“{words}” does not exist.", HINT) from None


def _at_clock(head: str, clock: re.Match[str], now: datetime, zone: ZoneInfo, text: str) -> datetime:
    """A time of a day, or of the next day that has it still to come."""
    local = now.astimezone(zone)
    at = _time(clock, text)
    if not head:
        today = _local(local.date(), at, zone)
        return today if today > now else _local(local.date() + timedelta(days=1), at, zone)
    chosen = _local(day(head, local.date()), at, zone)
    weekday = " " not in head and head[:3].casefold() in _WEEKDAYS
    return chosen + timedelta(days=7) if weekday and chosen <= now else chosen


def instant(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """An instant in UTC by the clock on the wall, whatever the desk's hours: "22:00" is its next occurrence in `zone`,
    "Mon 18:00" the next one, "4h" and "2d" are plain time from now. A day alone is refused: whoever is on call takes
    over at a time. Raises BadValue."""
    words = " ".join(text.split())
    if words.casefold() == "now":
        return now
    if _ABSOLUTE.fullmatch(words):
        return _absolute(words)
    seconds = span(words, 86_400, week=7)
    if seconds is not None:
        return now + timedelta(seconds=seconds)
    head, clock = _parted(words)
    if clock is None:
        found = day(words, now.astimezone(zone).date())
        raise BadValue(f"{words[:40]} has no time.", f"Give it, too: {found.day} {found:%b} 09:00")
    return _at_clock(head, clock, now, zone, text)


def to_come(text: str, now: datetime, zone: ZoneInfo, promises: Promises) -> datetime:
    """The same, for an instant that must not be past: a day that is over is refused as it was typed, before it could
    move on to the next opening. Raises BadValue."""
    words = " ".join(text.split())
    if not _ABSOLUTE.fullmatch(words) and span(words, promises.working_day) is None and _parted(words)[1] is None:
        today = now.astimezone(zone).date()
        if day(words, today) < today:
            raise BadValue(f"{words} is past.", HINT)
    found = moment(text, now, zone, promises)
    if found < now:
        raise BadValue(f"{words} is past.", HINT)
    return found


def _parted(words: str) -> tuple[str, re.Match[str] | None]:
    """The words before a time of day, and the time; a day without one has None."""
    head, _, last = words.replace("T", " ", 1 if _ISO.match(words) else 0).rpartition(" ")
    return head, _CLOCK.fullmatch(last)


def _on_weekday(found: date, weekday: str, text: str) -> date:
    if found.weekday() != _WEEKDAYS.index(weekday):
        raise BadValue(f"{text[:40]} is a {found:%A} ({found}).", HINT)
    return found


def _spellings(short: str) -> tuple[str, ...]:
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[_WEEKDAYS.index(short)]
    return (short, full, full[:4], full[:5], short + ".")


def _opening(on: date, zone: ZoneInfo, promises: Promises) -> datetime:
    """The first opening from that date on."""
    return promises.hours.next_opening(_local(on, time(), zone))


def _local(on: date, at: time, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(on, at, zone).astimezone(UTC)
    except OverflowError:  # The first and the last day that there are end before they begin somewhere.
        raise BadValue(f"{on} is too far away.", HINT) from None


def _time(found: re.Match[str], text: str) -> time:
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        raise BadValue(f"{found[0]} is not a time of day (“{text[:40]}”).", HINT) from None


def _date(year: int, month: int, number: int, text: str) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise BadValue(f"{text.strip()[:40]} does not exist.", HINT) from None


def _nearest(number: str, month: str, year: str | None, today: date, text: str) -> date:
    """A day and month without a year is the next one from today; 29 Feb waits for a leap year."""
    if month not in _MONTHS:
        raise BadValue(f"“{text[:40]}” is not a date.", HINT)
    index = _MONTHS.index(month) + 1
    if year is not None:
        return _date(int(year), index, int(number), text)
    for ahead in range(9 if (index, int(number)) == (2, 29) else 2):
        try:
            found = date(today.year + ahead, index, int(number))
        except ValueError:
            continue
        if found >= today:
            return found
    raise BadValue(f"{text.strip()[:40]} does not exist.", HINT)
