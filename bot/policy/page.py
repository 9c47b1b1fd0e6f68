"""The policy as the page a customer would read, made from the same value that the clocks run on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards import Card, Line, Strong, Table
from bot.domain.hours import WEEKDAYS, Window, clock_text
from bot.domain.policy import AfterExpiry, Audience, ClockKind, Policy, SupportLevel, Way
from bot.domain.policy_data import policy_to_json
from bot.views.wording import listed

_DEEDS = {
    "reply": "a written reply",
    "call": "a telephone call",
    "remote": "a remote session",
    "claim": "somebody taking the ticket",
}
_SHOWN_DAYS = 5


def policy_page(policy: Policy, days_off: Iterable[tuple[date, str]] = ()) -> Card:
    """The whole page. `days_off` are the next days off, dates and names, where a calendar is at hand."""
    lines: list[Line] = [
        *_when(policy),
        *_days_off(policy, list(days_off)),
        *_promise(policy),
        *(line for level in policy.levels for line in _scope(level)),
        *_beyond(policy),
    ]
    return Card(
        title=(Strong(policy.name), f", in force since {_date(policy.effective)}"),
        lines=tuple(lines),
        table=_table(policy),
        data=json.loads(policy_to_json(policy)),
    )


def level_page(policy: Policy, level: SupportLevel) -> Card:
    """One level of it."""
    promised = [
        (f"{kind.label.capitalize()}: within {target} of business time",) for kind, target in level.targets.items()
    ]
    lines: list[Line] = [(f"Price: {level.price}",), *promised, (f"Ways of support: {ways_words(level.ways)}",)]
    if level != policy.lowest and policy.worst_cases:
        lines.append((f"Insures against: {_worst(policy)}.",))
    data = next(one for one in json.loads(policy_to_json(policy))["levels"] if one["name"] == level.name)
    return Card(title=(Strong(level.title),), lines=(*lines, *_scope(level), *_when(policy)), data=data)


def ways_words(ways: Iterable[Way]) -> str:
    """ "e-mail, remote access and telephone", in the order of the ways."""
    kept = set(ways)
    return listed(way.label for way in Way if way in kept)


def week_words(weekly: Sequence[Sequence[Window]]) -> str:
    """ "Monday to Friday 10:00 to 19:00; Saturday 12:00 to 16:00", days of the same hours taken together."""
    runs: list[tuple[int, int]] = []
    for index, windows in enumerate(weekly):
        if runs and weekly[runs[-1][0]] == windows:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return "; ".join(f"{_days(*run)} {_windows(weekly[run[0]])}" for run in runs if weekly[run[0]])


def zone_words(zone: str, year: int) -> str:
    """ "Toronto time (America/Toronto: EST, EDT in summer)": what its clocks are called over that year."""
    place = zone.rpartition("/")[2].replace("_", " ")
    offsets: dict[timedelta | None, str] = {}
    for month in range(1, 13):
        local = datetime(year, month, 15, tzinfo=UTC).astimezone(ZoneInfo(zone))
        offsets.setdefault(local.utcoffset(), f"{local:%Z}")
    names = listed(name for _, name in sorted(offsets.items(), key=lambda item: item[0] or timedelta()))
    saving = "daylight saving included" if len(offsets) > 1 else "the same all year"
    return f"{place} time ({zone}: {names}; {saving})" if place != "UTC" else "UTC"


def _when(policy: Policy) -> list[Line]:
    lines: list[Line] = [
        (Strong("Hours: "), f"{week_words(policy.weekly)}, {zone_words(policy.zone, policy.effective.year)}.")
    ]
    if policy.monitored:
        lines.append(
            ("Outside these hours the desk is watched: nothing is promised, nothing is lost, emergencies are seen.",)
        )
    else:
        lines.append(("Outside these hours the desk is closed; what arrives waits for the next opening.",))
    return lines


def _days_off(policy: Policy, upcoming: list[tuple[date, str]]) -> list[Line]:
    closed = [name + "s" for name, windows in zip(WEEKDAYS, policy.weekly, strict=True) if not windows]
    rule = policy.holidays
    if rule.country:
        place = f"{rule.country}-{rule.subdivision}" if rule.subdivision else rule.country
        closed.append(f"{listed(rule.categories)} holidays of {place}")
    words = listed(closed)
    lines: list[Line] = [(Strong("Days off: "), f"{words}.")] if closed else [(Strong("Days off: "), "none.")]
    if upcoming:
        lines.append((f"Next: {', '.join(f'{day:%a} {_date(day)} {name}' for day, name in upcoming[:_SHOWN_DAYS])}.",))
    for day, name in sorted(dict(rule.added).items()):
        lines.append((f"Also off: {_date(day)}, {name}.",))
    if rule.removed:
        lines.append((f"Open all the same: {listed(_date(day) for day in sorted(rule.removed))}.",))
    for day, kept in sorted(policy.special.items()):
        lines.append((f"{kept.name}, {_date(day)}: {_windows(kept.windows) or 'closed'}.",))
    return lines


def _promise(policy: Policy) -> list[Line]:
    deeds = [words for deed, words in _DEEDS.items() if policy.counts_as_response(deed)]
    return [
        (
            Strong("Promises "),
            "are counted in business time: an hour is an hour of the desk being open, a day a full working day. ",
            "What arrives out of hours counts from the next opening.",
        ),
        (
            Strong("A response "),
            f"is what first reaches the customer from us: {_listed_or(deeds)}.",
        ),
    ]


def _scope(level: SupportLevel) -> list[Line]:
    return [
        (Strong(f"{level.title} "), f"is for {level.audience}."),
        (f"In scope: {level.in_scope}. Out of scope: {level.out_of_scope}.",),
    ]


def _beyond(policy: Policy) -> list[Line]:
    lines: list[Line] = []
    insuring = [level.title for level in policy.levels if level != policy.lowest]
    if policy.worst_cases and insuring:
        lines.append((Strong("The worst cases "), f"that {listed(insuring)} insure against: {_worst(policy)}."))
    if policy.installation_days:
        steps = "; ".join(f"by day {one.day}: {one.title}" for one in policy.milestones)
        told = " At its end the customer is written to." if Audience.CUSTOMER in policy.handover else ""
        plan = f"a new customer is helped for {policy.installation_days} days{': ' + steps if steps else ''}.{told}"
        lines.append((Strong("Installation plan: "), plan))
    lines += _expiry(policy)
    lines.append(
        (
            Strong("Partner Network: "),
            "what lies outside the installation plan and the level is referred to partners, who sell support by ",
            "the hour, consulting and regular administration.",
            *_asked(policy),
        )
    )
    return lines


def _expiry(policy: Policy) -> list[Line]:
    """When the end of a subscription is told, and what comes after it."""
    if policy.expiry.after is AfterExpiry.REFER:
        after = f"served no more: what is asked is referred to a partner, within the time of {policy.lowest.title}"
    elif policy.grace:
        after = f"served as before for {_many_days(policy.grace)}, and then as {policy.lowest.title}"
    else:
        after = f"served as {policy.lowest.title} at once"
    words = f"once a subscription has ended it is {after}."
    warned = [f"{_many_days(one)} before its last day" if one else "on its last day" for one in policy.expiry.warn_days]
    told = f" The customer is told by letter {listed(warned)}." if warned else ""
    return [(Strong("Expiry: "), words, told)]


def _asked(policy: Policy) -> list[str]:
    days = policy.referral.ask_after
    return [f" {_many_days(days)} later the customer is asked whether it was solved."] if days else []


def _many_days(number: int) -> str:
    return f"{number:,} day{'s' * (number != 1)}"


def _table(policy: Policy) -> Table:
    kinds = [kind for kind in ClockKind if any(kind in level.targets for level in policy.levels)]
    header = ("Level", "Price", *(kind.label.capitalize() for kind in kinds), "Ways of support")
    return Table(header, tuple(_row(level, kinds) for level in policy.levels))


def _row(level: SupportLevel, kinds: Sequence[ClockKind]) -> tuple[Line, ...]:
    promised: list[Line] = [(str(level.targets.get(kind, "-")),) for kind in kinds]
    return ((Strong(level.name),), (level.price,), *promised, (ways_words(level.ways),))


def _worst(policy: Policy) -> str:
    titles = [title for slug, title in policy.categories.items() if slug in policy.worst_cases]
    return listed(title[0].lower() + title[1:] if title[1:2].islower() else title for title in titles)


def _days(first: int, last: int) -> str:
    if first == last:
        return WEEKDAYS[first]
    return f"{WEEKDAYS[first]} {'and' if last - first == 1 else 'to'} {WEEKDAYS[last]}"


def _windows(windows: Sequence[Window]) -> str:
    if list(windows) == [(0, 86_400)]:
        return "around the clock"
    return listed(f"{clock_text(opens)} to {clock_text(closes)}" for opens, closes in windows)


def _listed_or(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)


def _date(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
