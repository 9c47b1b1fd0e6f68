"""One ticket on the desk's page: its card, its why, its history, and its files as downloads."""

from __future__ import annotations

import io
from pathlib import Path

from aiohttp import FormData

from tests.adapters.web.browsing import Browser, Served
from tests.adapters.web.staff.at_desk import DO, at_desk, colleague

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


async def writes(browser: Browser, command: str, text: str, *files: tuple[str, bytes, str]) -> FormData:
    """The form on a ticket's page for that command, filled in."""
    page = (await browser.get("/desk/tickets/1")).page
    hidden = next(
        one.fields
        for one in page.forms
        if one.fields.get("command") == command and {"asks", "token"} <= set(one.fields)
    )
    form = FormData({**hidden, "v.text": text}, quote_fields=False, default_to_multipart=True)
    for name, content, type in files:
        form.add_field("files", io.BytesIO(content), filename=name, content_type=type)
    return form


def on_disk(folder: Path) -> list[Path]:
    return [one for one in (folder / "files").rglob("*") if one.is_file()]


def test_a_reply_takes_files_along_and_its_letter_has_them(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        customer = await customer_with_files(web)
        ann = await colleague(web, "ann")
        big = b"%PDF" + b"x" * 3_000_000
        form = await writes(ann, "ticket reply", "look at page 2", ("plan.pdf", big, "application/pdf"))
        assert (await ann.posts(DO, form)).status == 200
        (link,) = [one for one in (await customer.get("/support/tickets/1")).page.links if one.endswith("/2/1")]
        assert (await customer.get(link)).content == big
        assert (await ann.get("/desk/tickets/1/files/2/1")).content == big
        assert len(on_disk(tmp_path)) == len(FILES) + 1

    at_desk(tmp_path, story)


def test_a_form_with_files_that_is_sent_twice_or_refused_leaves_none_behind(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire --customer acme")
        ann = await colleague(web, "ann")
        file = ("a.txt", b"abc", "text/plain")
        fields = dict((await ann.get("/desk/tickets/1")).page.forms[-1].fields)
        for _ in range(2):
            form = FormData({**fields, "v.text": "a note"}, default_to_multipart=True)
            form.add_field("files", b"abc", filename="a.txt")
            assert (await ann.posts(DO, form)).status == 200
        assert len(on_disk(tmp_path)) == 1
        empty = await ann.posts(DO, await writes(ann, "ticket note", "", file))
        assert (empty.status, "Files must be chosen again." in empty.words) == (409, True)
        stale = await writes(ann, "ticket reply", "too late", file)
        web.town.does("bob", "ticket close 1 solved")
        assert (await ann.posts(DO, stale)).status == 409
        assert len(on_disk(tmp_path)) == 1

    at_desk(tmp_path, story)


def test_a_disk_that_takes_no_files_is_told_and_nothing_is_saved(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire --customer acme")
        ann = await colleague(web, "ann")
        form = await writes(ann, "ticket note", "look", ("a.txt", b"abc", "text/plain"))
        (tmp_path / "files").mkdir(exist_ok=True)
        (tmp_path / "files" / "coming").write_bytes(b"")  # Stands where a folder is wanted.
        told = await ann.posts(DO, form)
        assert (told.status, "Files cannot be kept now; nothing was saved." in told.words) == (503, True)
        assert len(web.town.history(1)) == 1

    at_desk(tmp_path, story)


def test_a_file_alone_can_be_put_with_a_ticket(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire --customer acme")
        ann = await colleague(web, "ann")
        asked = await ann.get("/desk/do?command=ticket+attach&asks=link,name&v.ticket=1")
        form = FormData({**asked.page.hidden(DO), "v.ticket": "1"}, default_to_multipart=True)
        form.add_field("files", b"abc", filename="a.txt")
        assert (await ann.posts(DO, form)).status == 200
        assert (await ann.get("/desk/tickets/1/files/2/1")).content == b"abc"

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
