"""What every page of the desk stands on, asked by real requests: forged forms, foreign sites, huge and broken bodies,
paths that lead out, and the headers that go out with all of it."""

from __future__ import annotations

import asyncio
import io
import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest
from aiohttp import FormData

from adapters.web.doors import Doors
from bot.domain.errors import Refusal
from bot.settings import Settings
from commands.visits import write_link
from tests.adapters.web.browsing import URL, Browser, Served, served
from tests.town import Town

KNOWN = "it@acme.example"
ASK = "/support/sign-in"
AT = "/support/tickets/1"


async def with_ticket(web: Served) -> Browser:
    browser = await web.signed_in(KNOWN)
    web.town.does("bob", 'ticket open "printer on fire" --customer acme')
    return browser


# --- forms ---------------------------------------------------------------------------------------------------------


def test_a_form_without_its_token_changes_nothing(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await with_ticket(web)
        hidden = (await browser.get(AT)).page.hidden(f"{AT}/close")
        hidden.pop("token")
        for token in ({}, *({"token": one} for one in ("", "a" * 20, "é" * 20, "a\x00b", "A" * 10_000))):
            assert (await browser.posts(f"{AT}/close", hidden | token)).status == 403
        assert not web.town.ticket(1).closed

    served(tmp_path, story)


def test_a_form_from_elsewhere_changes_nothing_even_with_the_right_token(tmp_path: Path) -> None:
    foreign: tuple[Mapping[str, str], ...] = (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://desk.example.com"},
        {"Origin": "https://desk.example.com.evil.example"},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    )

    async def story(web: Served) -> None:
        browser = await with_ticket(web)
        hidden = (await browser.get(AT)).page.hidden(f"{AT}/close")
        for headers in foreign:
            assert (await browser.posts(f"{AT}/close", hidden, headers=headers)).status == 403, headers
        assert not web.town.ticket(1).closed

    served(tmp_path, story)


def test_an_old_browser_that_says_nothing_of_where_it_is_from_is_let_in_by_the_token(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await with_ticket(web)
        hidden = (await browser.get(AT)).page.hidden(f"{AT}/close")
        await browser.posts(f"{AT}/close", hidden, headers={"Origin": "", "Sec-Fetch-Site": ""})
        assert web.town.ticket(1).closed

    served(tmp_path, story)


def test_the_token_of_one_browser_is_none_for_another(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser, other = await with_ticket(web), await web.signed_in("bo@acme.example")
        hidden = (await browser.get(AT)).page.hidden(f"{AT}/close")
        assert (await other.posts(f"{AT}/close", hidden)).status == 403
        stranger = web.browser()
        shown = (await stranger.get(ASK)).page.hidden(ASK)
        assert (await web.browser().posts(ASK, {**shown, "address": KNOWN})).status == 403

    served(tmp_path, story)


def test_nothing_changes_by_a_get(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await with_ticket(web)
        for path in (f"{AT}/close", f"{AT}/say", f"{AT}/rate", "/support/sign-out"):
            seen = await browser.get(path)
            assert (seen.status, seen.headers["Allow"]) == (405, "POST")
        assert not web.town.ticket(1).closed
        assert "ACME" in (await browser.get("/support")).text

    served(tmp_path, story)


# --- bodies --------------------------------------------------------------------------------------------------------


async def raw(web: Served, browser: Browser, head: str, body: bytes) -> str:
    """Send that much of a request and wait for no more than its answer; returns the answer's first line."""
    host, _, port = web.base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    own = f"Host: {host}\r\nCookie: {cookies}\r\nOrigin: {URL}\r\nSec-Fetch-Site: same-origin\r\n"
    writer.write(f"POST {AT}/say HTTP/1.1\r\n{own}{head}\r\n".encode() + body)
    try:
        return (await reader.readline()).decode().strip()
    finally:
        writer.close()


def test_a_huge_upload_is_refused_while_it_comes_in_and_leaves_nothing(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await with_ticket(web)
        hidden = (await browser.get(AT)).page.hidden(f"{AT}/say")
        kind = "Content-Type: multipart/form-data; boundary=b\r\n"
        answer = await raw(web, browser, f"{kind}Content-Length: 99000000000\r\n", b"--b\r\n")
        assert " 413 " in answer, "By its own account."
        parts = _parts("b", *(_field(name, value) for name, value in hidden.items())).removesuffix(b"--b--\r\n")
        file = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n' + b"x" * 1_600_000
        body = parts + file
        chunked = f"{len(body):x}\r\n".encode() + body + b"\r\n"
        assert " 413 " in await raw(web, browser, f"{kind}Transfer-Encoding: chunked\r\n", chunked), "It never ends."
        form = FormData(hidden, default_to_multipart=True)
        form.add_field("files", io.BytesIO(b"x" * 2_000_000), filename="a")
        seen = await browser.posts(f"{AT}/say", form)
        assert seen.status == 413, "A browser that sends all of it first comes to read why."
        assert "the most that can be sent at once" in seen.words
        assert not [one for one in (tmp_path / "files").rglob("*") if one.is_file()]
        assert len(web.town.history(1)) == 1

    served(tmp_path, story, upload_mb=1)


def test_who_is_not_signed_in_is_sent_away_before_their_upload_is_read(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        head = "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 500000000\r\n"
        assert " 303 " in await raw(web, web.browser(), head, b"--b\r\n")
        form = FormData({"text": "x"}, default_to_multipart=True)
        form.add_field("files", io.BytesIO(b"x" * 3_000_000), filename="a")
        seen = await web.browser().posts(f"{AT}/say", form, follow=False)
        assert (seen.status, seen.there) == (303, ASK)

    served(tmp_path, story)


def test_a_form_without_files_may_be_half_a_megabyte(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = web.browser()
        hidden = (await browser.get(ASK)).page.hidden(ASK)
        assert (await browser.posts(ASK, {**hidden, "address": "x" * 600_000})).status == 413

    served(tmp_path, story)


def _parts(boundary: str, *parts: str) -> bytes:
    return "".join(f"--{boundary}\r\n{part}\r\n" for part in parts).encode() + f"--{boundary}--\r\n".encode()


def _field(name: str, value: str) -> str:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'


def test_odd_multiparts_are_refused_or_read_and_never_a_fault(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await with_ticket(web)
        hidden = (await browser.get(AT)).page.hidden(f"{AT}/say")
        own = [_field(name, value) for name, value in hidden.items()]
        file = 'Content-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nx'
        nested = "Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\n\r\nx\r\n--q--"
        bodies = {
            "too many fields": _parts("b", *own, *(_field(f"f{n}", "x") for n in range(100))),
            "too many files": _parts("b", *own, *[file] * 25),
            "ten thousand parts": _parts("b", *[file] * 10_000),
            "nested": _parts("b", *own, nested),
            "never ends": b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n" + b"y" * 1000,
            "no parts": b"--b--\r\n",
            "nothing": b"",
            "no boundary in it": b"hello" * 100,
            "a header without end": b"--b\r\n" + b"X-A: " + b"y" * 100_000,
            "many headers": b"--b\r\n" + b"X-A: y\r\n" * 5000 + b"\r\nx\r\n--b--\r\n",
        }
        for what, body in bodies.items():
            seen = await browser.posts(f"{AT}/say", body, type="multipart/form-data; boundary=b")
            assert seen.status in (400, 403, 413), (what, seen.status)
        packed = {"Content-Encoding": "gzip"}
        for path, type in (
            (f"{AT}/say", "multipart/form-data; boundary=b"),
            (ASK, "application/x-www-form-urlencoded"),
        ):
            assert (await browser.posts(path, b"not packed", type=type, headers=packed)).status == 400
        for type in ("multipart/form-data", "multipart/form-data; boundary=" + "b" * 500, "text/plain", "x", "a/b;;=;"):
            assert (await browser.posts(f"{AT}/say", _parts("b", *own), type=type)).status in (400, 403), type
        assert len(web.town.history(1)) == 1

    served(tmp_path, story)


def test_a_file_name_is_one_harmless_line(tmp_path: Path) -> None:
    names = {
        "filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3Dy.txt": "Set-Cookie: x=y.txt",
        'filename="..%2f..%2fetc/passwd"': "passwd",
        'filename="C:\\\\fakepath\\\\plan.doc"': "plan.doc",
        "filename*=UTF-8''%E2%80%AEgnp.exe": "gnp.exe",
        'filename=".."': "file",
        'filename="' + "n" * 500 + '.txt"': "nnn.txt",
    }

    async def story(web: Served) -> None:
        browser = await with_ticket(web)
        for number, (name, shown) in enumerate(names.items()):
            hidden = (await browser.get(AT)).page.hidden(f"{AT}/say")
            own = [_field(field, value) for field, value in hidden.items()]
            body = _parts("b", *own, f'Content-Disposition: form-data; name="files"; {name}\r\n\r\nx')
            seen = await browser.posts(f"{AT}/say", body, type="multipart/form-data; boundary=b")
            links = [link for link in seen.page.links if "/files/" in link]
            assert len(links) == number + 1, name
            assert shown in seen.words or shown == "nnn.txt", name
            got = await browser.get(links[-1])
            assert got.content == b"x"
            assert "Set-Cookie" not in got.headers
            told = r"attachment; filename=\"[^\"\r\n/\\]{1,140}\"; filename\*=UTF-8''[\w.%~-]+"
            assert re.fullmatch(told, got.headers["Content-Disposition"])

    served(tmp_path, story)


# --- addresses -----------------------------------------------------------------------------------------------------


def test_paths_that_lead_out_lead_nowhere(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await with_ticket(web)
        (tmp_path / "files").mkdir(exist_ok=True)
        for path in (
            "/static/../../../../etc/passwd",
            "/static/%2e%2e%2fdoors.py",
            "/static/..%5cdoors.py",
            "/static/desk.css",
            "/static/",
            f"{AT}/files/../../../../etc/passwd",
            f"{AT}/files/1/..%2f..%2fthirdline.db",
            "/support/../thirdline.db",
            "/support/nothing/here",
            "/support//tickets",
            "/support//evil.example/",
            "/support/%2f%2fevil.example/",
            "/support/a%0d%0aSet-Cookie:x=y/",
            "/support/tickets/1%00",
            "/support/tickets/" + "9" * 4000,
        ):
            seen = await browser.get(path, follow=False)
            assert seen.status == 404, path
        for path in ("/support/", f"{AT}/"):
            assert (await browser.get(path, follow=False)).there == path.rstrip("/")

    served(tmp_path, story)


def test_a_fault_of_ours_tells_nobody_anything(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await with_ticket(web)
        with sqlite3.connect(tmp_path / "thirdline.db") as database:
            database.execute("UPDATE events SET data = '{broken'")
        seen = await browser.get(AT)
        assert seen.status == 500
        assert "Something went wrong" in seen.page.headings
        for inside in ("sqlite", "json", "Traceback", "broken"):
            assert inside not in seen.text

    served(tmp_path, story)


def test_every_method_that_a_page_does_not_know_is_refused_in_words(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
            seen = await web.browser().get(ASK, method=method)
            assert (seen.status, seen.headers["Allow"]) == (405, "GET, HEAD, POST")
        head = await web.browser().get(ASK, method="HEAD")
        assert (head.status, head.content) == (200, b"")

    served(tmp_path, story)


def test_colleagues_behind_one_address_do_not_use_up_each_others_tries(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser, other = await with_ticket(web), await web.signed_in("bo@acme.example")
        hidden = (await browser.get("/support/new")).page.hidden("/support/new")
        sent = [await browser.posts("/support/new", {**hidden, "subject": ""}) for _ in range(31)]
        assert [seen.status for seen in sent] == [400] * 30 + [429]
        assert int(sent[-1].headers["Retry-After"]) <= 600
        seen = await other.sends("/support/new", {"subject": "in time"})
        assert "Your ticket is open" in seen.words

    served(tmp_path, story)


# --- headers -------------------------------------------------------------------------------------------------------


def test_every_page_forbids_what_it_does_not_need(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await with_ticket(web)
        pages = [
            await browser.get(path, follow=False) for path in ("/support", AT, "/support/nowhere", ASK, "/support/new")
        ]
        pages.append(await browser.posts(f"{AT}/close", {}))
        for seen in pages:
            policy = dict(part.strip().split(" ", 1) for part in seen.headers["Content-Security-Policy"].split(";"))
            assert policy == {
                "default-src": "'none'",
                "style-src": "'self'",
                "img-src": "'self'",
                "form-action": "'self'",
                "frame-ancestors": "'none'",
                "base-uri": "'none'",
            }
            assert seen.headers["X-Content-Type-Options"] == "nosniff"
            assert seen.headers["X-Frame-Options"] == "DENY"
            assert seen.headers["Cache-Control"] == "no-store"
            assert seen.headers["Referrer-Policy"] == "same-origin"
            assert seen.headers["Strict-Transport-Security"].startswith("max-age=")
            assert seen.headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "camera=()" in seen.headers["Permissions-Policy"]
            for link in seen.page.loaded if seen.text else ():
                got = await browser.get(link)
                assert got.status == 200
                assert "immutable" in got.headers["Cache-Control"]

    served(tmp_path, story)


def test_a_desk_below_a_path_of_a_proxy_names_its_pages_so(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        seen = await web.browser().get(ASK)
        assert seen.page.forms[0].action == "/help" + ASK
        assert all(link.startswith("/help/") for link in seen.page.loaded)
        assert (await web.browser().get("/", follow=False)).there == "/help/support"

    served(tmp_path, story, public_url="https://desk.example.com/help")


def test_pages_that_nobody_would_find_are_refused_at_the_start(tmp_path: Path) -> None:
    town = Town(tmp_path)
    try:
        for door in ("api", "customers", "staff"):
            settings = Settings.model_validate({"data": tmp_path, "web": {door: True}})
            with pytest.raises(Refusal, match=rf"web\.{door} is on, and web\.public_url is not set"):
                Doors(settings, town.desk, town.clock, lambda: None)
    finally:
        town.close()


def test_without_mail_customers_could_not_sign_in_and_their_links_are_for_no_chat(tmp_path: Path) -> None:
    town = Town(tmp_path).settle()
    try:
        web = {"customers": True, "public_url": URL}
        settings = Settings.model_validate({"data": tmp_path, "web": web})
        with pytest.raises(Refusal, match=r"mail is not set up: customers sign in by a link"):
            Doors(settings, town.desk, town.clock, lambda: None)
        now = town.clock.now()
        assert town.database.write(lambda work: write_link(work, KNOWN, URL, now)), "Mail was turned off after it."
        assert town.hears(f"mail:{KNOWN}") == [], "It lies in no chat."
    finally:
        town.close()
