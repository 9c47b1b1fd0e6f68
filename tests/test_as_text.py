"""A card as plain text says what the card says, to somebody who reads it at any time and can only type."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cards import Card, Choice, Mention, Strong, Table, When, say
from bot.views.as_text import SUBJECT, subject_of, text_of

AT = datetime(2026, 3, 2, 15, 4, tzinfo=UTC)


def test_it_says_all_that_the_card_says() -> None:
    card = Card(
        title=("Page 7",),
        badge="Level III",
        lines=(("Since ", When(AT, "relative"), ", for ", Mention("kim", "Kim Lee")), (Strong("Acme"), " waits")),
        table=Table(("Ticket", "Due"), ((("#1",), (When(AT, "date"),)),)),
        choices=(
            Choice("Acknowledge", "page ack", {"page": 7, "note": "on my way"}),
            Choice("Why", "page why", rest=True),
        ),
        data={"zone": "America/Toronto"},
    )
    assert subject_of(card) == "Page 7"
    assert text_of(card).splitlines() == [
        "Level III",
        "Since Mon 2 Mar 2026 10:04 EST, for Kim Lee",
        "Acme waits",
        "Ticket: #1; Due: Mon 2 Mar 2026",
        "",
        'Acknowledge: /page ack 7 "on my way"',
    ]


def test_without_a_zone_or_with_a_wrong_one_instants_are_in_utc() -> None:
    for data in ({}, {"zone": "Nowhere/AtAll"}, {"zone": "../etc"}):
        assert text_of(say(When(AT, "time"), data=data)) == "Mon 2 Mar 2026 15:04 UTC"


def test_a_subject_is_one_line_of_bearable_length() -> None:
    assert subject_of(say("Fire\r\nBcc: x", "!")) == "Fire Bcc: x!"
    assert len(subject_of(say("é" * 500))) == SUBJECT
    assert subject_of(Card(badge="Held")) == "Held"
    assert subject_of(Card())
