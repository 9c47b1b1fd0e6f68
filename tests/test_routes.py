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


def test_what_is_for_one_platform_goes_there_and_nowhere_else() -> None:
    routes = Routes(("console", "slack"), {"slack": Places(alerts="#fire")}, pagers=frozenset({"phone", "email"}))
    assert routes("only:slack:@kim") == (("slack", "@kim"),)
    assert routes("only:slack:#alerts/III") == (("slack", "#fire"),)
    assert routes("only:phone:call:+14165550199") == (("phone", "call:+14165550199"),)
    assert routes("only:email:kim@example.com") == (("email", "kim@example.com"),)


def test_nobody_is_reached_by_a_way_that_is_not_set_up() -> None:
    routes = Routes(("slack",))
    assert (
        routes("only:discord:@kim") == routes("only:phone:call:+14165550199") == routes("only:email:k@x.example") == ()
    )


def test_without_a_provider_telephones_ring_in_the_terminal() -> None:
    assert Routes(("console", "slack"))("only:phone:call:+14165550199") == (("console", "call:+14165550199"),)


def test_ways_that_carry_pages_alone_hear_nothing_else() -> None:
    routes = Routes(("slack",), pagers=frozenset({"phone", "email", "apprise"}), threaded=SLACK)
    for to in ("#desk", "#alerts/III", "#thread", "@ann", "mail:jo@acme.example"):
        assert [platform for platform, _ in routes(to)] == ["slack"]


def test_nobody_is_connected_or_led_elsewhere_on_a_terminals_telephone() -> None:
    routes = Routes(("console",))
    for place in ("dial:+14165550199", "move:7", "cut:call-7"):
        assert routes(f"only:phone:{place}") == ()
        assert Routes(("console",), pagers=frozenset({"phone"}))(f"only:phone:{place}") == (("phone", place),)
    assert routes("only:phone:cut:+14165550199") == (("console", "cut:+14165550199"),)
