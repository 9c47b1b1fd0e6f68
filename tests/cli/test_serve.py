"""`thirdline serve`: the desk for a chat platform, as a process of its own, from the first line to a tidy end."""

from __future__ import annotations

import json
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from tests.cli.terminal import started, thirdline
from tests.doubles.slack import Workspace
from tests.ports import Port

PATIENCE = 60.0
WRONG = {"THIRDLINE_SLACK__BOT_TOKEN": "xoxb-0-wrong"}


def settings_of(slack: Workspace, **more: str) -> dict[str, str]:
    """The desk's settings for this workspace."""
    return {
        "THIRDLINE_SLACK__BOT_TOKEN": slack.bot_token,
        "THIRDLINE_SLACK__APP_TOKEN": slack.app_token,
        "THIRDLINE_SLACK__API_URL": slack.api_url,
    } | more


class Serving:
    """A desk that serves, and what it says of itself."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._said: Queue[str] = Queue()
        self.lines: list[str] = []
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._said.put(line.strip())

    def says(self, words: str) -> None:
        """Wait until it says something with those words."""
        while not any(words in line for line in self.lines):
            self.lines.append(self._said.get(timeout=PATIENCE))

    def ends(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(folder: Path, settings: dict[str, str]) -> Iterator[Serving]:
    with started("serve", "--data", folder, **settings) as process:
        yield Serving(process)


def test_a_desk_without_a_chat_platform_has_nobody_to_serve(tmp_path: Path) -> None:
    ended = thirdline("serve", "--data", tmp_path / "desk")
    assert ended.code == 2
    assert "No chat platform is set up" in ended.err
    assert "thirdline init slack" in ended.err


def test_a_telephone_alone_is_nobody_to_serve_either(tmp_path: Path) -> None:
    settings = {"THIRDLINE_EMAIL__HOST": "127.0.0.1", "THIRDLINE_EMAIL__SENDER": "desk@example.com"}
    ended = thirdline("serve", "--data", tmp_path / "desk", **settings)
    assert ended.code == 2
    assert "Only email is set up: pages could go out, and nobody could see the tickets" in ended.err


def page_of(port: int) -> dict[str, str]:
    """The settings of a desk that has a page, and no chat."""
    url = f"http://127.0.0.1:{port}"
    return {"THIRDLINE_WEB__STAFF": "true", "THIRDLINE_WEB__PORT": str(port), "THIRDLINE_WEB__PUBLIC_URL": url}


def logged(folder: Path) -> list[str]:
    """The lines of its log, which is there once something was to be said."""
    log = folder / "thirdline.log"
    return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def port() -> Iterator[int]:
    with Port() as held:
        yield held.number


def test_who_is_refused_is_told_of_the_page_too(tmp_path: Path) -> None:
    ended = thirdline("serve", "--data", tmp_path / "desk")
    assert "no page for staff" in ended.err
    assert f"thirdline init web --data {tmp_path / 'desk'}" in ended.err


def test_a_desk_with_a_page_and_no_chat_is_served_and_a_link_from_beside_it_lets_in(tmp_path: Path, port: int) -> None:
    folder, settings = tmp_path / "desk", page_of(port)
    with serving(folder, settings) as desk:
        desk.says("ready: serving the desk's page from")
        desk.says(
            f"No chat is set up: cards and alerts wait for a terminal; the board is at http://127.0.0.1:{port}/desk"
        )
        desk.says("nothing is set up that could page anybody")
        desk.says("web: listening")
        given = thirdline("desk-link", "ann", "--data", folder, **settings)
        assert (given.code, "It signs in ann once, within 5 minutes." in given.err) == (0, True)
        path = given.out.strip().removeprefix(f"http://127.0.0.1:{port}")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as page:
            assert "ann" in page.read().decode()
        assert desk.ends() == 0
        desk.says("stopping")
    assert "not well" not in "\n".join(desk.lines)
    assert not [line for line in logged(folder) if "WARNING" in line or "ERROR" in line]


def test_a_link_is_for_people_of_a_desk_that_has_a_page(tmp_path: Path) -> None:
    folder, settings = tmp_path / "desk", page_of(1)
    assert thirdline("run", "--as", "zoe", "--data", folder, stdin="/staff add Ann --role staff\n").code == 0
    shut = thirdline("desk-link", "ann", "--data", folder)
    assert (shut.code, "This desk has no page." in shut.err, "thirdline init web" in shut.err) == (2, True, True)
    assert thirdline("desk-link", "nobody", "--data", folder, **settings).code == 2
    given = thirdline("desk-link", "ann", "--json", "--data", folder, **settings)
    assert given.json["person"] == "ann"
    assert given.json["address"].startswith("http://127.0.0.1:1/desk/sign-in/")


def test_the_end_of_a_script_is_no_trouble_of_the_ways_beside_it(tmp_path: Path, port: int) -> None:
    folder = tmp_path / "desk"
    lines = "/ticket open printer on fire\n" * 3 + "/quit\n"
    ended = thirdline("run", "--data", folder, stdin=lines, **page_of(port))
    assert ended.code == 0
    assert "not well" not in ended.out + ended.err
    assert not [line for line in logged(folder) if "web:" in line]


def test_it_serves_from_ready_to_a_tidy_end(tmp_path: Path, slack: Workspace) -> None:
    folder = tmp_path / "desk"
    people = "/staff add Ann --role staff\n/staff link ann --platform slack --account U0ANN\n"
    assert thirdline("run", "--data", folder, stdin=people).code == 0
    with serving(folder, settings_of(slack)) as desk:
        desk.says("ready: serving slack")
        desk.says("slack: ")
        slack.command("U0ANN", "C0DESK", "/ticket", "open printer on fire")
        assert slack.until(lambda: any("printer on fire" in str(one) for one in slack.messages("C0DESK")))
        assert desk.ends() == 0
        desk.says("stopping")
    assert "Traceback" not in "\n".join(desk.lines)


def test_a_token_that_is_refused_ends_it_with_a_sentence(tmp_path: Path, slack: Workspace) -> None:
    settings = settings_of(slack) | WRONG
    ended = thirdline("serve", "--data", tmp_path / "desk", **settings)
    assert ended.code == 2
    assert "slack.bot_token: Slack does not know the token" in ended.err
    assert "xoxb-0-wrong" not in ended.err


def test_a_platform_that_is_away_is_said_and_waited_for(tmp_path: Path, slack: Workspace) -> None:
    slack.down()
    with serving(tmp_path / "desk", settings_of(slack)) as desk:
        desk.says("slack: not well: cannot be reached yet")
        slack.up()
        desk.says("connected")
        assert desk.ends() == 0


def test_its_health_is_there_for_a_monitor(tmp_path: Path, slack: Workspace, port: int) -> None:
    web = {"THIRDLINE_WEB__HEALTH": "true", "THIRDLINE_WEB__PORT": str(port)}
    with serving(tmp_path / "desk", settings_of(slack, **web)) as desk:
        desk.says("web: listening")
        desk.says("connected")
        assert slack.until(lambda: health(port)[0] == 200)
        status, told = health(port)
        assert (told["ok"], told["database"], told["platforms"]["slack"]["well"]) == (True, True, True)
        assert slack.bot_token not in json.dumps(told)
        assert desk.ends() == 0
    assert status == 200


def test_a_terminal_beside_slack_goes_on_when_slack_refuses_it(tmp_path: Path, slack: Workspace) -> None:
    settings = settings_of(slack) | WRONG
    ended = thirdline("run", "--data", tmp_path / "desk", stdin="/ticket open printer on fire\n", **settings)
    assert ended.code == 0
    assert "printer on fire" in ended.out


def health(port: int) -> tuple[int, Mapping[str, Any]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
