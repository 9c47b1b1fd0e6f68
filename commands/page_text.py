"""What texts to the desk's number do: a code acknowledges a page, STOP and START change the desk's ways to somebody,
and nothing else does anything.

A text's sender can be forged. So a code is random, good for one page and one number, and acknowledges alone; nothing is
ever closed by text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.cards import Card, Mention, Tone, say
from bot.domain.contacts import CALL, TEXT, Contact
from bot.domain.paging import Attempt, AttemptState, PageState, Trigger
from bot.ports import ALERTS, Entry, Kind, News, UnitOfWork, Urgency
from bot.views.text_replies import TextReplies, replies_in
from commands.page_ends import acknowledge
from commands.page_told import person_words, zone_of
from commands.paging import start_page
from commands.spec import CLOCK

STOP_WORDS = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "ARRET", "ARRÊT"}
)
START_WORDS = frozenset({"START", "UNSTOP", "YES"})
HELP_WORDS = frozenset({"HELP", "INFO", "AIDE"})
"""Providers act on these words themselves, and answer them: the desk must not."""

WRONG_AN_HOUR = 5
"""So many codes from one number may be wrong; then nothing from it is looked at for the rest of the hour."""
TOLD_AN_HOUR = 5
"""So often within an hour somebody of the desk is answered who writes something else: their telephone may be answering
by itself, and a code of theirs must count all the same."""
TOLD_STRANGERS = 5
"""So often a number that is nobody's is answered at all: two machines must not talk to each other for ever."""

CODE = "code"
"""How an acknowledgement by text is called in records."""

_BOOK = "phone.texts"
_MOST_NUMBERS = 500
_HOUR = 3600
_FORGOTTEN = 30 * 24 * _HOUR

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
"""What looks like a code of ours, whatever is written around it. The first one counts: a text is one guess."""
_NO_CODE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class _Record:
    """What a number has sent: `wrong` codes since `hour` (epoch), answers to a stranger, when it last did, and how
    often somebody of the desk was `answered` since `hour` to what was no code."""

    hour: int = 0
    wrong: int = 0
    told: int = 0
    last: int = 0
    answered: int = 0


def text_in(work: UnitOfWork, ref: str, sender: str, words: str, now: datetime) -> str:
    """What is answered to a text, "" for nothing. `ref` is the provider's name of it: the same text again gets the same
    answer and does nothing."""
    request = f"phone:{ref}:text"
    known = work.memory.answer_to(request)
    if known is not None:
        return str(known.data["said"])
    said = _answer(work, sender, words, now)
    work.memory.remember(request, Card(data={"said": said}), now)
    return said


def stopped(work: UnitOfWork, number: str, how: str, now: datetime) -> None:
    """Somebody does not want texts any more (or their provider takes none for them): they are telephoned instead, and
    the desk is told, as a page may be on its way to them. `how` says so in words."""
    for contact in work.contacts.of_address(TEXT, number):
        if contact.refused:
            continue
        work.contacts.save(replace(contact, refused=how))
        _call_instead(work, contact)
        person = work.people.get(contact.person)
        work.memory.journal(Entry(now, contact.person, f"staff:{contact.person}", "texts refused", {"how": how}))
        line = (
            Mention(person.id, person.name),
            f" takes no texts from the desk any more ({how}). Pages go to their telephone instead. ",
            "START, sent as a text to the desk's number, brings them back.",
        )
        _alert(work, say(*line, tone=Tone.BREACH), f"texts:stopped:{contact.id}:{int(now.timestamp())}")
        if not any(one.kind == CALL and one.usable for one in work.contacts.of(person.id)):
            reason = f"{person.name} takes no texts any more and has no verified telephone"
            start_page(work, trigger=Trigger.STOP, reason=reason, by=CLOCK, now=now, person=person.id)


def _call_instead(work: UnitOfWork, contact: Contact) -> None:
    """A verified number is one that may be called, unless they had it otherwise."""
    if contact.usable and all(
        one.address != contact.address for one in work.contacts.of(contact.person) if one.kind == CALL
    ):
        work.contacts.save(replace(contact, id=0, kind=CALL, code="", code_until=None, tries=0))


def _started(work: UnitOfWork, number: str, now: datetime) -> None:
    """They want texts again: their own words are enough, as their own words had stopped them."""
    for contact in work.contacts.of_address(TEXT, number):
        if contact.refused:
            work.contacts.save(replace(contact, refused=""))
            work.memory.journal(Entry(now, contact.person, f"staff:{contact.person}", "texts wanted again", {}))
            name = work.people.get(contact.person).name
            _alert(
                work,
                say(f"{name} takes texts from the desk again.", tone=Tone.GOOD),
                f"texts:started:{contact.id}:{int(now.timestamp())}",
            )


def _answer(work: UnitOfWork, sender: str, words: str, now: datetime) -> str:
    word = _NO_CODE.sub("", words[:200]).upper()
    if word in STOP_WORDS:
        stopped(work, sender, f"{word} by text", now)
        return ""
    if word in START_WORDS:
        _started(work, sender, now)
        return ""
    if word in HELP_WORDS:
        return ""
    book = _Book(work, now)
    record = book.of(sender)
    if record.wrong >= WRONG_AN_HOUR:
        return ""
    code = _code_in(words)
    attempt = work.pages.by_code(sender, code) if sender and code else None
    if attempt is not None:
        return _acknowledged(work, attempt, now)
    return _no_code(work, book, sender, record, now) if code else _chatter(work, book, sender, record)


def _code_in(words: str) -> str:
    """ "482193", "ack 482193", "482-193 on it": people type what they like around it."""
    text = words[:200]
    found = _CODE.search(text) or _CODE.search(_NO_CODE.sub("", text))
    return found.group() if found and found.group().isascii() else ""


def _chatter(work: UnitOfWork, book: _Book, sender: str, record: _Record) -> str:
    """Words without a code are no guess. They are answered, as their sender may believe that they have acknowledged."""
    if not _whose(work, sender):
        return _to_stranger(work, book, sender, record)
    if record.answered >= TOLD_AN_HOUR:
        return ""
    book.keep(sender, replace(record, answered=record.answered + 1))
    return _replies(work, sender).no_code


def _acknowledged(work: UnitOfWork, attempt: Attempt, now: datetime) -> str:
    page, replies = work.pages.get(attempt.page), _replies(work, attempt.address)
    if attempt.state is AttemptState.CONFIRMED and page.state is PageState.OPEN:
        return replies.used  # It was acknowledged with this code, then nobody touched it: an echo proves nothing.
    done = acknowledge(work, page, attempt.person, CODE, now, attempt)
    page, language = done.page, _language(work, attempt.address)
    if not done.first and page.acknowledged_by != attempt.person:
        since = (page.acknowledged_at or now).astimezone(zone_of(work, attempt.person))
        return replies.taken.format(name=person_words(work, page.acknowledged_by, language), time=f"{since:%H:%M}")
    person = person_words(work, attempt.person, language)
    if page.ticket is None:
        return replies.yours_alone.format(person=person)
    return replies.yours.format(ticket=page.ticket, person=person)


def _no_code(work: UnitOfWork, book: _Book, sender: str, record: _Record, now: datetime) -> str:
    whose = _whose(work, sender)
    record = replace(record, wrong=record.wrong + 1)
    if whose:
        book.keep(sender, record)
        if record.wrong == WRONG_AN_HOUR:
            _alert(work, _guessing(work, whose), f"texts:wrong:{whose[0]}:{record.hour}")
        return _replies(work, sender).no_code
    return _to_stranger(work, book, sender, record)


def _to_stranger(work: UnitOfWork, book: _Book, sender: str, record: _Record) -> str:
    told = record.told < TOLD_STRANGERS
    book.keep(sender, replace(record, told=record.told + told))
    return _replies(work, sender).nobody if told else ""


def _guessing(work: UnitOfWork, whose: Sequence[str]) -> Card:
    names = " and ".join(work.people.get(person).name for person in whose)
    return say(
        f"{WRONG_AN_HOUR} texts with wrong codes came from the number of {names} within an hour. Texts from there are "
        "not looked at for the rest of it; calls and chat go on.",
        tone=Tone.WARNING,
    )


def _whose(work: UnitOfWork, number: str) -> Sequence[str]:
    """The people whose number it is."""
    found = (*work.contacts.of_address(TEXT, number), *work.contacts.of_address(CALL, number))
    return sorted({contact.person for contact in found})


def _language(work: UnitOfWork, number: str) -> str:
    return next((contact.language for contact in work.contacts.of_address(TEXT, number)), "en")


def _replies(work: UnitOfWork, number: str) -> TextReplies:
    return replies_in(_language(work, number))


def _alert(work: UnitOfWork, card: Card, key: str) -> None:
    work.outbox.post(News(Kind.ALERT, ALERTS, card, key, Urgency.BREACH))


class _Book:
    """What numbers have sent lately, as one fact of the desk's memory."""

    def __init__(self, work: UnitOfWork, now: datetime) -> None:
        self._work = work
        self._now = int(now.timestamp())
        self._known: Mapping[str, Any] = work.memory.fact(_BOOK) or {}

    def of(self, number: str) -> _Record:
        record = _Record(*self._known.get(number, ()))
        return record if self._now - record.hour < _HOUR else replace(record, hour=self._now, wrong=0, answered=0)

    def keep(self, number: str, record: _Record) -> None:
        """The numbers that wrote last stay."""
        rest = [(one, kept) for one, kept in self._known.items() if one != number and self._now - kept[3] < _FORGOTTEN]
        rest.sort(key=lambda one: one[1][3])
        new = [record.hour, record.wrong, record.told, self._now, record.answered]
        self._work.memory.set_fact(_BOOK, {**dict(rest[1 - _MOST_NUMBERS :]), number: new})
