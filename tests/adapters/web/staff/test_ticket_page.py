"""One ticket on the desk's page: its card, its why, its history, and its files as downloads."""

from __future__ import annotations

from pathlib import Path

from aiohttp import FormData

from tests.adapters.web.browsing import Browser, Served
from tests.adapters.web.staff.at_desk import at_desk, colleague

FILES = (
    ("page.html", b"<script>alert(1)</script>", "text/html"),
    ("a%22; x=%22evil.exe", b"x", "text/plain"),
    ("photo.png", b"\x89PNG", "image/png"),
    ("Größe.svg", b"<svg onload='x'/>", "image/svg+xml"),
)


async def customer_with_files(web: Served) -> Browser:
    customer = await web.signed_in("it@acme.example")
    hidden = (await customer.get("/support/new")).page.hidden("/support/new")
    form = FormData({**hidden, "subject": "printer on fire"}, quote_fields=False, default_to_multipart=True)
    for name, content, type in FILES:
        form.add_field("files", content, filename=name, content_type=type)
    assert (await customer.posts("/support/new", form)).status == 200
    return customer


def test_all_there_is_to_know_of_a_ticket_is_on_its_page(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire --customer acme")
        for number in range(30):
            web.town.does("bob", f'ticket note 1 "note {number}"')
            web.town.clock.forward(minutes=1)
        ann = await colleague(web, "ann")
        seen = await ann.get("/desk/tickets/1")
        for heading in ("Why it is due when it is", "Who was called, and why", "History", "Reply #1"):
            assert heading in seen.page.headings
        assert "note 29" in seen.words
        whole = await ann.get("/desk/tickets/1?all=yes")
        assert all(f"note {number}" in whole.words for number in range(30))

    at_desk(tmp_path, story)


def test_a_closed_ticket_takes_no_reply_and_is_still_shown(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire --customer acme")
        web.town.does("bob", "ticket close 1 --resolution solved")
        seen = await (await colleague(web, "ann")).get("/desk/tickets/1")
        assert seen.status == 200
        assert "closed" in seen.words
        assert "Reply #1" not in seen.page.headings

    at_desk(tmp_path, story)


def test_a_ticket_that_is_not_there_is_said_not_to_be_there(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        ann = await colleague(web, "ann")
        for odd in ("1", "0", "999999999999999", "9" * 30, "x", "-1", "1.5", "%00", "..%2F..", "٣"):
            assert (await ann.get(f"/desk/tickets/{odd}")).status == 404, odd

    at_desk(tmp_path, story)


def test_files_are_downloads_whatever_they_claim_to_be(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        customer = await customer_with_files(web)
        ann = await colleague(web, "ann")
        links = [link for link in (await ann.get("/desk/tickets/1")).page.links if "/files/" in link]
        assert len(links) == len(FILES)
        for link, (_, content, type) in zip(links, FILES, strict=True):
            got = await ann.get(link)
            assert (got.status, got.content) == (200, content)
            assert got.headers["Content-Type"] == (type if type == "image/png" else "application/octet-stream")
            assert got.headers["Content-Disposition"].startswith("attachment; filename=")
            assert got.headers["Content-Disposition"].count("filename=") == 1
            assert "sandbox" in got.headers["Content-Security-Policy"]
            assert (await web.browser().get(link, follow=False)).status == 303
            assert (await customer.get(link, follow=False)).status == 303
        for odd in ("1/99", "99/0", "0/0", "x/0", "..%2F/0", "1/" + "9" * 30):
            assert (await ann.get(f"/desk/tickets/1/files/{odd}")).status == 404, odd
        assert (await ann.get(links[0].replace("/1/", "/2/", 1))).status == 404

    at_desk(tmp_path, story)
