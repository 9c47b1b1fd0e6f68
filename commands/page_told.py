"""What a page's call tells: the page in a few sentences for whoever picks up, and the story for who asks for more."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain import agenda
from bot.domain.business_hours import BeyondCalendar, DeskState
from bot.domain.errors import NotFound, Refusal
from bot.domain.history import Deed, Event
from bot.domain.paging import Page, Trigger
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.views.page_speech import PageSpeech, speech_in
from bot.views.spoken import firm, heard, level, moment, number, span
from commands.hotline_legs import on_the_line
from commands.spec import CLOCK

SUBJECT = 160
STORY = 600
LINE = 200
"""Characters that are spoken: a minute of speech has some 900."""

log = logging.getLogger(__name__)

LAST = 3
"""So many of the history's last lines are told."""


def page_words(work: UnitOfWork, page: Page, person: str, language: str, now: datetime) -> tuple[str, ...]:
    """Who is meant, what is wrong, what is left of the time, and why this page comes."""
    speech, name = speech_in(language), person_words(work, person, language)
    if page.trigger is Trigger.TEST:
        return (speech.greeting_test.format(person=name),)
    if page.ticket is None:
        by = person_words(work, page.started_by, language)
        return (speech.greeting_alone.format(person=name, by=by, reason=heard(page.reason, SUBJECT, language)),)
    try:
        told = _Told(work, page, work.tickets.get(page.ticket), person, language, now)
        return tuple(told.sentences(name))
    except Exception:  # Whoever is called hears at least that, and for what; the keys work as ever.
        log.exception("What page %d is about cannot be told.", page.id)
        ticket = speech.about_nobody.format(ticket=number(page.ticket, language), subject="").rstrip(" :.")
        return speech.greeting.format(level=level(page.level, language), person=name), f"{ticket}."


def more_words(work: UnitOfWork, ticket: int, language: str) -> tuple[str, ...]:
    """What was written when the ticket was opened, and its last words since."""
    speech = speech_in(language)
    story = heard(work.tickets.get(ticket).text, STORY, language)
    first = speech.opened.format(text=story) if story else speech.opened_bare
    spoken = [_line(work, event, language) for event in work.tickets.history(ticket)]
    return (first, *([line for line in spoken if line][-LAST:] or [speech.silent_since]))


def person_words(work: UnitOfWork, person: str, language: str) -> str:
    """A person's name for the ear; the desk's where it is nobody's."""
    try:
        return heard(work.people.get(person).name, 40, language)
    except NotFound:
        return speech_in(language).customer if person == "customer" else speech_in(language).desk


def lay_untouched(work: UnitOfWork, page: Page) -> bool:
    """Whether the page calls again because whoever took it forgot it, and not because somebody wants it to."""
    if not page.repaged or page.ticket is None:
        return False
    again = [
        event.by
        for event in work.tickets.history(page.ticket)
        if event.deed is Deed.PAGED and event.data.get("did") == "again" and event.data.get("page") == page.id
    ]
    return again[-1:] == [CLOCK]


def since_words(work: UnitOfWork, page: Page, person: str, language: str, now: datetime) -> str:
    """Since when the page is somebody's, as the clock of the one who listens shows it."""
    return moment(page.acknowledged_at or now, zone_of(work, person), now, language)


def zone_of(work: UnitOfWork, person: str) -> ZoneInfo:
    """Where they are; the desk's zone for those who have not said."""
    try:
        zone = work.people.get(person).zone
    except NotFound:
        zone = ""
    return ZoneInfo(zone or work.promises.policy.zone)


class _Told:
    """A ticket's page in sentences."""

    __slots__ = ("language", "now", "page", "person", "speech", "ticket", "work")

    def __init__(self, work: UnitOfWork, page: Page, ticket: Ticket, person: str, language: str, now: datetime) -> None:
        self.work = work
        self.page = page
        self.ticket = ticket
        self.person = person
        self.language = language
        self.now = now
        self.speech: PageSpeech = speech_in(language)

    def sentences(self, name: str) -> Iterator[str]:
        speech, page = self.speech, self.page
        yield speech.greeting.format(level=self._level(), person=name)
        yield self._about()
        if page.tickets:
            yield speech.others.format(count=number(len(page.tickets), self.language))
        if page.call is not None:
            waits = on_the_line(self.work.calls.get(page.call))
            yield speech.on_the_line if waits else speech.off_the_line
        yield self._promise()
        forgotten = lay_untouched(self.work, page)
        if page.trigger is Trigger.STAFF or (page.call is None and not forgotten):
            yield self._why()
        if forgotten:
            yield speech.because_forgotten

    def _level(self) -> str:
        return level(self.page.level or self.ticket.level, self.language)

    def _about(self) -> str:
        ticket, subject = number(self.ticket.number, self.language), heard(self.ticket.subject, SUBJECT, self.language)
        if self.ticket.customer is None:
            return self.speech.about_nobody.format(ticket=ticket, subject=subject)
        customer = firm(self.work.customers.get(self.ticket.customer).name, self.language)
        return self.speech.about.format(customer=customer, ticket=ticket, subject=subject)

    def _promise(self) -> str:
        due, hours = self._due(), self.work.promises.hours
        if due is None:
            return self.speech.nothing
        at = moment(due, zone_of(self.work, self.person), self.now, self.language)
        if due <= self.now:
            return self.speech.late.format(moment=at)
        if hours.state(self.now) is not DeskState.OPEN:
            return self.speech.due.format(moment=at)
        left = span(hours.open_seconds(self.now, due), self.language)
        return self.speech.due_in.format(moment=at, span=left)

    def _due(self) -> datetime | None:
        try:
            return agenda.due(self.ticket, self.work.promises)
        except (BeyondCalendar, Refusal):  # A page is told also where the policy has changed under it.
            return self.page.deadline

    def _why(self) -> str:
        speech, page = self.speech, self.page
        if page.trigger is Trigger.STAFF:
            by = person_words(self.work, page.started_by, self.language)
            return speech.because_asked.format(by=by, reason=heard(page.reason, LINE, self.language))
        if page.trigger is Trigger.BREACH:
            return speech.because_late
        if page.trigger is Trigger.WARNING:
            return speech.because_warning
        policy = self.work.promises.policy
        if self.ticket.category in policy.worst_cases:
            name = policy.categories.get(self.ticket.category, self.ticket.category)
            return speech.because_category.format(category=heard(name, 60, self.language))
        return speech.because_level.format(level=self._level())


def _line(work: UnitOfWork, event: Event, language: str) -> str:
    """A line of the history that has words in it; "" for what changed the ticket alone."""
    speech = speech_in(language)
    said = {Deed.SAID: speech.wrote, Deed.REPLIED: speech.replied, Deed.NOTED: speech.noted}.get(event.deed)
    text = heard(str(event.data.get("text") or ""), LINE, language)
    if said is None or not text:
        return ""
    return said.format(who=person_words(work, event.by, language), text=text)
