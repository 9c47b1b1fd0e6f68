"""Machines, engaged lines and refusals: none of them is a human, and the next attempt comes at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.paging import AttemptState, PageState
from tests.adapters.phone.night import KIM, SAM, Night
from tests.doubles.phone import Voicemail
from tests.doubles.phone.people import Press
from tests.journeys.nights.plan import DOWN, WORST

Begins = Callable[..., Night]

NOBODY: dict[str, tuple[dict[str, Any], str]] = {
    "a voicemail that talks and beeps": ({"voicemail": Voicemail()}, ""),
    "a voicemail that plays the key 1": ({"voicemail": Voicemail(emits=((3.0, "1"), (8.0, "1")))}, ""),
    "an engaged line": ({"busy": True}, "busy"),
    "somebody who rejects the call": ({"rejects": True}, ""),
    "somebody who hangs up": ({"hangs_up": "page for Kim"}, "hung up"),
    "somebody who says nothing": ({}, "no key"),
    "a telephone that is switched off": ({"unreachable": True}, ""),
}


@pytest.mark.parametrize(("manners", "result"), NOBODY.values(), ids=NOBODY)
def test_the_next_attempt_comes_at_once(alone: Begins, manners: dict[str, Any], result: str) -> None:
    desk = alone("Sat 10 Oct 02:14", plan=WORST, challenge=True)
    kim = desk.phones.person(KIM, "Kim", **manners)
    sam = desk.phones.person(SAM, "Sam", presses=[Press("to take it", lambda said: said.partition("ress ")[2][0])])
    desk.says("bob", DOWN)
    desk.settles()

    (missed,) = (one for one in desk.attempts(kind="call") if one.state is AttemptState.MISSED)
    assert missed.person == "kim"
    assert result in missed.result
    assert kim.got, "The text did not wait for its time."
    assert desk.page().state is PageState.OPEN, "No machine acknowledges anything."

    desk.passes(minutes=5)
    assert len(kim.calls) == 2
    assert desk.page().acknowledged_by == "sam"
    assert sam.calls
