"""Installation plans and subscriptions that end, told in their time: both databases, over months of a moved clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import pytest

from bot.domain.customers import Customer
from bot.domain.errors import Conflict
from bot.domain.policy import AfterExpiry, Audience, Expiry, Milestone, Policy
from bot.domain.policy_data import policy_from_json
from bot.policy.adopting import changes as policy_changes
from bot.ports import Database, Kind, UnitOfWork
from bot.ports.intake import Reminder
from bot.runtime import Runtime
from commands.arming import ARMED, CHUNK, rearm_all
from commands.reminders import LOOKS, MOST, sweep_reminders
from tests.journeys.story import Reader
from tests.town import CUSTOMERS, TORONTO, Town, words

LETTER = "mail:it@oak.example"
T = TypeVar("T")


class Writes:
    """A database that counts what is written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.done = 0

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        self.done += 1
        return self._database.write(deed)

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        return self._database.read(deed)


class Months:
    """A town through which months go, stopping at whatever is due, and what its places heard meanwhile."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.reader = Reader()
        self.runtime: Runtime = town.house.runtime({"console": self.reader})

    def to(self, day: str) -> None:
        """Time goes on to a time of Toronto's, "2026-10-05 10:00"."""
        asyncio.run(self.runtime.advance(self.town.clock, at(day)))

    def away_until(self, day: str) -> None:
        """The desk was not running until then."""
        self.town.clock.set(at(day))
        asyncio.run(self.runtime.tick())

    def heard(self, place: str) -> list[tuple[str, str]]:
        """What was said there since it was last asked, each with its day and time; no cards of tickets."""
        shown = self.reader.shown.pop(place, [])
        return [
            (f"{one.created_at.astimezone(TORONTO):%Y-%m-%d %H:%M}", words(one.card))
            for one in shown
            if one.kind is not Kind.CARD
        ]

    def times(self, place: str) -> list[str]:
        return [time for time, _ in self.heard(place)]


def at(day: str) -> datetime:
    return datetime.strptime(day, "%Y-%m-%d %H:%M").replace(tzinfo=TORONTO).astimezone(UTC)


def armed(town: Town, subject: str) -> dict[str, str]:
    rows = town.database.read(lambda work: work.reminders.of(subject))
    return {row.kind: f"{row.at.astimezone(TORONTO):%Y-%m-%d %H:%M}" for row in rows}


def follow(town: Town, **changes: object) -> None:
    """The operator's policy with changes is the desk's from now on."""

    def stored(work: UnitOfWork) -> Policy:
        version = work.memory.policy()
        assert version is not None
        return policy_from_json(version[1])

    town.house.follow(replace(town.database.read(stored), **changes))  # type: ignore[arg-type]
    rearm_all(town.database, town.clock.now(), town.database.read(policy_changes))


@pytest.fixture
def months(either_town: Town) -> Months:
    return Months(either_town)


def oak(town: Town, end: str = "2027-01-10", level: str = "III", *, start: str = "2026-01-11") -> None:
    town.does("lea", 'customer add "Oak Ltd" --id oak --mail it@oak.example,zed@oak.example')
    town.does("lea", f'customer subscribe oak --product "gateway 5.2" --level {level} --start {start} --end {end}')


# --- subscriptions end ----------------------------------------------------------------------------------------------


def test_an_ending_is_told_thirty_and_seven_days_before_and_on_the_last_day_that_the_desk_is_open(
    months: Months,
) -> None:
    oak(months.town)
    months.to("2026-12-10 12:00")
    months.town.does("ann", '/ticket open "slow mail" --customer oak')
    months.to("2026-12-11 12:00")
    months.town.does("ann", "/ticket call 1 rang them")
    months.to("2027-02-28 10:00")
    told, letters = months.heard("#desk"), months.heard(LETTER)
    assert [time for time, _ in told] == ["2026-12-11 10:00", "2026-12-31 10:00", "2027-01-08 10:00"], (
        "The 3rd of January is a Sunday after a holiday and the 10th a Sunday: it is told while people are there."
    )
    assert [time for time, _ in letters] == [time for time, _ in told]
    first = told[0][1]
    assert "Oak Ltd: gateway 5.2 ends in 30 days" in first
    assert "Until 10 Jan 2027: Level III, e-mail, remote access, telephone." in first
    assert "From 11 Jan 2027: served as before until 24 Jan 2027 (grace), then Level I: e-mail." in first
    assert "The telephone is no longer owed then." in first
    assert "Open tickets: #1 slow mail (Level III, due Thu 10 Dec 15:00)." in first
    assert "A letter to it@oak.example tells them." in first
    assert "ends in 2 days" in told[2][1]
    assert "Your support for gateway 5.2 ends in 30 days" in letters[0][1]
    assert "We go on as before until 24 Jan 2027" in letters[0][1]
    assert "After that it is Level I: e-mail" in letters[0][1]
    assert armed(months.town, "customer:oak") == {}


def test_a_renewal_stops_the_warnings_and_one_that_leaves_a_gap_does_not(months: Months) -> None:
    oak(months.town)
    months.to("2026-12-11 12:00")
    assert len(months.heard("#desk")) == 1
    months.town.does(
        "lea", 'customer subscribe oak --product "gateway 5.2" --level III --start 2027-01-11 --end 2028-01-10'
    )
    assert armed(months.town, "customer:oak") == {"expiry": "2027-12-10 10:00"}
    months.to("2027-06-01 10:00")
    assert months.heard("#desk") == []

    months.town.does("lea", 'customer add "Elm" --id elm --mail it@oak.example'.replace("it@oak", "it@elm"))
    months.town.does("lea", "customer subscribe elm --product archive --level II --start 2027-01-01 --end 2027-07-15")
    months.town.does("lea", "customer subscribe elm --product archive --level II --start 2027-08-01 --end 2027-12-31")
    months.to("2027-07-20 10:00")
    assert months.times("mail:it@elm.example") == ["2027-06-15 10:00", "2027-07-08 10:00", "2027-07-15 10:00"]


def test_what_matters_is_what_is_owed_then_not_which_subscription_ends(months: Months) -> None:
    oak(months.town)
    months.town.does("lea", "customer subscribe oak --product archive --level II --start 2026-02-01 --end 2028-02-29")
    months.town.does("lea", "customer subscribe oak --product spare --level I --start 2026-02-01 --end 2027-03-01")
    months.to("2027-06-01 10:00")
    told = months.heard("#desk")
    assert [time[:10] for time, _ in told] == ["2026-12-11", "2026-12-31", "2027-01-08"]
    assert "From 11 Jan 2027: Level II: e-mail, remote access" in told[0][1]
    assert armed(months.town, "customer:oak") == {"expiry": "2028-01-28 10:00"}, "The 30th of January is a Sunday."


def test_after_days_of_being_away_only_the_newest_warning_is_told_and_that_once(months: Months) -> None:
    oak(months.town)
    months.to("2026-12-10 18:00")
    months.away_until("2027-01-05 11:00")
    ((_, told),) = months.heard("#desk")
    assert "ends in 5 days" in told
    months.away_until("2027-01-12 11:00")
    ((_, told),) = months.heard("#desk")
    assert "Oak Ltd: gateway 5.2 ended 2 days ago" in told
    _, (_, last) = months.heard(LETTER)
    assert "Your support for gateway 5.2 ended 2 days ago, on 10 Jan 2027." in last
    months.to("2027-03-01 10:00")
    assert months.heard("#desk") == []


def test_a_ticket_or_a_telephone_number_moves_no_reminder_and_what_is_due_is_not_lost_by_an_edit(
    months: Months,
) -> None:
    oak(months.town)
    months.town.clock.set(at("2026-12-14 11:00"))  # The desk was down as the warning came due.
    months.town.does("lea", "customer phone oak +14165550100")
    assert armed(months.town, "customer:oak") == {"expiry": "2026-12-11 10:00"}
    months.town.does("lea", "customer subscribe oak --product spare --level I --start 2026-12-01 --end 2028-01-01")
    assert armed(months.town, "customer:oak") == {"expiry": "2026-12-11 10:00"}
    months.away_until("2026-12-14 11:01")
    assert ["ends in 27 days" in told for _, told in months.heard("#desk")] == [True]


def test_customers_who_are_imported_with_old_dates_bring_no_flood(months: Months) -> None:
    lines = ["id,name,mail,installed,product,level,start,end"]
    lines += [
        f"c{n},C {n},c{n}@c{n}.example,2026-0{1 + n % 9}-01,gateway,II,2025-01-01,{end}"
        for n, end in enumerate(["2026-03-31", "2026-10-05", "2026-10-08", "2026-10-30", "2026-11-04"] * 3)
    ]
    months.town.does("lea", "customer import " + "\n".join(lines))
    months.away_until("2026-10-05 10:05")
    told = [words for _, words in months.heard("#desk")]
    assert sorted(one.split(" ends ")[1].split("\n")[0] for one in told) == ["in 30 days"] * 3 + ["today"] * 3
    assert not [one for one in told if "installation" in one]


def test_another_policy_arms_all_customers_anew(months: Months) -> None:
    for number in range(3):
        months.town.does("lea", f'customer add "Ash {number}" --id ash{number} --installed 2026-10-01')
        months.town.does(
            "lea", f"customer subscribe ash{number} --product gateway --level II --start 2026-10-01 --end 2027-01-08"
        )
    assert armed(months.town, "customer:ash0") == {"expiry": "2026-12-09 10:00", "installation": "2026-10-08 10:00"}
    weekly = (((8 * 3600, 12 * 3600),), *((),) * 6)
    follow(
        months.town,
        weekly=weekly,
        expiry=Expiry((60,), AfterExpiry.REFER),
        installation_days=20,
        milestones=(Milestone(14, "done"),),
    )
    for number in range(3):
        assert armed(months.town, f"customer:ash{number}") == {
            "expiry": "2026-11-09 09:00",
            "installation": "2026-10-19 09:00",
        }
    change = months.town.database.read(lambda work: work.memory.fact(ARMED))
    assert rearm_all(months.town.database, months.town.clock.now(), change) == 0, "It is done once for each change."


def test_customers_from_before_there_were_reminders_are_armed_at_the_next_start(months: Months) -> None:
    months.town.database.write(lambda work: work.memory.set_fact(ARMED, None))
    assert armed(months.town, "customer:acme") == {}, "They were saved without any."
    follow(months.town)
    assert armed(months.town, "customer:acme") == {"expiry": "2027-03-01 10:00"}


def test_a_plan_that_another_policy_has_made_shorter_is_handed_over_at_once_and_an_old_one_is_not(
    months: Months,
) -> None:
    town = months.town
    for name, day in (("new", "2026-10-04"), ("middle", "2026-09-20"), ("old", "2026-08-01")):
        town.does("lea", f'customer add "{name}" --id {name} --installed {day}')
    follow(town, installation_days=10, milestones=())
    months.to("2026-10-05 10:30")
    ((_, told),) = months.heard("#desk")
    assert "middle: the installation plan of 10 days is over" in told
    assert armed(town, "customer:new") == {"installation": "2026-10-15 10:00"}
    follow(town, installation_days=9)
    months.to("2026-10-05 11:00")
    assert months.heard("#desk") == []


def test_many_customers_are_armed_anew_while_the_desk_goes_on(months: Months) -> None:
    town = months.town

    def add(work: UnitOfWork) -> None:
        for number in range(CHUNK + 20):
            begun = Customer(f"n{number:04}", f"N {number}", installed_on=date(2026, 10, 1))
            work.customers.save(begun)

    town.database.write(add)
    now = town.clock.now()
    assert rearm_all(town.database, now, 77) == CHUNK + 20 + len(CUSTOMERS)
    assert armed(town, f"customer:n{CHUNK + 19:04}") == {"installation": "2026-10-08 10:00"}

    writes = Writes(town.database)
    rearm_all(writes, now, 78)
    assert writes.done == 1, "What has not moved is not written; that all is looked at, is."


# --- one that makes trouble -----------------------------------------------------------------------------------------


def test_one_bad_row_never_stops_the_round_and_is_tried_again(months: Months, caplog: pytest.LogCaptureFixture) -> None:
    town = months.town
    for number in range(4):
        town.does("lea", f'customer add "Fir {number}" --id fir{number} --mail a@fir{number}.example')
        town.does("lea", f"customer subscribe fir{number} --product g --level I --start 2026-01-01 --end 2026-11-30")
    broken = True

    def look(work: UnitOfWork, reminder: Reminder, now: datetime) -> None:
        LOOKS["expiry"](work, reminder, now)
        if broken and reminder.subject == "customer:fir1":
            raise Conflict("It has a fault.")

    now = at("2026-10-30 10:00")
    town.clock.set(now)
    with caplog.at_level(logging.ERROR):
        done = sweep_reminders(town.database, now, {**LOOKS, "expiry": look})
    assert done == 4
    assert "expiry of customer:fir1 failed and is put off" in caplog.text
    assert [one.partition(":")[0] for one in town.hears("#desk")] == ["Fir 0", "Fir 2", "Fir 3"]
    assert armed(town, "customer:fir1") == {"expiry": "2026-10-30 11:00"}
    assert sweep_reminders(town.database, now) == 0
    town.clock.set(at("2026-10-30 23:30"))
    sweep_reminders(town.database, town.clock.now(), {**LOOKS, "expiry": look})
    broken = False
    town.clock.forward(hours=1)  # It is another day, and what belongs to the day before is still to be told.
    sweep_reminders(town.database, town.clock.now())
    assert [one.partition("\n")[0] for one in town.hears("#desk")] == ["Fir 1: g ends in 30 days"], "Nothing is lost."


def test_thousands_at_once_leave_room_for_others_in_between(months: Months) -> None:
    town = months.town
    now = town.clock.now()

    def arm(work: UnitOfWork) -> None:
        for number in range(MOST + 30):
            work.reminders.arm(f"ticket:{number}", {"quick": now})

    def look(work: UnitOfWork, reminder: Reminder, at: datetime) -> None:
        work.reminders.arm(reminder.subject, {reminder.kind: None})

    town.database.write(arm)
    assert sweep_reminders(town.database, now, {"quick": look}) == MOST
    assert town.database.read(lambda work: work.reminders.next_due()) == now, "So the desk looks again at once."
    assert sweep_reminders(town.database, now, {"quick": look}) == 30


def odd(town: Town, due: datetime | None) -> None:
    """Thirty rows of a kind that there is not."""

    def arm(work: UnitOfWork) -> None:
        for number in range(30):
            work.reminders.arm(f"odd:{number}", {"?": due})

    town.database.write(arm)


def test_rows_that_nobody_understands_are_put_off_and_a_round_of_nothing_else_ends(months: Months) -> None:
    town = months.town
    now = town.clock.now()
    odd(town, now)
    assert sweep_reminders(town.database, now) == 10, "One after the other fails, so the trouble is not the rows'."
    odd(town, None)
    assert sweep_reminders(town.database, now) == 0


# --- installation plans ---------------------------------------------------------------------------------------------


def leaf(town: Town) -> None:
    town.does("lea", 'customer add "New Leaf" --id leaf --mail jo@leaf.example --partner Fixers')


def test_a_plan_is_told_by_its_milestones_and_ends_with_a_handover(months: Months) -> None:
    town = months.town
    leaf(town)
    assert "day 0 of 30, until 4 Nov 2026" in town.does("lea", "/customer installed leaf")
    opened = town.does("ann", '/ticket open "step one" --customer leaf')
    assert "day 0 of 30 of the installation plan" in opened
    months.to("2026-10-17 11:00")
    assert "day 12 of 30 of the installation plan" in town.does("ann", '/ticket open "step two" --customer leaf')
    town.does("ann", "/ticket close 1 solved")
    assert "Installation: 2 tickets in the plan, 1 closed." in town.does("vic", "/customer show leaf")
    plan = town.does("vic", "/customer plan leaf")
    assert "Day 21, Mon 26 Oct 2026 (in 9 days): The configuration is finished." in plan
    town.does("ann", "/ticket wait 2")
    months.to("2026-11-30 11:00")
    first, second, over = months.heard("#desk")
    assert first[0] == "2026-10-13 10:00", "The 12th is Thanksgiving."
    assert "By then: The server is installed and answers (day 7 was yesterday)." in first[1]
    assert second[0] == "2026-10-26 10:00"
    assert "A letter to jo@leaf.example tells them." in second[1]
    ((_, letter),) = months.heard("mail:jo@leaf.example")
    assert "This is day 21 of 30 of your installation plan. By now: The configuration is finished." in letter
    assert over[0] == "2026-11-05 10:00"
    assert "the installation plan of 30 days is over" in over[1]
    assert "From 5 Oct 2026 to 4 Nov 2026: 2 tickets in the plan, 1 closed." in over[1]
    assert "Open tickets: #2 step two" in over[1]
    assert "From now on: Level I: e-mail (no subscription)" in over[1]
    assert "to their partner Fixers" in over[1]
    town.does("ann", '/ticket open "later" --customer leaf')
    assert "2 tickets in the plan" in town.does("vic", "/customer plan leaf")


def test_another_day_of_installation_arms_the_plan_anew_and_none_ends_it(months: Months) -> None:
    town = months.town
    leaf(town)
    town.does("lea", "/customer installed leaf 2026-10-01")
    assert armed(town, "customer:leaf") == {"installation": "2026-10-08 10:00"}
    town.does("lea", "/customer edit leaf --installed 2026-10-20")
    assert armed(town, "customer:leaf") == {"installation": "2026-10-27 10:00"}
    town.does("lea", "/customer edit leaf --installed 2020-01-01")
    assert armed(town, "customer:leaf") == {}
    town.does("lea", "/customer edit leaf --installed none")
    assert "New Leaf has no installation plan." in town.does("vic", "/customer plan leaf")


def test_where_only_the_customer_is_told_and_has_no_address_the_desk_is(months: Months) -> None:
    town = months.town
    follow(town, milestones=(Milestone(2, "mail flows", frozenset({Audience.CUSTOMER})),))
    town.does("lea", 'customer add "Deaf" --id deaf --installed 2026-10-05')
    months.to("2026-10-08 10:00")
    ((_, told),) = months.heard("#desk")
    assert told.startswith("Deaf")
    assert "They have no mail address to write to." in told


def test_the_customer_is_written_to_at_the_end_where_the_policy_says_so(months: Months) -> None:
    leaf(months.town)
    follow(months.town, handover=frozenset({Audience.CUSTOMER}), milestones=())
    months.town.does("lea", "/customer installed leaf")
    months.to("2026-11-06 10:00")
    ((_, letter),) = months.heard("mail:jo@leaf.example")
    assert "The 30 days of help with your installation ended on 4 Nov 2026." in letter
    assert "yours is Fixers." in letter
    assert len(months.heard("#desk")) == 1


def test_after_a_long_absence_the_handover_alone_is_told(months: Months) -> None:
    leaf(months.town)
    months.town.does("lea", "/customer installed leaf")
    months.away_until("2026-11-20 11:00")
    ((_, over),) = months.heard("#desk")
    assert "is over" in over
    assert months.heard("mail:jo@leaf.example") == []


# --- what a round costs ---------------------------------------------------------------------------------------------


def test_the_desk_wakes_for_the_next_reminder_and_an_idle_round_finds_nothing(months: Months) -> None:
    town = months.town
    oak(town)
    assert town.database.read(lambda work: work.reminders.next_due()) == at("2026-12-11 10:00")
    assert sweep_reminders(town.database, town.clock.now() + timedelta(days=7)) == 0
