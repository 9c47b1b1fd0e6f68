"""What a customer is owed now, as people see it, and what a subscription or a credit changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.domain.history import Deed
from bot.ports import Entry
from tests.town import TORONTO, Town


def journal(town: Town, subject: str) -> list[Entry]:
    return list(town.database.read(lambda work: work.memory.journal_of(subject, 10)))


def at(town: Town, day: str, time: str = "12:00") -> None:
    town.clock.set(datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=TORONTO))


# --- /customer show -----------------------------------------------------------------------------------------------


def test_a_customer_shows_what_is_owed_now_and_what_comes_next(town: Town) -> None:
    town.does("ann", "/ticket open printer on fire --customer brightside")
    shown = town.does("vic", "/customer show brightside")
    assert shown.startswith("Brightside  brightside  [active · Level I]\nOwed now: Level I: e-mail\nIn scope: ")
    assert "Out of scope: anything the web administration tool cannot configure" in shown
    assert "Expires in 177 days (after 31 Mar 2027), then 14 days of grace" in shown
    assert "Per-incident telephone credits: 1. Open tickets: 1." in shown
    assert "gateway 5.2 | Level I | 1 Apr 2026 | 31 Mar 2027 |  | runs" in shown


@pytest.mark.parametrize(
    ("day", "time", "badge", "next_line"),
    [
        ("2027-03-30", "12:00", "active · Level III", "Expires tomorrow (after 31 Mar 2027), then 14 days of grace"),
        ("2027-03-31", "23:59", "active · Level III", "Expires today (after 31 Mar 2027), then 14 days of grace"),
        (
            "2027-04-01",
            "00:00",
            "in grace · Level III",
            "In grace until 14 Apr 2027, 14 days left, today included",
        ),
        ("2027-04-14", "23:59", "in grace · Level III", "1 day left, today included; then expired, Level I: e-mail"),
        (
            "2027-04-15",
            "00:00",
            "expired · Level I",
            "1 Apr 2026 | 31 Mar 2027 |  | ended 15 days ago",
        ),
        (
            "2026-03-31",
            "23:59",
            "no subscription · Level I",
            "From 1 Apr 2026 (tomorrow): Level III: e-mail",
        ),
        ("2026-04-01", "00:00", "active · Level III", "Expires in 364 days"),
    ],
)
def test_days_are_the_desks_not_utcs(town: Town, day: str, time: str, badge: str, next_line: str) -> None:
    at(town, day, time)
    shown = town.does("vic", "/customer show acme")
    assert f"[{badge}]" in shown
    assert next_line in shown


@pytest.mark.parametrize(
    ("installed", "shown"),
    [
        ("2026-10-05", "Installation plan: day 0 of 30, until 4 Nov 2026"),
        ("2026-09-05", "Installation plan: day 30 of 30, until 5 Oct 2026"),
        ("2026-09-04", "Installation plan: ended yesterday"),
        ("2026-10-06", "Installation plan: begins tomorrow (6 Oct 2026)"),
    ],
)
def test_the_installation_plan_is_told_by_its_day(town: Town, installed: str, shown: str) -> None:
    town.does("lea", f"/customer edit acme --installed {installed}")
    assert shown in town.does("vic", "/customer show acme")


def test_programs_get_the_same_as_data(town: Town) -> None:
    data = town.says("vic", "/customer show acme").card.data
    assert data["customer"] == "acme"
    assert data["level"] == "III"
    assert data["ways"] == ["email", "remote", "telephone"]
    assert data["changes"] == "2027-04-01"
    assert data["subscriptions"][0]["end"] == "2027-03-31"


# --- /customer subscribe ------------------------------------------------------------------------------------------


def test_a_subscription_takes_the_words_that_all_others_take_for_its_days(town: Town) -> None:
    line = "/customer subscribe acme --product archive --level II --from 2026-04-01 --until 2026-12-31"
    assert "1 Apr 2026 to 31 Dec 2026" in town.does("lea", line)


def test_open_tickets_follow_the_level_that_their_customer_is_owed(town: Town) -> None:
    town.does("ann", "/ticket open printer on fire --customer brightside")
    town.does("ann", "/ticket open by courtesy --customer brightside --level II")
    town.does("ann", "/ticket open done --customer brightside")
    town.does("ann", "/ticket close 3 solved")
    town.does("bob", "/ticket claim 1")
    town.hears("@bob")
    said = town.does("lea", "/customer subscribe brightside --product gateway --level III")
    assert "Owed now (active): Level III: e-mail, remote access, telephone." in said
    assert "1 open ticket follows from Level I to Level III." in said
    assert [town.ticket(number).level for number in (1, 2, 3)] == ["III", "II", "I"]
    event = town.database.read(lambda work: work.tickets.history(1))[-1]
    assert (event.deed, event.by, event.reason) == (Deed.LEVEL, "lea", "Brightside is owed Level III now")
    (told,) = town.hears("@bob")
    assert told == "#1 printer on fire moved from Level I to Level III: Brightside is owed Level III now"
    due = town.database.read(lambda work: work.tickets.due_of(1))
    assert due == town.clock.now() + timedelta(hours=3)


def test_a_subscription_of_the_same_level_moves_nothing(town: Town) -> None:
    town.does("ann", "/ticket open printer on fire --customer brightside")
    before = town.ticket(1)
    assert "follow" not in town.does("lea", "/customer subscribe brightside --product archive --level I")
    assert town.ticket(1) == before


def test_a_subscription_lasts_a_year_from_today_if_nothing_else_is_said(town: Town) -> None:
    said = town.does("lea", "/customer subscribe acme --product archive --level 2 --phone")
    assert "ACME Ltd: archive, Level II, with the telephone option, 5 Oct 2026 to 4 Oct 2027." in said


def test_a_year_from_a_leap_day_ends_on_the_28th(town: Town) -> None:
    said = town.does("lea", "/customer subscribe acme --product archive --level I --start 2028-02-29")
    assert "29 Feb 2028 to 28 Feb 2029." in said


def test_a_subscription_of_the_same_product_and_day_is_corrected(town: Town) -> None:
    said = town.does(
        "lea", '/customer subscribe acme --product "Gateway 5.2" --level II --start 2026-04-01 --end 2026-10-05'
    )
    assert "It replaces what was recorded" in said
    assert "Owed now (active): Level II: e-mail, remote access." in said
    assert "Expires today (after 5 Oct 2026), then 14 days of grace" in said


def test_a_subscription_that_starts_later_is_announced(town: Town) -> None:
    town.does("lea", "/customer add Corner")
    said = town.does("lea", "/customer subscribe corner --product gw --level II --start tomorrow")
    assert "Owed now (no subscription): Level I: e-mail." in said
    assert "From 6 Oct 2026 (tomorrow): Level II: e-mail, remote access" in said


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("--product gw --level IV", "There is no support level “IV”. "),
        ("--product gw", "/customer subscribe needs a level"),
        ("--level I", "/customer subscribe needs a product"),
        ("--product gw --level I --start 2026-10-05 --end 2026-10-04", "would end before it starts"),
        ("--product gw --level I --end 2026-02-30", "2026-02-30 does not exist."),
    ],
)
def test_what_cannot_be_a_subscription_is_refused(town: Town, rest: str, why: str) -> None:
    assert why.strip() in town.refused("lea", f"/customer subscribe acme {rest}")


def test_subscribing_is_for_leads(town: Town) -> None:
    assert "is for lead and above" in town.refused("ann", "/customer subscribe acme --product gw --level I")


# --- /customer credit ---------------------------------------------------------------------------------------------


def test_a_credit_is_recorded_with_who_approved_it(town: Town) -> None:
    said = town.does("lea", '/customer credit brightside --add 2 --approved-by "Kim Lee" they asked nicely')
    assert said == "Brightside has 3 telephone credits now (was 1). Approved by Kim Lee."
    (entry,) = journal(town, "customer:brightside")
    assert (entry.by, entry.what, entry.at) == ("lea", "credited", town.clock.now())
    assert entry.data == {"add": 2, "credits": 3, "approved_by": "Kim Lee", "reason": "they asked nicely"}
    assert "Credited by Lea, approved by Kim Lee, Mon 5 Oct 10:00" in town.does("vic", "/customer show brightside")


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("--add 1", "/customer credit needs an approved by"),
        ("--approved-by Kim", "/customer credit needs an add"),
        ("--add 0 --approved-by Kim", "Adding 0 credits changes nothing."),
        ("--add -2 --approved-by Kim", "Brightside has 1 telephone credit; 2 cannot be taken back."),
        ("--add 999999999 --approved-by Kim", "the desk counts up to 100,000."),
        ("--add some --approved-by Kim", "“some” is not a whole number."),
    ],
)
def test_a_credit_that_cannot_be_is_refused_and_nothing_is_recorded(town: Town, rest: str, why: str) -> None:
    assert why in town.refused("lea", f"/customer credit brightside {rest}")
    assert journal(town, "customer:brightside") == []
    assert town.says("vic", "/customer show brightside").card.data["credits"] == 1


def test_credits_go_down_to_nothing_but_not_below(town: Town) -> None:
    assert "has 0 telephone credits now" in town.does("lea", "/customer credit brightside --add -1 --approved-by Kim")
    assert "has 0 telephone credits; 1 cannot" in town.refused(
        "lea", "/customer credit brightside --add -1 --approved-by Kim"
    )
