"""The terminal's telephone: whose phone rings and why, once in full and then in a line, with a button to press."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.console.channel import ConsoleChannel
from adapters.console.screen import Screen
from bot.cards import TEAM, Card, Choice, Mention, Strong, Style, Tone
from bot.clocks import MovableClock
from bot.ports import Kind, Parcel, Urgency

NOW = datetime(2026, 10, 5, 14, 0, tzinfo=UTC)
BUTTONS = (
    Choice("Acknowledge", "page ack", {"page": "p3"}, style=Style.PRIMARY),
    Choice("Pass on", "page pass", {"page": "p3"}),
    Choice("Why", "page why", {"what": "p3"}),
)
PAGE = Card(
    (Strong("Page 3"), " for Kim · Level III"),
    "open",
    (("#12 ACME Ltd: mail server down",), ("Nobody has claimed it",)),
    choices=BUTTONS,
    tone=Tone.BREACH,
    ticket=12,
    data={"page": 3, "ticket": 12, "state": "open", "attempt": 7, "person": "kim"},
)
CALL = Parcel(9, Kind.PAGE, "console", "call:+14165550199", PAGE, "page:3:7", Urgency.FIRST_PAGE, NOW, ticket=12)


class Desk:
    """A terminal, and what it shows."""

    def __init__(self) -> None:
        self.out = io.StringIO()
        self.screen = Screen(self.out, MovableClock(NOW), environ={}, width=90)
        self.screen.is_for(self.screen.reader.zone, self.screen.reader.desk, {"kim": "Kim"})
        self.channel = ConsoleChannel(self.screen)

    def shows(self, parcel: Parcel) -> str:
        self.out.seek(0)
        self.out.truncate()
        assert asyncio.run(self.channel.deliver(parcel)) == "parcel-9"
        return self.out.getvalue()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_phone_rings_with_numbered_buttons(desk: Desk) -> None:
    assert desk.shows(CALL).splitlines() == [
        "☎ Kim's phone rings (+14165550199)",
        "┌ ✖ Page 3 for Kim · Level III                                                        open",
        "│ #12 ACME Ltd: mail server down",
        "│ Nobody has claimed it",
        "└ [1] Acknowledge   [2] Pass on   [3] Why",
    ]
    pressed = desk.screen.buttons.pressed(1)
    assert pressed is not None
    assert (pressed.command, pressed.values) == ("page ack", {"page": "p3"})


def test_whatever_else_rings_because_of_that_page_takes_a_line_and_keeps_its_buttons(desk: Desk) -> None:
    desk.shows(CALL)
    assert desk.shows(replace(CALL, place="@kim")) == (
        "→ Kim (page)  ✖ page 3 · #12 ACME Ltd: mail server down  [1] Acknowledge\n"
    )
    loud = replace(PAGE, lines=(("Nobody has answered page 3 for 20 min. ", Mention(TEAM)),))
    assert desk.shows(replace(CALL, kind=Kind.ALERT, place="#alerts", card=loud)) == (
        "#alerts  ✖ Nobody has answered page 3 for 20 min. @team  [1] Acknowledge\n"
    )


def test_a_page_whose_buttons_have_scrolled_away_is_drawn_whole_again(desk: Desk) -> None:
    desk.shows(CALL)
    desk.screen.buttons.offer([Choice("Why", "ticket why", {"ticket": number}) for number in range(99)])
    assert "[4] Acknowledge" in desk.shows(CALL)


def test_a_message_about_a_page_says_in_a_line_who_has_it(desk: Desk) -> None:
    desk.shows(replace(CALL, place="@kim"))
    has = replace(
        PAGE,
        badge="acknowledged",
        lines=(*PAGE.lines, ("Kim acknowledged at 10:02 by button.",)),
        choices=(),
        tone=Tone.GOOD,
        data={**PAGE.data, "state": "acknowledged"},
    )
    update = replace(CALL, kind=Kind.CARD, place="@kim", card=has, ref="parcel-9")
    assert desk.shows(update) == ("→ Kim (page)  ✓ page 3 is acknowledged: Kim acknowledged at 10:02 by button.\n")


def test_a_message_that_several_attempts_brought_is_told_of_once(desk: Desk) -> None:
    has = replace(PAGE, lines=(("Kim acknowledged at 10:02 by button.",),), choices=(), tone=Tone.GOOD)
    update = replace(CALL, kind=Kind.CARD, place="@kim", card=has, ref="parcel-9")
    assert desk.shows(update)
    assert desk.shows(replace(update, key="page:3:8")) == ""


def test_a_phone_that_is_hung_up_on_stops_ringing_once(desk: Desk) -> None:
    cut = replace(CALL, place="cut:+14165550199", card=Card(data={"attempt": 7, "cut": "parcel-9"}))
    assert desk.shows(cut) == "", "It does not ring."
    desk.shows(CALL)
    assert desk.shows(cut) == "☎ +14165550199 is hung up on\n"
    assert desk.shows(cut) == ""


def test_a_text_says_whom_it_is_for(desk: Desk) -> None:
    assert desk.shows(replace(CALL, place="text:+14165550199")).startswith("✉ text to Kim (+14165550199)\n")


def test_a_call_that_nobody_wants_any_more_does_not_ring(desk: Desk) -> None:
    assert desk.shows(replace(CALL, card=replace(PAGE, data={**PAGE.data, "over": True}))) == ""
