"""What only the real server can show: encryption, and folders below one name."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest

from tests.adapters.email.mailboxes.boxes import DovecotBox, subjects
from tests.adapters.email.mailboxes.desk import Desk, letter, until
from tests.doubles.mail.dovecot import Dovecot


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_encrypted_mailbox_is_read(dovecot: Dovecot, desk: Desk, trust: ssl.SSLContext, security: str) -> None:
    box = DovecotBox(dovecot, f"of-{security}")
    box.deliver(letter(1))
    port = dovecot.tls_port if security == "tls" else dovecot.port
    with desk.reads(box.settings(security=security, port=port), trust=trust):
        until(desk.has(1))
        box.deliver(letter(2))
        until(desk.has(1, 2))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_does_not_count_is_told(dovecot: Dovecot, desk: Desk, security: str) -> None:
    port = dovecot.tls_port if security == "tls" else dovecot.port
    with desk.reads(DovecotBox(dovecot, "nobody").settings(security=security, port=port)) as reader:
        until(lambda: "self-signed certificate" in reader.health().words)


def test_a_wrong_password_is_told(dovecot: Dovecot, desk: Desk) -> None:
    for password in ("wrong", "pässwörd"):
        with desk.reads(DovecotBox(dovecot, "nobody").settings(password=password)) as reader:
            until(lambda: "localhost refuses nobody or the password" in reader.health().words)


@pytest.fixture(scope="module")
def below(dovecot: Dovecot) -> Iterator[Dovecot]:
    with Dovecot(prefix="INBOX.") as server:
        yield server


def test_a_folder_is_made_below_the_name_that_the_server_wants(below: Dovecot, desk: Desk) -> None:
    box = DovecotBox(below, "desk")
    box.deliver(letter(1))
    box.deliver(letter(2))
    desk.fails = {"1"}
    with desk.reads(box.settings(done="Done")):
        until(lambda: desk.told)
        with box.program() as program:
            until(lambda: subjects(program) == [])
            assert subjects(program, "INBOX.Thirdline-aside") == ["1"]
            assert subjects(program, "INBOX.Done") == ["2"]
