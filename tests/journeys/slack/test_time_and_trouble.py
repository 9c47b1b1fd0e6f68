"""Trouble of Slack's own kind: events that come again, lost answers, goodbyes, limits, signed HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doubles.slack import Workspace
from tests.doubles.slack.desk import ALERTS, DESK, SlackDesk


def test_an_alert_calls_the_team(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire --customer acme")
    desk.card(1)
    desk.passes(hours=3, minutes=20)

    assert "<!subteam^S0SUP>" in desk.says_in(ALERTS, "✖ #1").text


def test_what_was_said_while_the_desk_was_killed_is_heard_when_it_is_back(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire --customer acme")
    card = desk.card(1)
    desk.process.killed()
    slack.says("U0ANN", DESK, "Said while it was away", thread=card.ts)
    desk.process.starts()

    slack.until(lambda: "noted" in desk.process.history(1), 30)


def test_a_desk_killed_while_it_posts_posts_once(slack: Workspace, desk: SlackDesk) -> None:
    slack.fails("chat.postMessage", lost_after=True)
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    slack.until(lambda: slack.messages(DESK))
    desk.process.killed()
    desk.process.starts()
    desk.passes(minutes=10)
    slack.command("U0ANN", DESK, "/ticket", "claim 1")

    desk.shows(1, "Held by Ann")
    assert len(slack.messages(DESK)) == 1


def test_slack_that_says_goodbye_is_met_again_at_once(slack: Workspace, desk: SlackDesk) -> None:
    for reason in ("warning", "refresh_requested"):
        _is_met_again(slack, reason)
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")

    desk.card(1)


def _is_met_again(slack: Workspace, reason: str) -> None:
    """At a warning the old connection stays until the new one is there; the others end at once."""
    opened = slack.hellos
    slack.parts(reason, close=reason != "warning")
    slack.until(lambda: slack.hellos > opened and slack.sockets == 1, 30)


def test_answers_that_are_lost_make_no_second_message(slack: Workspace, desk: SlackDesk) -> None:
    slack.fails("chat.postMessage", lost_after=True)
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    slack.command("U0BOB", DESK, "/ticket", "claim 1")

    desk.shows(1, "Held by Bob")
    assert len(slack.messages(DESK)) == 1


def test_a_busy_slack_is_given_its_time(slack: Workspace, desk: SlackDesk) -> None:
    slack.one_a_second()
    slack.fails("chat.postMessage", rate_limit=2)
    for number in range(3):
        slack.command("U0ANN", DESK, "/ticket", f"open printer {number} on fire")

    for number in (1, 2, 3):
        desk.shows(number)


def test_many_who_speak_at_once_are_all_answered_in_time(slack: Workspace, desk: SlackDesk) -> None:
    waiting = [slack.commands("U0ANN", DESK, "/ticket", f"open printer {number} on fire") for number in range(50)]
    calls = [one() for one in waiting]

    assert all(one.acknowledged for one in calls)


def test_a_workspace_without_tables_gets_words(slack: Workspace, desk: SlackDesk) -> None:
    slack.knows_new_blocks(False)
    desk.answers(slack.command("U0ANN", DESK, "/policy"), "Support policy")
    again = slack.command("U0ANN", DESK, "/policy")

    assert "US$250 a year" in again.words
    assert {block["type"] for one in again.answers for block in one["blocks"]} == {"rich_text"}


@pytest.fixture
def desk_by_http(slack: Workspace, tmp_path: Path, town: Path) -> SlackDesk:
    return SlackDesk.alone(slack, tmp_path, http=True, town=town)


def test_the_same_by_signed_http(slack: Workspace, desk_by_http: SlackDesk) -> None:
    with desk_by_http as desk:
        slack.command("U0ANN", DESK, "/ticket", "open printer on fire --customer acme")
        card = desk.card(1)
        slack.press("U0BOB", card, "Claim")
        desk.shows(1, "Held by Bob")
        slack.mentions("U0BOB", DESK, "wait 2d", thread=card.ts)
        desk.shows(1, "waiting")
        slack.says("U0ANN", DESK, "Noted", thread=card.ts)
        slack.until(lambda: "noted" in desk.process.history(1))
        for event in slack.events:
            slack.repeats(event)
        slack.command("U0ANN", DESK, "/ticket", "priority 1 high")
        desk.shows(1, "high")

        assert desk.process.history(1).count("noted") == 1
        assert slack.undelivered == []
    desk_by_http.process.is_on_record()


def test_a_forged_request_is_turned_away(slack: Workspace, desk_by_http: SlackDesk) -> None:
    with desk_by_http as desk:
        slack.state.signing_secret = slack.signing_secret[::-1]
        call = slack.command("U0ANN", DESK, "/ticket", "open printer on fire")

        assert call.status == 401
        assert desk.process.history(1) == []
