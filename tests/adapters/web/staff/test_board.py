"""The board: open tickets by due time, narrowed and turned page by page, whatever stands in the address."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from adapters.web.staff.board import HELD_SHOWN
from bot.ports import UnitOfWork
from tests.adapters.web.browsing import Served
from tests.adapters.web.staff.at_desk import at_desk, colleague, does
from tests.commands.mails import STRANGER, arrives, mail

EVIL = "\"><script>alert('x')</script><img src=x onerror=alert(1)> ' {{ 7*7 }}"


def shown(text: str) -> list[int]:
    """The tickets on the board, from the top."""
    return [int(number) for number in re.findall(r'href="/desk/tickets/(\d+)"', text)]


def test_what_is_due_first_stands_first_with_what_is_at_risk(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        town = web.town
        town.does("bob", "ticket open slow mail --customer brightside")
        town.does("bob", "ticket open printer on fire --customer acme")
        town.does("bob", "ticket open nobody's")
        ann = await colleague(web, "ann")
        seen = await ann.get("/desk")
        assert shown(seen.text) == [
            one.number for one in sorted(town.tickets(), key=lambda one: (due(web, one.number), one.number))
        ]
        assert "ACME Ltd" in seen.words
        assert "none yet" in seen.words
        assert "late" not in seen.words
        town.clock.forward(hours=2, minutes=45)
        town.ticks()
        seen = await ann.get("/desk")
        assert "at risk" in seen.words
        town.clock.forward(hours=30)
        town.ticks()
        seen = await (await colleague(web, "ann")).get("/desk")
        assert re.search(r"late \d+ (h|min)[^<]* late", seen.words), seen.words
        assert 'aria-current="page">Board' in seen.text

    at_desk(tmp_path, story)


def due(web: Served, number: int) -> float:
    at = web.town.database.read(lambda work: work.tickets.due_of(number))
    return at.timestamp() if at is not None else float("inf")


def test_the_board_is_narrowed(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        town = web.town
        town.does("bob", "ticket open slow mail --customer brightside")
        town.does("bob", "ticket open printer on fire --customer acme")
        town.does("ann", "ticket claim 1")
        town.does("bob", "ticket open gone")
        town.does("bob", "ticket close 3 --resolution solved")
        town.does("bob", "ticket claim 2")
        town.does("bob", "ticket wait 2")
        ann = await colleague(web, "ann")
        for query, numbers in {
            "": {1, 2},
            "holder=mine": {1},
            "holder=nobody": set(),
            "level=I": {1},
            "level=III": {2},
            "state=waiting": {2},
            "text=printer": {2},
            "text=brightside": {1},
            "text=zebra": set(),
            "text=gone": set(),
            "state=closed": {1, 2},
            "level=IX": {1, 2},
            "holder=bob": {1, 2},
        }.items():
            seen = await ann.get(f"/desk?{query}")
            assert (seen.status, set(shown(seen.text))) == (200, numbers), query
        assert "No ticket is open that fits" in (await ann.get("/desk?text=zebra")).words
        assert (
            '<input type="search" id="text" name="text" value="a &#34;b&#34;"'
            in (await ann.get("/desk?text=a+%22b%22")).text
        )

    at_desk(tmp_path, story)


def test_the_board_is_turned_page_by_page_and_odd_addresses_show_the_first(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        for number in range(104):
            if number % 15 == 14:
                web.town.clock.forward(minutes=2)
            web.town.does("bob", f'ticket open "number {number}" --customer acme')
        ann = await colleague(web, "ann")
        seen, numbers, pages = await ann.get("/desk?level=III"), list[int](), 1
        while True:
            numbers += shown(seen.text)
            onward = [link for link in seen.page.links if f"page={pages + 1}" in link]
            if not onward:
                break
            assert "level=III" in onward[0]
            seen, pages = await ann.get(f"/desk{onward[0]}"), pages + 1
        assert (len(numbers), len(set(numbers)), pages) == (104, 104, 3)
        first = shown((await ann.get("/desk")).text)
        for odd in (
            "page=0",
            "page=-3",
            "page=99999999999",
            "page=x",
            "page=٣",
            "page=",
            "page=201",
            f"page=000001{'9' * 30}",
            "state=%00",
        ):
            seen = await ann.get(f"/desk?{odd}")
            assert (seen.status, shown(seen.text)) == (200, first), odd
        assert (await ann.get("/desk?page=200")).status == 200
        assert (await ann.get("/desk?text=" + "%00" * 50 + "x" * 5000)).status == 200

    at_desk(tmp_path, story)


def test_words_from_outside_break_no_page(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        acme, bob = web.town.customer("acme"), web.town.database.read(lambda work: work.people.get("bob"))

        def rename(work: UnitOfWork) -> None:
            work.customers.save(replace(acme, name=EVIL))
            work.people.save(replace(bob, name=EVIL))

        web.town.does("bob", "ticket open x --customer acme")
        web.town.does("bob", "ticket claim 1")
        web.town.database.write(rename)
        ann = await colleague(web, "ann")
        token = (await ann.get("/desk")).page.hidden("/desk/say")
        seen = await ann.posts("/desk/do", {**token, "command": "ticket open", "v.subject": EVIL, "v.customer": "acme"})
        assert seen.status == 200, seen.words
        web.town.does("ann", f"ticket note 2 {EVIL.replace(chr(34), '')}")
        for path in ("/desk", "/desk/tickets/1", "/desk/tickets/2", "/desk/rota", "/desk/reports", "/desk/rota.svg"):
            seen = await ann.get(path)
            assert seen.status == 200
            assert "<script>alert" not in seen.text
            assert "<img src=x" not in seen.text
        assert "{{ 7*7 }}" in (await ann.get("/desk")).words

    at_desk(tmp_path, story)


def test_mail_that_waits_for_a_person_is_told_to_staff_with_a_way_to_it(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        ann, vic = await colleague(web, "ann"), await colleague(web, "vic")
        assert "for a person" not in (await ann.get("/desk")).words
        arrives(web.town, mail(STRANGER, "let me in"))
        assert "1 message waits for a person: /mail held" in (await ann.get("/desk")).words
        for number in range(HELD_SHOWN):
            arrives(web.town, mail(f"kim{number}@elsewhere.example"))
            shown = (await ann.get("/desk")).words
        assert "More than 20 messages wait for a person" in shown
        assert "let me in" in (await does(ann, "mail held")).words
        assert "for a person" not in (await vic.get("/desk")).words

    at_desk(tmp_path, story)


def test_the_page_says_in_its_headers_what_a_browser_may_do_with_it(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        seen = await (await colleague(web, "ann")).get("/desk")
        policy = seen.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert seen.headers["Cache-Control"] == "no-store"
        for name in seen.page.loaded:
            assert name.startswith("/static/")
            assert (await web.browser().get(name)).status == 200

    at_desk(tmp_path, story)
