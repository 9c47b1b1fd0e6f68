"""Words in Slack: mentions in the thread, messages that come twice, direct messages, guests and bots."""

from __future__ import annotations

from tests.doubles.slack import Workspace
from tests.doubles.slack.desk import DESK, TALK, SlackDesk


def test_what_is_said_in_the_thread_is_not_said_there_again(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire --customer acme")
    card = desk.card(1)
    slack.mentions("U0BOB", DESK, "claim", thread=card.ts)
    desk.shows(1, "Held by Bob")
    slack.says("U0ANN", DESK, "The toner is < 3 % & leaking", thread=card.ts)
    slack.until(lambda: "noted" in desk.process.history(1))
    slack.mentions("U0BOB", DESK, "wait 2d", thread=card.ts)
    desk.shows(1, "waiting")

    mine = [one for one in slack.replies(DESK, card.ts) if one.get("user") == slack.bot_user]
    assert not any(said in one.words for one in mine for said in ("claimed", "leaking"))


def test_a_message_heard_twice_counts_once(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire --customer acme")
    card = desk.card(1)
    slack.says("U0ANN", DESK, "Only once", thread=card.ts)
    slack.until(lambda: "noted" in desk.process.history(1))
    for event in slack.events[-2:]:
        slack.repeats(event)
    slack.mentions("U0ANN", DESK, "claim", thread=card.ts)
    desk.shows(1, "Held by Ann")

    assert desk.process.history(1).count("noted") == 1


def test_a_slip_is_met_with_what_was_meant(slack: Workspace, desk: SlackDesk) -> None:
    assert "/ticket list" in slack.command("U0ANN", DESK, "/ticket", "lsit").words


def test_a_direct_message_is_a_conversation_with_the_desk(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    desk.card(1)
    slack.says("U0BOB", "dm", "claim 1")

    desk.shows(1, "Held by Bob")
    assert any("You have #1" in one.words for one in slack.direct("U0BOB"))


def test_guests_and_bots_get_nothing(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    card = desk.card(1)
    answer = slack.command("U0GUS", TALK, "/ticket", "list")
    slack.bot_says(DESK, f"<@{slack.bot_user}> claim", thread=card.ts)
    slack.command("U0ANN", DESK, "/ticket", "claim 1")
    desk.shows(1, "Held by Ann")

    assert "printer" not in answer.words
    assert desk.process.history(1) == ["opened", "claimed"]
