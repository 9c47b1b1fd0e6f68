"""Buttons and forms of Slack's own kind: menus that search, double clicks, cards of long ago."""

from __future__ import annotations

from tests.doubles.slack import Workspace
from tests.doubles.slack.desk import DESK, SlackDesk


def test_a_form_searches_its_customer_and_shows_signs_as_they_were_typed(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open")
    form = desk.form("U0ANN")
    assert [one["text"]["text"] for one in slack.choose("U0ANN", form, "customer", "ac")] == ["ACME Ltd · acme"]
    slack.submit("U0ANN", form, {"Subject": "Printer <b>on fire</b> & burning", "Customer": "ACME"})
    card = desk.shows(1, "Printer <b>on fire</b> & burning", "ACME Ltd", "Nobody has claimed it", "Claim")

    slack.press("U0BOB", card, "Reply")
    assert "it@acme.example" in desk.form("U0BOB").words


def test_a_double_click_counts_once(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    card = desk.card(1)
    first, second = slack.presses("U0BOB", card, "Claim"), slack.presses("U0BOB", card, "Claim")

    assert first().acknowledged
    assert second().acknowledged
    desk.whispers("U0BOB", "You have #1")  # Whichever of them was the first to be heard.
    desk.shows(1, "Held by Bob")
    assert desk.process.history(1).count("claimed") == 1


def test_a_card_from_last_year_still_works(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    old = desk.card(1)
    slack.press("U0BOB", old, "Claim")
    desk.shows(1, "Held by Bob")
    desk.passes(days=300)
    slack.deletes("U0ANN", DESK, old.ts)

    slack.press("U0ANN", old, "Note…")
    slack.submit("U0ANN", desk.form("U0ANN"), {"text": "Still here?"})
    slack.until(lambda: "noted" in desk.process.history(1))
