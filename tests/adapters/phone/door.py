"""The telephone's addresses on a real web server, and a provider that signs what it sends there, by hand.

Signatures are computed by the provider's own library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, fromstring

from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from adapters.phone.hearing.callers import Callers
from adapters.phone.hearing.patience import PATIENCE
from adapters.phone.hearing.webhooks import Ears, Hearing
from adapters.phone.wire.addresses import PAGE, START, Addresses
from adapters.phone.wire.providers import provider_of
from adapters.web.server import WebServer
from bot.domain.paging import Attempt
from bot.ports import Database
from bot.settings import Phone, PhoneAccount
from tests.beside import LoopThread
from tests.commands.paged import ANN, BOB, reachable
from tests.town import Town

PUBLIC = "https://desk.example.org/paging"
ACCOUNT, TOKEN, NUMBER = "AC" + "a" * 32, "the-token-of-today", "+14165550100"
SECOND, SECOND_TOKEN, SECOND_NUMBER = "AC" + "b" * 32, "the-token-of-the-other", "+14165550101"
GRACE = 1.0
FORM = "application/x-www-form-urlencoded"


def phone(**more: Any) -> Phone:
    """Two accounts; the first one's token was changed lately."""
    second = PhoneAccount(account=SECOND, token=SecretStr(SECOND_TOKEN), number=SECOND_NUMBER)
    given: dict[str, Any] = {
        "account": ACCOUNT,
        "token": SecretStr(TOKEN),
        "former_token": SecretStr("the-token-of-yesterday"),
        "number": NUMBER,
        "public_url": PUBLIC,
        "second": second,
    }
    return Phone(**(given | more))


@dataclass(frozen=True)
class Heard:
    """What the desk answered."""

    status: int
    body: str
    type: str = ""

    @property
    def words(self) -> str:
        return " ".join(one.text or "" for one in self._all("Say"))

    @property
    def text(self) -> str:
        return " ".join(one.text or "" for one in self._all("Message"))

    @property
    def verbs(self) -> list[str]:
        return [one.tag for one in self._root]

    @property
    def action(self) -> str:
        """Where keys go."""
        return next(one.attrib["action"] for one in self._all("Gather"))

    @property
    def leaves(self) -> str:
        """Where it goes on when they leave the room or have left a message."""
        return next(one.attrib["action"] for verb in ("Dial", "Record") for one in self._all(verb))

    @property
    def redirect(self) -> str:
        """Where the call goes on, when no key was pressed."""
        return next(one.text or "" for one in self._all("Redirect"))

    def _all(self, verb: str) -> list[Element]:
        return list(self._root.iter(verb))

    @property
    def _root(self) -> Element:
        return fromstring(self.body or "<Response/>")  # noqa: S314 -- the desk's own answer


class Door:
    """Use as a context manager; every method blocks. `asks` signs a request for the public address and sends it to
    the server behind the proxy."""

    def __init__(
        self,
        town: Town,
        settings: Phone | None = None,
        database: Database | None = None,
        patience: float = PATIENCE,
        callers: Callers | None = None,
    ) -> None:
        self.town = town
        self.settings = settings or phone()
        accounts = {"main": self.settings} | ({"second": self.settings.second} if self.settings.second else {})
        providers = {name: provider_of(account) for name, account in accounts.items() if account is not None}
        self.woken = 0
        ears = Ears(database or town.database, town.clock, self.settings, providers, self._wake, callers, patience)
        self.hearing = Hearing(ears)
        self._thread = LoopThread()

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = WebServer("127.0.0.1", 0, self.hearing.routes(), self._report)
        self._do(self._server.start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self.hearing.stop(GRACE))
        self._do(self._server.stop())
        self._thread.stop()

    def _do(self, work: Any) -> Any:
        return self._thread.does(work)

    @property
    def inside(self) -> str:
        """Where the proxy leads to."""
        return f"http://127.0.0.1:{self._server.port}"

    async def _report(self) -> tuple[bool, Mapping[str, Any]]:
        return True, {}

    def _wake(self) -> None:
        self.woken += 1

    # --- the provider ----------------------------------------------------------------------------------------

    def asks(self, url: str, token: str = TOKEN, *, signature: str | None = None, **form: str) -> Heard:
        """A request for the public address `url`, signed with that token, or with a given signature ("" for none)."""
        form = {"AccountSid": ACCOUNT} | form
        signed = RequestValidator(token).compute_signature(url, form) if signature is None else signature
        return self.sends(url, urlencode(form).encode(), {"X-Twilio-Signature": signed} if signed else {})

    def sends(self, url: str, body: bytes, headers: Mapping[str, str], method: str = "POST") -> Heard:
        """As it is. The proxy takes off what the public address has before our own path, and names another host."""
        assert url.startswith(PUBLIC), url
        connection = HTTPConnection("127.0.0.1", self._server.port, timeout=30)
        try:
            path = url.removeprefix(PUBLIC)
            connection.request(method, path, body, {"Content-Type": FORM, "Host": "inside:8080", **headers})
            answer = connection.getresponse()
            return Heard(answer.status, answer.read().decode(), answer.headers.get_content_type())
        finally:
            connection.close()

    # --- what it says ----------------------------------------------------------------------------------------

    def status(self, attempt: Attempt, status: str, sid: str = "", **form: str) -> int:
        """News of an attempt's call or text; the HTTP status of the answer."""
        name = "Message" if attempt.kind == "text" else "Call"
        given = {f"{name}Sid": sid or attempt.ref.partition(":")[2], f"{name}Status": status, **form}
        return self.asks(Addresses(PUBLIC).status(PAGE, attempt.token), **given).status

    def text(self, sender: str, words: str, sid: str = "SM1", **form: Any) -> Heard:
        return self.asks(f"{PUBLIC}/phone/text", MessageSid=sid, From=sender, To=NUMBER, Body=words, **form)


@dataclass
class Handset:
    """Somebody's telephone: asks what the provider would ask while they listen and press keys."""

    door: Door
    attempt: Attempt
    sid: str = "CA1"
    last: Heard = field(default=Heard(0, ""))

    def picks_up(self) -> Heard:
        return self.goes(Addresses(PUBLIC).prompt(PAGE, self.attempt.token, START, 0))

    def presses(self, keys: str) -> Heard:
        return self.goes(self.last.action, Digits=keys)

    def goes(self, url: str, **form: str) -> Heard:
        """To an address, as a redirect does without keys."""
        self.last = self.door.asks(url, CallSid=self.sid, From=NUMBER, To=self.attempt.address, **form)
        return self.last

    def stays(self, until: Callable[[Heard], bool], most: int = 10) -> Heard:
        """Follows redirects until something else is said."""
        for _ in range(most):
            if until(self.last):
                return self.last
            self.goes(self.last.redirect)
        raise AssertionError(self.last.body)


@contextmanager
def night(settled: Town, folder: Path) -> Iterator[Town]:
    """ACME's ticket 1; Ann and Bob can be called and texted."""
    town = settled.copied(folder / "desk")
    try:
        for person, number in (("ann", ANN), ("bob", BOB)):
            for kind in ("call", "text"):
                reachable(town, person, kind, number)
        town.does("bob", '/ticket open "mail server down" --customer acme')
        yield town
    finally:
        town.close()
