"""What `thirdline doctor` sees of the mail server and of each mailbox, with a cure for what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import thirdline
from tests.doubles.mail.imap import ImapServer
from tests.doubles.mail.smtp import PASSWORD, USER, Mailbox


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


def findings(folder: Path, smtp: Mailbox, imap: ImapServer, **more: str) -> dict[str, list[tuple[str, str]]]:
    """By name: each verdict and what was found, without a secret."""
    box = {name.upper(): str(value) for name, value in imap.settings().items()}
    settings = {
        "HOST": "localhost",
        "PORT": str(smtp.port),
        "SECURITY": "none",
        "USER": USER,
        "PASSWORD": PASSWORD,
        "SENDER": "Support <support@example.com>",
        **{f"BOXES__SUPPORT__{name}": value for name, value in box.items()},
        **more,
    }
    given = {f"THIRDLINE_EMAIL__{name}": value for name, value in settings.items()}
    done = thirdline("doctor", "--data", folder / "desk", "--json", **given)
    assert "Traceback" not in done.err
    assert PASSWORD not in done.out + done.err
    found: dict[str, list[tuple[str, str]]] = {}
    for one in json.loads(done.out)["checks"]:
        if one["name"].startswith(("email", "mailbox")):
            found.setdefault(one["name"], []).append((one["verdict"], one["found"]))
    return found


def test_a_mailbox_that_can_be_read_is_well_and_nobody_can_be_verified_unless_it_is_said_whom_to_believe(
    tmp_path: Path, smtp: Mailbox, imap: ImapServer
) -> None:
    found = findings(tmp_path, smtp, imap)
    assert found["email letters"] == [("ok", "localhost takes mail from Support <support@example.com>")]
    ((verdict, words),) = found["email trusted"]
    assert verdict == "warn"
    assert "no sender can be verified" in words
    assert found["mailbox support"] == [
        ("ok", "localhost lets desk into INBOX, and tells of new mail at once"),
        ("ok", "what cannot be read goes to the folder “Thirdline-aside”, which is made when it is first needed"),
    ]
    assert list(imap.folders) == ["INBOX"], "The doctor changes nothing."
    believed = findings(tmp_path, smtp, imap, TRUSTED='["mx.example.com"]')
    assert believed["email trusted"] == [("ok", "verdicts of mx.example.com on senders are believed")]


def test_a_sender_whom_nobody_reads_is_warned_of(tmp_path: Path, smtp: Mailbox, imap: ImapServer) -> None:
    read = findings(tmp_path, smtp, imap, SENDER="Desk <Desk@example.com>")
    assert read["email sender"] == [("ok", "what people write to desk@example.com is read")]
    for sender, reports in (("noreply@example.com", False), ("ACME <desk@other.example>", True)):
        ((verdict, words),) = findings(tmp_path, smtp, imap, SENDER=sender)["email sender"]
        assert (verdict, "reports of letters that did not arrive" in words) == ("warn", reports)
        assert "what people write to it anew is not read" in words


def test_what_is_wrong_is_told_with_its_cure(tmp_path: Path, smtp: Mailbox, imap: ImapServer) -> None:
    smtp.down()
    found = findings(tmp_path, smtp, imap, BOXES__SUPPORT__PASSWORD="other", BOXES__SUPPORT__DONE="Read")  # noqa: S106
    assert found["email letters"][0][0] == "fail"
    assert found["mailbox support"] == [("fail", "localhost refuses desk or the password.")]
    imap.down()
    ((verdict, words),) = findings(tmp_path, smtp, imap)["mailbox support"]
    assert (verdict, "cannot be reached" in words) == ("fail", True)
