"""Webhooks: the addresses that a provider calls. Each request is checked, answered in time and acted on once."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from aiohttp import web

from adapters.phone.drawing.twiml import CONTENT_TYPE, reply, twiml
from adapters.phone.hearing import meanwhile
from adapters.phone.hearing.callers import MACHINE, RECORDING, STATUS, Callers
from adapters.phone.hearing.news import told_of_call, told_of_call_in, told_of_page
from adapters.phone.hearing.patience import PATIENCE, Patience
from adapters.phone.hearing.prompts import Prompt, Prompts
from adapters.phone.hearing.requests import Signed, Unheard, heard
from adapters.phone.wire.addresses import CALL, PAGE, START, Addresses
from adapters.phone.wire.provider import OVER, PhoneProvider
from bot.ports import Database, UnitOfWork, WallClock
from bot.settings import Phone
from bot.workers import AT_THE_END, Tasks, Workers
from commands.page_text import text_in

log = logging.getLogger(__name__)

T = TypeVar("T")

WAITS = 3
"""So often a caller is asked for one moment. Then they are let go; their key is not."""
THREADS = 16

_TOKEN, _THEN = r"{token:[\w-]{16,128}}", r"{then:[\w.-]{1,40}}"
_WAITED = re.compile(r"(.+)\.waited-(\d)(?:-([0-9*#]))?")
"""How the name of a prompt goes on that is asked again, with the key that was pressed."""
_IN = "in"

_Answer = Callable[[web.Request, Signed], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Ears:
    """What hearing needs. `changed` is called after something was written here; `patience` is in seconds; without
    `callers` there is no hotline."""

    database: Database
    clock: WallClock
    phone: Phone
    providers: Mapping[str, PhoneProvider]
    changed: Callable[[], None]
    callers: Callers | None = None
    patience: float = PATIENCE


class Hearing:
    """The ways in from the telephone network. Its routes go into the desk's one web server."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears
        self._tasks = Tasks()
        self._workers = Workers("phone", THREADS)
        self._patience = Patience(self._tasks, self._workers, ears.patience)
        numbers = {name: provider.number for name, provider in ears.providers.items()}
        phone = ears.phone
        self._prompts = Prompts(Addresses(phone.public_url), numbers, phone.challenge, phone.hold_music, ears.callers)
        self.heard_at: datetime | None = None

    def routes(self) -> Sequence[web.RouteDef]:
        ways: tuple[tuple[str, _Answer], ...] = (
            (f"/phone/page/{_TOKEN}/status", partial(self._news, PAGE, STATUS)),
            (f"/phone/page/{_TOKEN}/machine", partial(self._news, PAGE, MACHINE)),
            (f"/phone/page/{_TOKEN}/recording", partial(self._news, PAGE, RECORDING)),
            (f"/phone/page/{_TOKEN}/{_THEN}" + r"/{turn:\d{1,4}}", partial(self._prompt, PAGE)),
            (f"/phone/call/{_TOKEN}/status", partial(self._news, CALL, STATUS)),
            (f"/phone/call/{_TOKEN}/machine", partial(self._news, CALL, MACHINE)),
            (f"/phone/call/{_TOKEN}/recording", partial(self._news, CALL, RECORDING)),
            (f"/phone/call/{_TOKEN}/{_THEN}" + r"/{turn:\d{1,4}}", partial(self._prompt, CALL)),
            ("/phone/call", self._call_in),
            ("/phone/call/status", self._call_over),
            (f"/phone/call/{_IN}/{START}" + r"/{turn:\d}", self._call_in),
            ("/phone/text", self._text_in),
        )
        return [web.post(path, partial(self._hear, answer)) for path, answer in ways]

    async def stop(self, seconds: float = AT_THE_END) -> None:
        """Finish what is under way, as far as that is possible in that time."""
        await self._tasks.stop(seconds)
        self._workers.stop()

    # --- every request --------------------------------------------------------------------------------------------

    async def _hear(self, answer: _Answer, request: web.Request) -> web.Response:
        """A refused request learns nothing, and the log learns no number, no key and no secret."""
        ears = self._ears
        try:
            said = await heard(request, ears.phone.public_url, ears.providers, ears.clock.now())
            response = await answer(request, said)
        except Unheard as unheard:
            log.warning("A request to the telephone's addresses was not heard: %s.", unheard.reason)
            return web.Response(status=unheard.status)
        self.heard_at = ears.clock.now()
        return response

    async def _write(self, name: str, deed: Callable[[UnitOfWork], T]) -> T | None:
        """What comes of it; None while the database works on it."""

        def written() -> T:
            came = self._ears.database.write(deed)
            self._ears.changed()
            return came

        return await self._patience.done(name, written)

    # --- calls ----------------------------------------------------------------------------------------------------

    async def _prompt(self, kind: str, request: web.Request, said: Signed) -> web.Response:
        found = request.match_info
        then, waited, key = _taken_apart(found["then"])
        if kind == CALL and said.told.recording:
            await self._news(kind, RECORDING, request, said)
        if kind == CALL and said.told.status in OVER and not (said.told.keys or key):
            # They have hung up: nobody is asked anything more. A key that was pressed before counts.
            await self._news(kind, STATUS, request, said)
            return _markup(twiml(()))
        prompt = Prompt(kind, found["token"], then, int(found["turn"]), said.ref, said.told.keys or key)
        answer = await self._write(
            prompt.request, lambda work: self._prompts.answer(work, prompt, self._ears.clock.now())
        )
        if kind == CALL and said.told.status in OVER:
            await self._news(kind, STATUS, request, said)
        return _markup(self._later(prompt, waited) if answer is None else answer)

    def _later(self, prompt: Prompt, waited: int) -> str:
        """The line is not left silent. A page's key travels along, so that it outlives this process; a PIN does not."""
        key = f"-{prompt.keys[0]}" if prompt.kind == PAGE and prompt.keys else ""
        if waited < WAITS:
            return self._prompts.markup(meanwhile.one_moment(f"{prompt.then}.waited-{waited + 1}{key}"), prompt)
        log.warning("A caller was let go, as the database did not answer.")
        if key:
            return twiml(meanwhile.KEPT)
        self._patience.forget(prompt.request)
        return twiml(meanwhile.UNREADABLE if prompt.kind == PAGE else meanwhile.CALL_AGAIN)

    async def _call_in(self, request: web.Request, said: Signed) -> web.Response:
        if self._ears.callers is None or not self._ears.phone.hotline:
            return _markup(twiml(meanwhile.NOBODY_HERE))
        ref, number, waited = said.ref, said.told.sender, int(request.match_info.get("turn", 0))
        answer = await self._write(
            f"phone:{ref}:inbound", lambda work: self._prompts.greet(work, ref, number, self._ears.clock.now())
        )
        if answer is not None:
            return _markup(answer)
        if waited >= WAITS:
            return _markup(twiml(meanwhile.CALL_AGAIN))
        links = Prompt(CALL, _IN, START, waited + 1, ref, "")
        return _markup(self._prompts.markup(meanwhile.one_moment(START), links))

    async def _call_over(self, request: web.Request, said: Signed) -> web.Response:
        """How a call ended that came in."""

        def deed(work: UnitOfWork) -> None:
            told_of_call_in(work, callers, said, now)

        callers, now = self._ears.callers, self._ears.clock.now()
        await self._write(f"phone:{said.ref}:inbound:{said.told.status}:{said.told.sequence}", deed)
        return web.Response(status=204)

    # --- texts ----------------------------------------------------------------------------------------------------

    async def _text_in(self, request: web.Request, said: Signed) -> web.Response:
        """A text that the database cannot take yet is kept; its sender is answered if it can in the time that a
        provider gives."""
        told, answer = said.told, None
        for _ in range(WAITS):
            answer = await self._write(
                f"phone:{said.ref}:text",
                lambda work: text_in(work, said.ref, told.sender, told.words, self._ears.clock.now()),
            )
            if answer is not None:
                break
        return _markup(reply(answer)) if answer else web.Response(status=204)

    # --- news -----------------------------------------------------------------------------------------------------

    async def _news(self, kind: str, what: str, request: web.Request, said: Signed) -> web.Response:
        """Nobody waits for what comes of it, so that a slow database is no reason to send it again."""
        token, told, now = request.match_info["token"], said.told, self._ears.clock.now()
        name = f"phone:{said.ref}:{kind}:{what}:{told.status}:{told.sequence}:{told.answered_by}:{told.recording_ref}"
        callers = self._ears.callers

        def deed(work: UnitOfWork) -> None:
            if kind == PAGE:
                told_of_page(work, callers, what, token, said, now)
            else:
                told_of_call(work, callers, what, token, said, now)

        await self._write(name, deed)
        return web.Response(status=204)


def _markup(text: str) -> web.Response:
    return web.Response(text=text, content_type=CONTENT_TYPE)


def _taken_apart(then: str) -> tuple[str, int, str]:
    """A prompt's name, how often its caller has waited, and the key that was pressed before."""
    found = _WAITED.fullmatch(then)
    return (found[1], int(found[2]), found[3] or "") if found else (then, 0, "")
