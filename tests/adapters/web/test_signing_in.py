"""Signing in by a link: it goes to known addresses alone, works once, and nobody can tell which addresses are known."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.ports import UnitOfWork
from bot.ports.intake import PassKind
from bot.signing import digest_of
from commands.visits import give_link
from tests.adapters.web.browsing import URL, Served, served

KNOWN, UNKNOWN = "it@acme.example", "it@nobody.example"
ASK = "/support/sign-in"


def test_a_link_that_came_by_mail_signs_in(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = web.browser()
        seen = await browser.get("/")
        assert "Sign in" in seen.page.headings
        seen = await browser.sends(ASK, {"address": " IT@ACME.example "})
        assert "Look into your mail" in seen.page.headings
        letter = (await web.link_to(KNOWN), web.letters(KNOWN)[-1]["values"]["minutes"])
        assert letter[0].startswith(ASK + "/")
        assert letter[1] == 15
        assert (await browser.sends(letter[0], {})).page.headings[0] == "Support for ACME Ltd"
        assert (await browser.get(ASK)).page.headings[0] == "Support for ACME Ltd"

    served(tmp_path, story)


def test_the_answer_is_the_same_and_no_more_is_done_before_it_whether_or_not_the_address_is_known(
    tmp_path: Path,
) -> None:
    async def story(web: Served) -> None:
        seen = {}
        for address in (KNOWN, "new@acme.example", UNKNOWN):
            answer = await web.browser().sends(ASK, {"address": address})
            await web.settled()
            volatile = {"Date", "Set-Cookie", "Content-Length"}
            headers = {name: value for name, value in answer.headers.items() if name not in volatile}
            seen[address] = answer.status, headers, answer.text.replace(address, "ADDRESS")
        assert len({str(one) for one in seen.values()}) == 1
        assert await web.link_to(KNOWN)
        assert await web.link_to("new@acme.example")
        assert not await web.link_to(UNKNOWN)

    served(tmp_path, story)


@asynccontextmanager
async def locked(web: Served) -> AsyncIterator[None]:
    """Nobody else can write meanwhile."""
    held, free = threading.Event(), threading.Event()

    def holds(work: UnitOfWork) -> None:
        work.memory.set_fact("test", 1)
        held.set()
        free.wait(20)

    holding = asyncio.create_task(asyncio.to_thread(web.town.database.write, holds))
    await asyncio.to_thread(held.wait, 20)
    try:
        yield
    finally:
        free.set()
        await holding


def test_the_database_is_not_asked_before_the_answer(tmp_path: Path) -> None:
    """So the answer cannot take longer for one address than for another: it holds although the database is locked."""

    async def story(web: Served) -> None:
        for address in (KNOWN, UNKNOWN):
            browser = web.browser()
            hidden = (await browser.get(ASK)).page.hidden(ASK)
            async with locked(web):
                assert (await browser.posts(ASK, {**hidden, "address": address})).status == 200

    served(tmp_path, story)


def test_a_link_works_once_and_for_fifteen_minutes(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = web.browser()
        await browser.sends(ASK, {"address": KNOWN})
        link = await web.link_to(KNOWN)
        for method in ("GET", "HEAD", "GET"):  # A mail scanner looks first, however often.
            assert (await web.browser().get(link, method=method)).status == 200
        second = web.browser()
        hidden = (await second.get(link)).page.hidden(link)
        assert (await browser.sends(link, {})).status == 200
        seen = await second.posts(link, hidden)
        assert (seen.status, seen.page.headings[0]) == (410, "This link is over")
        assert not any("support" in name for name in second.cookies)
        assert (await second.get(link)).status == 410
        assert (await browser.get(link)).page.headings[0] == "Support for ACME Ltd", "They open the mail again."
        late = web.browser()
        await late.sends(ASK, {"address": KNOWN})
        link = await web.link_to(KNOWN)
        hidden = (await late.get(link)).page.hidden(link)
        web.town.clock.forward(minutes=15)
        assert (await late.get(link)).status == 410
        assert (await late.posts(link, hidden)).status == 410

    served(tmp_path, story)


def test_two_browsers_with_one_link_and_one_signs_in(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        asker, browsers = web.browser(), [web.browser() for _ in range(8)]
        await asker.sends(ASK, {"address": KNOWN})
        link = await web.link_to(KNOWN)
        hidden = [(await one.get(link)).page.hidden(link) for one in browsers]
        sent = [one.posts(link, form, follow=False) for one, form in zip(browsers, hidden, strict=True)]
        assert sorted(seen.status for seen in await asyncio.gather(*sent)) == [303] + [410] * 7

    served(tmp_path, story)


def test_cookies_are_bound_to_the_host_and_out_of_reach_of_scripts(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = web.browser()
        visit = (await browser.get(ASK)).cookies
        await browser.posts(ASK, {**(await browser.get(ASK)).page.hidden(ASK), "address": KNOWN})
        link = await web.link_to(KNOWN)
        hidden = (await browser.get(link)).page.hidden(link)
        given = (await browser.posts(link, hidden, follow=False)).cookies
        for cookie in (*visit, *given):
            assert cookie.startswith("__Host-")
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
            assert "Domain" not in cookie
        session = browser.cookies["__Host-support"]
        assert "__Host-visit" not in browser.cookies
        kept = web.town.database.read(lambda work: work.passes.get(digest_of(session)))
        assert kept is not None
        assert session not in repr(kept)

    served(tmp_path, story)


def test_without_encryption_there_is_no_prefix_that_browsers_would_refuse(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        (cookie,) = (await web.browser().get(ASK)).cookies
        assert cookie.startswith("visit=")
        assert "Secure" not in cookie

    served(tmp_path, story, public_url="http://desk.example.com")


def test_a_session_that_somebody_planted_signs_nobody_in(tmp_path: Path) -> None:
    """The secret of a session is made at sign-in and never taken from a browser; the one before it ends."""

    async def story(web: Served) -> None:
        planted = "A" * 43
        browser = web.browser()
        browser.cookies["__Host-support"] = planted
        await browser.sends(ASK, {"address": KNOWN})
        await browser.sends(await web.link_to(KNOWN), {})
        first = browser.cookies["__Host-support"]
        assert first != planted
        thief = web.browser()
        thief.cookies["__Host-support"] = first
        assert "ACME" in (await thief.get("/support")).text
        hidden = (await browser.get("/support")).page.hidden("/support/sign-out")
        other = web.browser()
        await other.sends(ASK, {"address": "bo@acme.example"})
        link = await web.link_to("bo@acme.example")
        again = await browser.get(link)
        await browser.posts(link, again.page.hidden(link))
        assert browser.cookies["__Host-support"] != first
        assert "Sign in" in (await thief.get("/support")).page.headings, "The session before it has ended."
        assert (await browser.posts("/support/sign-out", hidden)).status == 403, "A form of the session before."

    served(tmp_path, story)


def test_signing_out_ends_the_session_at_the_desk_too(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await web.signed_in(KNOWN)
        secret = browser.cookies["__Host-support"]
        await browser.sends("/support/sign-out", {}, page="/support")
        assert "__Host-support" not in browser.cookies
        browser.cookies["__Host-support"] = secret
        assert "Sign in" in (await browser.get("/support")).page.headings

    served(tmp_path, story)


def test_a_session_ends_when_it_is_idle_and_after_thirty_days_in_any_case(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        idle, busy = await web.signed_in(KNOWN), await web.signed_in("bo@acme.example")
        for day in range(1, 31):
            web.town.clock.forward(days=1)
            seen = await busy.get("/support")
            assert ("ACME" in seen.text) == (day < 30), day
        assert "Sign in" in (await idle.get("/support")).page.headings

    served(tmp_path, story)


def test_whose_address_is_taken_off_is_out_at_once(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await web.signed_in("hello@brightside.example")
        web.town.does("lea", "customer edit brightside --mail other@brightside.example")
        seen = await browser.get("/support")
        assert seen.status == 403
        assert "belongs to no customer" in seen.words
        assert "__Host-support" not in browser.cookies
        seen = await browser.sends(ASK, {"address": KNOWN})
        assert "Look into your mail" in seen.page.headings, "With another address they come in."

    served(tmp_path, story)


def test_who_was_sent_three_links_is_sent_no_more_while_they_work_and_the_answer_stays_the_same(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        for number in range(8):
            browser = web.browser(X_Forwarded_For=f"203.0.113.{number}")
            assert "Look into your mail" in (await browser.sends(ASK, {"address": KNOWN})).page.headings
            await web.settled()
        assert len(web.letters(KNOWN)) == 3
        assert (await web.browser().get(await web.link_to(KNOWN))).status == 200, "They are shut out by nobody."
        web.town.clock.forward(minutes=16)
        await web.browser().sends(ASK, {"address": KNOWN})
        await web.settled()
        assert len(web.letters(KNOWN)) == 4

    served(tmp_path, story, proxies=1)


def test_a_client_who_asks_for_many_links_must_wait_whatever_it_says_of_itself(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        statuses = []
        for number in range(12):
            browser = web.browser(X_Forwarded_For=f"10.0.0.{number}, 203.0.113.9")
            statuses.append((await browser.sends(ASK, {"address": f"a{number}@nobody.example"})).status)
        assert statuses == [200] * 10 + [429] * 2
        other = web.browser(X_Forwarded_For="203.0.113.10")
        assert (await other.sends(ASK, {"address": KNOWN})).status == 200
        web.town.clock.forward(minutes=10)
        again = web.browser(X_Forwarded_For="203.0.113.9")
        assert (await again.sends(ASK, {"address": KNOWN})).status == 200

    served(tmp_path, story, proxies=1)


def test_what_is_no_address_is_told_so_and_nothing_is_sent(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        for address in ("", "x", "a b@c.d", "<a@b.c>", "a@b.c\r\nBcc: x@y.z", "a" * 400 + "@b.example"):
            assert (await web.browser().sends(ASK, {"address": address})).status == 400, address
        await web.settled()
        assert web.letters_to_anybody() == 0

    served(tmp_path, story)


def test_a_link_of_the_desks_page_opens_no_customers_page_and_the_other_way_round(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        def give(work: UnitOfWork) -> str:
            return give_link(work, PassKind.STAFF_LINK, "zoe", web.town.clock.now())

        secret = web.town.database.write(give)
        assert (await web.browser().get(f"{ASK}/{secret}")).status == 410
        browser = await web.signed_in(KNOWN)
        secret = browser.cookies["__Host-support"]
        assert (await web.browser().get(f"{ASK}/{secret}")).status == 410, "A session is no link."

    served(tmp_path, story)


def test_hostile_cookies_are_a_stranger(tmp_path: Path) -> None:
    cookies = (
        "__Host-support=",
        "__Host-support=../../etc/passwd",
        "__Host-support=" + "A" * 5000,
        "__Host-support=%00%ff; __Host-visit=<script>",
        "=; ;; a=b=c; é=\xff; __Host-support",
        '__Host-support="unclosed; $Version=1',
        "; ".join(f"c{number}=x" for number in range(300)),
    )

    async def story(web: Served) -> None:
        for cookie in cookies:
            seen = await web.browser().get("/support", follow=False, Cookie=cookie)
            assert (seen.status, seen.there) == (303, ASK), cookie
            seen = await web.browser().get(ASK, Cookie=cookie)
            assert "<script>" not in seen.text

    served(tmp_path, story)


def test_the_link_leads_to_the_public_address_whatever_host_the_request_names(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = web.browser(Host="evil.example", X_Forwarded_Host="evil.example")
        await browser.sends(ASK, {"address": KNOWN})
        await web.settled()
        assert web.letters(KNOWN)[-1]["values"]["link"].startswith(URL + ASK)

    served(tmp_path, story)
