"""/desk help, settings and report: the same help, no secret, and figures that anybody can count again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.cards import Chart, Series
from bot.domain.people import Role
from bot.ports import Speaker, UnitOfWork
from bot.settings import Settings, Slack
from bot.wiring import assembled
from tests.town import Town, words


def test_help_of_the_desk_is_the_same_help(town: Town) -> None:
    assert town.does("ann", "desk help ticket claim") == town.does("ann", "help ticket claim")
    assert town.does("ann", "desk help") == town.does("ann", "help")


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("ticket help", "help ticket"),
        ("ticket help claim", "help ticket claim"),
        ("customer ?", "help customer"),
        ("sla --help", "help sla"),
        ("ticket claim --help", "help ticket claim"),
    ],
)
def test_help_is_where_it_is_looked_for(town: Town, line: str, same: str) -> None:
    assert town.does("ann", line) == town.does("ann", same)


def test_in_chat_help_is_a_word_of_the_desk_since_the_platform_has_its_own(town: Town) -> None:
    def said(line: str) -> str:
        return words(town.desk.say(Speaker("slack", "U0NEW", "New"), line).card)

    assert "/desk help ticket claim explains one" in said("desk help")
    for line in ("desk help", "customer", "frobnicate", "ticket frobnicate", "desk help frobnicate"):
        assert "/help" not in said(line)


def test_a_stranger_in_chat_is_told_what_an_admin_types_for_them(town: Town) -> None:
    told = words(town.desk.say(Speaker("slack", "U0NEW", "New"), "ticket list").card)
    assert told.endswith("/staff link NAME --platform slack --account U0NEW")
    town.does("zoe", "staff add Newton --role viewer")
    town.does("zoe", "staff link newton --platform slack --account U0NEW")
    assert town.desk.say(Speaker("slack", "U0NEW", "New"), "ticket list").ok


# --- settings -------------------------------------------------------------------------------------------------------


def test_settings_are_shown_without_any_secret(town: Town) -> None:
    settings = Settings(
        data=town.folder,
        slack=Slack(bot_token=SecretStr("xoxb-hush"), app_token=SecretStr("xapp-hush"), roles={"staff": "@support"}),
    )
    house = assembled(settings, town.clock)
    town.desk = house.desk
    shown = town.does("lea", "desk settings")
    assert "hush" not in shown + str(house.desk.catalogue["desk settings"])
    assert "slack.bot_token | set, and kept secret" in shown
    assert "slack.signing_secret | not set" in shown
    assert "slack.roles | staff = @support" in shown
    assert "slack.emoji.on | yes" in shown
    assert f"data | {town.folder}" in shown
    assert "No chat platform has been connected yet." in shown
    house.close()


def test_settings_tell_how_each_platform_is_connected(town: Town) -> None:
    at = int(town.clock.now().timestamp())
    fact = {"well": False, "words": "silent for 90 s", "heard_at": at - 90, "at": at}
    town.database.write(lambda work: work.memory.set_fact("health:slack", fact))
    answer = town.says("zoe", "desk settings")
    assert words(answer.card).splitlines()[1] == (
        "slack is not well: silent for 90 s, last heard of Mon 5 Oct 09:58 (as of Mon 5 Oct 10:00)"
    )
    assert answer.card.data["connections"]["slack"]["heard_at"] == "2026-10-05T13:58:30Z"


def test_settings_are_for_leads(town: Town) -> None:
    assert "is for lead and above" in town.refused("ann", "desk settings")


# --- report ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def week(town: Town) -> Town:
    """Monday: one kept after an hour, one broken by an hour, one broken and closed unanswered, one never answered.
    Tuesday: one of Level II answered after half an hour, one whose promise still runs."""
    for number, subject in enumerate(("kept", "broken", "closed", "forgotten"), start=1):
        town.does("ann", f"ticket open {subject} --customer acme")
        assert town.ticket(number).subject == subject
    town.clock.forward(hours=1)
    town.does("ann", "ticket reply 1 done")
    town.clock.forward(hours=3)
    town.does("ann", "ticket reply 2 sorry")
    town.does("ann", "ticket close 3 no-answer")
    town.clock.forward(hours=21)
    town.does("ann", "ticket open how --customer cobalt")
    town.does("ann", "ticket open later --customer acme")
    town.clock.forward(minutes=30)
    town.does("ann", "ticket reply 5 so")
    return town


def test_a_report_counts_what_was_promised_and_what_was_kept(week: Town) -> None:
    assert week.does("vic", "desk report").splitlines() == [
        "Promised and kept  9 Sep 2026 to 6 Oct 2026",
        "6 tickets were opened; 2 of 5 promises were kept: 40 %.",
        "1 of the broken ones still waits for an answer: /ticket list",
        "5 Oct to 6 Oct: 2 kept, 3 broken",
        "Broken, the worst first (/ticket why NUMBER has the sum, /ticket history NUMBER who did what):",
        "#4 ACME Ltd · Level III · first response was due Mon 5 Oct 13:00: "
        "waits still, 7 h 30 min of business time late, nobody has claimed it",
        "#2 ACME Ltd · Level III · first response was due Mon 5 Oct 13:00: answered 1 h late",
        "#3 ACME Ltd · Level III · first response was due Mon 5 Oct 13:00: closed unanswered, 1 h late",
        "level | opened | answered | promises | kept | broken | kept of them | median | 90 % within",
        "Level II | 1 | 1 | 1 | 1 | 0 | 100 % | 30 min | 30 min",
        "Level III | 5 | 2 | 4 | 1 | 3 | 25 % | 1 h | 4 h",
        "all | 6 | 3 | 5 | 2 | 3 | 40 % | 1 h | 4 h",
    ]


def test_its_chart_says_the_same(week: Town) -> None:
    card = week.says("vic", "desk report --from 2026-10-05").card
    assert card.chart == Chart(
        "Promises by day", ("5 Oct", "6 Oct"), (Series("kept", (1.0, 1.0)), Series("broken", (3.0, 0.0)))
    )
    assert "Mon 5 Oct: 1 kept, 3 broken\nTue 6 Oct: 1 kept, 0 broken" in words(card)
    assert card.data["over_time"] == [
        {"from": "2026-10-05", "kept": 1, "broken": 3},
        {"from": "2026-10-06", "kept": 1, "broken": 0},
    ]
    assert card.data["levels"]["III"]["p90"] == 4 * 3600


def test_it_can_be_of_one_level_one_customer_and_some_days(week: Town) -> None:
    assert "1 of 1 promises were kept: 100 %" in week.does("vic", "desk report --level II")
    assert "1 of 4 promises were kept: 25 %" in week.does("vic", "desk report --customer acme")
    assert "2 tickets were opened; 1 of 1 promises" in week.does("vic", "desk report --from 2026-10-06")
    assert "4 tickets were opened; 1 of 4 promises" in week.does("vic", "desk report --until 2026-10-05")
    assert "0 tickets were opened; no promise of an answer ended." in week.does("vic", "desk report --until 2026-10-04")


def test_what_was_promised_is_what_was_promised_then(week: Town) -> None:
    """A level that is changed later, or a ticket that moves, is told by its level now, with the figures of then."""
    week.does("ann", "ticket level 1 II")
    assert "1 of 3 promises" not in week.does("vic", "desk report --level III")
    assert "2 of 2 promises were kept" in week.does("vic", "desk report --level II")


@pytest.mark.parametrize(
    ("line", "chart"),
    [
        ("--from 2026-09-23", "Promises by day"),
        ("--from 2026-04-08", "Promises by week"),
        ("--from 2025-01-01", "Promises by month"),
    ],
)
def test_a_long_time_is_shown_by_the_week_or_the_month(week: Town, line: str, chart: str) -> None:
    found = week.says("vic", f"desk report {line}").card.chart
    assert found is not None
    assert found.title == chart
    assert len(found.categories) <= 27
    assert (sum(found.series[0].values), sum(found.series[1].values)) == (2, 3)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("--from 2026-10-03 --until 2026-10-02", "2026-10-03 is after 2026-10-02."),
        ("--from 2026-12-01 --until 2026-12-02", "2026-12-01 has not come yet."),
        ("--from 2020-01-01", "That is more than two years."),
        ("--from soon", "“soon” is not a date."),
        ("--month soon", "“soon” is no month."),
        ("--month 2026-13", "“2026-13” is no month."),
        ("--month 2026-11", "2026-11-01 has not come yet."),
        ("--month last --from 2026-10-01", "A whole month has its own first and last day."),
    ],
)
def test_a_time_that_cannot_be_reported_is_refused_in_words(town: Town, line: str, why: str) -> None:
    assert why in town.refused("vic", f"desk report {line}")


@pytest.mark.parametrize(
    ("month", "days"),
    [
        ("last", "1 Sep 2026 to 30 Sep 2026"),
        ("this", "1 Oct 2026 to 6 Oct 2026"),
        ("2026-10", "1 Oct 2026 to 6 Oct 2026"),
        ("2025-12", "1 Dec 2025 to 31 Dec 2025"),
        ("2026-02", "1 Feb 2026 to 28 Feb 2026"),
    ],
)
def test_a_month_is_reported_by_its_name_and_ends_today_at_the_latest(week: Town, month: str, days: str) -> None:
    assert week.does("vic", f"desk report --month {month}").startswith(f"Promised and kept  {days}\n")


def test_to_whom_a_promise_was_broken_is_told_to_programs_too(week: Town) -> None:
    missed = week.says("vic", "desk report").card.data["missed"]
    assert [(one["ticket"], one["answered"], one["late"]) for one in missed] == [
        (4, False, None),
        (2, True, 3600),
        (3, False, 3600),
    ]
    assert week.says("vic", "desk report --level II").card.data["missed"] == []


def test_of_many_broken_promises_the_worst_are_told_and_how_many_more_there_are(week: Town) -> None:
    for number in range(7, 17):
        week.does("ann", f"ticket open subject {number} --customer acme")
    week.clock.forward(days=7)
    told = week.does("vic", "desk report")
    assert "4 more: a shorter time, --level or --customer shows them" in told
    assert len([line for line in told.splitlines() if line.startswith("#")]) == 10


def test_on_a_desk_without_an_admin_everybody_is_told_how_one_becomes_it(town: Town) -> None:
    def leave(work: UnitOfWork) -> None:
        work.people.save(replace(work.people.get("zoe"), role=Role.NOBODY))

    assert "An admin can change that: /staff roles ann lead" in town.refused("ann", "desk settings")
    town.database.write(leave)
    for who in ("ann", "nobody-knows"):
        assert "This desk has no admin yet: thirdline run --as NAME" in town.refused(who, "desk settings")


def test_help_of_everything_shows_the_groups_and_their_verbs(town: Town) -> None:
    everything, tickets = (town.says("ann", line).card.table for line in ("help", "help ticket"))
    assert everything is not None
    assert tickets is not None
    group, verbs = everything.rows[0]
    assert group == ("/ticket",)
    assert "claim, close, " in str(verbs[0])
    assert ("/ticket claim",) in [row[0] for row in tickets.rows]
