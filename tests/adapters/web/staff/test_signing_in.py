"""Staff sign in by a link from chat: once, for five minutes, and only while they are at the desk."""

from __future__ import annotations

from pathlib import Path

from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.ports.intake import PassKind
from commands.visits import give_link
from tests.adapters.web.browsing import Browser, Served
from tests.adapters.web.staff.at_desk import COOKIE, DO, SAY, at_desk, colleague, link_for

PAGES = ("/desk", "/desk/tickets/1", "/desk/rota", "/desk/rota.svg", "/desk/reports", "/desk/do?command=ticket+open")


def test_a_link_signs_in_once_and_looking_at_it_uses_nothing_up(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        link = link_for(web, "ann")
        for method in ("GET", "HEAD", "GET"):  # A chat program looks first, to show what is there.
            assert (await web.browser().get(link, method=method)).status == 200
        browser, second = web.browser(), web.browser()
        seen = await browser.get(link)
        assert "Sign in as Ann" in seen.page.headings
        hidden = (await second.get(link)).page.hidden(link)
        assert (await browser.sends(link, {})).page.headings[0] == "Open tickets, by due time"
        assert (await second.posts(link, hidden)).status == 410
        assert (await second.get(link)).status == 410
        assert COOKIE not in second.cookies
        third, link = web.browser(), link_for(web, "ann")
        hidden = (await third.get(link)).page.hidden(link)
        (given,) = (one for one in (await third.posts(link, hidden, follow=False)).cookies if one.startswith(COOKIE))
        assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(given.split("; "))

    at_desk(tmp_path, story)


def test_a_link_is_over_after_five_minutes_and_a_customers_link_is_none(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        link = link_for(web, "ann")
        hidden = (await web.browser().get(link)).page.hidden(link)
        web.town.clock.forward(minutes=5)
        seen = await web.browser().get(link)
        assert (seen.status, seen.page.headings[0]) == (410, "This link is over")
        assert (await web.browser().posts(link, hidden)).status == 403
        now = web.town.clock.now()
        theirs = web.town.database.write(lambda work: give_link(work, PassKind.CUSTOMER_LINK, "ann", now))
        assert (await web.browser().get(f"/desk/sign-in/{theirs}")).status == 410
        assert (await web.browser().get(f"/support/sign-in/{link_for(web, 'ann')[-43:]}")).status == 410
        for odd in ("x", "%00", "a" * 43, "..%2F..%2Fetc", "<script>"):
            assert (await web.browser().get(f"/desk/sign-in/{odd}")).status == 410

    at_desk(tmp_path, story)


def test_strangers_are_sent_to_the_entrance_from_every_page(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire")
        for path in PAGES:
            seen = await web.browser().get(path, follow=False)
            assert (seen.status, seen.there) == (303, "/desk/sign-in"), path
        for path in (DO, SAY, "/desk/sign-out"):
            seen = await web.browser().posts(path, {"command": "ticket claim", "v.ticket": "1"}, follow=False)
            assert seen.status in (303, 403), path
        assert web.town.ticket(1).owner is None
        assert "/desk page" in (await web.browser().get("/desk")).words

    at_desk(tmp_path, story)


def test_a_session_opens_no_other_door(tmp_path: Path) -> None:
    """A customer's secret in the staff's cookie, and the other way round."""

    async def story(web: Served) -> None:
        customer, ann = await web.signed_in("it@acme.example"), await colleague(web, "ann")
        theirs, ours = customer.cookies["__Host-support"], ann.cookies[COOKIE]
        for cookie, home, entrance in (
            (f"{COOKIE}={theirs}", "/desk", "/desk/sign-in"),
            (f"__Host-support={ours}", "/support", "/support/sign-in"),
            (f"{COOKIE}={ours}x", "/desk", "/desk/sign-in"),
        ):
            seen = await web.browser(Cookie=cookie).get(home, follow=False)
            assert (seen.status, seen.there) == (303, entrance), cookie
        token = (await customer.get("/support")).page.hidden("/support/sign-out")["token"]
        seen = await ann.posts(SAY, {"token": token, "nonce": "n" * 20, "line": "ticket open x"})
        assert seen.status == 403
        assert not web.town.tickets()

    at_desk(tmp_path, story)


def test_whoever_leaves_the_desk_is_out_at_once(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire")
        link, ann = link_for(web, "ann"), await colleague(web, "ann")
        hidden = (await ann.get("/desk")).page.hidden(SAY)
        web.town.does("zoe", "staff roles ann none")
        cookies = dict(ann.cookies)
        for path in PAGES:
            ann.cookies = dict(cookies)
            seen = await ann.get(path)
            assert seen.status == 403, path
            assert "not at this desk any more" in seen.words
            assert "printer" not in seen.text
            assert "__Host-desk" not in ann.cookies
        for path, fields in (
            (SAY, {"line": "ticket claim 1"}),
            (DO, {"command": "ticket claim", "v.ticket": "1"}),
        ):
            ann.cookies = dict(cookies)
            assert (await ann.posts(path, {**hidden, **fields})).status == 403
        assert web.town.ticket(1).owner is None
        assert (await web.browser().get(link)).status == 410

        def gone(work: UnitOfWork) -> None:
            assert work.people.get("ann").role is Role.NOBODY

        web.town.database.read(gone)

    at_desk(tmp_path, story)


def test_signing_out_ends_the_session_and_not_only_the_cookie(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        ann = await colleague(web, "ann")
        kept = dict(ann.cookies)
        seen = await ann.sends("/desk/sign-out", {}, page="/desk")
        assert "Sign in from chat" in seen.page.headings
        assert COOKIE not in ann.cookies
        thief = web.browser()
        thief.cookies.update(kept)
        assert (await thief.get("/desk", follow=False)).status == 303

    at_desk(tmp_path, story)


def test_a_session_ends_after_half_a_day_of_nothing_and_after_a_week_in_any_case(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        ann = await colleague(web, "ann")
        web.town.clock.forward(hours=12)
        assert (await ann.get("/desk", follow=False)).status == 303
        bob = await colleague(web, "bob")
        for _ in range(15):
            web.town.clock.forward(hours=11)
            assert (await bob.get("/desk")).page.headings[0].startswith("Open tickets")
        web.town.clock.forward(hours=11)
        assert (await bob.get("/desk", follow=False)).status == 303

    at_desk(tmp_path, story)


def test_a_new_link_ends_the_session_before_it(tmp_path: Path) -> None:
    """So nobody keeps one that they planted."""

    async def story(web: Served) -> None:
        ann = await colleague(web, "ann")
        planted: Browser = web.browser()
        planted.cookies.update(ann.cookies)
        await ann.sends(link_for(web, "bob"), {})
        assert (await planted.get("/desk", follow=False)).status == 303
        assert (await ann.get("/desk/sign-in")).page.headings[0].startswith("Open tickets")

    at_desk(tmp_path, story)
