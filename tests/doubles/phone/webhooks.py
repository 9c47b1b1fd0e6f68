"""Webhooks: asked with a valid signature, within the provider's patience, again where it would ask again; and the
callbacks of a call, in order or wrong in every way a test wants."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit
from uuid import uuid4

import aiohttp

from tests.doubles.phone.records import Sent
from tests.doubles.phone.state import State

FORGED = "forged"
UNSIGNED = "unsigned"
OTHER_ACCOUNT = "other account"
REPLAYED = "replayed"
_STRANGER = "AC" + "e" * 32


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app answered; status 0 where nothing came, with the reason in `trouble`."""

    status: int
    kind: str = ""
    body: str = ""
    trouble: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


@dataclass(slots=True)
class Wish:
    """What a test wants to go wrong with callbacks: of which kinds ("" for all), of which event, how many of them."""

    kind: str = ""
    event: str = ""
    times: int = -1
    lost: bool = False
    doubled: bool = False
    reversed: bool = False
    late: float = 0.0
    wrong: str = ""
    extra: str = ""


@dataclass(slots=True)
class Webhooks:
    """The network's HTTP client."""

    state: State
    wishes: list[Wish] = field(default_factory=list)
    pending: int = 0
    _session: aiohttp.ClientSession | None = None
    _lines: dict[str, asyncio.Lock] = field(default_factory=dict)
    _held: dict[str, list[tuple[str, str, Mapping[str, str], str]]] = field(default_factory=dict)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    # --- one request -----------------------------------------------------------------------------------------

    async def ask(self, kind: str, url: str, given: Mapping[str, str], method: str = "POST", wrong: str = "") -> Answer:
        """Ask, and once more where the connection failed (`#rc=` and `#rp=` in the address say otherwise)."""
        parts = urlsplit(url)
        overrides = {name: values[-1] for name, values in parse_qs(parts.fragment).items()}
        plain = urlunsplit(parts._replace(fragment=""))
        patience = min(self.state.patience, int(overrides.get("rt", "15000")) / 1000)
        mark = str(uuid4())
        answer = Answer(0)
        for _ in range(1 + int(overrides.get("rc", "1"))):
            answer = await self._once(kind, plain, given, method, wrong, patience, mark)
            if not _again(answer, overrides.get("rp", "ct")):
                break
        return answer

    async def _once(
        self, kind: str, url: str, given: Mapping[str, str], method: str, wrong: str, patience: float, mark: str
    ) -> Answer:
        given = dict(given)
        if wrong == OTHER_ACCOUNT:
            given["AccountSid"] = _STRANGER
        if method == "GET" and given:
            url += ("&" if "?" in url else "?") + urlencode(given)
        form = {} if method == "GET" else given
        body = urlencode(form).encode()
        headers = {"User-Agent": "TwilioProxy/1.1", "I-Twilio-Idempotency-Token": mark}
        if wrong != UNSIGNED:
            # Another account's requests are signed too, with its own secret.
            secret = "not the account's" if wrong in (FORGED, OTHER_ACCOUNT) else ""
            headers |= self.state.signer.headers(url, form, body, secret)
        if method != "GET":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        started = time.monotonic()
        answer = await self._fetch(method, self._real(url), headers, body, patience)
        sent = Sent(kind, url, given, answer.status, answer.body, time.monotonic() - started, wrong)
        with self.state.news:
            self.state.sent.append(sent)
            self.state.news.notify_all()
        return answer

    async def _fetch(self, method: str, url: str, headers: Mapping[str, str], body: bytes, patience: float) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(auto_decompress=True)
        try:
            async with self._session.request(
                method,
                url,
                data=body if method != "GET" else None,
                headers=dict(headers),
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=patience),
            ) as response:
                return Answer(response.status, response.content_type, await response.text())
        except TimeoutError:
            return Answer(0, trouble="no answer in time")
        except aiohttp.ClientError as error:
            return Answer(0, trouble=f"no connection: {type(error).__name__}")

    def _real(self, url: str) -> str:
        """Where a public address leads on this machine."""
        for public, real in self.state.hosts.items():
            if url.startswith(public):
                return real + url.removeprefix(public)
        return url

    # --- callbacks -------------------------------------------------------------------------------------------

    def tell(
        self, kind: str, line: str, url: str, given: Mapping[str, str], event: str = "", method: str = "POST"
    ) -> None:
        """A callback on its way. Those of one `line` (a call) go one after the other; "completed" ends the line."""
        if url:
            self.pending += 1
            self.state.later(self._told(kind, line, url, given, event, method))

    async def _told(self, kind: str, line: str, url: str, given: Mapping[str, str], event: str, method: str) -> None:
        try:
            await self._tell(kind, line, url, given, event, method)
        finally:
            self.pending -= 1
            self.state.changed()

    async def _tell(self, kind: str, line: str, url: str, given: Mapping[str, str], event: str, method: str) -> None:
        # Taken before anything is waited for: the order in which callbacks were told is the order of the lock.
        async with self._lines.setdefault(line, asyncio.Lock()):
            wish = self._wish(kind, event)
            if wish is None:
                await self._deliver(kind, url, given, method)
                return
            if wish.reversed:
                held = self._held.setdefault(line, [])
                held.append((kind, url, given, method))
                if event in ("completed", "delivered", "undelivered", "failed"):
                    for one_kind, one_url, one_given, one_method in reversed(self._held.pop(line)):
                        await self._deliver(one_kind, one_url, one_given, one_method)
                return
            if wish.late:
                self.state.later(self._late(wish.late, kind, url, given, method), aside=True)
                return
            if wish.extra:
                await self._deliver(kind, url, given, method, wish.extra)
            if not wish.lost:
                for _ in range(2 if wish.doubled else 1):
                    await self._deliver(kind, url, given, method, wish.wrong)

    async def _late(self, seconds: float, kind: str, url: str, given: Mapping[str, str], method: str) -> None:
        await self.state.wait(seconds)
        await self._deliver(kind, url, given, method)

    async def _deliver(self, kind: str, url: str, given: Mapping[str, str], method: str, wrong: str = "") -> None:
        answer = await self.ask(kind, url, given, method, wrong)
        if not answer.good and not wrong:
            what = answer.trouble or f"{answer.status} {answer.body[:200]}"
            self.state.fault(f"a {kind} callback was answered badly: {what} ({urlsplit(url).path})")

    def _wish(self, kind: str, event: str) -> Wish | None:
        for wish in self.wishes:
            if wish.kind in ("", kind) and wish.event in ("", event) and wish.times != 0:
                wish.times -= 1
                return wish
        return None


def stamp(state: State) -> str:
    """Now, as callbacks say it."""
    return format_datetime(state.now(), usegmt=False)


def _again(answer: Answer, policy: str) -> bool:
    if policy == "all":
        return not answer.good
    if answer.status == 0:
        return "no connection" in answer.trouble or "rt" in policy
    return (400 <= answer.status < 500 and "4xx" in policy) or (answer.status >= 500 and "5xx" in policy)
