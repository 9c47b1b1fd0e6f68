"""Told by the clock: what is told, to whom, once, and what is left in peace."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.cards import Card
from bot.domain.history import Deed, Event
from bot.domain.ticket import replay
from bot.ports import Kind, UnitOfWork
from commands.drawing import draw
from commands.sweep import sweep
from tests.town import TORONTO, Town, words

ALERTS = "#alerts"


def at(text: str) -> datetime:
    """A Toronto time of October 2026: "5 13:00" is Monday the fifth."""
    return datetime.strptime(f"2026-10-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=TORONTO)


def moves(town: Town, *times: str) -> list[str]:
    """The clock moves through these times and sweeps at each; returns what the alerts channel heard."""
    heard: list[str] = []
    for time in times:
        town.clock.set(at(time))
        town.ticks()
        heard += town.hears(ALERTS)
    return heard


def alert(town: Town) -> Card:
    """The first alert of ticket 1, as it would be delivered now."""

    def drawn(work: UnitOfWork) -> Card:
        posted = next(parcel for parcel in work.outbox.of_ticket(1) if parcel.kind is Kind.ALERT)
        card = draw(work, posted, town.clock.now())
        assert card is not None, "Alerts are always wanted."
        return card

    return town.database.read(drawn)


def level_three(town: Town) -> None:
    """ACME's ticket of Monday 10:00, Level III: due at 13:00."""
    town.does("ann", '/ticket open "mail server down" --customer acme')


def test_warnings_come_at_half_three_quarters_and_nine_tenths_of_the_time_and_then_the_breach(town: Town) -> None:
    level_three(town)
    assert moves(town, "5 11:29") == []
    (half,) = moves(town, "5 11:30")
    assert half.startswith(
        "#1 ACME Ltd · Level III · first response due in 1 h 30 min of business time (Mon 5 Oct 13:00)"
    )
    assert "nobody has claimed it · @team" in half
    (quarter,) = moves(town, "5 12:15")
    assert "due in 45 min" in quarter
    (last,) = moves(town, "5 12:42")
    assert "due in 18 min" in last
    assert moves(town, "5 12:59", "5 13:00") == []
    town.clock.forward(seconds=1)
    town.ticks()
    (breach,) = town.hears(ALERTS)
    assert "first response was due Mon 5 Oct 13:00" in breach


def test_an_answer_in_the_due_second_itself_keeps_the_promise(town: Town) -> None:
    level_three(town)
    moves(town, "5 12:42", "5 13:00")
    town.does("ann", "/ticket reply 1 we are on it")
    town.clock.forward(hours=4)
    town.ticks()
    assert town.hears(ALERTS) == []


def test_each_stage_is_told_once_however_often_the_clock_speaks(town: Town) -> None:
    level_three(town)
    assert len(moves(town, *["5 11:30"] * 5, *["5 12:15"] * 5)) == 2


def test_each_stage_is_told_once_across_restarts(town: Town, tmp_path: Path) -> None:
    level_three(town)
    assert len(moves(town, "5 11:30")) == 1
    town.close()
    again = town.copied(tmp_path / "again")
    assert moves(again, "5 11:31", "5 12:00") == []
    again.close()


def test_the_claimer_is_mentioned_and_the_team_when_the_claimer_is_away(town: Town) -> None:
    level_three(town)
    town.does("bob", "/ticket claim 1")
    (held,) = moves(town, "5 11:30")
    assert "held by @bob" in held
    assert "@team" not in held
    town.away("bob")
    (away,) = moves(town, "5 12:15")
    assert "held by Bob, who is away · @team" in away


def test_an_alert_carries_the_buttons_that_mend_it(town: Town) -> None:
    level_three(town)
    town.clock.set(at("5 11:30"))
    town.ticks()
    assert [choice.label for choice in alert(town).choices] == ["Claim", "Reply", "Wait…", "Why"]


def test_reminders_follow_a_breach_slower_and_slower(town: Town) -> None:
    level_three(town)
    moves(town, "5 11:30", "5 12:15", "5 12:42", "5 13:01")
    times = [f"5 {hour}:{minute:02}" for hour in range(13, 19) for minute in (5, 35)]
    reminders = [time for time in times if moves(town, time)]
    # 1 h and 2 h of business time apart: 14:00 and 16:00; the next lies 4 h on, after closing.
    assert reminders == ["5 14:05", "5 16:05"]
    assert moves(town, "6 10:59") == []
    assert len(moves(town, "6 11:00")) == 1


def test_a_reminder_leaves_alone_who_acted_since_the_last_one(town: Town) -> None:
    level_three(town)
    moves(town, "5 12:42", "5 13:01")
    town.clock.set(at("5 13:30"))
    town.does("bob", "/ticket claim 1")
    assert moves(town, "5 14:00") == []
    assert len(moves(town, "5 16:00")) == 1


def test_a_snooze_silences_warnings_but_never_the_breach(town: Town) -> None:
    level_three(town)
    town.does("ann", '/ticket snooze 1 --until "Mon 18:00"')
    assert moves(town, "5 11:30", "5 12:15", "5 12:42") == []
    (breach,) = moves(town, "5 13:01")
    assert "was due" in breach


def test_the_end_of_a_snooze_is_told(town: Town) -> None:
    level_three(town)
    town.does("ann", "/ticket claim 1")
    town.does("ann", '/ticket snooze 1 --until "Mon 11:00"')
    town.clock.set(at("5 11:00"))
    town.ticks()
    (told,) = town.hears("@ann")
    assert told.startswith("The snooze is over: #1 mail server down")
    assert town.ticket(1).snoozed_until is None


def test_a_wait_that_ends_starts_the_clock_again_and_tells_the_owner(town: Town) -> None:
    level_three(town)
    town.does("ann", "/ticket claim 1")
    town.does("ann", '/ticket wait 1 --until "Mon 12:00"')
    assert moves(town, "5 11:59") == []
    town.clock.set(at("5 12:00"))
    town.ticks()
    (told,) = town.hears("@ann")
    assert "The wait for the customer is over" in told
    assert "due Mon 5 Oct 15:00" in told
    assert town.ticket(1).state.value == "open"


def test_nothing_is_told_while_the_customer_has_the_next_word(town: Town) -> None:
    level_three(town)
    town.does("ann", "/ticket wait 1")
    assert moves(town, "5 12:00", "5 13:30", "7 12:00") == []


def test_nothing_is_told_of_a_closed_ticket(town: Town) -> None:
    level_three(town)
    town.does("ann", "/ticket close 1 solved")
    assert moves(town, "5 12:00", "5 13:30", "7 12:00") == []


def test_a_change_of_level_that_is_already_too_late_tells_one_breach_and_no_stale_warning(town: Town) -> None:
    town.does("ann", '/ticket open "printer" --customer brightside')
    town.clock.set(at("5 14:00"))
    town.does("lea", "/ticket level 1 III")
    (breach,) = moves(town, "5 14:00")
    assert "first response was due Mon 5 Oct 13:00" in breach


def test_what_came_due_while_the_desk_was_away_is_one_digest_with_the_true_times(town: Town) -> None:
    level_three(town)
    town.does("ann", '/ticket open "second" --customer acme')
    town.does("ann", '/ticket open "long one" --customer brightside')
    away = (at("5 10:58"), at("5 13:41"))
    town.clock.set(away[1])
    sweep(town.database, town.clock.now(), away)
    (digest,) = town.hears(ALERTS)
    assert "I was not running from Mon 5 Oct 10:58 to Mon 5 Oct 13:41." in digest
    assert "6 warnings, 2 breaches" in digest
    assert "#1 | ACME Ltd | III | First response: breach | Mon 5 Oct 13:00 | 41 min late" in digest
    assert moves(town, "5 13:42", "5 13:59") == []
    assert len(moves(town, "5 14:00")) == 2, "After the digest the reminders go on as usual."


def test_a_clock_that_jumps_back_tells_nothing_twice_and_loses_nothing(town: Town) -> None:
    level_three(town)
    assert len(moves(town, "5 11:30")) == 1
    assert moves(town, "5 09:00") == []
    town.does("ann", "/ticket note 1 the wall clock went back")
    assert moves(town, "5 11:31") == []
    assert len(moves(town, "5 12:15")) == 1
    events = town.database.read(lambda work: work.tickets.history(1))
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert replay(events) == town.ticket(1)


def test_one_bad_ticket_does_not_stop_the_round(town: Town) -> None:
    for number in range(1, 6):
        town.does("ann", f'/ticket open "trouble {number}" --customer acme')

    def spoil(work: UnitOfWork) -> None:
        ticket = work.tickets.get(3)
        # A level that no policy knows, as a hand in the database would leave it.
        event = Event(3, 2, ticket.opened_at, "zoe", "console", Deed.LEVEL, {"level": "IX"})
        work.tickets.save(ticket.after(event), event, None, {"first_response": ticket.opened_at})

    town.database.write(spoil)
    heard = moves(town, "5 11:30")
    assert [line.partition(" ")[0] for line in heard] == ["#1", "#2", "#4", "#5"]
    assert len(moves(town, "5 12:15")) == 4, "The others go on while the bad one waits."


def test_history_says_what_was_told_and_when_it_was_due(town: Town) -> None:
    level_three(town)
    moves(town, "5 11:30")
    event = town.database.read(lambda work: work.tickets.history(1)[-1])
    assert (event.deed, event.by) == (Deed.ALERTED, "clock")
    assert event.data["stages"] == [["50%", int(at("5 11:30").timestamp())]]


@pytest.mark.parametrize("opened", ["5 18:30", "9 17:30", "10 12:00"])
def test_a_warning_never_falls_into_closed_time(town: Town, opened: str) -> None:
    town.clock.set(at(opened))
    level_three(town)
    for _ in range(24 * 6):
        town.clock.forward(minutes=30)
        before = town.ticket(1).clocks[0].told
        town.ticks()
        if town.ticket(1).clocks[0].told > before:
            local = town.clock.now().astimezone(TORONTO)
            assert timedelta(hours=10) <= timedelta(hours=local.hour, minutes=local.minute) <= timedelta(hours=19)
            assert local.weekday() < 5


def test_the_words_of_an_alert_cannot_be_forged_by_a_subject(town: Town) -> None:
    town.does("ann", '/ticket open "x\x1b[31m <!channel> @everyone" --customer acme')
    town.clock.set(at("5 11:30"))
    town.ticks()
    assert "\x1b" not in words(alert(town))
    assert alert(town).lines[0] == ("x[31m <!channel> @everyone",), "It is a plain part: each platform escapes it."


def test_a_breach_that_nobody_was_told_of_is_told_although_the_customer_has_the_next_word(town: Town) -> None:
    level_three(town)
    town.clock.set(at("5 13:30"))
    town.does("ann", "/ticket wait 1")
    (breach,) = moves(town, "5 13:30")
    assert "first response was due Mon 5 Oct 13:00" in breach
