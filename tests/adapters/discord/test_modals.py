"""Forms as modals: a field of the right kind for everything, nothing that was typed is lost, and Discord takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.drawing import limits
from adapters.discord.drawing.again import AGAIN, refused_form, typed_before
from adapters.discord.drawing.buttons import choice_of
from adapters.discord.drawing.fields import fields_of
from adapters.discord.drawing.modals import asked_in, errand_of, form_modal, typed
from bot.cards import Choice, Line, Strong
from bot.domain.errors import Refusal
from bot.views.plain import plain
from commands.catalogue import build
from commands.completion import Completion
from commands.desk import Form, refused
from commands.spec import Command, Param, Takes
from tests.adapters.any_card import BIG, texts
from tests.adapters.discord import drawn
from tests.adapters.discord.drawn import NAMES, components, refused_modal

CATALOGUE = build()
LONG = "\n".join(f"Line {number}: the mail server has been down since this morning." for number in range(150))
NO = refused(Refusal("There is no such level.", "There are: I, II, III.")).card


def _form(words: str, known: Mapping[str, Any], *asks: str, foreword: Line = ()) -> Form:
    command = CATALOGUE[words]
    return Form(command, known, tuple(param for name in asks if (param := command.param(name))), foreword)


def _filled(modal: dict[str, Any], **values: str) -> list[dict[str, Any]]:
    """The components as Discord sends them: what stood in the fields, and what was typed or chosen over it."""
    sent = []
    for label in modal["components"]:
        if label["type"] != 18:
            sent.append({"type": label["type"], "id": 1})
            continue
        control = label["component"]
        shown = values.get(control["custom_id"])
        chosen = [one["value"] for one in control.get("options", ()) if one.get("default")]
        told: dict[str, Any] = {"value": shown or control.get("value", "")}
        if control["type"] == 3:
            told = {"values": [shown] if shown else chosen}
        sent.append({"type": 18, "component": {"type": control["type"], "custom_id": control["custom_id"], **told}})
    return sent


def test_a_form_says_who_will_read_the_words_before_it_asks_for_them() -> None:
    foreword = ("To it@acme.example · ", Strong("ACME Ltd"), " · *Level III*")
    modal = form_modal(_form("ticket reply", {"ticket": 42}, "text", foreword=foreword), {}, NAMES)
    assert modal["title"] == "Reply #42"
    said, field = modal["components"]
    assert said == {"type": 10, "content": r"To it@acme.example · **ACME Ltd** · \*Level III\*"}
    assert field["label"] == "Reply"
    assert field["component"] == {"type": 4, "custom_id": "text", "style": 2, "required": True}
    assert errand_of(modal["custom_id"]) == Choice("", "ticket reply", {"ticket": "42"})
    assert typed(_filled(modal, text="On our way.")) == {"text": "On our way."}


def test_a_modal_of_last_year_is_read_as_it_was_written_then() -> None:
    modal = form_modal(_form("ticket reply", {"ticket": 42}, "text"), {}, NAMES)
    assert modal["custom_id"] == 'ask:["ticket reply",{"ticket":"42"}]'


@pytest.mark.parametrize("command", CATALOGUE.values(), ids=list(CATALOGUE))
def test_discord_takes_the_form_of_every_command(command: Command) -> None:
    listed = [Completion("one", "One", "The first"), Completion("two", "Two")]
    options = {param.name: listed for param in command.params if param.takes in (Takes.CATEGORY, Takes.LEVEL)}
    modal = form_modal(Form(command, {}, command.params), options, NAMES)
    assert refused_modal(modal) == []
    wanted = sorted(command.params, key=lambda param: not param.required)[: limits.MODAL_COMPONENTS]
    shown = asked_in(_filled(modal))
    assert shown == tuple(param.name for param in wanted)


@BIG
@given(st.sampled_from(sorted(CATALOGUE)), st.data())
def test_whatever_was_known_comes_back_when_the_form_is_sent_as_it_stands(words: str, data: st.DataObject) -> None:
    command = CATALOGUE[words]
    free = [param for param in command.params if param.takes in (Takes.TEXT, Takes.WORD, Takes.WORDS, Takes.CUSTOMER)]
    known = {param.name: data.draw(texts, label=param.name) for param in free}
    asked = tuple(param for param in free if data.draw(st.booleans(), label=f"asks {param.name}"))
    try:
        modal = form_modal(Form(command, known, asked), {}, NAMES)
    except Refusal:
        assert sum(max(-(-len(one) // limits.INPUT_TEXT), 1) for one in known.values()) > limits.MODAL_COMPONENTS
        return
    assert refused_modal(modal) == []
    errand = errand_of(modal["custom_id"])
    assert errand is not None
    assert errand.command == words
    back = {**errand.values, **typed(_filled(modal))}
    for name, value in known.items():
        assert _letters(str(back.get(name, ""))) == _letters(value)


def test_a_text_too_long_for_a_field_stands_in_several() -> None:
    modal = form_modal(_form("ticket reply", {"ticket": 42, "text": LONG}, "text"), {}, NAMES)
    assert [one["label"] for one in modal["components"]] == ["Reply", "Reply, part 2", "Reply, part 3"]
    assert typed(_filled(modal)) == {"text": LONG}
    assert refused_modal(modal) == []


def test_a_text_too_long_to_travel_unseen_is_shown() -> None:
    form = _form("ticket open", {"text": LONG, "subject": "mail", "priority": "high"}, "customer")
    modal = form_modal(form, {}, NAMES)
    assert errand_of(modal["custom_id"]) == Choice("", "ticket open", {"subject": "mail", "priority": "high"})
    assert typed(_filled(modal, customer="acme")) == {"customer": "acme", "text": LONG}


def test_what_no_form_can_hold_is_refused_in_words() -> None:
    with pytest.raises(Refusal, match="more to say than a form") as caught:
        form_modal(_form("ticket reply", {"ticket": 42, "text": LONG * 3}, "text"), {}, NAMES)
    assert caught.value.hint == "It is typed: /ticket reply TICKET TEXT [--wait] [--reason TEXT]"


def test_a_foreword_without_room_stands_below_the_first_label() -> None:
    command = CATALOGUE["ticket open"]
    modal = form_modal(Form(command, {}, command.params[:5], ("To ", Strong("them"), "all")), {}, NAMES)
    assert len(modal["components"]) == 5
    assert modal["components"][0]["description"] == "To themall"
    assert refused_modal(modal) == []


def test_fields_are_what_discord_has_for_each_kind() -> None:
    fields = {takes: fields_of(Param("one", takes, "What", True, {}), "", ())[0] for takes in Takes}
    kinds = {takes: (one["component"]["type"], one["component"].get("style")) for takes, one in fields.items()}
    assert kinds[Takes.FLAG] == (3, None)
    assert kinds[Takes.TEXT] == (4, 2)
    assert {kinds[takes] for takes in Takes if takes not in (Takes.FLAG, Takes.TEXT)} == {(4, 1)}
    assert "2d" in fields[Takes.MOMENT]["component"]["placeholder"]
    assert [one["label"] for one in fields[Takes.FLAG]["component"]["options"]] == ["Yes", "No"]
    choice = fields_of(Param("one", Takes.CHOICE, "What", False, {"a": 1, "b": 2}), "B", ())[0]["component"]
    assert choice["options"] == [{"label": "a", "value": "a"}, {"label": "b", "value": "b", "default": True}]
    assert (choice["required"], choice["min_values"]) == (False, 0)


def test_few_records_are_chosen_from_and_many_are_named() -> None:
    param = Param("customer", Takes.CUSTOMER, "Whose", False)
    many = [Completion(f"c{number}", f"Customer {number}", "x" * 200) for number in range(26)]
    assert fields_of(param, "", many[:25])[0]["component"]["type"] == 3
    assert fields_of(param, "", many)[0]["component"]["type"] == 4
    assert fields_of(param, "stray", many[:25])[0]["component"] == {
        "type": 4, "custom_id": "customer", "style": 1, "required": False, "value": "stray",
        "placeholder": "The beginning of a name, or a mail address",
    }  # fmt: skip
    chosen = fields_of(param, "stray", many[:9])[0]["component"]["options"][0]
    assert chosen == {"label": "stray", "value": "stray", "default": True}


@pytest.mark.parametrize(
    "sent",
    [None, {}, [None, 1, {}], [{"component": None}], [{"type": 18, "component": {"custom_id": "a", "value": 7}}]],
)
def test_a_garbled_form_is_nothing_typed(sent: Any) -> None:
    assert typed(sent) == {}


@pytest.mark.parametrize(
    "id", ["", "ask:", "ask:[]", 'do:["ticket open",{}]', 'ask:["ticket open",[]]', "ask:" + "[" * 96]
)
def test_a_strange_modal_is_none_of_ours(id: str) -> None:
    assert errand_of(id) is None


# --- forms that were refused ---------------------------------------------------------------------------------------


def _again(values: Mapping[str, Any], words: str, asked: Sequence[str]) -> tuple[dict[str, str], Any]:
    """What the button and the message give back, and the answer."""
    said = refused_form(NO, CATALOGUE[words], values, asked, NAMES)
    assert drawn.refused(said) == []
    [button] = components(said)
    choice = choice_of(button)
    assert choice is not None
    assert (choice.command, button["label"]) == (words, AGAIN)
    return {**{name: str(value) for name, value in choice.values.items()}, **typed_before(said.body())}, said


def test_a_refused_form_keeps_what_was_typed_and_is_filled_in_again_from_that() -> None:
    values = {"ticket": "42", "resolution": "solved", "text": "Queue *drained*.\n```log```"}
    back, said = _again(values, "ticket close", ("resolution", "text"))
    assert back == values
    refusal, kept = said.embeds
    assert refusal["description"] == "There is no such level.\nThere are: I, II, III."
    assert [one["name"] for one in kept["fields"]] == ["Resolution", "Text"]
    assert choice_of(said.components[0]["components"][0]) == Choice(
        "", "ticket close", {"ticket": "42"}, ("resolution", "text")
    )
    again = form_modal(_form("ticket close", back, "resolution", "text"), {}, NAMES)
    assert typed(_filled(again)) == {"resolution": "solved", "text": values["text"]}


def test_a_long_text_stands_in_an_embed_of_its_own_and_one_too_long_in_a_file() -> None:
    long = LONG[:3_900]
    back, said = _again({"ticket": "42", "text": long}, "ticket reply", ("text",))
    assert back["text"] == long
    back, said = _again({"ticket": "42", "text": LONG}, "ticket reply", ("text",))
    assert back == {"ticket": "42"}
    assert said.files == (("text.txt", LONG),)
    assert "in the file below" in said.content


def test_a_refusal_of_a_form_in_which_nothing_was_typed_is_a_mere_answer() -> None:
    back, said = _again({"ticket": "42"}, "ticket reply", ("text",))
    assert back == {"ticket": "42"}
    assert said.content == "There is no such level.\nThere are: I, II, III."


@BIG
@given(
    st.dictionaries(st.sampled_from(["ticket", "text", "subject", "customer", "level"]), texts, max_size=5), st.data()
)
def test_nothing_that_was_typed_is_ever_lost(values: dict[str, str], data: st.DataObject) -> None:
    asked = data.draw(st.lists(st.sampled_from(sorted(values)), unique=True)) if values else []
    back, said = _again(values, "ticket open", asked)
    files = dict(said.files)
    for name, value in values.items():
        kept = back.get(name, files.get(f"{name}.txt", ""))
        assert kept == plain(value) or not plain(value).strip()
    assert typed_before({"embeds": [{"title": "A card", "description": "```\nx\n```"}]}) == {}


def _letters(text: str) -> str:
    """What was written, however its lines are broken and without what is not seen."""
    return "".join(char for char in text if char.isalnum())
