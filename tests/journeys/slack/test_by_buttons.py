"""A ticket's life by buttons: opened in a form, claimed, answered, waiting, closed and opened again."""

from __future__ import annotations

from threading import Thread

from tests.doubles.slack import Call, Workspace
from tests.doubles.slack.desk import DESK, SlackDesk


def test_a_ticket_lives_by_buttons(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open")
    form = desk.form("U0ANN")
    assert [one["text"]["text"] for one in slack.choose("U0ANN", form, "customer", "ac")] == ["ACME Ltd · acme"]
    slack.submit("U0ANN", form, {"Subject": "Printer <b>on fire</b> & burning", "Customer": "ACME"})
    card = desk.shows(1, "Printer <b>on fire</b> & burning", "ACME Ltd", "Nobody has claimed it", "Claim")

    desk.answers(slack.press("U0BOB", card, "Claim"), "You have #1")
    card = desk.shows(1, "Held by Bob", "Release")

    slack.press("U0BOB", card, "Reply")
    form = desk.form("U0BOB")
    assert "it@acme.example" in form.words
    slack.submit("U0BOB", form, {"Text": "We are on our way."})
    assert "We are on our way." in desk.hears(1, "Letter to it@acme.example").words

    slack.press("U0BOB", card, "Wait…")
    slack.submit("U0BOB", desk.form("U0BOB"), {"Until": "2d"})
    card = desk.shows(1, "waiting", "Resume")
    slack.press("U0BOB", card, "Resume")
    card = desk.shows(1, "Wait…")

    slack.press("U0BOB", card, "Close…")
    slack.submit("U0BOB", desk.form("U0BOB"), {"Resolution": "solved", "Text": "New toner."})
    card = desk.shows(1, "Closed: solved", "Reopen", "Transcript")
    assert "Claim" not in card.buttons

    desk.answers(slack.press("U0ANN", card, "Transcript"), "We are on our way.")
    slack.press("U0ANN", card, "Reopen")
    desk.shows(1, "open", "Close…")
    assert len([one for one in slack.messages(DESK) if one.buttons]) == 1


def test_a_second_claim_is_told_who_has_it(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    card = desk.card(1)
    slack.press("U0BOB", card, "Claim")
    desk.shows(1, "Held by Bob")

    desk.answers(slack.press("U0ANN", card, "Claim"), "Bob took #1")
    desk.passes(hours=2)
    desk.answers(slack.press("U0LEA", card, "Claim"), "Bob has had #1 since")
    desk.shows(1, "Held by Bob")


def test_of_two_who_claim_at_once_one_has_it(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    card = desk.card(1)
    calls: dict[str, Call] = {}

    def claims(user: str) -> None:
        calls[user] = slack.press(user, card, "Claim")

    people = [Thread(target=claims, args=(user,)) for user in ("U0ANN", "U0BOB", "U0LEA")]
    for one in people:
        one.start()
    for one in people:
        one.join()

    slack.until(lambda: all(one.answers for one in calls.values()))
    told = [one.words for one in calls.values()]
    assert sum("You have #1" in one for one in told) == 1
    assert sum("took #1 just now" in one for one in told) == 2
    assert desk.process.history(1).count("claimed") == 1


def test_a_double_click_counts_once(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    card = desk.card(1)
    first, second = slack.presses("U0BOB", card, "Claim"), slack.presses("U0BOB", card, "Claim")

    assert first().acknowledged
    assert second().acknowledged
    desk.whispers("U0BOB", "You have #1")  # Whichever of them was the first to be heard.
    desk.shows(1, "Held by Bob")
    assert desk.process.history(1).count("claimed") == 1


def test_a_form_shows_what_is_wrong_and_keeps_what_was_typed(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    slack.press("U0ANN", desk.card(1), "Wait…")
    form = desk.form("U0ANN")
    call = slack.submit("U0ANN", form, {"Until": "half past never"})

    assert list(call.errors) == ["until"]
    assert slack.view_of("U0ANN") is not None
    assert not slack.submit("U0ANN", form, {"Until": "2d"}).errors
    desk.shows(1, "waiting")


def test_a_card_from_last_year_still_works(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    old = desk.card(1)
    slack.press("U0BOB", old, "Claim")
    desk.shows(1, "Held by Bob")
    desk.passes(days=300)
    slack.deletes("U0ANN", DESK, old.ts)

    slack.press("U0ANN", old, "Note…")
    slack.submit("U0ANN", desk.form("U0ANN"), {"Text": "Still here?"})
    slack.until(lambda: "noted" in desk.process.history(1))
