"""How things reach the app: over one of its sockets or by signed HTTP, and again where an event is not answered."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp

from tests.doubles.slack.seen import Json
from tests.doubles.slack.sockets import Sockets
from tests.doubles.slack.state import State


@dataclass(frozen=True, slots=True)
class Reply:
    """What the app answered: its body, HTTP's status, and how long it took in seconds; `reason` of a failure."""

    body: Json | None
    status: int
    took: float
    reason: str = ""


@dataclass(slots=True)
class Delivery:
    """The way to the app. Lives on the server's loop.

    `patience` is how long Slack waits for an answer, `retries` when it sends an unanswered event again; all seconds.
    """

    state: State
    sockets: Sockets
    url: str = ""
    patience: float = 3.0
    retries: Sequence[float] = (0.0, 0.5, 2.0)
    undelivered: list[Json] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)
    session: aiohttp.ClientSession | None = None

    async def event(self, payload: Json) -> None:
        """Deliver an event; again at each of the retries until it is answered."""
        reason = ""
        for attempt, pause in enumerate((0.0, *self.retries)):
            if attempt:
                await asyncio.sleep(pause)
            reply = await self._send("events_api", payload, attempt, reason)
            if reply.body is not None or reply.reason == "no_retry":
                with self.state.news:
                    self.heard.add(payload["event_id"])
                    self.state.news.notify_all()
                return
            reason = reply.reason
        with self.state.news:
            self.undelivered.append(payload)
            self.state.news.notify_all()

    async def interaction(self, payload: Json) -> Reply:
        """Deliver a button, a modal, a shortcut; Slack does not repeat these."""
        return await self._send("interactive", payload)

    async def command(self, form: Mapping[str, str]) -> Reply:
        """Deliver a slash command; never repeated either."""
        return await self._send("slash_commands", dict(form))

    async def _send(self, kind: str, payload: Json, attempt: int = 0, reason: str = "") -> Reply:
        if self.url:
            return await self._post(kind, payload, attempt, reason)
        body, took, failed = await self.sockets.send(kind, payload, attempt, reason, self.patience)
        return Reply(body, 200 if body is not None else 0, took, failed)

    async def _post(self, kind: str, payload: Json, attempt: int, reason: str) -> Reply:
        if kind == "events_api":
            body, content = json.dumps(payload), "application/json"
        else:
            form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, content = urlencode(form), "application/x-www-form-urlencoded"
        headers = signed(self.state.signing_secret, body) | {"Content-Type": content}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": f"http_{reason}"}
        started = time.monotonic()
        if self.session is None:
            self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        try:
            async with asyncio.timeout(self.patience):
                async with self.session.post(self.url, data=body, headers=headers, allow_redirects=True) as answer:
                    text = await answer.text()
        except TimeoutError:
            return Reply(None, 0, time.monotonic() - started, "timeout")
        except aiohttp.ClientError:
            return Reply(None, 0, time.monotonic() - started, "error")
        took = time.monotonic() - started
        if answer.status // 100 != 2:
            refused = answer.headers.get("X-Slack-No-Retry") == "1"
            return Reply(None, answer.status, took, "no_retry" if refused else "error")
        return Reply(_parsed(text), answer.status, took)


def signed(secret: str, body: str, at: float | None = None) -> dict[str, str]:
    """The headers with which Slack signs a request."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }


def _parsed(text: str) -> Json:
    """An answer's body; plain words are the text of a message, as for slash commands."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return {"text": text}
    return found if isinstance(found, dict) else {"text": text}
