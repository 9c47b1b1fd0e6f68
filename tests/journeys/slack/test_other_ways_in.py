"""Every other way in: shortcuts, emoji, the page of one's own."""

from __future__ import annotations

from tests.doubles.slack import Workspace
from tests.doubles.slack.desk import DESK, TALK, SlackDesk


def test_a_ticket_is_opened_from_a_message(slack: Workspace, desk: SlackDesk) -> None:
    ts = slack.says("U0VIC", TALK, "My screen is <black> & cold", files=(("log.txt", b"hello"),))
    assert slack.message_shortcut("U0ANN", TALK, ts, "open_ticket").acknowledged
    form = desk.form("U0ANN")
    slack.submit("U0ANN", form, {"Customer": "Cobalt"})
    desk.shows(1, "My screen is <black> & cold", "Cobalt")

    told = slack.command("U0ANN", DESK, "/ticket", "history 1").words
    assert "log.txt" in told
    assert ts.replace(".", "") in told, "The message is linked."


def test_a_ticket_is_opened_from_anywhere(slack: Workspace, desk: SlackDesk) -> None:
    slack.global_shortcut("U0ANN", "new_ticket")
    slack.submit("U0ANN", desk.form("U0ANN"), {"Subject": "No coffee"})

    desk.shows(1, "No coffee")


def test_emoji_open_claim_hurry_and_close(slack: Workspace, desk: SlackDesk) -> None:
    ts = slack.says("U0VIC", TALK, "The coffee machine is dead")
    slack.reacts("U0ANN", "ticket", TALK, ts)
    desk.shows(1, "The coffee machine is dead")
    slack.reacts("U0VIC", "eyes", TALK, ts)
    slack.reacts("U0BOB", "eyes", TALK, ts)
    desk.shows(1, "Held by Bob")
    slack.reacts("U0BOB", "rotating_light", TALK, ts)
    desk.shows(1, "urgent")
    slack.reacts("U0BOB", "white_check_mark", TALK, ts)
    desk.shows(1, "Closed: solved")

    slack.until(lambda: _by_the_desk(slack, ts) >= {"white_check_mark"})


def _by_the_desk(slack: Workspace, ts: str) -> set[str]:
    reactions = slack.message(TALK, ts).get("reactions", ())
    return {one["name"] for one in reactions if slack.bot_user in one["users"]}


def test_the_page_shows_ones_work_and_changes_with_it(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire --customer acme")
    desk.card(1)
    slack.opens_home("U0ANN")
    page = desk.home("U0ANN", "printer on fire")
    slack.press("U0ANN", page, "Claim")

    desk.shows(1, "Held by Ann")
    slack.until(lambda: "Nothing is yours" not in _page(slack, "U0ANN"))


def _page(slack: Workspace, user: str) -> str:
    view = slack.home_of(user)
    return "" if view is None else view.words


def test_a_guest_has_no_page(slack: Workspace, desk: SlackDesk) -> None:
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire")
    desk.card(1)
    slack.opens_home("U0GUS")
    slack.opens_home("U0ANN")
    desk.home("U0ANN", "printer on fire")

    assert "printer" not in _page(slack, "U0GUS")
