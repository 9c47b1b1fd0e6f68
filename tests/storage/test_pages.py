"""Pages and attempts: found by all that the desk asks for, due one after the other, and changed by one at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import NotFound
from bot.domain.paging import Attempt, AttemptState, Page, PageState
from bot.ports import UnitOfWork
from storage.database import SqlDatabase
from tests.storage.desk import START, at, open_ticket
from tests.storage.paging import attempt, one_page, page


def test_a_page_comes_back_as_it_was_written(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> Page:
        open_ticket(work)
        open_ticket(work)
        return work.pages.add(
            page(1, "acme", level="III", rule="breach", deadline=at(30), loud_at=at(9), tickets=(2,), call=7)
        )

    stored = database.write(deed)
    assert stored.id > 0
    assert database.read(lambda work: work.pages.get(stored.id)) == stored
    changed = replace(
        stored,
        state=PageState.ACKNOWLEDGED,
        acknowledged_by="kim",
        acknowledged_at=at(2),
        acknowledged_via="key",
        step=1,
        round=1,
        repaged=1,
        due=None,
        ended_at=at(3),
    )
    database.write(lambda work: work.pages.save(changed))
    assert database.read(lambda work: work.pages.get(stored.id)) == changed


@pytest.mark.parametrize("id", [1, 0, -5, 10**30])
def test_what_is_not_there_is_said_to_be_missing(database: SqlDatabase, id: int) -> None:
    with pytest.raises(NotFound):
        database.read(lambda work: work.pages.get(id))
    with pytest.raises(NotFound):
        database.read(lambda work: work.pages.attempt(id))
    assert database.read(lambda work: (work.pages.of_ticket(id), work.pages.live_of_ticket(id))) == ([], [])


def test_a_ticket_finds_its_pages_the_first_and_those_it_joined(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> tuple[Page, Page]:
        for _ in range(3):
            open_ticket(work)
        first = work.pages.add(page(1))
        second = work.pages.add(page(2, tickets=(1,)))
        work.pages.save(replace(second, tickets=(1, 3)))
        work.pages.save(replace(first, state=PageState.RESOLVED, due=None))
        assert [found.id for found in work.pages.live_of_ticket(3)] == [second.id]
        return first, second

    first, second = database.write(deed)
    with_pages = database.read(lambda work: {number: work.pages.of_ticket(number) for number in (1, 2, 3)})
    assert {number: [one.id for one in found] for number, found in with_pages.items()} == {
        1: [second.id, first.id],
        2: [second.id],
        3: [second.id],
    }
    assert database.read(lambda work: [one.id for one in work.pages.live_of_ticket(1)]) == [second.id]
    assert database.read(lambda work: [one.id for one in work.pages.live()]) == [second.id]


def test_a_customers_open_page_is_found_by_its_chain_and_not_once_it_is_acknowledged(database: SqlDatabase) -> None:
    stored = database.write(lambda work: one_page(work, customer="acme"))

    def found(customer: str, chain: str) -> Page | None:
        return database.write(lambda work: work.pages.open_of_customer(customer, chain))

    assert (found("acme", "level-3"), found("acme", "other"), found("globex", "level-3")) == (stored, None, None)
    database.write(lambda work: work.pages.save(replace(stored, state=PageState.ACKNOWLEDGED)))
    assert found("acme", "level-3") is None


def test_pages_of_a_span_are_those_that_started_in_it(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        for minutes in (20, 0, 10):
            one_page(work, started_at=at(minutes))

    database.write(deed)
    found = database.read(lambda work: [one.started_at for one in work.pages.between(START, at(20))])
    assert found == [START, at(10)]


def test_a_page_that_makes_trouble_waits_with_its_attempts_and_the_others_do_not(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> Page:
        bad, good = one_page(work), one_page(work, due=at(1))
        for each in (bad, good):
            work.pages.add_attempt(attempt(each))
        work.pages.add_attempt(attempt(bad, at(50)))
        return bad

    bad = database.write(deed)
    database.write(lambda work: work.pages.put_off(bad.id, at(10)))
    assert database.write(lambda work: [one.id for one in work.pages.due(at(9), 9)]) == [bad.id + 1]
    assert database.write(lambda work: [one.page for one in work.pages.attempts_due(at(9), 9)]) == [bad.id + 1]
    assert database.write(lambda work: [one.due for one in work.pages.attempts(bad.id)]) == [at(10), at(50)]


def test_what_is_over_is_put_off_no_more(database: SqlDatabase) -> None:
    stored = database.write(lambda work: one_page(work, due=None, state=PageState.RESOLVED))
    database.write(lambda work: work.pages.put_off(stored.id, at(10)))
    assert database.read(lambda work: work.pages.next_due()) is None


def test_an_attempt_comes_back_as_it_was_written_and_is_found_by_what_names_it(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> Attempt:
        one = one_page(work)
        return work.pages.add_attempt(
            attempt(one, round=1, step=2, contact=3, token="t" * 22, code="417", ref="CA1", provider="main", turn=4)
        )

    stored = database.write(deed)
    changed = replace(
        stored,
        state=AttemptState.MISSED,
        result="busy",
        due=None,
        evidence={"sequence": [0, 1], "key": "9"},
        submitted_at=at(1),
        answered_at=at(2),
        ended_at=at(3),
    )
    database.write(lambda work: work.pages.save_attempt(changed))

    def found(work: UnitOfWork) -> list[Attempt | None]:
        return [
            work.pages.attempt(stored.id),
            work.pages.by_token("t" * 22),
            work.pages.by_code("+14165550199", "417"),
            work.pages.by_ref("main", "CA1"),
            *work.pages.attempts(stored.page),
            *work.pages.attempts_of("kim", START),
        ]

    assert database.read(found) == [changed] * 6
    assert database.write(found) == [changed] * 6


def test_attempts_without_a_token_a_code_or_a_ref_are_found_by_none(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        one = one_page(work)
        for _ in range(2):
            work.pages.add_attempt(attempt(one))

    database.write(deed)
    empty = database.read(
        lambda work: (
            work.pages.by_token(""),
            work.pages.by_code("+14165550199", ""),
            work.pages.by_ref("", ""),
            work.pages.attempts_of("kim", at(1)),
        )
    )
    assert empty == (None, None, None, [])


def test_a_code_means_the_newest_live_page_that_was_texted_with_it(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> tuple[Page, Page]:
        old, new = one_page(work), one_page(work)
        for each in (old, new):
            work.pages.add_attempt(attempt(each, code="417"))
        return old, new

    old, new = database.write(deed)

    def meant() -> int | None:
        found = database.write(lambda work: work.pages.by_code("+14165550199", "417"))
        return None if found is None else found.page

    assert meant() == new.id
    database.write(lambda work: work.pages.save(replace(new, state=PageState.RESOLVED)))
    assert meant() == old.id
    database.write(lambda work: work.pages.save(replace(old, state=PageState.RESOLVED)))
    assert meant() is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    dues=st.lists(st.none() | st.integers(0, 60), max_size=12),
    tries=st.lists(st.none() | st.integers(0, 60), max_size=12),
    now=st.integers(0, 60),
    most=st.integers(1, 6),
)
def test_whatever_waits_comes_oldest_first_and_nothing_before_its_time(
    sqlite: SqlDatabase, dues: list[int | None], tries: list[int | None], now: int, most: int
) -> None:
    class Undone(Exception):
        pass

    def deed(work: UnitOfWork) -> None:
        whole = one_page(work, due=None)
        for due in dues:
            one_page(work, due=None if due is None else at(due))
        for due in tries:
            work.pages.add_attempt(attempt(whole, None if due is None else at(due)))
        wanted = sorted(due for due in dues if due is not None)
        tried = sorted(due for due in tries if due is not None)
        assert [one.due for one in work.pages.due(at(now), most)] == [at(due) for due in wanted if due <= now][:most]
        ripe = [one.due for one in work.pages.attempts_due(at(now), most)]
        assert ripe == [at(due) for due in tried if due <= now][:most]
        assert work.pages.next_due() == min((at(due) for due in wanted + tried), default=None)
        raise Undone

    with pytest.raises(Undone):
        sqlite.write(deed)


def test_a_customers_page_comes_second_after_another_of_theirs_just_before(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> list[bool]:
        long_ago = work.pages.add(page(customer="acme", started_at=at(-11)))
        first = work.pages.add(page(customer="acme"))
        other = work.pages.add(page(customer="cobalt"))
        second = work.pages.add(page(customer="acme", started_at=at(10)))
        nobodys = [work.pages.add(page()) for _ in range(2)]
        return [work.pages.comes_second(one.id) for one in (long_ago, first, other, second, *nobodys)]

    assert database.write(deed) == [False, False, False, True, False, False]


def test_a_free_line_is_for_a_customers_first_page_and_for_one_alone(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> list[Attempt]:
        calls = []
        for customer in ("acme", "acme", "cobalt", "delta"):
            one = work.pages.add(page(customer=customer))
            calls.append(work.pages.add_attempt(attempt(one, START)))
        for number, state in enumerate((AttemptState.RINGING, AttemptState.PLANNED, AttemptState.PLANNED)):
            calls[number] = replace(calls[number], state=state, due=at(2))
        calls[3] = replace(calls[3], due=at(2), address="+14165550100")
        for one_call in calls:
            work.pages.save_attempt(one_call)
        work.pages.line_is_free("kim", "+14165550199", at(1))
        return calls

    calls = database.write(deed)
    due = database.read(lambda work: [work.pages.attempt(one.id).due for one in calls])
    assert due == [at(2), at(2), START, at(2)]


def test_a_line_that_nobody_waits_for_is_free_without_further_ado(database: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> Attempt:
        planned = work.pages.add_attempt(attempt(one_page(work), at(5)))
        work.pages.line_is_free("kim", "+14165550199", at(1))
        return work.pages.attempt(planned.id)

    assert database.write(deed).due == at(5)
