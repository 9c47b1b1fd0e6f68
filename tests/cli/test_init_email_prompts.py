"""What a person types while mail is set up: that nobody signs in, and which certificate counts."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Email, read_settings
from tests.adapters.email.conftest import certificate, tls
from tests.cli.person import Terminal
from tests.cli.terminal import thirdline
from tests.doubles.mail.imap import ImapServer
from tests.doubles.mail.smtp import PASSWORD, USER, Mailbox

ADDRESS = "support@acme.example"
__all__ = ["certificate", "tls"]  # Fixtures, which pytest finds here by their names.


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


def options(smtp: Mailbox, imap: ImapServer, security: str = "none") -> tuple[str, ...]:
    sending = ("--smtp-host", "localhost", "--smtp-port", str(smtp.port), "--smtp-security", security)
    reading = ("--imap-host", "localhost", "--imap-port", str(imap.port), "--imap-security", "none")
    return ("--address", ADDRESS, "--sender", f"ACME <{ADDRESS}>", *sending, *reading)


def written(data: Path) -> Email:
    email = read_settings(data=data).email
    assert email is not None
    return email


@pytest.mark.parametrize(
    "typed",
    [
        (("“none” for no sign-in: ", "none"), ("Who the letters are from", "ACME")),
        (("“none” for no sign-in: ", USER), ("Who the letters are from", "ACME"), ("while you paste): ", "none")),
    ],
    ids=["as the account", "as the password"],
)
def test_none_means_that_nobody_signs_in_where_letters_go_out(
    imap: ImapServer, typed: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    with Mailbox() as smtp:
        person = Terminal("init", "email", "--data", str(tmp_path), *options(smtp, imap))
        try:
            for words, line in (*typed, ("The account there [", USER), ("while you paste): ", PASSWORD)):
                person.until(words)
                person.types(line)
            assert person.code() == 0, person.seen
        finally:
            person.close()
    assert PASSWORD not in person.seen
    email = written(tmp_path)
    assert (email.user, email.password) == ("", None)
    box = email.boxes["support"]
    assert (box.user, box.password.get_secret_value() if box.password else "") == (USER, PASSWORD)


def test_a_certificate_that_does_not_count_is_said_and_counts_once_its_authority_is_named(
    imap: ImapServer, tls: ssl.SSLContext, certificate: Path, tmp_path: Path
) -> None:
    password = tmp_path / "given"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    data = tmp_path / "desk"
    with Mailbox(tls=tls) as smtp:
        words = ("init", "email", "--data", str(data), *options(smtp, imap, "starttls"))
        words = (*words, "--user", USER, "--password-file", str(password))
        refused = thirdline(*words)
        assert refused.code == 1
        assert "no secure connection to localhost" in refused.out
        assert "SSL_CERT_FILE" in refused.out
        assert not (data / "thirdline.toml").exists()
        done = thirdline(*words, SSL_CERT_FILE=str(certificate))
        assert done.code == 0, done.out + done.err
    assert written(data).security == "starttls"
