"""Pages of tickets: the newest first, each once, however many come in meanwhile; and cursors that nobody guesses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.api.cursors import below, change_before, cursor_after, cursor_after_change
from adapters.web.api.problems import Problem
from tests.adapters.web.api.serving import Api


@given(st.integers(1, (1 << 63) - 1))
def test_a_cursor_leads_to_where_it_was_made(number: int) -> None:
    assert below(cursor_after(number)) == number
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cursor_after(number))


@given(st.one_of(st.text(), st.text("ABCabc019_-", max_size=40), st.integers().map(lambda n: cursor_after(n))))
def test_what_no_page_gave_is_refused(text: str) -> None:
    number = 0
    with suppress(Problem):
        number = below(text)
    assert number == 0 or cursor_after(number) == text


@given(st.integers(1, 10**11), st.integers(1, (1 << 63) - 1))
def test_a_cursor_of_changes_leads_to_where_it_was_made_and_nowhere_else(second: int, number: int) -> None:
    at = datetime.fromtimestamp(second, UTC)
    cursor = cursor_after_change(at, number)
    assert change_before(cursor) == (at, number)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cursor)
    with pytest.raises(Problem):
        below(cursor)
    with pytest.raises(Problem):
        change_before(cursor_after(number))


@pytest.fixture
def many(either_api: Api) -> Api:
    api = either_api
    for number in range(1, 26):
        if number % 10 == 0:
            api.town.clock.forward(minutes=1)
        customer = "acme" if number % 2 else "brightside"
        assert api.post("/tickets", {"subject": f"trouble {number}", "customer": customer}).status == 201
    return api


def walked(api: Api, query: str, between: str = "") -> Iterator[int]:
    """The numbers on all pages, found by their links."""
    path = f"/api/v1/tickets?{query}"
    while path:
        reply = api.get(path)
        assert reply.status == 200, reply.body
        yield from (one["number"] for one in reply.data["tickets"])
        link = re.fullmatch(r'<(.*)>; rel="next"', reply.headers.get("link", ""))
        assert bool(link) == (reply.data["next"] is not None)
        path = link[1] if link else ""
        if between:
            api.post("/tickets", {"subject": between, "customer": "acme"})
            between = ""


def test_pages_hold_each_ticket_once(many: Api) -> None:
    assert list(walked(many, "limit=7")) == list(range(25, 0, -1))
    assert list(walked(many, "limit=5")) == list(range(25, 0, -1)), "The last page is full, and no empty one follows."
    assert list(walked(many, "customer=acme&limit=4")) == list(range(25, 0, -2))
    assert list(walked(many, "limit=10", between="new")) == list(range(25, 0, -1)), "Whatever comes in meanwhile."
    assert list(walked(many, "q=troub&limit=100&state=new")) == list(range(25, 0, -1))
    assert list(walked(many, "q=trouble%207&state=new")) == [7]
    assert list(walked(many, "q=brightside&limit=3")) == list(range(24, 0, -2))
    assert list(walked(many, "state=closed")) == []


def test_what_has_changed_since_then_is_found(many: Api) -> None:
    then = many.town.clock.now()
    many.town.clock.forward(hours=1)
    many.post("/tickets/3/messages", {"text": "hello?"})
    since = f"updated_since={then:%Y-%m-%dT%H:%M:%SZ}"
    for limit in (1, 2, 7, 100):
        assert list(walked(many, f"{since}&limit={limit}")) == [*range(20, 26), 3]
    assert list(walked(many, f"{since}&limit=2&customer=acme")) == [21, 23, 25, 3]
    assert list(walked(many, f"{since}&limit=2&q=trouble%202&state=new")) == list(range(20, 26))
    assert list(walked(many, "updated_since=2026-10-05T11:00:00-04:00")) == [3]


def test_what_changes_while_somebody_walks_through_the_changes_is_met_again_and_nothing_is_passed_over(
    many: Api,
) -> None:
    then, met = f"updated_since={many.town.clock.now():%Y-%m-%dT%H:%M:%SZ}&limit=3", []
    many.town.clock.forward(minutes=5)
    for number in walked(many, then):
        met.append(number)
        if len(met) == 2:
            many.post("/tickets/20/messages", {"text": "again"})
            many.post("/tickets/24/messages", {"text": "again"})
    assert met == [20, 21, 22, 23, 25, 20, 24]
