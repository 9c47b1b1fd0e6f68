"""Who wrote, and whether anybody is called for it: a name that anybody can write is no reason to wake somebody."""

from __future__ import annotations

import pytest

from bot.domain.history import Deed
from bot.domain.mail import Verified
from tests.commands.mails import STRANGER, arrives, letter_about, mail
from tests.commands.night import Night
from tests.town import Town

AT_NIGHT = {"days": 5, "hours": 16}
"""From Monday at 10:00 to Saturday at 02:00."""


@pytest.fixture
def night(town: Town) -> Night:
    night = Night(town)
    town.clock.forward(**AT_NIGHT)
    return night


def test_a_verified_sender_of_level_three_wakes_somebody(night: Night) -> None:
    arrives(night.town, mail())
    night.round()
    assert night.calls() != []


def test_who_is_not_verified_wakes_nobody_until_somebody_vouches(night: Night) -> None:
    arrives(night.town, mail(verified=Verified.NO))
    night.passes(hours=1)
    assert night.calls() == []
    why = night.town.does("ann", "/page why 1")
    assert "nobody was called. The sender is not verified, so nobody is called before somebody" in why
    told = night.town.does("ann", "/ticket vouch 1 I know her voice")
    assert "Kim is being paged now" in told
    night.round()
    assert night.calls() != []


def test_a_promise_that_breaks_wakes_nobody_for_them_either_and_the_alert_is_told_all_the_same(night: Night) -> None:
    arrives(night.town, mail(verified=Verified.UNKNOWN))
    # Until Tuesday evening: past the promise.
    for _ in range(4 * 24):
        night.town.clock.forward(hours=1)
        night.town.ticks()
        night.round()
    assert night.calls() == []
    assert any("#1" in str(one.card.title) for one in night.sent if one.place == "#alerts")
    assert night.events(Deed.ALERTED) != []
    assert "The sender is not verified" in night.town.does("ann", "/page why 1")


def test_a_ticket_that_a_stranger_opens_again_wakes_nobody_for_it(night: Night) -> None:
    arrives(night.town, mail())
    night.town.does("ann", "/ticket reply 1 try again")
    night.town.does("ann", "/ticket close 1 solved")
    arrives(night.town, mail(STRANGER, text="It is back.", references=(letter_about(night.town, 1),)))
    assert night.town.ticket(1).unverified
    before = len(night.calls())
    for _ in range(4 * 24):
        night.town.clock.forward(hours=1)
        night.town.ticks()
        night.round()
    assert len(night.calls()) == before


@pytest.mark.parametrize("believed", [False, True])
def test_a_late_answer_to_a_stranger_with_a_letter_wakes_nobody_unless_the_customer_waits_too(
    town: Town, believed: bool
) -> None:
    night, ours = Night(town), (letter_about(town, 1),)
    arrives(town, mail())
    town.does("ann", "/ticket claim 1")
    town.does("ann", "/ticket reply 1 try again")
    before = len(night.calls())
    arrives(town, mail(STRANGER, text="Hurry.", verified=Verified.NO, references=ours))
    if believed:
        arrives(town, mail(text="Yes, please.", references=ours))
    for _ in range(24):
        town.clock.forward(hours=1)
        town.ticks()
        night.round()
    assert (len(night.calls()) > before) is believed
    assert any("#1" in str(one.card.title) for one in night.sent if one.place == "#alerts")


def test_what_a_person_lets_in_wakes_somebody_as_any_ticket_does(night: Night) -> None:
    waits = arrives(night.town, mail(STRANGER, verified=Verified.NO))
    told = night.town.does("ann", f"/mail open {waits.id} --customer acme")
    assert "Kim is being paged now" in told
    assert not night.town.ticket(1).unverified


def test_a_person_may_call_for_it_at_any_time(night: Night) -> None:
    arrives(night.town, mail(verified=Verified.NO))
    night.town.does("ann", "/page start 1")
    night.round()
    assert night.calls() != []


def test_the_card_has_a_button_that_vouches(night: Night) -> None:
    arrives(night.town, mail(verified=Verified.NO))
    labels = [choice.label for choice in night.town.says("ann", "/ticket show 1").card.choices if not choice.rest]
    assert labels == ["Claim", "Reply", "Vouch", "Close…"]
    night.town.does("ann", "/ticket vouch 1")
    labels = [choice.label for choice in night.town.says("ann", "/ticket show 1").card.choices if not choice.rest]
    assert labels == ["Claim", "Reply", "Wait…", "Close…"]
