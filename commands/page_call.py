"""The dialogue of a page's call: what its person hears, and what the keys do.

Before a key is pressed nobody knows who listens, a person or a voicemail that keeps what it hears. So much is said as
one must know to get up: level, customer's name, ticket, what is wrong in a few words without addresses, numbers and
links, and by when. Who asked and what they wrote is told to somebody who pressed 3.
"""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256

from bot.domain.contacts import Contact
from bot.domain.errors import NotFound
from bot.domain.paging import Attempt, Missed, Page, PageState, Trigger
from bot.flow import Conference, Flow, Gather, HangUp, Say
from bot.ports import UnitOfWork
from bot.ports.oncall import PhoneCall
from bot.views.page_speech import PageSpeech, speech_in
from bot.views.spoken import number
from commands.hotline_legs import on_the_line
from commands.hotline_room import Engineer, called_back_at, joined, room_of
from commands.page_ends import acknowledge
from commands.page_steps import missed, pass_on
from commands.page_told import more_words, page_words, person_words, since_words

TAKE = "1"
TO_THE_NEXT = "2"
MORE = "3"
AGAIN = "9"
KEY = "key"
"""How an acknowledgement by telephone is called in records."""

LEFT = "left"
"""What the call is asked once its person has left a customer's room."""

WRONG_KEYS = 3
SILENCES = 2
"""After so many the call is given up, and the next attempt comes."""

_ASKED = re.compile(r"keys-(\d)-(\d)")


def challenge_of(attempt: Attempt) -> str:
    """A digit that acknowledges in place of 1: random for each attempt, as no machine that says or plays "press 1"
    knows it, and never one that means something else."""
    return "45678"[sha256(attempt.token.encode()).digest()[0] % 5]


def page_call(
    work: UnitOfWork, attempt: Attempt, then: str, keys: str, now: datetime, take: str = TAKE, account: str = ""
) -> Flow:
    """What is said next, and done. `then` is the prompt that was answered with `keys` ("" for none); anything that is
    no prompt of this dialogue begins it. `take` is the key that acknowledges, `account` the telephone account on which
    it is heard: the attempt's, but where a call was placed twice."""
    call = _Call(work, attempt, now, take, account or attempt.ref.partition(":")[0])
    if then == LEFT:
        return (HangUp(),)
    page = work.pages.get(attempt.page)
    over = _over(call, page)
    if over is not None:
        return over
    asked = _ASKED.fullmatch(then)
    if asked is None:
        return (call.ask(page_words(work, page, attempt.person, call.language, now), page),)
    return _answered(call, page, keys.strip(), wrong=int(asked[1]), silent=int(asked[2]))


class _Call:
    """One request of a call under way: who listens, in which language, and which key takes the page."""

    __slots__ = ("account", "attempt", "contact", "language", "now", "speech", "take", "work")

    def __init__(self, work: UnitOfWork, attempt: Attempt, now: datetime, take: str, account: str) -> None:
        self.work = work
        self.attempt = attempt
        self.now = now
        self.take = take
        self.account = account
        self.contact = _contact(work, attempt)
        self.language = self.contact.language if self.contact is not None else "en"
        self.speech: PageSpeech = speech_in(self.language)

    def say(self, text: str) -> Say:
        return Say(text, self.language, self.contact.voice if self.contact is not None else "")

    def ask(self, words: tuple[str, ...], page: Page, wrong: int = 0, silent: int = 0) -> Gather:
        """The words, then what the keys mean; a key counts at once."""
        if page.trigger is Trigger.TEST:
            menu = self.speech.menu_test
        elif page.ticket is None:
            menu = self.speech.menu_alone
        else:
            menu = self._menu(page)
        said = (*words, menu.format(take=self.take))
        return Gather(tuple(self.say(text) for text in said), f"keys-{wrong}-{silent}")

    def _menu(self, page: Page) -> str:
        """What the key that takes it does with a customer who called: it depends on whether they are still there."""
        caller = self.work.calls.get(page.call) if page.call is not None else None
        if caller is None:
            return self.speech.menu
        if on_the_line(caller):
            return self.speech.menu_line
        return self.speech.menu_back if called_back_at(caller) else self.speech.menu

    def end(self, text: str) -> Flow:
        return (self.say(text), HangUp())


def _contact(work: UnitOfWork, attempt: Attempt) -> Contact | None:
    try:
        return work.contacts.get(attempt.contact) if attempt.contact else None
    except NotFound:  # They took it off the list while it rang.
        return None


def _over(call: _Call, page: Page) -> Flow | None:
    """What is said where nothing is left to take."""
    if page.open:
        return None
    if not page.acknowledged_by or page.trigger is Trigger.TEST:
        return call.end(call.speech.over)
    if page.acknowledged_by == call.attempt.person and page.call is not None and page.state is PageState.ACKNOWLEDGED:
        return None  # They may talk to the customer all the same.
    return call.end(_whose(call, page))


def _whose(call: _Call, page: Page) -> str:
    since = since_words(call.work, page, call.attempt.person, call.language, call.now)
    if page.acknowledged_by == call.attempt.person:
        return call.speech.yours.format(
            person=person_words(call.work, call.attempt.person, call.language), moment=since
        )
    return call.speech.taken.format(name=person_words(call.work, page.acknowledged_by, call.language), moment=since)


def _answered(call: _Call, page: Page, keys: str, *, wrong: int, silent: int) -> Flow:
    if not keys:
        return _silent(call, page, wrong, silent + 1)
    if keys == call.take:
        return _taken(call, page)
    words = page_words(call.work, page, call.attempt.person, call.language, call.now)
    if keys == AGAIN:
        return (call.ask(words, page, wrong, silent),)
    if keys == MORE and page.ticket is not None:
        return (call.ask(more_words(call.work, page.ticket, call.language), page, wrong, silent),)
    if keys == TO_THE_NEXT and page.trigger is not Trigger.TEST:
        pass_on(call.work, page, call.attempt, call.now)
        return call.end(call.speech.passed)
    return _wrong(call, page, wrong + 1, silent)


def _taken(call: _Call, page: Page) -> Flow:
    done = acknowledge(call.work, page, call.attempt.person, KEY, call.now, call.attempt)
    page = done.page
    if not done.first and page.acknowledged_by != call.attempt.person:
        return call.end(_whose(call, page))
    person = person_words(call.work, call.attempt.person, call.language)
    if page.call is not None:
        return _joined(call, page, call.work.calls.get(page.call), person)
    if page.trigger is Trigger.TEST:
        return call.end(call.speech.thanks_test.format(person=person))
    if page.ticket is None:
        return call.end(call.speech.thanks_alone.format(person=person))
    return call.end(call.speech.thanks.format(person=person, ticket=number(page.ticket, call.language)))


def _joined(call: _Call, page: Page, waiting: PhoneCall, person: str) -> Flow:
    """Into the room where the customer waits; it closes when the engineer leaves it. Whoever hung up is called back."""
    into = Conference(room_of(waiting), LEFT, ends=True)
    engineer = Engineer(call.attempt.person, call.attempt.address, call.account)
    flow = joined(call.work, waiting, engineer, call.now, into, call.language)
    words = call.speech.connecting if isinstance(flow[0], Conference) else call.speech.thanks
    return (call.say(words.format(person=person, ticket=number(page.ticket or 0, call.language))), *flow)


def _silent(call: _Call, page: Page, wrong: int, silent: int) -> Flow:
    if silent >= SILENCES:
        missed(call.work, call.attempt, Missed.SILENCE, call.now)
        return call.end(call.speech.given_up)
    words = page_words(call.work, page, call.attempt.person, call.language, call.now)
    return (call.ask((call.speech.unheard, *words), page, wrong, silent),)


def _wrong(call: _Call, page: Page, wrong: int, silent: int) -> Flow:
    if wrong >= WRONG_KEYS:
        missed(call.work, call.attempt, Missed.WRONG_KEY, call.now)
        return call.end(call.speech.given_up)
    return (call.ask((call.speech.wrong,), page, wrong, silent),)
