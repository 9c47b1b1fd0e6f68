"""The operator's mail server, as smtplib reaches it: blocking, each step with its time limit, and told what went wrong.

What can be wrong is told apart, because what follows differs: an address that is refused for good needs another way to
that person, a server that is away needs time, one that refuses the desk itself needs its operator.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from adapters.email.tokens import Tokens, Xoauth2
from adapters.email.trouble import WrongPassword, tls_cure, tls_words
from bot.domain.errors import Refusal
from bot.ports import CannotDeliver
from bot.settings import Email

LIMIT = 8.0
"""Real seconds for each answer of the server's: with all of them a page is tried again soon enough."""
LIMIT_AT_THE_END = 30.0
"""Real seconds for its last word on a letter: it looks for viruses and advertising first, and whoever does not wait
sends the letter twice (RFC 5321, 4.5.3.2.6, would wait for ten minutes)."""
AN_OPERATORS_PAUSE = 60.0

_Trouble = (smtplib.SMTPException, OSError)


class Unwelcome(Exception):
    """The server will not have the desk: the operator has something to mend."""

    def __init__(self, text: str, hint: str = "Look at the section [email] of the settings.") -> None:
        super().__init__(text)
        self.hint = hint

    def refusal(self) -> Refusal:
        """The same, told to a person."""
        return Refusal(f"email: {self}.", self.hint)


class Unknown(Unwelcome):
    """It does not take the account with its password or token."""

    def refusal(self) -> Refusal:
        return WrongPassword(f"email: {self}.", self.hint)


class NoToken(ConnectionError):
    """Whoever gives out access tokens is away."""


class MailServer:
    """One server; each letter has a connection of its own. `trust` says which certificates count."""

    def __init__(
        self,
        settings: Email,
        trust: ssl.SSLContext | None = None,
        limit: float = LIMIT,
        limit_at_the_end: float = LIMIT_AT_THE_END,
    ) -> None:
        self._settings = settings
        self._tokens = None if settings.oauth is None else Tokens(settings.oauth, trust=trust)
        self._trust = trust
        self._limit = limit
        self._limit_at_the_end = limit_at_the_end

    def check(self) -> None:
        """Connect, sign in and part. Raises Refusal where the operator must mend something, ConnectionError while the
        server is away."""
        try:
            with self._connected():
                pass
        except Unwelcome as error:
            raise error.refusal() from error
        except _Trouble as error:
            raise ConnectionError(_away(error)) from error

    def send(self, letter: EmailMessage, sender: str, to: str, instead: str = "") -> None:
        """Hand the letter over. Where `sender` is "", nobody is to hear that it did not arrive. A server that takes no
        mail from nobody, or none from another address than its account's, gets it from `instead`. Raises
        CannotDeliver."""
        try:
            self._hand_over(letter, sender, to)
        except CannotDeliver as error:
            if sender == instead or not instead or not error.permanent:
                raise
            self._hand_over(letter, instead, to)

    def _hand_over(self, letter: EmailMessage, sender: str, to: str) -> None:
        try:
            with self._connected() as server:
                _hand_over(server, letter, sender, to, self._limit_at_the_end)
        except Unwelcome as error:
            raise CannotDeliver(str(error), retry_after=AN_OPERATORS_PAUSE, alone=True) from error
        except _Trouble as error:
            raise CannotDeliver(_away(error)) from error

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Signed in. Raises Unwelcome, or what smtplib raises."""
        server = self._open()
        try:
            self._secure(server)
            self._sign_in(server)
            yield server
        finally:
            # How it says good-bye changes nothing any more.
            with suppress(*_Trouble):
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        host, port = self._settings.host, self._settings.port
        # The machine's own name as it is: to look up a whole one may take a resolver's patience.
        name = socket.gethostname() or "localhost"
        if self._settings.security != "tls":
            return smtplib.SMTP(host, port, local_hostname=name, timeout=self._limit)
        try:
            return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=self._limit, context=self._context())
        except ssl.SSLError as error:
            raise _insecure(host, error) from error

    def _secure(self, server: smtplib.SMTP) -> None:
        if self._settings.security != "starttls":
            return
        try:
            server.starttls(context=self._context())
        except smtplib.SMTPNotSupportedError as error:
            raise Unwelcome(
                f"{self._settings.host} offers no STARTTLS on port {self._settings.port}, and nothing goes unencrypted",
                'security = "tls" and the port for it, mostly 465; or "none" on a machine of your own.',
            ) from error
        except ssl.SSLError as error:
            raise _insecure(self._settings.host, error) from error

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if not self._settings.user:
            server.ehlo_or_helo_if_needed()
            return
        if self._tokens is not None:
            self._sign_in_with(server, self._tokens)
            return
        password = self._settings.password.get_secret_value() if self._settings.password else ""
        try:
            server.login(self._settings.user, password)
        except smtplib.SMTPAuthenticationError as error:
            if _is_for_now(error.smtp_code):
                raise
            raise Unknown(
                f"{self._settings.host} refuses the user or the password ({error.smtp_code})",
                "Set the password of [email] again, or an app password.",
            ) from error
        except smtplib.SMTPException as error:
            if type(error) not in (smtplib.SMTPNotSupportedError, smtplib.SMTPException):
                raise
            # It offers no way to sign in, or none that is known here.
            raise Unwelcome(
                f"{self._settings.host} takes no password on port {self._settings.port}",
                'Another port or security may. For no sign-in the account is “none”; in the settings: user = "".',
            ) from error

    def _sign_in_with(self, server: smtplib.SMTP, tokens: Tokens) -> None:
        try:
            token = tokens.get()
        except Refusal as refusal:
            raise Unwelcome(refusal.text.rstrip(".")) from refusal
        except ConnectionError as error:
            raise NoToken(str(error)) from error
        server.ehlo_or_helo_if_needed()
        if "XOAUTH2" not in str(server.esmtp_features.get("auth", "")).upper().split():
            raise Unwelcome(f"{self._settings.host} takes no access tokens (XOAUTH2) on port {self._settings.port}")
        try:
            server.auth("XOAUTH2", Xoauth2(self._settings.user, token))
        except smtplib.SMTPAuthenticationError as error:
            tokens.forget(token)
            if _is_for_now(error.smtp_code):
                raise
            raise Unknown(
                f"{self._settings.host} refuses the access token ({error.smtp_code})",
                "Look at “oauth”, and whether the account may send by SMTP.",
            ) from error

    def _context(self) -> ssl.SSLContext:
        return self._trust or ssl.create_default_context()


def _hand_over(server: smtplib.SMTP, letter: EmailMessage, sender: str, to: str, patience: float) -> None:
    """Step by step, so that it is known whether the letter can have arrived."""
    options = ["SMTPUTF8"] if getattr(letter.policy, "utf8", False) else []
    if options and not server.has_extn("smtputf8"):
        raise CannotDeliver("the mail server takes only addresses in plain letters (no SMTPUTF8)", permanent=True)
    _must_agree(server.mail(sender, options), "the sender")
    _must_agree(server.rcpt(to), "the address")
    content = letter.as_bytes()
    try:
        with _patient(server, patience):
            answer = server.data(content)
    except smtplib.SMTPDataError as error:
        answer = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""
    except _Trouble as error:
        raise CannotDeliver(
            f"the mail server was lost while it took the letter: {_away(error)}", unknown=True
        ) from error
    _must_agree(answer, "the letter")


@contextmanager
def _patient(server: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Each answer may take so long meanwhile."""
    line = server.sock
    if line is None:
        yield
        return
    before = line.gettimeout()
    line.settimeout(seconds)
    try:
        yield
    finally:
        with suppress(OSError):  # It may be closed by now.
            line.settimeout(before)


def _must_agree(answer: tuple[int, bytes], what: str) -> None:
    code, words = answer
    if 200 <= code < 300:
        return
    said = " ".join(words.decode("utf-8", "replace").split())[:200]
    raise CannotDeliver(f"the mail server refuses {what}: {code} {said}", permanent=not _is_for_now(code))


def _is_for_now(code: int) -> bool:
    """4yz: try again later; 5yz: never so (RFC 5321, 4.2.1)."""
    return code < 500


def _away(error: Exception) -> str:
    if isinstance(error, NoToken):
        return str(error)
    if isinstance(error, TimeoutError):
        return "the mail server does not answer"
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code == -1:  # It began with no number.
        return "what answers there is no SMTP server: is that port one for IMAP?"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server says {error.smtp_code}"
    return f"the mail server cannot be reached ({type(error).__name__})"


def _insecure(host: str, error: ssl.SSLError) -> Unwelcome:
    return Unwelcome(f"no secure connection to {host}: {tls_words(error)}", tls_cure(error))
