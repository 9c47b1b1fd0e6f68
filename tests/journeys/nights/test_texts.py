"""Texts: answered with their code, with a wrong one, and with STOP by the one who is on call."""

from __future__ import annotations

import re

from bot.domain.paging import PageState
from tests.adapters.phone.night import KIM, LEA
from tests.doubles.phone.network import Somebody
from tests.journeys.nights.conftest import Opens
from tests.journeys.nights.plan import DOWN, WORST
from tests.journeys.nights.voice import NightVoice


def code_in(text: str) -> str:
    found = re.search(r"Reply (\d{6}) to take it", text)
    assert found is not None, text
    return found[1]


def texts(voice: NightVoice, kim: Somebody, body: str) -> None:
    """They send a text, and the desk has had it."""

    def heard() -> int:
        return sum(one.kind == "text" for one in voice.desk.phones.sent)

    before = heard()
    kim.texts(body)
    voice.desk.phones.until(lambda: heard() > before)
    voice.desk.settles()


def answered(kim: Somebody) -> str:
    """What came back last."""
    return kim.got[-1].body


def test_a_text_is_answered_with_its_code(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", busy=True)
    voice.says("bob", DOWN)
    desk.settles()
    (text,) = kim.got
    assert text.body.startswith("Kim: Level III ACME Ltd #1: mail server down, queue growing")
    assert len(text.body) <= 160

    code = code_in(text.body)
    texts(voice, kim, "000000" if code != "000000" else "111111")
    assert desk.page().state is PageState.OPEN, "That is not the code."
    assert "code" in answered(kim)

    texts(voice, kim, f"ok {code}")
    assert "#1" in answered(kim)
    assert desk.page().acknowledged_by == "kim"
    assert desk.page().acknowledged_via == "code"
    assert voice.alerts("Kim has page 1", "by code")
    assert "text to Kim, +1 416 … 0199: sent, code" in voice.says("ann", "/page show 1")

    calls = len(kim.calls)
    texts(voice, kim, code)
    desk.passes(minutes=10)
    assert len(kim.calls) == calls
    assert desk.page().repaged == 0


def test_a_code_is_good_for_the_number_that_it_was_sent_to(opens: Opens) -> None:
    voice = opens("Sat 10 Oct 02:14", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", busy=True)
    lea = desk.phones.person(LEA, "Lea")
    voice.says("bob", DOWN)
    desk.settles()
    texts(voice, lea, code_in(kim.got[0].body))
    assert desk.page().state is PageState.OPEN


def test_stop_by_the_one_who_is_on_call_alarms_the_desk(opens: Opens) -> None:
    voice = opens("Fri 9 Oct 17:00", plan=WORST)
    desk = voice.desk
    kim = desk.phones.person(KIM, "Kim", answers=False)
    texts(voice, kim, "STOP")
    assert voice.alerts("takes no texts from the desk any more (STOP by text)", "Pages go to their telephone instead")

    voice.says("bob", DOWN)
    desk.passes(minutes=1)
    assert len(kim.calls) >= 2, "Called when it is a text's turn."
    assert not kim.got
    texts(voice, kim, "START")
    assert voice.alerts("Kim takes texts from the desk again")
