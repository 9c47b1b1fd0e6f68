"""No page is lost: whatever fails, wherever the desk dies, and however many act at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import create_engine
from sqlalchemy import text as sql

from bot.cards import Card
from bot.domain.history import Deed
from bot.domain.paging import AttemptState, PageState
from bot.handover import sent
from bot.ports import Outcome, Parcel, ParcelState, UnitOfWork
from commands.drawing import draw
from commands.page_ends import Acknowledged, acknowledge
from commands.page_receipts import Status, settled
from commands.page_sweep import sweep_pages
from commands.page_told import page_words
from tests.commands.night import KIM, LEA, SAM, Night
from tests.town import Town, words

T = TypeVar("T")


@pytest.fixture
def night(town: Town) -> Night:
    return Night(town)


class Dying:
    """A database whose process dies after so many commits."""

    def __init__(self, night: Night, commits: int) -> None:
        self._database = night.town.database
        self.left = commits

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return self._database.write(deed)

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        return self._database.read(deed)


@pytest.mark.parametrize("commits", range(6))
def test_a_desk_that_dies_between_any_two_commits_goes_on_where_it_was(night: Night, commits: int) -> None:
    night.town.does("bob", "/ticket open down --customer acme --category hardware-failure")
    for _ in range(4):
        night.town.clock.forward(seconds=200)
        dying = Dying(night, commits)
        try:
            while sweep_pages(dying, night.town.clock.now()):
                pass
        except KeyboardInterrupt:
            pass
        # It is back, and does what is left; nothing was told twice.
        night.round()
    places = [one.place for one in night.sent]
    assert f"call:{KIM}" in places
    assert f"call:{SAM}" in places
    keys = [(one.card.data.get("page"), one.card.data.get("attempt"), one.place) for one in night.sent]
    attempts = [key for key in keys if key[1]]
    assert len(attempts) == len(set(attempts))
    night.passes(hours=1)
    assert "Nobody has answered page 1" in words(night.heard_in("#alerts")[-1])


def test_a_desk_that_was_away_for_an_hour_goes_on_with_the_next_step(night: Night) -> None:
    night.opens()
    night.town.clock.forward(hours=1)
    night.round()
    assert night.page().open
    assert len(night.calls()) >= 2


def test_a_page_that_makes_trouble_is_put_off_and_the_others_go_on(
    night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    night.opens()
    night.town.does("bob", "/page @sam the second page")
    night.round()

    def break_it(work: UnitOfWork) -> None:
        # A page of a chain that no code can follow.
        work.pages.save(replace(work.pages.get(1), due=night.town.clock.now(), round=-10, step=-3))

    night.town.database.write(break_it)
    night.town.clock.forward(minutes=5)
    before = night.page(2)
    sweep_pages(Breaking(night, 1), night.town.clock.now())
    assert "Page 1 failed and is put off" in caplog.text
    assert night.page(2).due != before.due
    assert night.page(1).due is not None


class Breaking:
    """A database in which looking after one page fails."""

    def __init__(self, night: Night, page: int) -> None:
        self._database = night.town.database
        self._page = page

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        def guarded(work: UnitOfWork) -> T:
            return deed(_Broken(work, self._page))  # type: ignore[arg-type]  # All else is the real one's.

        return self._database.write(guarded)

    def read(self, deed: Callable[[UnitOfWork], T]) -> T:
        return self._database.read(deed)


class _Broken:
    def __init__(self, work: UnitOfWork, page: int) -> None:
        self._work = work
        self.pages = _BrokenPages(work, page)

    def __getattr__(self, name: str) -> object:
        return getattr(self._work, name)


class _BrokenPages:
    def __init__(self, work: UnitOfWork, page: int) -> None:
        self._pages = work.pages
        self._page = page

    def __getattr__(self, name: str) -> object:
        return getattr(self._pages, name)

    def save(self, page: object) -> None:
        if getattr(page, "id", 0) == self._page:
            raise ValueError("this row is broken")
        self._pages.save(page)  # type: ignore[arg-type]  # It is a page.


def test_of_many_who_acknowledge_at_once_one_has_it(either_town: Town) -> None:
    night = Night(either_town)
    night.opens()
    page, now = night.page(), night.town.clock.now()
    people = ["ann", "bob", "lea", "kim", "sam", "zoe"]
    done: list[Acknowledged] = []
    barrier = threading.Barrier(len(people))

    def press(person: str) -> None:
        barrier.wait()
        done.append(night.town.database.write(lambda work: acknowledge(work, page, person, "button", now)))

    threads = [threading.Thread(target=press, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first,) = [one for one in done if one.first]
    assert {one.page.acknowledged_by for one in done} == {first.page.acknowledged_by}
    assert night.town.ticket(1).owner == first.page.acknowledged_by
    assert len(night.events(Deed.ACKNOWLEDGED)) == 1
    assert len(night.events(Deed.CLAIMED)) == 1


def test_two_desks_that_open_tickets_of_one_customer_at_once_make_one_page(either_town: Town) -> None:
    night = Night(either_town)
    barrier = threading.Barrier(4)

    def open_one(number: int) -> None:
        barrier.wait()
        night.town.does("bob", f"/ticket open down {number} --customer acme --category hardware-failure")

    threads = [threading.Thread(target=open_one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pages = night.town.database.read(lambda work: work.pages.live())
    assert len(pages) == 1
    assert len(pages[0].tickets) == 3


def test_a_ticket_that_joins_while_the_message_is_on_its_way_is_counted_on_it(night: Night) -> None:
    line = "/ticket open down --customer acme --category hardware-failure"
    night.town.does("bob", line)
    now = night.town.clock.now()

    def lease(work: UnitOfWork) -> Parcel:
        (parcel,) = [one for one in work.outbox.lease(now, 60, 100) if one.place == "@kim"]
        card = draw(work, parcel, now)
        assert card is not None
        assert "more ticket" not in words(card)
        return parcel

    parcel = night.town.database.write(lease)
    night.town.does("bob", line)
    night.round()
    assert night.heard_in("@kim") == [], "It waits for the message that it changes."

    def arrived(work: UnitOfWork) -> None:
        sent(work, parcel, "message 1", now)
        settled(work, parcel, Outcome(ParcelState.SENT, "message 1"), now)

    night.town.database.write(arrived)
    night.round()
    (changed,) = night.heard_in("@kim")
    assert "and 1 more ticket" in words(changed)


def test_a_message_that_never_went_out_is_not_made_up_for_by_its_change(night: Night) -> None:
    for _ in range(2):
        night.town.does("bob", "/ticket open down --customer acme --category hardware-failure")
    night.town.does("ann", "/page ack 1")
    night.round()
    assert night.heard_in("@kim") == []


def test_a_call_that_goes_out_while_somebody_acknowledges_is_cut(night: Night) -> None:
    night.town.does("bob", "/ticket open down --customer acme --category hardware-failure")
    now = night.town.clock.now()

    def lease(work: UnitOfWork) -> object:
        parcels = [one for one in work.outbox.lease(now, 60, 100) if one.place == f"call:{KIM}"]
        assert draw(work, parcels[0], now) is not None
        return parcels[0]

    parcel = night.town.database.write(lease)
    night.town.does("ann", "/page ack 1")
    night.town.database.write(lambda work: sent(work, parcel, "main:CA7", now))  # type: ignore[arg-type]
    outcome = Outcome(ParcelState.SENT, "main:CA7")
    night.town.database.write(lambda work: settled(work, parcel, outcome, now))  # type: ignore[arg-type]
    night.round()
    assert [one.card.data["cut"] for one in night.sent if one.place == f"cut:{KIM}"] == ["main:CA7"]


def test_a_call_of_which_nobody_knows_whether_it_was_made_is_drawn_to_be_cut(night: Night) -> None:
    night.town.does("bob", "/ticket open down --customer acme --category hardware-failure")
    now = night.town.clock.now()
    night.town.database.write(lambda work: work.outbox.lease(now, 60, 100))
    night.town.does("ann", "/page ack 1")
    night.town.clock.forward(seconds=61)

    def again(work: UnitOfWork) -> list[tuple[str, object]]:
        found = work.outbox.lease(night.town.clock.now(), 60, 100)
        drawn = [(one.place, draw(work, one, night.town.clock.now())) for one in found if one.kind.value == "page"]
        return [(place, card if card is None else card.data.get("over")) for place, card in drawn]

    told = dict(night.town.database.write(again))
    assert told[f"call:{KIM}"] is True
    assert told["@kim"] is None


def test_what_cannot_be_handed_over_brings_the_persons_next_way_forward_and_goes_out_later(night: Night) -> None:
    night.town.does("bob", "/ticket open down --customer acme --category hardware-failure")
    now = night.town.clock.now()
    parcel = night.town.database.write(
        lambda work: next(one for one in work.outbox.lease(now, 60, 100) if one.place == f"call:{KIM}")
    )
    back = Outcome(ParcelState.PLANNED, "", "the provider is down", final=False)
    night.town.database.write(lambda work: settled(work, parcel, back, now))
    call = next(one for one in night.attempts() if one.kind == "call")
    assert call.state is AttemptState.POSTED
    assert call.evidence["put_back"] == "the provider is down"
    text = next(one for one in night.attempts() if one.kind == "text")
    assert (text.state, text.planned_for) == (AttemptState.POSTED, now)


def test_what_is_given_up_for_good_is_missed(night: Night) -> None:
    night.town.does("bob", "/ticket open down --customer acme --category hardware-failure")
    now = night.town.clock.now()
    parcel = night.town.database.write(
        lambda work: next(one for one in work.outbox.lease(now, 60, 100) if one.place == f"call:{KIM}")
    )
    dead = Outcome(ParcelState.DEAD, "", "that number is not allowed")
    night.town.database.write(lambda work: settled(work, parcel, dead, now))
    told = night.town.does("bob", "/page show 1")
    assert "call 1 to Kim, +1 416 … 0199: failed, that number is not allowed" in told


def test_news_of_a_call_before_the_desk_knows_that_it_was_made_counts(night: Night) -> None:
    night.town.does("bob", "/ticket open down --customer acme --category hardware-failure")
    now = night.town.clock.now()
    parcel = night.town.database.write(
        lambda work: next(one for one in work.outbox.lease(now, 60, 100) if one.place == f"call:{KIM}")
    )
    night.says_of("kim", Status.RINGING)
    assert next(one for one in night.attempts() if one.kind == "call").state is AttemptState.RINGING
    night.town.database.write(lambda work: settled(work, parcel, Outcome(ParcelState.SENT, "main:CA1"), now))
    call = next(one for one in night.attempts() if one.kind == "call")
    assert (call.state, call.ref, call.provider) == (AttemptState.RINGING, "main:CA1", "main")


def test_pages_survive_a_restart(night: Night, tmp_path: Path) -> None:
    night.opens()
    night.town.close()
    again = night.town.copied(tmp_path / "again")
    later = Night.__new__(Night)
    later.town, later.sent, later.withdrawn, later.taken = again, [], [], 100
    later.passes(minutes=10)
    assert f"call:{LEA}" in later.calls()
    assert later.page().state is PageState.OPEN
    again.close()


def spoilt(night: Night, statement: str) -> None:
    """Something was written that no desk writes."""
    engine = create_engine(night.town.house.settings.database_url)
    with engine.begin() as connection:
        connection.execute(sql(statement))
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pages SET chain = '[1, 2' WHERE id = 1",
        "UPDATE pages SET state = 'of a newer desk' WHERE id = 1",
        "UPDATE attempts SET evidence = 'nonsense' WHERE page = 1",
    ],
)
def test_a_page_that_cannot_be_read_keeps_no_other_waiting_and_is_told_of(night: Night, statement: str) -> None:
    night.opens()
    night.town.does("bob", "/page @sam the second page")
    night.round()
    spoilt(night, statement)
    night.town.clock.forward(minutes=5)
    before = night.page(2).due
    assert before is not None
    sweep_pages(night.town.database, night.town.clock.now())
    after = night.page(2).due
    assert after is not None
    assert after > before
    assert any("Page 1 cannot go on by itself" in one for one in night.town.hears("#alerts"))
    assert "another" in night.town.does("bob", "/ticket open another --customer acme --category hardware-failure")


def test_a_page_goes_out_although_what_it_is_about_cannot_be_told(night: Night) -> None:
    night.opens()
    spoilt(night, "UPDATE tickets SET customer = 'nobody' WHERE number = 1")
    now = night.town.clock.forward(minutes=5)
    sweep_pages(night.town.database, now)

    def drawn(work: UnitOfWork) -> dict[str, Card | None]:
        found = [one for one in work.outbox.lease(now, 60, 100) if "attempt" in one.card.data]
        return {one.place: draw(work, one, now) for one in found}

    told = night.town.database.write(drawn)
    message, call = told["@sam"], told[f"call:{SAM}"]
    assert message is not None
    assert call is not None
    assert "#1: what it is about cannot be told here" in words(message)
    page = night.page()
    said = night.town.database.read(lambda work: page_words(work, page, "sam", "en", now))
    assert said == ("This is Thirdline with a Level Three page for Sam.", "Ticket one.")


def test_a_page_that_nobody_answers_for_hours_costs_each_round_the_same(night: Night) -> None:
    """And who answers then does not wait until all messages of those hours are changed and all calls hung up."""
    night.opens()
    night.passes(hours=1)
    page = night.page()
    night.passes(hours=8)
    tried = night.attempts()
    assert len(tried) > 200
    now = night.town.database.read(lambda work: work.pages.attempts_now(night.page()))
    assert len(now) < 20
    assert page.loud_at is not None
    asked = night.town.database.read(lambda work: work.outbox.newest())
    night.town.does("ann", "/page ack p1")
    assert night.town.database.read(lambda work: work.outbox.newest()) - asked < 60
