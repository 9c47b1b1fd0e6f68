"""Slash commands: what somebody types, and what they alone are shown within three seconds."""

from __future__ import annotations

from bot.domain.ticket import State
from tests.adapters.slack.office import DESK, GUEST, STRANGER, TEAM, Office
from tests.doubles.slack import Call
from tests.holding import held

ANN, BOB, VIC = TEAM["ann"], TEAM["bob"], TEAM["vic"]


def opened(desk: Office, text: str = "printer on fire --customer acme") -> Call:
    return desk.slack.command(ANN, DESK, "/ticket", f"open {text}")


def test_the_acknowledgement_of_a_command_carries_its_answer_to_the_caller_alone(desk: Office) -> None:
    call = opened(desk)
    assert call.acknowledged
    assert (call.ack or {})["response_type"] == "ephemeral"
    assert "printer on fire" in call.words
    assert desk.town.ticket(1).subject == "printer on fire"
    assert desk.changes == 1


def test_a_command_that_only_looks_is_no_change(desk: Office) -> None:
    opened(desk)
    assert "printer on fire" in desk.slack.command(BOB, DESK, "/ticket", "show 1").words
    assert desk.changes == 1


def test_the_same_command_twice_opens_one_ticket(desk: Office) -> None:
    call = opened(desk)
    assert desk.slack.again(call).acknowledged
    assert len(desk.town.tickets()) == 1


def test_text_arrives_as_it_was_typed(desk: Office) -> None:
    opened(desk, '"a < b & c > d"')
    assert desk.town.ticket(1).subject == "a < b & c > d"


def test_no_word_that_somebody_types_keeps_a_command_from_the_desk(desk: Office) -> None:
    opened(desk, "payload too large in command --customer acme")
    assert desk.town.ticket(1).subject == "payload too large in command"


def test_a_colleague_is_named_by_a_mention_and_an_address_stays_an_address(desk: Office) -> None:
    opened(desk, '"see https://status.example/a?b=1&c=2 and ops@acme.example"')
    assert desk.town.ticket(1).subject == "see https://status.example/a?b=1&c=2 and ops@acme.example"
    desk.slack.command(ANN, DESK, "/ticket", f"assign 1 <@{BOB}>")
    assert desk.town.ticket(1).owner == "bob"


def test_a_mistyped_command_is_answered_with_what_was_meant(desk: Office) -> None:
    assert "/ticket claim" in desk.slack.command(ANN, DESK, "/ticket", "clam 1").words


def test_a_long_line_that_is_refused_is_given_back(desk: Office) -> None:
    for line in ("reply 7 we looked at the printer and it is out", "opne we looked at the printer and it is out"):
        assert f"You typed: /ticket {line}" in desk.slack.command(ANN, DESK, "/ticket", line).words
    assert "You typed" not in desk.slack.command(ANN, DESK, "/ticket", "reply 7 done").words
    secret = desk.slack.command(ANN, DESK, "/ticket", "reply 7 the token is now xoxb-1234-abcd all right")
    assert "You typed" not in secret.words
    assert "You typed" not in desk.slack.command(ANN, DESK, "/desk", "link ABCD EFGH or what it was").words


def test_somebody_the_desk_does_not_know_is_told_so(desk: Office) -> None:
    assert "not known to this desk" in desk.slack.command(STRANGER, DESK, "/ticket", "open help").words
    assert not desk.town.tickets()


def test_a_guest_gets_a_sentence_and_the_desk_hears_nothing(desk: Office) -> None:
    assert "guests" in desk.slack.command(GUEST, DESK, "/ticket", "open help").words
    assert not desk.town.tickets()


def test_who_is_too_low_is_told_which_role_it_takes(desk: Office) -> None:
    assert "staff" in desk.slack.command(VIC, DESK, "/ticket", "open help").words


def test_people_of_the_desk_do_not_wait_for_slack_to_say_who_they_are(desk: Office) -> None:
    desk.slack.fails("users.info", delay=30.0, times=99)
    desk.slack.person("U0NEW", "Nel")
    desk.town.does("zoe", "/staff add Nel --role staff")
    desk.town.does("zoe", "/staff link nel slack U0NEW")
    assert desk.counter is not None
    desk.counter.roster.forget()
    opened(desk)
    call = desk.slack.command("U0NEW", DESK, "/ticket", "claim 1")
    assert "You have #1" in call.words


def test_whom_nobody_knows_while_slack_is_silent_is_asked_to_come_again(desk: Office) -> None:
    desk.slack.fails("users.info", status=500, times=99)
    assert "once more" in desk.slack.command(STRANGER, DESK, "/ticket", "open help").words


def test_under_a_slow_database_a_word_comes_in_time_and_the_answer_when_it_is_there(desk: Office) -> None:
    with held(desk.town.folder):
        call = opened(desk)
        assert call.acknowledged
        assert "One moment" in call.words
    desk.slack.until(lambda: "printer on fire" in call.words)
    assert desk.town.ticket(1).state is State.NEW


def test_a_late_answer_that_the_response_url_does_not_take_comes_as_a_message_of_its_own(desk: Office) -> None:
    desk.slack.fails("response_url", status=404, times=9)
    with held(desk.town.folder):
        opened(desk)
    desk.slack.until(lambda: any("printer on fire" in one.words for one in desk.slack.ephemerals(ANN)))


def test_an_answer_with_a_table_is_told_as_text_where_the_workspace_has_no_tables(desk: Office) -> None:
    desk.slack.knows_new_blocks(False)
    opened(desk)
    call = desk.slack.command(ANN, DESK, "/ticket", "list")
    desk.slack.until(lambda: "printer on fire" in call.words)
    assert "printer on fire" in desk.slack.command(ANN, DESK, "/ticket", "list").words


def test_a_command_without_what_it_needs_asks_for_it_in_a_modal(desk: Office) -> None:
    call = desk.slack.command(ANN, DESK, "/ticket", "open")
    assert call.ack == {}
    view = desk.slack.until(lambda: (v := desk.slack.view_of(ANN)) and v.inputs and v)
    assert view.inputs[:2] == ["Subject", "Customer"]
    assert [one.method for one in desk.slack.requests if one.method.startswith("views.")] == [
        "views.open",
        "views.update",
    ]


def test_the_slash_word_for_tickets_alone_is_a_form_for_a_new_one(desk: Office) -> None:
    desk.slack.command(ANN, DESK, "/ticket")
    view = desk.slack.until(lambda: (v := desk.slack.view_of(ANN)) and v.inputs and v)
    call = desk.slack.submit(ANN, view, {"subject": "printer on fire"})
    assert call.ack == {"response_action": "clear"}
    desk.slack.until(lambda: any("printer on fire" in one.words for one in desk.slack.ephemerals(ANN)))
    assert desk.town.ticket(1).subject == "printer on fire"


def test_who_may_not_run_a_command_is_not_asked_to_fill_in_its_form(desk: Office) -> None:
    desk.slack.command(VIC, DESK, "/ticket", "open")
    view = desk.slack.until(lambda: (v := desk.slack.view_of(VIC)) and "staff" in v.words and v)
    assert not view.inputs


def test_when_slack_opens_no_modal_the_caller_hears_of_it(desk: Office) -> None:
    desk.slack.fails("views.open", error="expired_trigger_id")
    call = desk.slack.command(ANN, DESK, "/ticket", "open")
    desk.slack.until(lambda: "did not open the form" in call.words)
