"""Forms as modals: every kind of field, nothing that was typed is lost, and Slack takes every form of the catalogue."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.drawing import limits
from adapters.slack.drawing.errand import Errand
from adapters.slack.drawing.fields import Option, field_blocks
from adapters.slack.drawing.modals import answer_view, field_errors, form_view, loading_view, options_answer, typed
from bot.cards import Card, Strong
from commands.catalogue import build
from commands.desk import Form
from commands.spec import Command, Param, Takes
from tests.adapters.any_card import BIG, TRICKS, cards, texts
from tests.adapters.slack.cards import NAMES, read, refused_view

CATALOGUE = build()
LONG = "\n".join(f"Line {number}: the mail server has been down since this morning." for number in range(200))


def _form(words: str, known: dict[str, Any], *asks: str, foreword: tuple[str, ...] = ()) -> Form:
    command = CATALOGUE[words]
    return Form(command, known, tuple(param for name in asks if (param := command.param(name))), foreword)


def _filled(view: dict[str, Any], **values: str) -> dict[str, Any]:
    """The view as Slack submits it: what stood in the fields, and what was typed or chosen over it."""
    state: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        shown = values.get(block["block_id"])
        option = {"value": shown} if shown else element.get("initial_option")
        options = element.get("initial_options", [])
        told = {
            "plain_text_input": {"value": shown or element.get("initial_value")},
            "number_input": {"value": shown or element.get("initial_value")},
            "checkboxes": {"selected_options": [{"value": shown}] if shown else options},
        }.get(element["type"], {"selected_option": option})
        state[block["block_id"]] = {element["action_id"]: {"type": element["type"], **told}}
    return {**view, "state": {"values": state}}


def test_a_form_says_who_will_read_the_words_before_it_asks_for_them() -> None:
    form = _form("ticket reply", {"ticket": 42}, "text", foreword=("To it@acme.example · ACME Ltd · Level III",))
    view = form_view(form, Errand("ticket reply"), {}, NAMES)
    assert read(view["blocks"][:1]) == "To it@acme.example · ACME Ltd · Level III"
    assert view["submit"]["text"] == "Reply #42"
    assert Errand.unpacked(view["private_metadata"]) == Errand("ticket reply", {"ticket": "42"})
    assert typed(_filled(view, text="On our way.")) == {"text": "On our way."}


@pytest.mark.parametrize("command", CATALOGUE.values(), ids=list(CATALOGUE))
def test_slack_takes_the_form_of_every_command(command: Command) -> None:
    options = {param.name: ("one", "two") for param in command.params if param.takes in (Takes.CATEGORY, Takes.LEVEL)}
    view = form_view(Form(command, {}, command.params), Errand(command.words), options, NAMES)
    _accepted(view)
    assert [block["block_id"] for block in view["blocks"] if block["type"] == "input"] == [
        p.name for p in command.params
    ]
    assert len(view["title"]["text"]) <= limits.TITLE


@given(st.sampled_from(sorted(CATALOGUE)), st.data())
def test_whatever_was_known_comes_back_when_the_form_is_sent_as_it_stands(words: str, data: st.DataObject) -> None:
    command = CATALOGUE[words]
    free = [param for param in command.params if param.takes in (Takes.TEXT, Takes.WORD, Takes.WORDS, Takes.CUSTOMER)]
    known = {param.name: data.draw(texts, label=param.name) for param in free}
    asked = tuple(param for param in free if data.draw(st.booleans(), label=f"asks {param.name}"))
    view = form_view(Form(command, known, asked), Errand(words), {}, NAMES)
    _accepted(view)
    errand = Errand.unpacked(view["private_metadata"])
    assert errand is not None
    back = {**errand.known, **typed(_filled(view))}
    for name, value in known.items():
        assert _words(back.get(name, "")) == _words(value)


def test_a_text_too_long_for_a_field_stands_in_several() -> None:
    view = form_view(_form("ticket reply", {"ticket": 42, "text": LONG}, "text"), Errand("ticket reply"), {}, NAMES)
    assert len(view["blocks"]) > 3
    assert typed(_filled(view)) == {"text": LONG}
    _accepted(view)


def test_a_text_too_long_to_travel_unseen_is_shown() -> None:
    form = _form("ticket open", {"text": LONG, "subject": "mail", "priority": "high"}, "customer")
    view = form_view(form, Errand("ticket open", channel="C0DESK"), {}, NAMES)
    assert Errand.unpacked(view["private_metadata"]) == Errand(
        "ticket open", {"subject": "mail", "priority": "high"}, channel="C0DESK"
    )
    assert typed(_filled(view, customer="acme")) == {"customer": "acme", "text": LONG}


def test_fields_are_what_slack_has_for_each_kind() -> None:
    fields = {takes: field_blocks(Param("one", takes, "What", True, {"a": 1}), "", ())[0] for takes in Takes}
    kinds = {takes: block["element"]["type"] for takes, block in fields.items()}
    assert kinds[Takes.CUSTOMER] == kinds[Takes.TICKET] == kinds[Takes.STAFF] == "external_select"
    assert kinds[Takes.CHOICE] == "static_select"
    assert kinds[Takes.NUMBER] == "number_input"
    assert kinds[Takes.FLAG] == "checkboxes"
    assert kinds[Takes.MOMENT] == kinds[Takes.DAY] == kinds[Takes.WORD] == "plain_text_input"
    assert fields[Takes.TEXT]["element"]["multiline"] is True
    assert fields[Takes.CUSTOMER]["element"]["min_query_length"] == 0
    assert "2d" in fields[Takes.MOMENT]["element"]["placeholder"]["text"]
    assert [fields[takes]["optional"] for takes in (Takes.TEXT, Takes.FLAG)] == [False, True]


def test_a_list_too_long_for_a_menu_is_searched() -> None:
    param = Param("category", Takes.CATEGORY, "What kind", False)
    many = [Option(f"kind-{number}") for number in range(150)]
    assert field_blocks(param, "", many)[0]["element"]["type"] == "external_select"
    assert field_blocks(param, "", many[:90])[0]["element"]["type"] == "static_select"
    assert field_blocks(param, "", [])[0]["element"]["type"] == "plain_text_input"


def test_what_is_known_is_chosen_already_even_if_the_list_does_not_have_it() -> None:
    param = Param("level", Takes.LEVEL, "Which level", False)
    chosen = field_blocks(param, "iii", [Option("II", "Level II"), Option("III", "Level III")])[0]["element"]
    assert chosen["initial_option"]["value"] == "III"
    stray = field_blocks(param, "IX", [Option("II")])[0]["element"]
    assert stray["initial_option"] in stray["options"]


def test_an_errand_survives_its_journey_and_a_strange_one_is_none() -> None:
    errand = Errand("ticket open", {"subject": "x"}, ("customer",), "C1", "17.1", "17.2", "https://hooks.example/1")
    assert Errand.unpacked(errand.packed()) == errand
    for strange in (
        "",
        "[]",
        "{}",
        "x",
        '{"words":1}',
        '{"words":"a","known":[]}',
        '{"words":"a","asks":1}',
        "[" * 3000,
    ):
        assert Errand.unpacked(strange) is None


def test_refusals_stand_at_their_fields_and_others_at_the_first() -> None:
    view = form_view(_form("ticket open", {}, "subject", "customer"), Errand("ticket open"), {}, NAMES)
    assert field_errors(view, {"customer": "There is no <customer>."}) == {"customer": "There is no <customer>."}
    assert field_errors(view, {"level": "No."}) == {"subject": "No."}
    assert len(field_errors(view, {"subject": "x" * 9_000})["subject"]) <= limits.ERROR_TEXT
    assert field_errors(loading_view(), {"subject": "No."}) == {}


@pytest.mark.parametrize(
    "state", [None, [], {}, {"values": None}, {"values": {"a": None, "b": {"b": 7}, "c": {"c": {}}}}]
)
def test_a_garbled_state_is_nothing_typed(state: Any) -> None:
    assert typed({"state": state}) == {}


@BIG
@given(cards)
def test_slack_takes_any_answer_as_a_view(card: Card) -> None:
    view = answer_view(card, NAMES)
    _accepted(view)
    assert not {block["type"] for block in view["blocks"]} & {"table", "data_table", "data_visualization"}


def test_a_view_that_waits_says_so() -> None:
    _accepted(loading_view("/ticket open and a title that is far too long"))
    assert read(loading_view()["blocks"]) == "One moment…"


def test_options_are_cut_to_what_slack_takes() -> None:
    options = options_answer([Option(f"c{n}", "x" * 90, TRICKS[0]) for n in range(130)] + [Option("y" * 151)])[
        "options"
    ]
    assert len(options) == limits.OPTIONS
    assert options[0] == {
        "text": {"type": "plain_text", "text": "x" * 74 + "…", "emoji": False},
        "value": "c0",
        "description": {"type": "plain_text", "text": "<!channel>", "emoji": False},
    }


def test_a_foreword_is_dressed_as_a_card_is() -> None:
    form = Form(CATALOGUE["ticket close"], {"ticket": 42}, (), ("To ", Strong("<@U0ANN>")))
    assert read(form_view(form, Errand("ticket close"), {}, NAMES)["blocks"]) == "To <@U0ANN>"


def _accepted(view: dict[str, Any]) -> None:
    json.dumps(view).encode()
    assert refused_view(view) == []


def _words(text: str) -> list[str]:
    """What was written, however its lines are broken and without what is not seen."""
    return "".join(char for char in text if char.isalnum()).split()
