"""`thirdline init email`: each sign-in tried before anything is written, resumable, and no secret is ever shown."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import read_settings
from tests.cli.person import Terminal
from tests.cli.terminal import Ended, thirdline
from tests.doubles.mail.imap import ImapServer
from tests.doubles.mail.smtp import PASSWORD, USER, Mailbox
from tests.doubles.mail.tokens import REFRESH, SECRET, TokenServer

ADDRESS = "support@acme.example"
ISSUED = "abc"
KEPT_IN = "secrets/email-password"
JUDGED = b"Authentication-Results: MX.acme.example; dmarc=pass header.from=x.example\r\nFrom: a@x.example\r\n\r\nHi\r\n"
FORGED = JUDGED.replace(b"MX.acme.example", b"mx.of-a-stranger.example")


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


def servers(smtp: Mailbox, imap: ImapServer) -> tuple[str, ...]:
    told = {"host": "localhost", "security": "none"}
    options = [
        word for kind in ("smtp", "imap") for name, value in told.items() for word in (f"--{kind}-{name}", value)
    ]
    return (*options, "--smtp-port", str(smtp.port), "--imap-port", str(imap.port))


@pytest.fixture
def password(tmp_path: Path) -> str:
    return secret_file(tmp_path, "password", PASSWORD)


def secret_file(folder: Path, name: str, value: str) -> str:
    path = folder / f"given-{name}"
    path.write_text(f"{value}\n")
    path.chmod(0o600)
    return str(path)


def init(data: Path, *words: str, **environment: str) -> Ended:
    done = thirdline("init", "email", "--data", data, *words, **environment)
    for secret in (PASSWORD, SECRET, REFRESH, "token-1"):
        assert secret not in done.out + done.err
    assert "Traceback" not in done.err
    return done


def test_with_a_password_in_a_file_both_servers_are_tried_and_it_is_written(
    smtp: Mailbox, imap: ImapServer, password: str, tmp_path: Path
) -> None:
    data = tmp_path / "desk"
    given = (*servers(smtp, imap), "--password-file", password, "--user", USER, "--trusted", "mx.acme.example")
    done = init(data, "--address", ADDRESS, *given)
    assert done.code == 0, done.out + done.err
    assert f"localhost takes mail from {ADDRESS}" in done.out
    assert "lets desk into INBOX, and tells of new mail at once" in done.out
    email = read_settings(data=data).email
    assert email is not None
    box = email.boxes["support"]
    assert (email.sender, box.address, email.user, box.user) == (ADDRESS, ADDRESS, USER, USER)
    assert (email.trusted, email.plus) == (("mx.acme.example",), True)
    assert email.password is not None
    assert box.password == email.password
    assert not (data / "secrets").exists(), "Files that were named stay where they are."
    assert smtp.letters == []
    assert list(imap.folders) == ["INBOX"]


def test_the_second_time_nothing_is_needed_and_nothing_changes(
    smtp: Mailbox, imap: ImapServer, password: str, tmp_path: Path
) -> None:
    data = tmp_path / "desk"
    init(data, "--address", ADDRESS, *servers(smtp, imap), "--password-file", password, "--user", USER, "--no-plus")
    before = (data / "thirdline.toml").read_text()
    assert "plus = false" in before
    done = init(data)
    assert done.code == 0, done.out + done.err
    assert f"kept  {data / 'thirdline.toml'}" in done.out
    assert (data / "thirdline.toml").read_text() == before


def test_what_the_operator_wrote_stays_and_a_second_mailbox_comes_beside_the_first(
    smtp: Mailbox, imap: ImapServer, password: str, tmp_path: Path
) -> None:
    mine = '# Ours.\n\n[email] # all\nsender = "ACME <help@acme.example>"\nundo = 30 # enough\n'
    (tmp_path / "thirdline.toml").write_text(mine)
    given = (*servers(smtp, imap), "--password-file", password, "--user", USER)
    assert init(tmp_path, "--address", ADDRESS, *given).code == 0
    assert init(tmp_path, "--mailbox", "sales", "--address", "sales@acme.example", *given).code == 0
    text = (tmp_path / "thirdline.toml").read_text()
    assert all(line in text.splitlines() for line in mine.splitlines())
    email = read_settings(data=tmp_path).email
    assert email is not None
    assert (email.undo, email.sender) == (30, "ACME <help@acme.example>")
    assert [box.address for box in email.boxes.values()] == [ADDRESS, "sales@acme.example"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("password", "fail  email letters   email: localhost refuses the user or the password (535)."),
        ("smtp", "fail  email letters   the mail server cannot be reached (ConnectionRefusedError)"),
        ("imap", "fail  mailbox support"),
        ("starttls", "offers no STARTTLS on port"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    smtp: Mailbox, imap: ImapServer, password: str, tmp_path: Path, wrong: str, words: str
) -> None:
    given = [*servers(smtp, imap), "--password-file", password, "--user", USER]
    if wrong == "password":
        Path(password).write_text("another")
    elif wrong == "starttls":
        given += ["--smtp-security", "starttls"]
    else:
        (smtp if wrong == "smtp" else imap).down()
    done = init(tmp_path / "desk", "--address", ADDRESS, *given)
    assert done.code == 1, done.out + done.err
    assert words in done.out
    assert done.out.partition(words)[2].partition("→")[1], "with its cure"
    assert "thirdline init email --data" in done.out
    assert not (tmp_path / "desk" / "thirdline.toml").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), "The address is missing. --address gives it."),
        (("--address", "nobody"), "“nobody” is no mail address."),
        (("--address", ADDRESS, "--provider", "gogle"), "There is no mail provider “gogle” here."),
        (("--address", ADDRESS, "--mailbox", "Our Box"), "“Our Box” is no name for a mailbox."),
        (("--address", ADDRESS, "--sender", "us"), "“us” is no sender."),
        (("--address", ADDRESS), "There is no password. --password-file FILE or THIRDLINE_EMAIL__PASSWORD gives it."),
        (("--address", ADDRESS, "--provider", "microsoft"), "The directory (tenant) id is missing. --tenant gives it."),
    ],
)
def test_what_is_missing_or_cannot_be_is_one_sentence(tmp_path: Path, given: tuple[str, ...], words: str) -> None:
    done = init(tmp_path, *given)
    assert done.code == 2
    assert words in done.err
    assert not (tmp_path / "thirdline.toml").exists()


def test_an_application_signs_in_with_access_tokens_at_both(
    smtp: Mailbox, imap: ImapServer, tokens: TokenServer, tmp_path: Path
) -> None:
    tokens.answer = b'{"access_token": "abc", "expires_in": 3600}'
    smtp.token = imap.token = ISSUED
    application = ("--client-id", "desk", "--client-secret-file", secret_file(tmp_path, "secret", SECRET))
    given = (*servers(smtp, imap), *application, "--token-url", tokens.url, "--user", USER, "--provider", "microsoft")
    done = init(tmp_path, "--address", ADDRESS, *given)
    assert done.code == 0, done.out + done.err
    assert "ok    email token     the desk gets access tokens" in done.out
    email = read_settings(data=tmp_path).email
    assert email is not None
    box = email.boxes["support"]
    assert email.oauth == box.oauth
    assert box.oauth is not None
    assert box.oauth.scope == "https://outlook.office365.com/.default"
    assert email.trusted == ("*.outlook.com", "*.office365.com")
    assert tokens.asked[0]["grant_type"] == "client_credentials"
    assert init(tmp_path).code == 0


def test_a_google_account_is_asked_for_its_refresh_token(
    smtp: Mailbox, imap: ImapServer, tokens: TokenServer, tmp_path: Path
) -> None:
    tokens.answer = b'{"access_token": "abc", "expires_in": 3600}'
    smtp.token = imap.token = ISSUED
    secret, refresh = secret_file(tmp_path, "secret", SECRET), secret_file(tmp_path, "refresh", REFRESH)
    application = ("--client-id", "desk", "--client-secret-file", secret)
    given = (*servers(smtp, imap), *application, "--token-url", tokens.url, "--user", USER, "--provider", "google")
    done = init(tmp_path, "--address", ADDRESS, *given)
    assert done.code == 2
    assert "There is no refresh token. --refresh-token-file FILE" in done.err
    done = init(tmp_path, "--address", ADDRESS, *given, "--refresh-token-file", refresh)
    assert done.code == 0, done.out + done.err
    assert (tokens.asked[0]["grant_type"], tokens.asked[0]["refresh_token"]) == ("refresh_token", REFRESH)
    assert tomllib.loads((tmp_path / "thirdline.toml").read_text())["email"]["trusted"] == ["mx.google.com"]


def test_a_token_that_is_not_given_is_told_with_its_cause(
    smtp: Mailbox, imap: ImapServer, tokens: TokenServer, tmp_path: Path
) -> None:
    tokens.status, tokens.answer = 401, b'{"error": "invalid_client", "error_description": "secret %s"}'
    application = ("--client-id", "desk", "--client-secret-file", secret_file(tmp_path, "secret", SECRET))
    given = (*servers(smtp, imap), *application, "--token-url", tokens.url, "--provider", "microsoft")
    done = init(tmp_path, "--address", ADDRESS, *given)
    assert done.code == 1
    assert "the application's id or secret is wrong or has run out (401 invalid_client)" in done.out


def test_the_server_that_judges_senders_is_found_in_the_mailbox_and_a_person_says_whether_it_is_theirs(
    smtp: Mailbox, imap: ImapServer, password: str, tmp_path: Path
) -> None:
    given = ("--address", ADDRESS, *servers(smtp, imap), "--password-file", password, "--user", USER)
    imap.deliver(JUDGED, seen=True)
    done = init(tmp_path, *given)
    assert "If that is your own mail server: --trusted mx.acme.example" in done.out
    email = read_settings(data=tmp_path).email
    assert email is not None
    assert email.trusted == (), "Nobody said so."
    imap.deliver(FORGED)
    done = init(tmp_path / "other", *given)
    assert "--trusted NAME" in done.out
    assert "of-a-stranger" not in done.out


def test_a_person_is_asked_and_the_password_is_kept_for_this_account_alone(
    smtp: Mailbox, imap: ImapServer, tmp_path: Path
) -> None:
    imap.deliver(JUDGED)
    person = Terminal("init", "email", "--data", str(tmp_path / "desk"), *servers(smtp, imap)[:0])
    try:
        for words, line in (
            ("The address: ", ADDRESS),
            ("Who runs its mail", ""),
        ):
            person.until(words)
            person.types(line)
        person.until("The SMTP server [smtp.acme.example]: ")
        person.interrupts()
        assert person.code() == 130
        assert "Stopped. Nothing new was written; go on with: thirdline init email --data" in person.seen
    finally:
        person.close()
    person = Terminal("init", "email", "--data", str(tmp_path / "desk"), *servers(smtp, imap))
    try:
        for words, line in (
            ("The address: ", ADDRESS),
            ("The account there [support@acme.example]; “none” for no sign-in: ", USER),
            ("The sender that customers see [support@acme.example]: ", "no sender"),
            ("is no sender", ""),
            ("The sender that customers see [support@acme.example]: ", "ACME <support@acme.example>"),
            ("Who the letters are from, as customers read it in them [ACME]: ", "ACME Inc."),
            ("not shown while you paste): ", "wrong"),
            ("fail  email letters", ""),
            ("not shown while you paste): ", PASSWORD),
            ("The account there [support@acme.example]: ", USER),
            ("Is that your own mail server? [yes]: ", ""),
        ):
            person.until(words)
            if line or "[yes]" in words:
                person.types(line)
        assert person.code() == 0, person.seen
    finally:
        person.close()
    assert PASSWORD not in person.seen
    email = read_settings(data=tmp_path / "desk").email
    assert email is not None
    assert email.trusted == ("mx.acme.example",)
    kept = tmp_path / "desk" / KEPT_IN
    assert kept.stat().st_mode & 0o777 == 0o600
    assert read_settings(data=tmp_path / "desk").company == "ACME Inc."
    table = tomllib.loads((tmp_path / "desk" / "thirdline.toml").read_text())["email"]
    assert table["password_file"] == table["boxes"]["support"]["password_file"] == KEPT_IN


def test_another_server_is_taken_with_its_port_where_the_first_cannot_be_reached(
    smtp: Mailbox, imap: ImapServer, password: str, tmp_path: Path
) -> None:
    given = ("--address", ADDRESS, "--sender", ADDRESS, "--user", USER, "--password-file", password)
    wrong = (*servers(smtp, imap)[:-4], "--smtp-host", "localhost:1", "--imap-port", str(imap.port))
    person = Terminal("init", "email", "--data", str(tmp_path), *given, *wrong)
    try:
        for words, line in (
            ("Who the letters are from", ""),
            ("tried localhost, port 1", ""),
            ("--smtp-security none", ""),
            ("Or another host, or host:port: ", f"localhost:{smtp.port} none"),
        ):
            person.until(words)
            if line or "letters" in words:
                person.types(line)
        assert person.code() == 0, person.seen
    finally:
        person.close()
    email = read_settings(data=tmp_path).email
    assert email is not None
    assert (email.host, email.port, email.security) == ("localhost", smtp.port, "none")
