"""What the desk says when it is opened: where it is, who is there, how it stands and what to try."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from bot.cards import Card, Line, Strong
from bot.domain.people import Staff
from bot.domain.sla import Promises
from bot.settings import Settings
from bot.views.standing import standing


def greeting(settings: Settings, promises: Promises, you: Staff | None, others: int, now: datetime, demo: str) -> Card:
    """The card of `thirdline run`; `demo` is what this person types to see one."""
    where = f"your desk is in {settings.data} (SQLite)" if settings.database is None else "your desk is on PostgreSQL"
    who = f"you are {you.name}, {you.role.title}" if you else "the desk does not know you yet"
    company = f"{others} more people belong to it" if others > 1 else "one more person belongs to it"
    lines: tuple[Line, ...] = (
        (Strong(f"Thirdline {version('thirdline')}"), f" · {where} · {who}" + (f" · {company}" if others else "")),
        it_is(promises, now),
        *_ways(settings),
        (f'Try:  /ticket open "printer on fire"     /help     or leave with /quit and run `{demo}`',),
        ("      to see a busy week.",),
    )
    return Card(lines=lines)


def _ways(settings: Settings) -> tuple[Line, ...]:
    """How to take the desk to where the people are, as far as that is not done."""
    web = settings.web
    ways = (
        ("Chat:  thirdline init slack, or thirdline init discord", bool(settings.chats)),
        ("Mail:  thirdline init email", settings.email is not None),
        ("Pages: thirdline init web", web.customers or web.staff),
    )
    return tuple((words,) for words, done in ways if not done)


def it_is(promises: Promises, now: datetime) -> Line:
    """ "It is Monday 23 Nov 2026, 08:12 in Toronto: the desk is closed until 10:00 today, and watched." """
    zone = promises.policy.zone
    local = now.astimezone(ZoneInfo(zone))
    place = zone.rpartition("/")[2].replace("_", " ")
    clock = f"It is {local:%A} {local.day} {local:%b %Y, %H:%M} in {place}: the desk is "
    return (clock, *standing(promises.hours, now), ".")
