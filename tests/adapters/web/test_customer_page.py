"""The customer's page: what they are owed; tickets opened, followed, answered, closed, rated; and nothing of others."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime
from pathlib import Path

import pytest
from aiohttp import FormData

from bot.domain.history import Deed
from bot.ports import UnitOfWork
from tests.adapters.web.browsing import Browser, Seen, Served, served
from tests.town import TORONTO

ANN = "ann@acme.example"
HOME = "/support"


async def opens(browser: Browser, subject: str, text: str = "", **fields: str) -> Seen:
    """Fill in the form and send it, as a browser does: with the files' part, empty."""
    hidden = (await browser.get("/support/new")).page.hidden("/support/new")
    form = FormData({**hidden, "subject": subject, "text": text, **fields})
    form.add_field("files", b"", filename="", content_type="application/octet-stream")
    return await browser.posts("/support/new", form)


async def says(browser: Browser, number: int, text: str, *files: tuple[str, bytes, str]) -> Seen:
    at = f"/support/tickets/{number}"
    form = FormData(
        {**(await browser.get(at)).page.hidden(f"{at}/say"), "text": text},
        quote_fields=False,
        default_to_multipart=True,
    )
    for name, content, type in files:
        form.add_field("files", content, filename=name, content_type=type)
    return await browser.posts(f"{at}/say", form)


def test_home_says_what_is_owed_and_how_the_desk_stands(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await web.signed_in(ANN)
        home = await browser.get(HOME)
        assert "Support for ACME Ltd" in home.words
        assert "Open We are here until Monday 5 October, 19:00 EDT" in home.words
        assert "Your subscription to gateway 5.2 runs until 31 March 2027" in home.words
        assert "Level III" in home.words
        assert "within 3 hours of business time" in home.words
        web.town.clock.forward(hours=12)
        assert "Monitored Nobody answers now" in (await browser.get(HOME)).words
        assert "We are back on Tuesday 6 October, 10:00 EDT" in (await browser.get(HOME)).words

    served(tmp_path, story)


def test_the_day_of_the_installation_plan_is_told_while_it_lasts(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("lea", "customer edit acme --installed 2026-10-01")
        browser = await web.signed_in(ANN)
        assert "Today is day 4 of 30" in (await browser.get(HOME)).words
        web.town.clock.forward(days=40)
        browser = await web.signed_in(ANN)
        assert "Installation plan" not in (await browser.get(HOME)).words

    served(tmp_path, story)


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2027, 4, 5), "we go on as before; please renew it by then"),
        (date(2027, 8, 2), "ended on 31 March 2027. You are helped at Level I"),
    ],
)
def test_who_has_no_subscription_any_more_is_told_so(tmp_path: Path, today: date, told: str) -> None:
    async def story(web: Served) -> None:
        web.town.clock.set(datetime(today.year, today.month, today.day, 11, tzinfo=TORONTO))
        browser = await web.signed_in(ANN)
        assert told in (await browser.get(HOME)).words

    served(tmp_path, story)


def test_before_a_ticket_is_opened_its_promise_and_the_days_off_are_told_and_after_it_again(tmp_path: Path) -> None:
    """On the Friday evening before Thanksgiving."""

    async def story(web: Served) -> None:
        web.town.clock.set(datetime(2026, 10, 9, 18, 0, tzinfo=TORONTO))
        browser = await web.signed_in(ANN)
        form = await browser.get("/support/new")
        assert "you will hear from us by Tuesday 13 October, 12:00 EDT" in form.words
        assert "Saturday 10 and Sunday 11 October: weekend" in form.words
        assert "Monday 12 October: Thanksgiving" in form.words
        assert "Level III covers" in form.words
        seen = await opens(browser, "The gateway is down", "Since noon.\n<script>alert(1)</script>")
        assert seen.page.headings[0] == "#1 The gateway is down"
        assert "Your ticket is open. You will hear from us by Tuesday 13 October, 12:00 EDT" in seen.words
        ticket = web.town.ticket(1)
        assert (ticket.customer, ticket.requester, ticket.unverified) == ("acme", ANN, False)
        assert ticket.opened_by == f"web:{ANN}"
        assert "#1 The gateway is down" in (await browser.get(HOME)).words
        assert "#1" in (await browser.get("/support/tickets?show=open")).words

    served(tmp_path, story)


def test_both_sides_talk_and_the_customer_reads_no_note_no_page_and_no_surname(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        town = web.town
        browser = await web.signed_in(ANN)
        await opens(browser, "printer on fire", "smoke everywhere")
        town.does("ann", "ticket claim 1")
        town.does("ann", 'ticket note 1 "they never read manuals"')
        town.does("ann", 'ticket reply 1 "Which printer is it?" --wait')
        town.does("zoe", 'staff rename bob "Bob Secretname"')
        town.does("bob", 'ticket call 1 "told them off"')
        seen = await says(browser, 1, "The one in <b>hall</b> 3", ("log.txt", b"it burns", "text/plain"))
        assert "Your words are with us" in seen.words
        for told in ("smoke everywhere", "Ann answered", "Which printer is it?", "The one in <b>hall</b> 3"):
            assert told in seen.words, told
        assert "Bob telephoned with you" in seen.words
        for hidden in ("manuals", "told them off", "Secretname", "claim", "page"):
            assert hidden not in seen.text, hidden
        assert town.history(1)[-1].deed is Deed.SAID
        assert "log.txt" in seen.words

    served(tmp_path, story)


def test_what_staff_wrote_when_they_opened_a_ticket_is_not_for_its_customer(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", 'ticket open "mail is slow" --customer acme --text "they pay late, too"')
        seen = await (await web.signed_in(ANN)).get("/support/tickets/1")
        assert "Bob opened the ticket" in seen.words
        assert "pay late" not in seen.text

    served(tmp_path, story)


def test_a_file_comes_back_as_a_download_whatever_it_claims_to_be(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await web.signed_in(ANN)
        await opens(browser, "printer on fire")
        files = [
            ("page.html", b"<script>alert(1)</script>", "text/html"),
            ("../../etc/passwd", b"root", "text/plain"),
            ("photo.png", b"\x89PNG", "image/png"),
            ("a%22; filename=%22evil.exe", b"x", "text/plain"),
            ("Größe.svg", b"<svg onload='x'/>", "image/svg+xml"),
        ]
        seen = await says(browser, 1, "", *files)
        links = [link for link in seen.page.links if "/files/" in link]
        assert len(links) == len(files)
        for link, (_, content, type) in zip(links, files, strict=True):
            got = await browser.get(link)
            assert (got.status, got.content) == (200, content)
            assert got.headers["Content-Type"] == (type if type == "image/png" else "application/octet-stream")
            told = got.headers["Content-Disposition"]
            assert re.fullmatch(r"attachment; filename=\"[^\"\\/;]+\"; filename\*=UTF-8''[\w.%~-]+", told)
            assert "sandbox" in got.headers["Content-Security-Policy"]
            assert got.headers["X-Content-Type-Options"] == "nosniff"
            assert not got.cookies
        assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe.svg" in (await browser.get(links[4])).headers["Content-Disposition"]
        head = await browser.get(links[0], method="HEAD")
        assert (head.status, head.content) == (200, b"")

    served(tmp_path, story)


def test_tickets_and_files_of_others_are_not_there(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        theirs = await web.signed_in("hello@brightside.example")
        await opens(theirs, "secret of Brightside")
        await says(theirs, 1, "look", ("plan.pdf", b"%PDF", "application/pdf"))
        file = next(link for link in (await theirs.get("/support/tickets/1")).page.links if "/files/" in link)
        browser = await web.signed_in(ANN)
        await opens(browser, "mine")
        never = (await browser.get("/support/tickets/999")).text
        for path in ("/support/tickets/1", file, "/support/tickets/0", "/support/tickets/x", "/support/tickets/9" * 2):
            seen = await browser.get(path)
            assert seen.status == 404
            assert "Brightside" not in seen.text
            if path.endswith("1"):
                assert seen.text == never, "It tells that there is one."
        hidden = (await browser.get("/support/tickets/2")).page.hidden("/support/tickets/2/close")
        before = web.town.ticket(1)
        for verb in ("close", "rate", "say"):
            fields = {**hidden, "stars": "1", "text": "mine now"}
            body = FormData(fields, quote_fields=False, default_to_multipart=True) if verb == "say" else fields
            assert (await browser.posts(f"/support/tickets/1/{verb}", body)).status == 404
        assert web.town.ticket(1) == before
        assert "Brightside" not in (await browser.get("/support/tickets")).text
        assert (await browser.get("/support/tickets/2/files/1/1")).status == 404

    served(tmp_path, story)


def test_a_form_that_is_sent_twice_does_its_work_once_and_leaves_no_file_behind(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await web.signed_in(ANN)
        hidden = (await browser.get("/support/new")).page.hidden("/support/new")

        async def send() -> Seen:
            form = FormData({**hidden, "subject": "twice"}, quote_fields=False, default_to_multipart=True)
            form.add_field("files", b"abc", filename="a.txt", content_type="text/plain")
            return await browser.posts("/support/new", form)

        first, second = await send(), await send()
        assert (first.status, second.status) == (200, 200)
        assert len(web.town.tickets()) == 1
        kept = [file for file in (tmp_path / "files").rglob("*") if file.is_file()]
        assert len(kept) == 1

    served(tmp_path, story)


def test_who_opens_a_ticket_is_sent_one_receipt(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await web.signed_in(ANN)
        await opens(browser, "printer on fire")
        receipts = [one for one in web.letters(ANN) if one.get("letter") == "receipt"]
        assert ["13:00" in one["values"]["promise"] for one in receipts] == [True]

    served(tmp_path, story)


def test_twenty_presses_at_once_are_one(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await web.signed_in(ANN)
        hidden = (await browser.get("/support/new")).page.hidden("/support/new")
        form = {**hidden, "subject": "twenty"}
        sent = await asyncio.gather(*(browser.posts("/support/new", form, follow=False) for _ in range(20)))
        assert {(seen.status, seen.there) for seen in sent} == {(303, "/support/tickets/1?opened")}
        assert len(web.town.tickets()) == 1

    served(tmp_path, story)


def test_who_goes_back_and_says_something_else_is_heard(tmp_path: Path) -> None:
    """A browser may show the form as it was, with the same hidden fields."""

    async def story(web: Served) -> None:
        browser = await web.signed_in(ANN)
        await opens(browser, "printer on fire")
        at = "/support/tickets/1"
        hidden = (await browser.get(at)).page.hidden(f"{at}/say")
        for text, content in (("first", b""), ("first", b""), ("second", b""), ("second", b"log"), ("second", b"dump")):
            form = FormData({**hidden, "text": text}, quote_fields=False, default_to_multipart=True)
            form.add_field("files", content, filename="a.txt" if content else "")
            await browser.posts(f"{at}/say", form)
        said = [event.data["text"] for event in web.town.history(1) if event.deed is Deed.SAID]
        assert said == ["first", "second", "second", "second"]

    served(tmp_path, story)


def test_the_customer_closes_rates_and_opens_it_again(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await web.signed_in(ANN)
        await opens(browser, "printer on fire")
        at = "/support/tickets/1"
        assert (await browser.sends(f"{at}/close", {}, page=at)).status == 200
        assert web.town.ticket(1).resolution == "solved"
        seen = await browser.sends(f"{at}/rate", {"stars": "4", "words": "quick"}, page=at)
        assert "You gave us 4 of 5" in seen.words
        assert web.town.ticket(1).rating == 4
        assert (await browser.sends(f"{at}/rate", {"stars": "9"}, page=at)).status == 400
        seen = await says(browser, 1, "It burns again")
        assert not web.town.ticket(1).closed
        assert "opened the ticket again" in seen.words

    served(tmp_path, story)


def test_what_is_missing_is_said_and_what_was_typed_is_kept(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await web.signed_in(ANN)
        seen = await opens(browser, "  ", "a long story")
        assert seen.status == 400
        assert "Say in a sentence what is wrong" in seen.words
        assert seen.words.startswith("Not sent: Open a ticket"), "A screen reader says so first."
        assert 'aria-describedby="subject-problem"' in seen.text
        assert "a long story" in seen.words
        seen = await opens(browser, "x", "y", category="nonsense")
        assert "Choose one of these" in seen.words
        await opens(browser, "printer")
        assert "Write what there is to say" in (await says(browser, 1, "")).words
        assert len(web.town.tickets()) == 1

    served(tmp_path, story)


def test_a_merged_ticket_points_on_and_takes_no_words(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await web.signed_in(ANN)
        await opens(browser, "one")
        await opens(browser, "two")
        hidden = (await browser.get("/support/tickets/1")).page.hidden("/support/tickets/1/say")
        web.town.does("ann", "ticket merge 1 2")
        seen = await browser.get("/support/tickets/1")
        assert "It goes on in #2" in seen.words
        await browser.posts(
            "/support/tickets/1/say",
            FormData({**hidden, "text": "late words"}, quote_fields=False, default_to_multipart=True),
        )
        assert "late words" in (await browser.get("/support/tickets/2")).words

    served(tmp_path, story)


def test_a_customer_elsewhere_reads_their_own_time_beside_the_desks(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("lea", "customer edit acme --zone Europe/Berlin")
        browser = await web.signed_in(ANN)
        seen = await browser.get("/support/new")
        assert "Monday 5 October, 19:00 CEST (Monday 5 October, 13:00 EDT at the desk)" in seen.words

    served(tmp_path, story)


def test_words_of_the_customer_can_break_no_page(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        evil = "\"><script>alert('x')</script><img src=x onerror=alert(1)> ' {{ 7*7 }} javascript:alert(1)"

        def rename(work: UnitOfWork) -> None:
            work.customers.save(type(acme)(**{**{f: getattr(acme, f) for f in acme.__slots__}, "name": evil}))

        acme = web.town.customer("acme")
        web.town.database.write(rename)
        browser = await web.signed_in(ANN)
        await opens(browser, evil, evil)
        await says(browser, 1, evil, (evil, b"x", "text/plain"))
        for path in (HOME, "/support/tickets", "/support/tickets/1", "/support/new", "/support/policy"):
            seen = await browser.get(path)
            assert "<script" not in seen.text, path
            assert "<img" not in seen.text, path
        assert "{{ 7*7 }}" in (await browser.get("/support/tickets/1")).words

    served(tmp_path, story)


def test_many_tickets_come_page_by_page(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        for number in range(30):
            if number % 15 == 14:
                web.town.clock.forward(minutes=2)
            web.town.does("bob", f'ticket open "number {number}" --customer acme')
        browser = await web.signed_in(ANN)
        first = await browser.get("/support/tickets")
        older = next(link for link in first.page.links if "page=2" in link)
        second = await browser.get(older)
        assert "#30" in first.words
        assert "#1 number 0" in second.words
        for odd in ("page=0", "page=-3", "page=99999999999", "page=x", "show=%00", "page=٣"):
            assert (await browser.get(f"/support/tickets?{odd}")).status == 200

    served(tmp_path, story)
