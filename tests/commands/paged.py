"""A page under way in a town, for tests of the telephone: what somebody hears and presses, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.contacts import CALL, Contact
from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.paging import Attempt, AttemptState, Page, Trigger
from bot.flow import Flow, Gather, Say
from bot.ports import UnitOfWork
from commands.page_call import TAKE, page_call
from tests.town import Town

ANN, BOB = "+14165550199", "+14165550188"
CHAIN = Escalation(
    "iii", (Step((Target(TargetKind.PERSON, "ann"),), 300), Step((Target(TargetKind.PERSON, "bob"),), 300))
)


def reachable(town: Town, person: str, kind: str, number: str, language: str = "en") -> Contact:
    """Give somebody a verified number."""
    contact = Contact(0, person, kind, number, verified_at=town.clock.now(), language=language)
    return town.database.write(lambda work: work.contacts.save(contact))


def paged(
    town: Town,
    trigger: Trigger = Trigger.OPENED,
    ticket: int | None = 1,
    customer: str | None = "acme",
    level: str = "III",
    reason: str = "The policy calls for it",
    by: str = "clock",
    call: int | None = None,
) -> Page:
    """A page that was started a moment ago; the first step is taken."""
    now = town.clock.now()
    page = Page(0, reason, trigger, CHAIN, now, by, ticket, customer, level, call=call, step=1, due=now)
    return town.database.write(lambda work: work.pages.add(page))


def tried(
    town: Town,
    page: Page,
    person: str = "ann",
    number: str = ANN,
    kind: str = CALL,
    code: str = "",
    ref: str | None = None,
) -> Attempt:
    """An attempt to reach somebody, which the provider has."""

    def attempt(work: UnitOfWork) -> Attempt:
        theirs = [one.id for one in work.contacts.of(person) if (one.kind, one.address) == (kind, number)]
        count, now = len(work.pages.attempts(page.id)), town.clock.now()
        return work.pages.add_attempt(
            Attempt(
                0,
                page.id,
                person,
                kind,
                number,
                now,
                contact=theirs[0] if theirs else 0,
                state=AttemptState.SUBMITTED,
                token=f"the-secret-of-{page.id}-{count}",
                code=code,
                ref=f"main:CA{page.id}{count}" if ref is None else ref,
                provider="main" if ref is None else "",
                submitted_at=now,
            )
        )

    return town.database.write(attempt)


@dataclass
class Talk:
    """Somebody on the telephone: `picks_up`, then `presses` ("" is silence) until the line is dead."""

    town: Town
    attempt: Attempt
    take: str = TAKE
    account: str = ""
    then: str = "start"
    flow: Flow = field(default=())

    def picks_up(self) -> str:
        return self._goes_on("")

    def presses(self, keys: str) -> str:
        """The keys; returns what is said to them, in one line."""
        assert self.then, "The line is dead."
        return self._goes_on(keys)

    @property
    def over(self) -> bool:
        return not self.then

    def _goes_on(self, keys: str) -> str:
        now = self.town.clock.now()

        def ask(work: UnitOfWork) -> Flow:
            attempt = work.pages.attempt(self.attempt.id)
            return page_call(work, attempt, self.then, keys, now, self.take, self.account)

        self.flow = self.town.database.write(ask)
        self.then = next((move.then for move in self.flow if isinstance(move, Gather)), "")
        return " ".join(said for move in self.flow for said in _said(move))


def _said(move: object) -> list[str]:
    if isinstance(move, Gather):
        return [said for word in move.words for said in _said(word)]
    return [move.text] if isinstance(move, Say) else []


def attempt_now(town: Town, attempt: Attempt) -> Attempt:
    return town.database.read(lambda work: work.pages.attempt(attempt.id))


def page_now(town: Town, page: Page) -> Page:
    return town.database.read(lambda work: work.pages.get(page.id))
