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
from socket import socket
from threading import Thread
from typing import Any

from tests.cli.terminal import started, thirdline
from tests.doubles.slack import Workspace

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


def test_its_health_is_there_for_a_monitor(tmp_path: Path, slack: Workspace) -> None:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
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
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
