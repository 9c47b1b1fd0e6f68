"""`thirdline init web` and what `thirdline doctor` says of the web server's doors."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from bot.settings import read_settings
from tests.cli.person import Terminal
from tests.cli.terminal import Ended, thirdline

URL = "https://desk.acme.example"


@pytest.fixture
def other() -> Iterator[int]:
    """The port of a server that says {"ok": true, "rounds": true} at /health, as a desk does, and 404 elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = b'{"ok": true, "rounds": true}'
            self.send_response(200 if self.path == "/health" else 404)
            self.end_headers()
            self.wfile.write(said if self.path == "/health" else b"no")

        def log_message(self, format: str, *args: Any) -> None:
            """A test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join(10)


def init(data: Path, *words: str) -> Ended:
    done = thirdline("init", "web", "--data", data, *words)
    assert "Traceback" not in done.err
    return done


def findings(data: Path, **settings: str) -> dict[str, tuple[str, str]]:
    given = {f"THIRDLINE_WEB__{name}": value for name, value in settings.items()}
    done = thirdline("doctor", "--data", data, "--json", **given)
    checks = json.loads(done.out)["checks"]
    return {one["name"]: (one["verdict"], one["found"]) for one in checks if one["name"].startswith("web ")}


def test_with_options_it_is_written_and_says_what_comes_next(tmp_path: Path) -> None:
    done = init(tmp_path, "--url", f"{URL}/", "--customers", "--staff", "--api", "--port", "8123")
    assert done.code == 1, "Mail is left to do."
    web = read_settings(data=tmp_path).web
    assert (web.public_url, web.port, web.host, web.proxies) == (URL, 8123, "127.0.0.1", 1)
    assert (web.customers, web.staff, web.api) == (True, True, True)
    for words in (
        f"curl {URL}/health",
        "/desk page",
        "thirdline key add NAME",
        f"{URL}/support",
        "thirdline init email",
    ):
        assert words in done.out
    before = (tmp_path / "thirdline.toml").read_text()
    again = init(tmp_path, "--no-api")
    assert again.code == 1, again.out + again.err
    assert (tmp_path / "thirdline.toml").read_text() == before.replace("api = true", "api = false")


def test_what_is_missing_or_no_address_is_one_sentence(tmp_path: Path) -> None:
    done = init(tmp_path, "--staff")
    assert (done.code, "The public address is missing. --url" in done.err) == (2, True)
    done = init(tmp_path, "--staff", "--url", "desk.acme.example")
    assert (done.code, "“desk.acme.example” is no address." in done.err) == (2, True)
    assert not (tmp_path / "thirdline.toml").exists()


def test_a_person_is_asked(tmp_path: Path) -> None:
    person = Terminal("init", "web", "--data", str(tmp_path))
    try:
        for words, line in (
            ("sign-in by mail? [no] ", "perhaps"),
            ("sign-in by mail? [no] ", "yes"),
            ("reports? [no] ", ""),
            ("ticket system? [no] ", "n"),
            ("[http://127.0.0.1:8080]: ", URL),
            ("stand before it [1]: ", "2"),
        ):
            person.until(words)
            person.types(line)
        assert person.code() == 1, person.seen
    finally:
        person.close()
    web = read_settings(data=tmp_path).web
    assert (web.customers, web.staff, web.api, web.proxies) == (True, False, False, 2)


def test_enter_is_an_address_for_somebody_who_has_none_but_this_machine(tmp_path: Path) -> None:
    person = Terminal("init", "web", "--data", str(tmp_path), "--no-customers", "--staff", "--no-api", "--port", "8123")
    try:
        for words in ("Enter for this machine alone [http://127.0.0.1:8123]: ", "stand before it [0]: "):
            person.until(words)
            person.types("")
        assert person.code() == 0, person.seen
    finally:
        person.close()
    assert read_settings(data=tmp_path).web.public_url == "http://127.0.0.1:8123"


def test_it_names_the_command_that_opens_this_desk(tmp_path: Path) -> None:
    url = ("--url", "http://127.0.0.1:8123", "--port", "8123")
    assert f"Open the desk: thirdline run --data {tmp_path}." in init(tmp_path, *url, "--api").out
    assert f"Open the desk: thirdline serve --data {tmp_path}." in init(tmp_path, *url, "--staff").out


def test_the_doctor_says_nothing_of_doors_that_are_shut(tmp_path: Path) -> None:
    assert findings(tmp_path / "desk") == {}


def test_the_doctor_tells_of_an_address_that_is_missing_unencrypted_or_counted_wrong(tmp_path: Path) -> None:
    data = tmp_path / "desk"
    assert findings(data, STAFF="true")["web doors"][0] == "fail"
    found = findings(data, STAFF="true", PUBLIC_URL="http://desk.acme.example", PORT="1")
    assert (found["web encryption"][0], found["web proxies"]) == ("warn", ("ok", "none"))
    found = findings(data, STAFF="true", PUBLIC_URL=URL, PORT="1")
    assert found["web doors"] == ("ok", f"staff at {URL}/desk")
    assert (found["web encryption"][0], found["web proxies"][0]) == ("ok", "warn")
    assert "share one limit" in found["web proxies"][1]
    found = findings(data, STAFF="true", PUBLIC_URL=URL, PORT="1", PROXIES="1", HOST="0.0.0.0")  # noqa: S104  # To be told of.
    assert found["web proxies"][0] == "warn"
    assert found["web reached"] == ("ok", "nothing listens on 0.0.0.0:1 now; `thirdline serve` does")


def test_the_doctor_says_that_customers_need_mail_to_sign_in(tmp_path: Path) -> None:
    found = findings(tmp_path / "desk", CUSTOMERS="true", PUBLIC_URL=URL, PORT="1", PROXIES="1")
    assert found["web doors"] == ("fail", "customers sign in by a link in a mail, and no mail is set up")


def test_the_doctor_asks_whether_the_public_address_leads_here(tmp_path: Path, other: int) -> None:
    here, data = f"http://127.0.0.1:{other}", tmp_path / "desk"
    assert findings(data, API="true", PUBLIC_URL=here, PORT=str(other))["web reached"] == (
        "ok",
        f"{here} leads to a desk",
    )
    elsewhere = findings(data, API="true", PUBLIC_URL=f"{here}/below", PORT=str(other))["web reached"]
    assert elsewhere == ("warn", f"{here}/below/health answers with 404, and the desk runs")


def test_files_of_customers_need_a_folder_that_can_be_written_to(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir(mode=0o500)
    found = findings(tmp_path, CUSTOMERS="true", PUBLIC_URL=URL, PORT="1")["web uploads"]
    # Whoever is root may write anywhere.
    assert found[0] == ("ok" if os.access(folder, os.W_OK) else "fail")
    assert "files" in found[1]
