"""Signing in at an IMAP server: by password or access token, and what a refusal means."""

from __future__ import annotations

import re
from typing import Any

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from adapters.email.mailboxes.client import Lost
from adapters.email.tokens import Tokens, Xoauth2
from adapters.email.trouble import WrongPassword
from bot.domain.errors import Refusal
from bot.settings import Mailbox

# RFC 5530: the server's own trouble, or too many connections; the account itself may be well.
_FOR_NOW = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|OVERQUOTA)\b|too many", re.IGNORECASE)


def sign_in(client: Any, settings: Mailbox, tokens: Tokens | None) -> None:
    """Raises Refusal where the operator must mend something, Lost where it may go by itself, and what the
    library raises."""
    if tokens is not None:
        return _with_token(client, settings, tokens)
    if settings.password is None:
        raise WrongPassword(
            f"There is no password for {settings.user} at {settings.host}.", "Set password or password_file."
        )
    if client.has_capability("LOGINDISABLED"):
        raise Refusal(
            f"{settings.host} takes no password on port {settings.port} without encryption.",
            'Write security = "tls" or "starttls".',
        )
    password = settings.password.get_secret_value()
    try:
        # LOGIN carries ASCII alone.
        if (settings.user + password).isascii() or not client.has_capability("AUTH=PLAIN"):
            client.login(settings.user, password)
        else:
            client.plain_login(settings.user, password)
    except UnicodeEncodeError:
        raise WrongPassword(
            f"{settings.host} takes only passwords of plain letters.", "Give it an app password."
        ) from None
    except LoginError as error:
        raise _refused(error, settings, "Set its password again, or an app password.") from None
    return None


def _with_token(client: Any, settings: Mailbox, tokens: Tokens) -> None:
    refused: LoginError | None = None
    # A token may be withdrawn before its time: it is the second, new one that counts.
    for _ in range(2):
        try:
            token = tokens.get()
        except ConnectionError as error:
            raise Lost(str(error)) from error
        try:
            client.sasl_login("XOAUTH2", Xoauth2(settings.user, token))
        except LoginError as error:
            tokens.forget(token)
            refused = error
            if isinstance(error.__context__, IMAPClientAbortError):
                break
        else:
            return
    if refused is not None:
        raise _refused(refused, settings, "Look at “oauth”, and whether the account allows IMAP.") from None


def _refused(error: IMAPClientError, settings: Mailbox, hint: str) -> Refusal | Lost:
    cause = error.__context__
    if isinstance(cause, IMAPClientAbortError):
        return Lost(f"{settings.host} ends the connection")
    if _FOR_NOW.search(str(error)):
        return Lost(f"{settings.host} lets nobody in now")
    return WrongPassword(f"{settings.host} refuses {settings.user} or the password.", hint)
