"""Forms that are sent: what is wrong is said at its field, and nothing that was typed is lost."""

from __future__ import annotations

from tests.adapters.slack.office import DESK, TEAM, Office
from tests.doubles.slack import View
from tests.holding import held

ANN, VIC = TEAM["ann"], TEAM["vic"]


def form(desk: Office, word: str, text: str, user: str = ANN) -> View:
    desk.slack.command(user, DESK, word, text)
    found: View = desk.slack.until(lambda: (v := desk.slack.view_of(user)) and v.inputs and v)
    return found


def ticket(desk: Office) -> None:
    desk.town.does("ann", "/ticket open printer on fire --customer acme")
    desk.town.does("ann", "/ticket claim 1")


def test_what_is_wrong_with_a_field_is_said_at_that_field_and_the_form_stays(desk: Office) -> None:
    ticket(desk)
    view = form(desk, "/ticket", "snooze 1")
    until = next(block["block_id"] for block in view["blocks"] if block["block_id"].startswith("until"))
    call = desk.slack.submit(ANN, view, {"until": "31 Feb"})
    assert list(call.errors) == [until]
    assert "31 Feb" in call.errors[until]
    assert desk.slack.submit(ANN, view, {"until": "2d"}).ack == {"response_action": "clear"}


def test_what_is_wrong_with_no_field_is_said_at_the_last_one(desk: Office) -> None:
    ticket(desk)
    view = form(desk, "/ticket", "reply 1")
    desk.town.does("ann", "/ticket close 1 solved")
    call = desk.slack.submit(ANN, view, {"text": "On our way."})
    assert "closed" in "".join(call.errors.values())


def test_an_empty_text_is_refused_at_its_field(desk: Office) -> None:
    ticket(desk)
    view = form(desk, "/ticket", "reply 1")
    assert list(desk.slack.submit(ANN, view, {"text": "   "}).errors) == ["text"]


def test_a_form_is_one_deed_however_often_it_arrives(desk: Office) -> None:
    view = form(desk, "/ticket", "open")
    call = desk.slack.submit(ANN, view, {"subject": "printer on fire"})
    desk.slack.again(call)
    assert len(desk.town.tickets()) == 1


def test_the_answer_of_a_form_is_for_who_sent_it_where_the_command_was_typed(desk: Office) -> None:
    call = desk.slack.submit(ANN, form(desk, "/ticket", "open"), {"subject": "printer on fire"})
    assert call.ack == {"response_action": "clear"}
    desk.slack.until(lambda: any("printer on fire" in one.words for one in desk.slack.ephemerals(ANN)))


def test_a_ticket_of_a_form_comes_from_where_the_form_was_asked_for(desk: Office) -> None:
    assert desk.counter is not None
    desk.counter._called = lambda channel: f"#called-{channel}"
    desk.slack.submit(ANN, form(desk, "/ticket", "open"), {"subject": "printer on fire"})
    assert desk.town.ticket(1).source == f"#called-{DESK}"


def test_a_form_of_a_command_that_is_gone_says_so(desk: Office) -> None:
    view = form(desk, "/ticket", "open")
    desk.slack.state.views[view.id]["private_metadata"] = '{"words":"ticket frobnicate"}'
    call = desk.slack.submit(ANN, view, {"subject": "printer on fire"})
    assert (call.ack or {})["response_action"] == "update"
    found = desk.slack.view_of(ANN)
    assert found is not None
    assert "does nothing any more" in found.words


def test_under_a_slow_database_the_form_says_that_it_works_and_then_what_came_of_it(desk: Office) -> None:
    view = form(desk, "/ticket", "open")
    with held(desk.town.folder):
        call = desk.slack.submit(ANN, view, {"subject": "printer on fire"})
        assert (call.ack or {})["response_action"] == "update"
    desk.slack.until(lambda: (v := desk.slack.view_of(ANN)) and "printer on fire" in v.words)


def test_a_form_that_is_refused_late_comes_back_with_all_that_was_typed(desk: Office) -> None:
    ticket(desk)
    view = form(desk, "/ticket", "snooze 1")
    with held(desk.town.folder):
        desk.slack.submit(ANN, view, {"until": "31 Feb"})
    again = desk.slack.until(lambda: (v := desk.slack.view_of(ANN)) and v.inputs and v)
    assert "31 Feb does not exist" in again.words
    field = next(block for block in again["blocks"] if block.get("block_id") == "until")
    assert field["element"]["initial_value"] == "31 Feb"
    assert desk.slack.submit(ANN, again, {"until": "2d"}).acknowledged


def test_customers_are_found_as_one_types(desk: Office) -> None:
    view = form(desk, "/ticket", "open")
    assert [one["value"] for one in desk.slack.choose(ANN, view, "customer", "ac")] == ["acme"]
    assert len(desk.slack.choose(ANN, view, "customer", "")) == 3


def test_who_may_not_look_finds_nothing(desk: Office) -> None:
    view = form(desk, "/ticket", "open")
    desk.slack.person("U0MAX", "Max")
    assert desk.slack.choose("U0MAX", view, "customer", "ac") == []
