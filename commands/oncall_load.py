"""/oncall load: who carried how much of being on call: hours, nights, holidays and pages, each person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.cards import Card, Chart, Line, Series, Strong, Table
from bot.domain.errors import BadValue
from bot.domain.paging import Trigger
from bot.domain.people import Role
from bot.domain.rota import Schedule
from bot.domain.stretches import Stretch, common, joined
from bot.ports import UnitOfWork
from commands.oncall_rota import Rota, asked
from commands.record import today
from commands.spec import Caller, command

USUAL = timedelta(days=28)
LONGEST = timedelta(days=366)
NIGHT = (time(22), time(6))
COUNTS = timedelta(hours=4)
"""So much of a night or of a holiday makes it one of theirs."""


@dataclass(slots=True)
class _Share:
    """What one person carried. `paged` are pages that tried to reach them, `woken` those of them at night."""

    hours: float = 0.0
    nights: int = 0
    holidays: int = 0
    paged: int = 0
    woken: int = 0
    answered: int = 0


@command(
    "oncall load",
    role=Role.VIEWER,
    writes=False,
    from_="The first day; four weeks ago if you give none",
    until="The last day; today if you give none",
    schedule="Only this schedule",
    examples=("oncall load", "oncall load --from 2026-09-07"),
)
def oncall_load(
    caller: Caller,
    work: UnitOfWork,
    *,
    from_: date | None = None,
    until: date | None = None,
    schedule: Schedule | None = None,
) -> Card:
    """Show how fairly being on call is shared: hours, nights, holidays and pages of each person."""
    first, last = _days(work, caller.now, from_, until)
    zone = ZoneInfo(work.promises.policy.zone)
    start = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    rota = Rota(work, start, end)
    names = asked(rota, schedule)
    shares = {person: _Share() for name in names for person in rota.members(name)}
    _on_call(rota, names, shares, first, last, zone)
    if schedule is None:
        _paged(work, start, end, shares, zone)
    ordered = sorted(shares.items(), key=lambda one: (-one[1].hours, one[0]))
    return Card(
        title=(Strong("The load of being on call"), f"  {first:%-d %b %Y} to {last:%-d %b %Y}"),
        lines=_words(rota, ordered),
        table=Table(
            ("who", "hours", "nights", "holidays", "pages", "at night", "answered"),
            tuple(_row(rota.name(person), share) for person, share in ordered),
        ),
        chart=_chart(rota, ordered),
        data={
            "from": first.isoformat(),
            "until": last.isoformat(),
            "people": {
                person: {
                    "hours": round(share.hours, 1),
                    "nights": share.nights,
                    "holidays": share.holidays,
                    "pages": share.paged,
                    "pages_at_night": share.woken,
                    "answered": share.answered,
                }
                for person, share in ordered
            },
        },
    )


def _days(work: UnitOfWork, now: datetime, first: date | None, last: date | None) -> tuple[date, date]:
    last = last or (today(work, now) if first is None or first <= today(work, now) else first + USUAL)
    first = first or last - USUAL + timedelta(days=1)
    if first > last:
        raise BadValue(f"{first} is after {last}.", "/oncall load --from 2026-09-01 --until 2026-09-30")
    if last - first >= LONGEST:
        raise BadValue("That is more than a year.", "Look at up to a year: /oncall load --from 2026-01-01")
    return first, last


def _on_call(
    rota: Rota, schedules: Iterable[str], shares: dict[str, _Share], first: date, last: date, zone: ZoneInfo
) -> None:
    """Hours, nights and holidays; who is on call by two schedules at once is so once."""
    stretches: dict[str, list[Stretch]] = {}
    for name in schedules:
        for shift in rota.shifts(name):
            stretches.setdefault(shift.person, []).append((shift.start, shift.end))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    hours = rota.work.promises.hours.hours
    nights = [_night(day, zone) for day in days]
    off = [_day(day, zone) for day in days if hours.name_of(day) and not hours.windows_on(day)]
    for person, several in stretches.items():
        share = shares.setdefault(person, _Share())
        own = joined(several)
        share.hours = _length(own).total_seconds() / 3600
        share.nights = sum(_length(common(own, [night])) >= COUNTS for night in nights)
        share.holidays = sum(_length(common(own, [day])) >= COUNTS for day in off)


def _paged(work: UnitOfWork, start: datetime, end: datetime, shares: dict[str, _Share], zone: ZoneInfo) -> None:
    for page in work.pages.between(start, end):
        if page.trigger is Trigger.TEST:
            continue
        at = page.started_at.astimezone(zone).time()
        night = at >= NIGHT[0] or at < NIGHT[1]
        for person in {one.person for one in work.pages.attempts(page.id) if one.submitted_at is not None}:
            share = shares.setdefault(person, _Share())
            share.paged += 1
            share.woken += night
        if page.acknowledged_by:
            shares.setdefault(page.acknowledged_by, _Share()).answered += 1


def _night(day: date, zone: ZoneInfo) -> Stretch:
    return datetime.combine(day, NIGHT[0], zone), datetime.combine(day + timedelta(days=1), NIGHT[1], zone)


def _day(day: date, zone: ZoneInfo) -> Stretch:
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def _length(stretches: Iterable[Stretch]) -> timedelta:
    # Plain subtraction of two times of one zone would not see a change of clocks.
    return sum((timedelta(seconds=end.timestamp() - start.timestamp()) for start, end in stretches), timedelta())


def _words(rota: Rota, ordered: Sequence[tuple[str, _Share]]) -> tuple[Line, ...]:
    if not ordered or not ordered[0][1].hours:
        return (("Nobody was on call.",),)
    (most, high), (least, low) = ordered[0], ordered[-1]
    if most == least:
        return ((f"{rota.name(most)} alone was on call, {high.hours:.0f} h.",),)
    return ((f"Most: {rota.name(most)}, {high.hours:.0f} h. Least: {rota.name(least)}, {low.hours:.0f} h.",),)


def _row(name: str, share: _Share) -> tuple[Line, ...]:
    figures = (share.nights, share.holidays, share.paged, share.woken, share.answered)
    return ((name,), (f"{share.hours:.0f}",), *((f"{figure:,}",) for figure in figures))


def _chart(rota: Rota, ordered: Sequence[tuple[str, _Share]]) -> Chart | None:
    if not any(share.hours for _, share in ordered):
        return None
    series = (
        Series("nights", tuple(float(share.nights) for _, share in ordered)),
        Series("holidays", tuple(float(share.holidays) for _, share in ordered)),
        Series("pages", tuple(float(share.paged) for _, share in ordered)),
    )
    return Chart("Nights, holidays and pages", tuple(rota.name(person) for person, _ in ordered), series)
