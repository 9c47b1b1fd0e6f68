"""The policy page and the sum behind a due time: what they say is what the clocks do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.cards import Card, Line, When
from bot.domain.hours import Window
from bot.domain.policy import AfterExpiry, ClockKind, Expiry, Policy, Referral, SpecialDay, Target
from bot.domain.sla import Clock, Promises
from bot.policy.file import policy_at
from bot.policy.page import level_page, policy_page, week_words, zone_words
from bot.views.why import why_lines
from tests.domain.calendars import HOUR, LUNCH, local, standard

FIRST = ClockKind.FIRST_RESPONSE
TEN, SEVEN = 10 * HOUR, 19 * HOUR


@pytest.fixture(scope="module")
def policy() -> Policy:
    return policy_at(None)


@pytest.fixture(scope="module")
def promises(policy: Policy) -> Promises:
    return Promises(policy, standard())


def read(line: Line) -> str:
    """A line as somebody in Toronto reads it."""
    return "".join(_part(part) for part in line)


def _part(part: object) -> str:
    if isinstance(part, When):
        at = part.at.astimezone(standard().zone)
        return f"{at:%a} {at.day} {at:%b %H:%M}"
    return part if isinstance(part, str) else str(getattr(part, "text", ""))


def page(card: Card) -> str:
    rows = card.table.rows if card.table else ()
    return "\n".join([read(card.title), *map(read, card.lines), *(" | ".join(map(read, row)) for row in rows)])


def why(promises: Promises, name: str, clock: Clock) -> list[str]:
    return [read(line) for line in why_lines(promises, clock, promises.policy.level(name))]


def test_the_page_says_hours_levels_targets_prices_and_ways(policy: Policy) -> None:
    told = page(policy_page(policy, [(date(2026, 10, 12), "Thanksgiving Day")]))
    for words in (
        "in force since 1 Sep 2026",
        "Monday to Friday 10:00 to 19:00, Toronto time (America/Toronto: EST and EDT; daylight saving included)",
        "the desk is watched",
        "Saturdays, Sundays and public holidays of CA-ON",
        "Next: Mon 12 Oct 2026 Thanksgiving Day",
        "a written reply, a telephone call or a remote session",
        "I | included with every subscription | 1 day | 1 day | e-mail",
        "II | US$250 a year | 6 hours | 6 hours | e-mail and remote access",
        "III | US$750 a year | 3 hours | 3 hours | e-mail, remote access and telephone",
        "Level II and Level III insure against: recovery from a hardware failure, restoring a RAID disk",
        "helped for 30 days: by day 7: The server is installed and answers; by day 21:",
        "once a subscription has ended it is served as before for 14 days, and then as Level I.",
        "told by letter 30 days before its last day, 7 days before its last day and on its last day.",
        "7 days later the customer is asked whether it was solved.",
        "Partner Network",
    ):
        assert words in told


def test_the_page_follows_the_operators_changes(policy: Policy) -> None:
    second = policy.level("II")
    changed = replace(
        policy,
        monitored=False,
        holidays=replace(
            policy.holidays, added={date(2026, 8, 3): "Civic Holiday"}, removed=frozenset([date(2026, 10, 12)])
        ),
        special={date(2026, 12, 24): SpecialDay("Christmas Eve", ((TEN, 13 * HOUR),))},
        levels=(policy.lowest, replace(second, targets={**second.targets, ClockKind.RESOLUTION: Target(5)})),
        installation_days=0,
        expiry=Expiry((), AfterExpiry.REFER),
        referral=Referral(0, 0),
        milestones=(),
        responses=frozenset({"reply"}),
    )
    told = page(policy_page(changed))
    for words in (
        "the desk is closed; what arrives waits",
        "Also off: 3 Aug 2026, Civic Holiday",
        "Open all the same: 12 Oct 2026",
        "Christmas Eve, 24 Dec 2026: 10:00 to 13:00",
        "from us: a written reply.",
        "II | US$250 a year | 6 hours | 6 hours | 5 days",
        "I | included with every subscription | 1 day | 1 day | - |",
    ):
        assert words in told
    assert "Installation plan:" not in told
    assert "once a subscription has ended it is served no more: what is asked is referred to a partner, within" in told
    assert "by letter" not in told
    assert "whether it was solved" not in told
    assert "Level III" not in told


def test_one_level_has_a_page_of_its_own(policy: Policy) -> None:
    told = page(level_page(policy, policy.level("II")))
    assert "US$250 a year" in told
    assert "First response: within 6 hours of business time" in told
    assert "Insures against" in told
    assert "Insures against" not in page(level_page(policy, policy.lowest))
    assert level_page(policy, policy.lowest).data["targets"]["first_response"] == [1, 0]


@pytest.mark.parametrize(
    ("weekly", "words"),
    [
        (LUNCH, "Monday to Friday 10:00 to 13:00 and 14:00 to 19:00"),
        ((((0, 86_400),),) * 7, "Monday to Sunday around the clock"),
        (
            (((TEN, SEVEN),), (), ((TEN, SEVEN),), ((TEN, SEVEN),), (), (), ((TEN, 12 * HOUR),)),
            "Monday 10:00 to 19:00; Wednesday and Thursday 10:00 to 19:00; Sunday 10:00 to 12:00",
        ),
    ],
)
def test_a_week_in_words(weekly: tuple[tuple[Window, ...], ...], words: str) -> None:
    assert week_words(weekly) == words


def test_a_zone_in_words() -> None:
    assert zone_words("Asia/Tokyo", 2026) == "Tokyo time (Asia/Tokyo: JST; the same all year)"
    assert zone_words("UTC", 2026) == "UTC"
    assert "daylight saving included" in zone_words("America/New_York", 2026)


def test_the_sum_over_a_long_weekend_names_the_holiday(promises: Promises) -> None:
    assert why(promises, "III", Clock(FIRST, local("2026-10-09 17:30"))) == [
        "First response for Level III: 3 h of business time from Fri 9 Oct 17:30.",
        "  Fri 9 Oct           17:30 - 19:00  1 h 30 min   open",
        "  Sat 10, Sun 11 Oct                          -   monitored (weekend)",
        "  Mon 12 Oct                                  -   monitored (Thanksgiving Day)",
        "  Tue 13 Oct          10:00 - 11:30  1 h 30 min   open",
        "Due Tue 13 Oct 11:30. At risk from Fri 9 Oct 19:00 (50 %), Tue 13 Oct 10:45 (75 %), Tue 13 Oct 11:12 (90 %). "
        "No pauses.",
        "Policy of 1 Sep 2026. Hours of the sum as at the desk, America/Toronto.",
    ]


def test_the_sum_shows_every_pause_and_what_it_took(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-10-09 10:30"), ((local("2026-10-09 11:00"), local("2026-10-13 12:00")),))
    told = why(promises, "I", clock)
    assert told[0] == "First response for Level I: 1 day (9 h of business time) from Fri 9 Oct 10:30."
    assert "  Fri 9 to Tue 13 Oct  11:00 - 12:00           -   paused (10 h of business time)" in told
    assert told[-2].startswith("Due Wed 14 Oct 11:30.")
    assert told[-2].endswith("1 pause, 10 h of business time.")


def test_a_paused_clock_says_since_when_and_what_is_left(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-10-09 10:30")).pause(local("2026-10-09 11:00"))
    assert why(promises, "I", clock)[-2] == (
        "Paused since Fri 9 Oct 11:00, so nothing is due; 8 h 30 min of business time left. No earlier pauses."
    )


def test_the_lines_of_a_sum_add_up_to_the_promise(promises: Promises) -> None:
    clock = Clock(FIRST, local("2026-12-23 15:00"), ((local("2026-12-24 11:00"), local("2026-12-30 11:00")),))
    ends = promises.due(clock, promises.policy.level("I"))
    assert isinstance(ends, datetime)
    days = promises.hours.explain(clock.started, ends, clock.pauses)
    assert sum(day.open_seconds for day in days) == 9 * HOUR


def test_nothing_promised_is_nothing_to_explain(promises: Promises) -> None:
    assert why(promises, "I", Clock(ClockKind.RESOLUTION, local("2026-10-09 10:30"))) == []
