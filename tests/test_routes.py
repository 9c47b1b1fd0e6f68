"""Routes: which platform hears what, and where."""

from __future__ import annotations

import pytest

from bot.routes import Places, Routes

SLACK = frozenset({"slack"})


def test_everybody_who_is_connected_hears_of_the_desk_and_of_people() -> None:
    routes = Routes(("console", "slack"), {"slack": Places("#support", "#fire", {"III": "#blaze"})})
    assert routes("#desk") == (("console", "#desk"), ("slack", "#support"))
    assert routes("#alerts/III") == (("console", "#alerts"), ("slack", "#blaze"))
    assert routes("#alerts/I") == (("console", "#alerts"), ("slack", "#fire"))
    assert routes("@ann") == (("console", "@ann"), ("slack", "@ann"))


def test_what_belongs_into_a_thread_goes_where_there_are_threads() -> None:
    assert Routes(("console", "slack"), threaded=SLACK)("#thread") == (("slack", "#desk"),)
    assert Routes(("console",), threaded=SLACK)("#thread") == ()


@pytest.mark.parametrize(
    ("platforms", "carrier"),
    [(("console", "slack", "email"), "email"), (("slack", "console"), "console"), (("slack", "discord"), "slack")],
)
def test_one_platform_carries_a_letter(platforms: tuple[str, ...], carrier: str) -> None:
    routes = Routes(platforms, mailing=frozenset({"email"}))
    assert routes("mail:jo@acme.example") == ((carrier, "mail:jo@acme.example"),)


def test_nobody_carries_a_letter_where_nobody_is() -> None:
    assert Routes(())("mail:jo@acme.example") == ()
