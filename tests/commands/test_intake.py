"""What customers say by whichever way: it opens tickets, goes on them, closes and rates them, and history says who."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.attachments import Attachment
from bot.domain.errors import BadValue, Conflict
from bot.domain.history import Deed
from bot.domain.ticket import State
from bot.ports import CopyState
from commands.intake import Words, close_for, open_for, rate_for, say_for
from tests.town import Town

JO = Words("email", "jo@acme.example", "The queue grows.", "mail is slow", "Jo", verified=True)


def test_a_customer_opens_a_ticket_and_the_history_says_that_they_did(town: Town) -> None:
    file = Attachment("spool.log", size=3, type="text/plain", kept="in/ab/abc")
    ticket = town.database.write(lambda work: open_for(work, replace(JO, files=(file,)), town.clock.now()))
    assert (ticket.customer, ticket.level, ticket.requester, ticket.subject) == ("acme", "III", JO.who, "mail is slow")
    assert ticket.opened_by == "email:jo@acme.example"
    (copy,) = town.database.read(lambda work: work.files.of_ticket(ticket.number))
    assert (copy.state, copy.path) == (CopyState.COPIED, "in/ab/abc")


def test_what_they_say_closes_opens_again_and_rates(town: Town) -> None:
    now = town.clock.now()
    number = town.database.write(lambda work: open_for(work, JO, now)).number
    assert town.database.write(lambda work: close_for(work, replace(JO, text=""), number, now)).state is State.CLOSED
    with pytest.raises(Conflict):
        town.database.write(lambda work: close_for(work, JO, number, now))
    rated = town.database.write(lambda work: rate_for(work, replace(JO, text="quick"), number, 5, now))
    assert rated.rating == 5
    again = town.database.write(lambda work: say_for(work, replace(JO, text="it is back"), number, now))
    assert again.state is not State.CLOSED
    with pytest.raises(Conflict):
        town.database.write(lambda work: rate_for(work, JO, number, 1, now))
    events = town.database.read(lambda work: work.tickets.history(number))
    assert [event.deed for event in events] == [Deed.OPENED, Deed.CLOSED, Deed.RATED, Deed.SAID, Deed.REOPENED]
    assert {event.by for event in events[1:]} == {"customer"}


def test_nothing_said_and_ratings_that_are_none_are_refused(town: Town) -> None:
    number = town.database.write(lambda work: open_for(work, JO, town.clock.now())).number
    with pytest.raises(BadValue):
        town.database.write(lambda work: say_for(work, replace(JO, text=" "), number, town.clock.now()))
    with pytest.raises(BadValue):
        town.database.write(lambda work: rate_for(work, JO, number, 6, town.clock.now()))


def test_nobody_is_paged_for_a_sender_who_is_not_verified(town: Town) -> None:
    words = replace(JO, category="hardware-failure", verified=False)
    ticket = town.database.write(lambda work: open_for(work, words, town.clock.now()))
    assert ticket.unverified
    assert town.database.read(lambda work: work.pages.of_ticket(ticket.number)) == []
