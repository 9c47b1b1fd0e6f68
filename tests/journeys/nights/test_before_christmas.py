"""The gap before Christmas: told in time, asked for in chat, and closed only by a telephone that is real."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.ports import UnitOfWork
from tests.journeys.nights.conftest import Opens
from tests.journeys.nights.plan import DOWN, WORST

ANN = "+14165550166"
EVE = (
    WORST.replace('people = ["kim", "sam"]', 'people = ["kim"]').replace('call = ["@sam"]', 'call = ["everyone"]')
    + """
[[schedules.level3.layers]]
name = "christmas eve"
priority = 2
people = ["sam"]
turn = "1 day"
first = 2026-12-24
starts = 2026-12-24
ends = 2026-12-24
when = [{ hours = ["18:00-22:00"] }]
"""
)


def _sams_new_telephone(work: UnitOfWork) -> None:
    """Nobody has verified it yet."""
    for contact in work.contacts.of("sam"):
        work.contacts.save(replace(contact, verified_at=None))


def test_the_gap_before_christmas(opens: Opens) -> None:
    voice = opens("Mon 14 Dec 10:00", plan=EVE)
    desk = voice.desk
    desk.database.write(_sams_new_telephone)
    desk.passes(hours=2)
    gap = "Level III is uncovered on"
    assert voice.alerts(gap, "Sam's phone is not verified")
    assert gap in voice.message("lea", gap)
    assert gap in voice.says("ann", "/oncall gaps")

    asked = voice.says("sam", "/oncall cover level3 --ask ann --reason family")
    assert "Ann is asked" in asked
    assert "Ann has no phone here, which is no cover" in asked
    assert "Sam asks you to cover level3" in voice.message("ann", "Take", "asks you to cover")
    assert "There should be 11 h of rest and a phone that was verified" in voice.presses("ann", "Take", "asks you")

    ann = desk.phones.person(ANN, "Ann")
    assert "A code goes to" in voice.says("ann", f"/oncall contact call {ANN}")
    desk.settles()
    spoken = re.search(r"Your code is: ([\d, ]+)\.", ann.call.words)
    assert spoken is not None
    code = re.sub(r"\D", "", spoken[1])
    assert "That is not the code" in voice.says("ann", f"/oncall verify {'000000' if code != '000000' else '111111'}")
    voice.says("ann", f"/oncall verify {code}")
    assert "You are on call for Sam: level3" in voice.presses("ann", "Take", "asks you")
    assert "Ann covers your shift" in voice.message("sam", "covers your shift")
    assert "Everything that was promised is covered" in voice.says("lea", "/oncall gaps")

    desk.passes(days=10, hours=7)
    assert "Ann" in voice.says("bob", "/oncall who"), "It is Christmas Eve, 19:00."
    ann.presses(("press 1", "1"))
    voice.says("bob", DOWN)
    desk.settles()
    assert desk.page().acknowledged_by == "ann"
