"""The coming weeks of rotas as a picture (SVG): a row for each week, a bar for each shift, and gaps in red."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from bot.domain.duty import Duty
from bot.domain.spans import Span, WallClock
from bot.domain.stints import DayOff

_LEFT, _DAY, _RIGHT = 84, 132, 20
_WIDTH = _LEFT + 7 * _DAY + _RIGHT
_BAR, _SPACE, _HEAD = 24, 4, 22
_LETTER = 7.7  # About how wide a letter of 12 pixels is.
_COLOURS = ("#2f6db3", "#2e7d4f", "#9a5b13", "#7a4aa8", "#b03a5b", "#1f7a85", "#5d6a1e", "#4c5a8a")
_FRAME = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}">
<style>
text {{ font: 12px system-ui, "Helvetica Neue", Helvetica, Arial, sans-serif; fill: #24292f; white-space: pre; }}
.h {{ font-size: 16px; font-weight: 700; }} .d {{ fill: #57606a; }} .w {{ fill: #fff; font-weight: 600; }}
</style>
<rect width="{width}" height="{height}" rx="8" fill="#fff" stroke="#d0d7de"/>
{drawn}
</svg>
"""


@dataclass(slots=True)
class _Canvas:
    """What was drawn so far, downwards."""

    names: Mapping[str, str]
    colours: dict[str, str] = field(default_factory=dict)
    y: float = 16
    drawn: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, words: str, style: str = "") -> None:
        kind = f' class="{style}"' if style else ""
        plain = "".join(letter if letter.isprintable() else " " for letter in words)
        self.drawn.append(f'<text x="{x:g}" y="{y:g}"{kind}>{escape(plain, quote=False)}</text>')

    def box(self, x: float, y: float, width: float, height: float, fill: str, more: str = "") -> None:
        self.drawn.append(
            f'<rect x="{x:.1f}" y="{y:g}" width="{max(width, 1):.1f}" height="{height:g}" fill="{fill}"{more}/>'
        )

    def colour(self, person: str) -> str:
        return self.colours.setdefault(person, _COLOURS[len(self.colours) % len(_COLOURS)])


def rota_picture(duties: Iterable[Duty], now: datetime, weeks: int, names: Mapping[str, str], day_off: DayOff) -> str:
    """The weeks from the one of `now` on, each schedule on its own wall clock. Overrides must cover them."""
    canvas = _Canvas(names)
    titles = []
    for duty in duties:
        titles.append(duty.schedule.name)
        _schedule(canvas, duty, now, weeks, day_off)
    if not titles:
        canvas.text(_LEFT, canvas.y + 16, "There is no on-call schedule yet.")
        canvas.y += 24
    return _FRAME.format(
        width=_WIDTH,
        height=round(canvas.y + 12),
        label=escape(f"On call: {', '.join(titles) or 'nobody'}"),
        drawn="\n".join(canvas.drawn),
    )


def _schedule(canvas: _Canvas, duty: Duty, now: datetime, weeks: int, day_off: DayOff) -> None:
    zone = ZoneInfo(duty.schedule.zone)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    wall = WallClock(zone, monday - timedelta(days=1), monday + timedelta(weeks=weeks))
    canvas.text(16, canvas.y + 16, duty.schedule.name, "h")
    canvas.text(16 + 10 * len(duty.schedule.name) + 16, canvas.y + 16, duty.schedule.zone, "d")
    canvas.y += 28
    for week in range(weeks):
        _week(canvas, _Week(duty, wall, monday + timedelta(weeks=week)), now, day_off)
    canvas.y += 12


@dataclass(frozen=True, slots=True)
class _Week:
    """Seven dates on a schedule's wall, each as wide as the others, be it 23 hours long or 25."""

    duty: Duty
    wall: WallClock
    monday: date

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=ahead) for ahead in range(7)]

    @property
    def span(self) -> Span:
        return self.wall.span(self.monday)[0], self.wall.span(self.days[-1])[1]

    def x(self, second: int) -> float:
        """Where an instant of the week lies."""
        for index, day in enumerate(self.days):
            begins, ends = self.wall.span(day)
            if second < ends:
                return _LEFT + _DAY * (index + (second - begins) / (ends - begins))
        return _LEFT + _DAY * 7


def _week(canvas: _Canvas, week: _Week, now: datetime, day_off: DayOff) -> None:
    start, end = (datetime.fromtimestamp(second, UTC) for second in week.span)
    shifts = [
        (one.person, int(one.start.timestamp()), int(one.end.timestamp())) for one in week.duty.shifts(start, end)
    ]
    gaps = [(int(a.timestamp()), int(b.timestamp())) for a, b in week.duty.gaps(start, end, lambda person: True)]
    lanes = list(_in_lanes([*shifts, *(("", *gap) for gap in gaps)]))
    height = max((lane for lane, *_ in lanes), default=0) * (_BAR + _SPACE) + _BAR + 2 * _SPACE
    top = canvas.y + _HEAD
    for index, day in enumerate(week.days):
        x = _LEFT + index * _DAY
        canvas.box(x, top, _DAY, height, "#eef1f4" if day_off(day) else "#fafbfc", ' stroke="#d0d7de"')
        canvas.text(x + 4, canvas.y + 16, f"{day:%a} {day.day} {day:%b}", "d")
    canvas.text(16, top + _BAR - 4, f"week {week.monday.isocalendar().week}", "d")
    for lane, person, begins, ends in lanes:
        left, right = week.x(begins), week.x(ends)
        y = top + _SPACE + lane * (_BAR + _SPACE)
        _bar(canvas, person, left, right - left, y)
    if start <= now < end:
        mark = week.x(int(now.timestamp()))
        canvas.drawn.append(f'<path d="M{mark:.1f} {top:g}v{height:g}" stroke="#cf222e" stroke-width="2"/>')
    canvas.y = top + height + 6


def _bar(canvas: _Canvas, person: str, left: float, width: float, y: float) -> None:
    if person:
        canvas.box(left + 1, y, width - 2, _BAR, canvas.colour(person), ' rx="4"')
        name = canvas.names.get(person, person)
    else:
        canvas.box(left + 1, y, width - 2, _BAR, "#ffebe9", ' rx="4" stroke="#cf222e" stroke-dasharray="4 3"')
        name = "nobody"
    fits = int((width - 12) / _LETTER)
    if fits >= min(len(name), 3):
        short = name if len(name) <= fits else f"{name[: fits - 1]}…"
        canvas.text(left + 7, y + 16, short, "w" if person else "")


def _in_lanes(bars: Sequence[tuple[str, int, int]]) -> Iterator[tuple[int, str, int, int]]:
    """Bars that are there at once below each other, each in the highest lane that is free."""
    free: list[int] = []
    for person, begins, ends in sorted(bars, key=lambda one: (one[1], one[0], one[2])):
        lane = next((index for index, until in enumerate(free) if until <= begins), len(free))
        free[lane:] = [ends, *free[lane + 1 :]]
        yield lane, person, begins, ends
