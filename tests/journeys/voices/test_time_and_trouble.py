"""Time and trouble: a promise that breaks, a desk that is killed, a platform that is gone for a while."""

from __future__ import annotations

from tests.journeys.voices.voice import Voice

OPEN = "/ticket open printer on fire --customer acme"


def test_a_promise_is_warned_of_and_then_broken(voice: Voice) -> None:
    voice.says("ann", OPEN)
    voice.passes(hours=2, minutes=20)
    assert "printer on fire" in voice.alert("⚠ #1")
    voice.passes(hours=1)
    voice.alert("✖ #1")
    voice.card(1, "✖")

    assert "You have #1" in voice.presses_alert("bob", "✖ #1", "Claim")
    voice.card(1, "Held by Bob")
    assert voice.alerts(1) == 2


def test_a_desk_that_is_killed_goes_on_where_it_was(voice: Voice) -> None:
    voice.says("ann", OPEN)
    voice.card(1, "Claim")
    voice.is_killed()
    voice.starts()
    voice.presses("bob", 1, "Claim")

    voice.card(1, "Held by Bob")
    assert voice.copies(1) == 1


def test_a_platform_is_gone_for_ten_minutes(voice: Voice) -> None:
    voice.says("ann", OPEN)
    voice.card(1)
    voice.passes(hours=1, minutes=25)
    voice.goes()
    voice.premises.passes(minutes=10)
    voice.returns()
    voice.says("bob", "/ticket claim 1")

    voice.card(1, "Held by Bob")
    voice.alert("⚠ #1")
    assert (voice.copies(1), voice.alerts(1)) == (1, 1)
