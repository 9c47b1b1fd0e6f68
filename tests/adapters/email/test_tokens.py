"""Access tokens: got when they are needed, kept while they last, and every refusal in words without a secret."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.email.tokens import Tokens, Xoauth2, xoauth2
from bot.domain.errors import Refusal
from bot.settings import OAuth
from tests.doubles.mail.smtp import USER, Mailbox
from tests.doubles.mail.tokens import REFRESH, SECRET, TokenServer


class Watch:
    """A monotonic clock that is moved by hand, in seconds."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with TokenServer() as server:
        yield server


def tokens(server: TokenServer, watch: Watch | None = None, **rest: Any) -> Tokens:
    return Tokens(OAuth.model_validate(server.settings(**rest)), clock=watch or Watch(), limit=5.0)


def test_microsoft_gives_them_for_the_applications_credentials(server: TokenServer) -> None:
    assert tokens(server, scope="https://outlook.office365.com/.default").get() == "token-1"
    assert server.asked == [
        {
            "client_id": "desk",
            "client_secret": SECRET,
            "grant_type": "client_credentials",
            "scope": "https://outlook.office365.com/.default",
        }
    ]


def test_google_gives_them_for_the_accounts_refresh_token(server: TokenServer) -> None:
    assert tokens(server, refresh_token=REFRESH).get() == "token-1"
    assert server.asked == [
        {"client_id": "desk", "client_secret": SECRET, "grant_type": "refresh_token", "refresh_token": REFRESH}
    ]


@pytest.mark.parametrize(
    ("lasts", "still", "over"), [(3600, 3479, 3481), ("3600", 3479, 3481), (60, 29, 31), (None, 3479, 3481)]
)
def test_a_token_is_used_until_shortly_before_its_end(
    server: TokenServer, lasts: Any, still: float, over: float
) -> None:
    server.lasts = lasts
    watch = Watch()
    found = tokens(server, watch)
    assert found.get() == "token-1"
    watch.at = 1000 + still
    assert found.get() == "token-1"
    watch.at = 1000 + over
    assert found.get() == "token-2"


def test_a_token_that_was_refused_is_not_used_again(server: TokenServer) -> None:
    found = tokens(server)
    found.forget(found.get())
    assert found.get() == "token-2"
    found.forget("token-1")
    assert found.get() == "token-2"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b'{"error": "invalid_client"}', "the application's id or secret is wrong or has run out (401 invalid_client)"),
        (b'{"error": "invalid_grant"}', "the refresh token was withdrawn or has run out (401 invalid_grant)"),
        (b'{"error": "something_new"}', "it refuses (401 something_new)"),
        (b'{"error": "the-refresh-token is wrong"}', "it refuses (401)"),
        (b'{"error": {"code": 7}}', "it refuses (401)"),
        (b"<html>the-refresh-token</html>", "it refuses (401)"),
    ],
)
def test_a_refusal_says_what_to_mend_and_no_secret(server: TokenServer, answer: bytes, words: str) -> None:
    server.status, server.answer = 401, answer
    with pytest.raises(Refusal) as refused:
        tokens(server, refresh_token=REFRESH).get()
    assert refused.value.text == f"127.0.0.1 gives no token: {words}."


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_token_server_that_is_busy_is_only_away(server: TokenServer, status: int) -> None:
    server.status = status
    with pytest.raises(ConnectionError, match=f"gives no token now .{status}."):
        tokens(server).get()


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"access_token": 7}', b'{"access_token": "a\\r\\nb"}'])
def test_what_is_no_token_is_none(server: TokenServer, answer: bytes) -> None:
    server.answer = answer
    with pytest.raises(ConnectionError, match="gives no token"):
        tokens(server).get()


def test_a_token_server_that_is_gone_is_away() -> None:
    with TokenServer() as server:
        settings = server.settings()
    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1 gives no token"):
        Tokens(OAuth.model_validate(settings), limit=5.0).get()


def test_secrets_follow_no_redirect(server: TokenServer) -> None:
    with TokenServer() as other:
        server.status, server.headers = 307, {"Location": other.url}
        with pytest.raises(Refusal, match=r"it refuses \(307\)"):
            tokens(server).get()
        assert other.asked == []


def test_what_is_said_to_the_server_is_as_both_companies_have_it() -> None:
    assert xoauth2("desk@example.com", "abc") == "user=desk@example.com\x01auth=Bearer abc\x01\x01"


def test_a_mail_server_takes_a_token_and_explains_why_not() -> None:
    with Mailbox() as mailbox:
        mailbox.token = "abc"  # noqa: S105
        for token, code in (("abc", 235), ("another", 535)):
            with smtplib.SMTP("127.0.0.1", mailbox.port, local_hostname="desk", timeout=60) as server:
                server.ehlo()
                if code == 235:
                    assert server.auth("XOAUTH2", Xoauth2(USER, token))[0] == 235
                else:
                    with pytest.raises(smtplib.SMTPAuthenticationError):
                        server.auth("XOAUTH2", Xoauth2(USER, token))
