"""A hand-over in the hour that comes twice: both are on call in it, and nobody is missed."""

from __future__ import annotations

from tests.adapters.phone.night import KIM, SAM
from tests.journeys.nights.conftest import Opens
from tests.journeys.nights.plan import DOWN, WORST

NIGHTLY = (
    WORST.replace('turn = "1 week"', 'turn = "1 day"')
    .replace("first = 2026-10-05", "first = 2026-10-31")
    .replace('at = "09:00"', 'at = "01:30"')
    .replace('call = ["@sam"]', 'call = ["leads"]')
)
"""Kim from Saturday 01:30, Sam from Sunday 01:30: the 1st of November, when that time comes twice in Toronto."""


def test_a_hand_over_at_half_past_one_when_it_is_that_twice(opens: Opens) -> None:
    voice = opens("Sun 1 Nov 01:15", plan=NIGHTLY)
    desk = voice.desk
    numbers = {"Kim": KIM, "Sam": SAM}
    phones = {name: desk.phones.person(number, after=None, by_hand=True) for name, number in numbers.items()}
    called: list[list[str]] = []
    for number in range(1, 5):
        before = {name: len(phone.calls) for name, phone in phones.items()}
        said = voice.says("bob", DOWN)
        desk.settles()
        called.append([name for name, phone in phones.items() if len(phone.calls) > before[name]])
        assert all(name in said for name in called[-1])
        assert all(name in voice.says("bob", "/oncall who") for name in called[-1])
        voice.says("ann", f"/page resolve {number}")
        desk.settles()
        assert all(call.over for phone in phones.values() for call in phone.calls)
        desk.passes(minutes=30)
    assert called == [["Kim"], ["Kim", "Sam"], ["Kim", "Sam"], ["Sam"]]
