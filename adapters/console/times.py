"""Instants in words, for one reader: in their own zone, and in the desk's where that differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cards import When
from bot.views.wording import span_words

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and when: `zone` is theirs, `desk` the desk's."""

    zone: ZoneInfo
    desk: ZoneInfo
    now: datetime

    def at(self, now: datetime) -> Reader:
        """The same reader at another instant."""
        return replace(self, now=now)


def when_words(when: When, reader: Reader) -> str:
    """ "Tue 13 Oct 11:30", with the year unless it is this one, and with the desk's time where it is another."""
    here, there = when.at.astimezone(reader.zone), when.at.astimezone(reader.desk)
    if when.style == "date":
        return _date(here, reader)
    if when.style == "relative":
        return relative_words(when.at, reader.now)
    clock = f"{here:%H:%M}"
    words = clock if when.style == "time" else f"{_date(here, reader)} {clock}"
    if here.utcoffset() == there.utcoffset():
        return words
    day = "" if here.date() == there.date() else f"{_date(there, reader)} "
    return f"{words} ({day}{there:%H:%M} in {_city(reader.desk)})"


def relative_words(at: datetime, now: datetime) -> str:
    """ "in 3 h", "5 min ago", "in 2 days", "now": by the wall clock, not in business time."""
    seconds = int((at - now).total_seconds())
    if seconds == 0:
        return "now"
    length = abs(seconds)
    days, rest = divmod(length, _DAY)
    words = f"{days} day{'s' if days > 1 else ''}" if length >= 2 * _DAY else span_words(length)
    if length >= 2 * _DAY and days < 4 and rest >= 3600:
        words += f" {rest // 3600} h"
    return f"in {words}" if seconds > 0 else f"{words} ago"


def _date(local: datetime, reader: Reader) -> str:
    year = "" if local.year == reader.now.astimezone(reader.zone).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}"


def _city(zone: ZoneInfo) -> str:
    return (zone.key or "the desk's zone").rpartition("/")[2].replace("_", " ")
