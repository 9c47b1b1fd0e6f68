"""Copies of files: kept under names of ours, within their size, and only from where Slack keeps them."""

from __future__ import annotations

import os
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from adapters.slack.hearing.copier import path_of
from adapters.slack.hearing.files import attachments, host_of_files, may_fetch
from bot.ports import Copy, CopyState
from bot.settings import SlackFiles
from tests.adapters.slack.workplace import BOB, DESK, Workplace, workplace

KEEP = SlackFiles(copies=True, max_mb=1, types=())


def copies(desk: Workplace) -> list[Copy]:
    return list(desk.town.database.read(lambda work: work.files.of_ticket(1)))


def sends(desk: Workplace, thread: str, *files: tuple[str, bytes]) -> None:
    before = len(copies(desk))
    desk.slack.says(BOB, DESK, "look", thread, files=files)
    desk.slack.until(lambda: len(copies(desk)) > before)


def settled(desk: Workplace) -> list[Copy]:
    desk.slack.until(lambda: all(copy.state is not CopyState.WANTED for copy in copies(desk)))
    return copies(desk)


def test_a_file_is_copied_byte_for_byte_under_a_name_of_ours(tmp_path: Path) -> None:
    with workplace(tmp_path, files=KEEP) as desk:
        thread = desk.ticket()
        content = bytes(range(256)) * 300
        sends(desk, thread, ("../../etc/passwd.PNG", content), ("no ending", b"a"))
        settled(desk)
        assert (tmp_path / "files/1/2-1.png").read_bytes() == content
        assert (tmp_path / "files/1/2-2").read_bytes() == b"a"
        assert sorted(path.name for path in tmp_path.rglob("*passwd*")) == []
        assert not list(tmp_path.rglob("*.part"))
        assert "copied as files/1/2-1.png" in desk.town.does("ann", "/ticket files 1")


def test_only_what_was_asked_for_is_copied(tmp_path: Path) -> None:
    with workplace(tmp_path, files=SlackFiles(copies=True, max_mb=1, types=("png", ".TXT"))) as desk:
        thread = desk.ticket()
        sends(desk, thread, ("a.txt", b"a"), ("b.exe", b"b"), ("c.png", b"c" * 1_000_001), ("d.PNG", b"d"))
        settled(desk)
        assert [path.name for path in sorted((tmp_path / "files/1").iterdir())] == ["2-1.txt", "2-4.png"]


def test_a_file_that_is_larger_than_it_said_is_given_up(tmp_path: Path) -> None:
    with workplace(tmp_path, files=KEEP) as desk:
        thread = desk.ticket()
        lie = desk.slack.file(BOB, "a.txt", b"a" * 1_500_000) | {"size": 10}
        desk.slack.says(BOB, DESK, "look", thread, files=(lie,))
        desk.slack.until(lambda: copies(desk))
        (copy,) = settled(desk)
        assert (copy.state, copy.error) == (CopyState.FAILED, "it is larger than 1 MB")
        assert not list((tmp_path / "files").rglob("*.*"))


def test_a_full_folder_keeps_the_oldest_and_says_of_the_newest_that_they_are_not_kept(tmp_path: Path) -> None:
    with workplace(tmp_path, files=SlackFiles(copies=True, max_mb=1, total_mb=1)) as desk:
        thread = desk.ticket()
        sends(desk, thread, ("a.txt", b"a" * 700_000))
        settled(desk)
        sends(desk, thread, ("b.txt", b"b" * 700_000))
        first, second = settled(desk)
        assert (first.state, second.state) == (CopyState.COPIED, CopyState.FAILED)
        assert second.error == "not kept: all copies together may take 1 MB (slack.files.total_mb)"
        assert "not kept" in desk.town.does("ann", "/ticket files 1")
        assert [path.name for path in (tmp_path / "files/1").iterdir()] == ["2-1.txt"]


def test_copies_come_by_the_proxy_that_the_environment_names(tmp_path: Path) -> None:
    seen: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"by the proxy")

        def log_message(self, *words: object) -> None:
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy, workplace(tmp_path, files=KEEP) as desk:
        Thread(target=proxy.serve_forever, daemon=True).start()
        before = dict(os.environ)
        thread = desk.ticket()
        os.environ |= {"http_proxy": f"http://127.0.0.1:{proxy.server_port}", "no_proxy": ""}
        try:
            sends(desk, thread, ("a.txt", b"straight from Slack"))
            settled(desk)
        finally:
            os.environ.clear()
            os.environ.update(before)
            proxy.shutdown()
        assert (tmp_path / "files/1/2-1.txt").read_bytes() == b"by the proxy"
        assert seen


def test_a_transfer_that_fails_is_tried_again_also_after_a_restart(tmp_path: Path) -> None:
    with workplace(tmp_path, files=KEEP) as desk:
        thread = desk.ticket()
        desk.slack.fails("file", status=500, times=2)
        sends(desk, thread, ("a.txt", b"hello"))
        desk.slack.until(lambda: copies(desk)[0].attempts == 1 and copies(desk)[0].error)
        assert "being copied" in desk.town.does("ann", "/ticket files 1")
        desk.close()
        desk.town.clock.forward(minutes=2)
        again = Workplace(desk.town, desk.slack, members="none", files=KEEP).open()
        try:
            again.slack.until(lambda: copies(again)[0].attempts == 2 and copies(again)[0].error)
            desk.town.clock.forward(minutes=11)
            assert again.ways is not None
            again.does(_wake(again))
            (copy,) = settled(again)
            assert copy.state is CopyState.COPIED
            assert (tmp_path / "files/1/2-1.txt").read_bytes() == b"hello"
        finally:
            again.close()


async def _wake(desk: Workplace) -> None:
    assert desk.ways is not None
    desk.ways.changed()


def test_the_token_goes_to_slacks_files_and_nowhere_else() -> None:
    assert may_fetch("https://files.slack.com/files-pri/T1-F1/a.png")
    for address in (
        "http://files.slack.com/a",
        "https://files.slack.com.evil.example/a",
        "https://evil@files.slack.com:444/a",
        "https://files.slack.com@evil.example/a",
        "https://evil.example/files.slack.com",
        "file:///etc/passwd",
    ):
        assert not may_fetch(address), address


def test_what_does_not_lie_with_slack_is_recorded_and_not_fetched() -> None:
    plan = {"name": "plan", "mode": "external", "is_external": True, "url_private": "https://drive/x"}
    photo = {"name": "a\nb.png", "mode": "hosted", "url_private": "https://x"}
    found = attachments({"files": [plan, {"mode": "tombstone"}, photo, "no"]}, KEEP)
    names = [(one.name, one.source) for one in found]
    assert names == [("plan", ""), ("a file without a name", ""), ("a b.png", "https://x")]


def test_an_ending_is_kept_only_where_it_is_a_plain_one() -> None:
    names = {
        "a.png": "7/3-1.png",
        "a.tar.gz": "7/3-1.gz",
        "a.p/../x": "7/3-1",
        "a.pñg": "7/3-1",
        "png": "7/3-1",
        "": "7/3-1",
    }
    for name, path in names.items():
        assert path_of(Copy(7, 3, 1, "slack", name, "", "")) == path


def test_leases_end(tmp_path: Path) -> None:
    """A copy that a killed desk had begun is taken up by the next one."""
    with workplace(tmp_path) as desk:
        desk.ticket()
        database, now = desk.town.database, desk.town.clock.now()
        copy = Copy(1, 1, 1, "slack", "a.txt", "", "https://x")
        database.write(lambda work: work.files.want(copy, now))
        assert database.write(lambda work: len(work.files.lease("slack", now, 900, 5))) == 1
        later = now + timedelta(seconds=900)
        assert database.write(lambda work: [one.attempts for one in work.files.lease("slack", later, 900, 5)]) == [1]


def test_slacks_files_lie_on_a_host_of_their_own() -> None:
    assert host_of_files("https://slack.com/api/") == "files.slack.com"
    assert host_of_files("https://www.slack.com/api/") == "files.slack.com"
    assert host_of_files("https://slack-gov.com/api/") == "files.slack-gov.com"
    assert host_of_files("https://slack.com.evil.example/api/") == "slack.com.evil.example"
    assert host_of_files("http://127.0.0.1:8080/api/") == "127.0.0.1:8080"
    assert not may_fetch("http://files.slack-gov.com/a", "files.slack-gov.com")
