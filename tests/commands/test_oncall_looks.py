"""Looking ahead and back: who would be called, how the load is shared, and the calendar to subscribe to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.contacts import CHAT, Reach
from bot.domain.escalation import Target, TargetKind
from bot.domain.oncall import OnCall
from bot.domain.paging import AttemptState, Trigger
from bot.oncall.feeds import Feed, FeedKind, feed_at
from bot.ports import Speaker, UnitOfWork
from commands import catalogue
from commands.desk import Desk
from commands.page_ends import acknowledge
from commands.paging import start_page
from tests.commands.rota_town import PLAN, at, planned, with_rota
from tests.town import Town, words

WORST = "--category hardware-failure"


@pytest.fixture
def town(town: Town) -> Town:
    return with_rota(town)


# --- simulate -----------------------------------------------------------------------------------------------------


def test_it_tells_who_would_be_called_when_and_how_and_calls_nobody(town: Town) -> None:
    said = town.does("vic", f'oncall simulate acme {WORST} --at "Sat 02:14"')
    assert said.startswith("If a ticket of ACME Ltd (hardware-failure) were opened Sat 10 Oct 02:14")
    assert "Rule worst cases fits" in said
    assert "at once | Sat 10 Oct 02:14 | 1 | Ann | console" in said
    assert "at once | Sat 10 Oct 02:14 | 1 | Ann | call" in said
    assert "1 min 30 s | Sat 10 Oct 02:15 | 1 | Ann | call" in said
    assert "Their first answer would be due Tue 13 Oct 13:00." in said
    assert "If nobody answers, it goes round 2 times." in said
    assert "At the latest from Sat 10 Oct 02:24 it is loud: the alerts channel with the team" in said
    assert "and Lea and Zoe, every 10 min." in said
    assert town.database.read(lambda work: work.pages.live()) == []


def test_nobody_would_be_called_where_no_rule_fits_or_nothing_is_owed(town: Town) -> None:
    said = town.does("vic", "oncall simulate acme")
    assert "No rule fits" in said
    assert said.endswith("Nobody would be called.")
    assert "Nobody would be called." in town.does("vic", f"oncall simulate cobalt {WORST}")
    assert "is not owed the telephone" in town.does("vic", "oncall simulate brightside --on staff")
    assert "Ann | call" in town.does("vic", "oncall simulate --level III --on breach")


def test_a_step_that_calls_nobody_is_not_waited_for(town: Town) -> None:
    """As a page that starts then does: it said that Bob is called five minutes late."""
    first = PLAN.escalations["level3"].steps[0]
    then = replace(first, targets=(Target(TargetKind.PERSON, "bob"),))
    chain = replace(PLAN.escalations["level3"], steps=(first, then))
    planned(town, replace(PLAN, escalations={"level3": chain}))
    assert "5 min | Sat 10 Oct 02:19 | 2 | Bob | call" in town.does(
        "vic", f'oncall simulate acme {WORST} --at "Sat 02:14"'
    )
    town.does("lea", 'oncall override level3 ann --from "Fri 18:00" --until "Sun 09:00" --remove')
    said = town.does("vic", f'oncall simulate acme {WORST} --at "Sat 02:14"')
    assert "at once | Sat 10 Oct 02:14 | 1 | - | nobody stands behind schedule:level3" in said
    assert "at once | Sat 10 Oct 02:14 | 2 | Bob | call" in said


def test_a_chain_is_shortened_before_the_answer_is_due(town: Town) -> None:
    slow = replace(PLAN.escalations["level3"], steps=(replace(PLAN.escalations["level3"].steps[0], seconds=3 * 3600),))
    planned(town, replace(PLAN, escalations={"level3": slow}))
    said = town.does("vic", f"oncall simulate acme {WORST}")
    assert "So the chain is shortened: it takes 2 h 59 min instead of 6 h." in said


def test_who_would_not_be_reached_is_said(town: Town) -> None:
    town.away("ann")
    assert "Ann | not called: away" in town.does("vic", f"oncall simulate acme {WORST}")
    planned(town, OnCall(PLAN.schedules))
    assert "no paging table" in town.refused("vic", f"oncall simulate acme {WORST}")


def test_whom_nothing_but_messages_reaches_is_named_as_nobody_wakes_from_those(town: Town) -> None:
    asleep = "messages alone, and nobody wakes from those: no telephone rings."
    assert asleep not in town.does("vic", f"oncall simulate acme {WORST}")
    town.database.write(lambda work: work.contacts.set_plan("ann", True, (Reach(CHAT, 0),)))
    assert f"Ann is sent {asleep}" in town.does("vic", f"oncall simulate acme {WORST}")


# --- load ---------------------------------------------------------------------------------------------------------


def test_the_load_counts_hours_nights_and_holidays_of_each(town: Town) -> None:
    town.clock.set(at(19, 8))
    answer = town.says("vic", "oncall load --from 2026-10-05 --until 2026-10-18")
    people = answer.card.data["people"]
    # From midnight the week before Zoe's turn would have been nobody's: the rota begins on the 5th at nine.
    assert (people["ann"]["hours"], people["ann"]["nights"], people["ann"]["holidays"]) == (168.0, 7, 1)
    assert (people["bob"]["hours"], people["bob"]["nights"], people["bob"]["holidays"]) == (159.0, 6, 1)
    assert people["zoe"]["hours"] == 0
    assert "Most: Ann, 168 h. Least: Zoe, 0 h." in words(answer.card)
    assert answer.card.chart is not None
    assert answer.card.chart.categories == ("Ann", "Bob", "Zoe")


def test_pages_are_counted_for_whoever_they_tried_and_who_answered(town: Town) -> None:
    town.does("zoe", "ticket open printer on fire --customer acme")
    town.clock.set(at(6, 2, 14))

    def page(work: UnitOfWork) -> None:
        now, ticket = town.clock.now(), work.tickets.get(1)
        made = start_page(work, trigger=Trigger.STAFF, reason="because", by="zoe", now=now, ticket=ticket)
        first = work.pages.attempts(made.id)[0]
        work.pages.save_attempt(replace(first, state=AttemptState.SUBMITTED, submitted_at=now))
        acknowledge(work, made, "bob", "command", now)

    town.database.write(page)
    people = town.says("vic", "oncall load --from 2026-10-05").card.data["people"]
    assert (people["ann"]["pages"], people["ann"]["pages_at_night"], people["ann"]["answered"]) == (1, 1, 0)
    assert (people["bob"]["pages"], people["bob"]["answered"]) == (0, 1)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("--from 2026-10-05 --until 2026-10-01", "2026-10-05 is after 2026-10-01."),
        ("--from 2020-01-01", "That is more than a year."),
        ("--from banana", "“banana” is not a date."),
    ],
)
def test_a_span_that_cannot_be_looked_at_says_which_can(town: Town, typed: str, why: str) -> None:
    assert why in town.refused("vic", f"oncall load {typed}")


# --- export -------------------------------------------------------------------------------------------------------


def key_of(town: Town, who: str, line: str) -> str:
    answer = town.says(who, line)
    assert answer.ok, words(answer.card)
    return str(answer.card.data["address"]).rpartition("/")[2].removesuffix(".ics")


def test_everybody_gets_the_address_of_their_shifts_and_can_renew_it(town: Town) -> None:
    first = key_of(town, "bob", "oncall export")
    assert key_of(town, "bob", "oncall export") == first
    assert town.database.read(lambda work: feed_at(work, first)) == Feed(FeedKind.PERSON, "bob")
    second = key_of(town, "bob", "oncall export --renew")
    assert town.database.read(lambda work: (feed_at(work, first), feed_at(work, second))) == (
        None,
        Feed(FeedKind.PERSON, "bob"),
    )


def test_a_whole_schedule_is_everybodys_to_read_and_a_leads_to_renew(town: Town) -> None:
    key = key_of(town, "bob", "oncall export level3")
    assert town.database.read(lambda work: feed_at(work, key)) == Feed(FeedKind.SCHEDULE, "level3")
    assert "Only a lead can renew" in town.refused("bob", "oncall export level3 --renew")
    assert key_of(town, "lea", "oncall export level3 --renew") != key


def test_an_address_that_is_reached_from_this_machine_alone_says_so(town: Town) -> None:
    assert "It is reached from this machine alone" in town.does("bob", "oncall export")


@pytest.mark.parametrize(
    ("settings", "begins"),
    [
        ({"web.public_url": "https://desk.example.com", "phone.public_url": "https://x.example"}, "https://desk.ex"),
        ({"web.public_url": "", "phone.public_url": "https://phone.example.com"}, "https://phone.example.com/oncall/"),
        ({"web.public_url": "", "phone.public_url": "not set", "web.port": "81"}, "http://127.0.0.1:81/oncall/person."),
    ],
)
def test_a_calendar_lies_below_the_address_where_others_reach_the_desk(
    town: Town, settings: dict[str, str], begins: str
) -> None:
    desk = Desk(town.database, catalogue.build(settings), town.clock)
    assert str(desk.say(Speaker("console", "bob", "Bob"), "oncall export").card.data["address"]).startswith(begins)
