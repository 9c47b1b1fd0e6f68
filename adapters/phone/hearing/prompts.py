"""Prompts: one turn of a call in one transaction. A key counts once, and who asks again hears the same again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.phone.drawing.twiml import Links, twiml
from adapters.phone.hearing.callers import Callers
from adapters.phone.hearing.requests import Unheard
from adapters.phone.wire.addresses import CALL, PAGE, START, Addresses
from bot.cards import Card
from bot.domain.escalating import patience
from bot.domain.paging import Attempt
from bot.flow import Flow
from bot.ports import UnitOfWork
from bot.ports.oncall import PhoneCall
from commands.page_call import TAKE, challenge_of, page_call
from commands.page_receipts import Heard, Status, heard

TURNS = "turns"
"""In an attempt's evidence: which turn each of its calls is at, by the provider's name of the call. There is one call,
and a second only where nobody knew whether the first had got through."""
MOST_CALLS = 6


@dataclass(frozen=True, slots=True)
class Prompt:
    """What was answered: the prompt `then` at `turn` of the call `ref` ("main:CA…"), with `keys` ("" for none)."""

    kind: str
    token: str
    then: str
    turn: int
    ref: str
    keys: str

    @property
    def account(self) -> str:
        """On which it is heard."""
        return self.ref.partition(":")[0]

    @property
    def request(self) -> str:
        """The desk's name of it, the same when it comes again."""
        return f"phone:{self.ref}:{self.kind}:{self.then}:{self.turn}"


@dataclass(frozen=True, slots=True)
class Prompts:
    """What is said next. `number` is the desk's own by account; `challenge` asks for a random digit instead of 1."""

    addresses: Addresses
    numbers: dict[str, str]
    challenge: bool = False
    music: str = ""
    callers: Callers | None = None

    def answer(self, work: UnitOfWork, prompt: Prompt, now: datetime) -> str:
        """The markup. Raises Unheard for a secret that nobody has, and for a turn that is over or not yet come."""
        return self._once(work, prompt.request, now, lambda: self._next(work, prompt, now))

    def greet(self, work: UnitOfWork, ref: str, number: str, now: datetime) -> str:
        """What somebody hears who calls in. Raises Unheard where there is no hotline."""
        callers = self.callers
        if callers is None:
            raise Unheard(404, "there is no hotline")

        def first() -> str:
            provider = ref.partition(":")[0]
            call = callers.greet(work, number=number, provider=provider, ref=ref, now=now)
            return self._talked(callers, work, call, Prompt(CALL, call.token, START, call.turn, ref, ""), now)

        return self._once(work, f"phone:{ref}:inbound", now, first)

    def markup(self, flow: Flow, prompt: Prompt) -> str:
        """A flow that goes on with the same turn."""
        return twiml(flow, self._links(prompt.kind, prompt.token, prompt.turn, prompt.ref))

    def _once(self, work: UnitOfWork, request: str, now: datetime, say: Callable[[], str]) -> str:
        known = work.memory.answer_to(request)
        if known is not None:
            return str(known.data["said"])
        said = say()
        work.memory.remember(request, Card(data={"said": said}), now)
        return said

    def _next(self, work: UnitOfWork, prompt: Prompt, now: datetime) -> str:
        if prompt.kind == PAGE:
            attempt = work.pages.by_token(prompt.token)
            if attempt is None:
                raise Unheard(404, "no attempt has that secret")
            return self._paged(work, _at_its_turn(work, attempt, prompt, now), prompt, now)
        call = work.calls.by_token(prompt.token)
        if call is None or self.callers is None:
            raise Unheard(404, "no call has that secret")
        if call.turn != prompt.turn:
            raise Unheard(403, "it is not its turn")
        return self._talked(self.callers, work, call, prompt, now)

    def _paged(self, work: UnitOfWork, attempt: Attempt, prompt: Prompt, now: datetime) -> str:
        take = challenge_of(attempt) if self.challenge else TAKE
        # That the call was answered is known now, whether or not the provider's own word of it ever comes.
        news = Heard(Status.ANSWERED, ref=prompt.ref, provider=prompt.account)
        attempt = heard(work, attempt, news, now)
        flow = page_call(work, attempt, prompt.then, prompt.keys, now, take, prompt.account)
        return twiml(flow, self._links(PAGE, prompt.token, prompt.turn + 1, prompt.ref))

    def _talked(self, callers: Callers, work: UnitOfWork, call: PhoneCall, prompt: Prompt, now: datetime) -> str:
        # Which account's it is decides who can be brought to whom, and the outbox may not know it yet.
        call = replace(call, turn=prompt.turn + 1, ref=prompt.ref, provider=prompt.account)
        work.calls.save(call)
        flow = callers.talk(work, call, prompt.then, prompt.keys, now)
        return twiml(flow, self._links(CALL, call.token, prompt.turn + 1, prompt.ref))

    def _links(self, kind: str, token: str, turn: int, ref: str) -> Links:
        caller = self.numbers.get(ref.partition(":")[0], "")
        return Links(self.addresses, kind, token, turn, caller, self.music)


def _at_its_turn(work: UnitOfWork, attempt: Attempt, prompt: Prompt, now: datetime) -> Attempt:
    """The attempt with this turn taken. Each call has turns of its own: where a call was placed twice, a key counts on
    either. Raises Unheard."""
    turns = dict(attempt.evidence.get(TURNS, {}))
    if turns.get(prompt.ref, 0) != prompt.turn:
        raise Unheard(403, "it is not its turn")
    if prompt.ref not in turns and len(turns) >= MOST_CALLS:
        raise Unheard(403, "too many calls bear that secret")
    turns[prompt.ref] = prompt.turn + 1
    due = attempt.due if attempt.state.over else now + patience(attempt, test=False)
    attempt = replace(attempt, turn=prompt.turn + 1, due=due, evidence={**attempt.evidence, TURNS: turns})
    work.pages.save_attempt(attempt)
    return attempt
