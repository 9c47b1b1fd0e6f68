"""Cards as Slack messages: what is shown, what is never parsed, and that Slack takes whatever the desk says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.slack.drawing import limits
from adapters.slack.drawing.blocks import NOTHING, message
from bot.cards import Card, Chart, Choice, Line, Mention, Series, Strong, Table, When
from bot.names import Names
from bot.views.plain import plain
from tests.adapters.any_card import BIG, NOON, TICKET, TRICKS, cards, everything, lines, texts, words
from tests.adapters.slack.cards import NAMES, read, refused_message


def test_a_ticket_card_has_a_bold_title_with_its_symbol_a_badge_its_lines_and_its_buttons() -> None:
    title, badge, body, actions = message(TICKET, NAMES).blocks
    assert all(element["style"] == {"bold": True} for element in title["elements"][0]["elements"])
    assert read([title]) == "⚠ #42  mail server down"
    assert badge["elements"][0]["text"] == "new · Level III"
    assert read([body]) == "First response due  (in 3 h of business time)\nNobody has claimed it"
    assert [element["type"] for element in actions["elements"]] == ["button"] * 3 + ["overflow"]
    assert [element.get("style") for element in actions["elements"]] == ["primary", None, "danger", None]
    assert actions["elements"][0]["accessibility_label"] == "Claim, ticket 42"


def test_an_instant_is_filled_in_by_each_readers_client_and_told_in_the_desks_zone_otherwise() -> None:
    [date] = [one for one in everything(message(TICKET, NAMES).blocks) if one.get("type") == "date"]
    assert date["timestamp"] == int(NOON.timestamp())
    assert date["format"] == "{date_short_pretty} {time}"
    assert date["fallback"] == "Tue 13 Oct 2026 11:30 EDT"
    assert (
        f"<!date^{date['timestamp']}^{{date_short_pretty}} {{time}}|Tue 13 Oct 2026 11:30 EDT>"
        in message(TICKET, NAMES).text
    )


@pytest.mark.parametrize(
    ("style", "format"), [("time", "{time}"), ("date", "{date_short_pretty}"), ("relative", "{ago}")]
)
def test_an_instant_is_as_short_as_the_card_wants_it(style: str, format: str) -> None:
    [date] = [one for one in everything(_blocks((When(NOON, style),))) if one.get("type") == "date"]
    assert date["format"] == format


@pytest.mark.parametrize(
    ("mention", "names", "element"),
    [
        (Mention("ann", "Ann"), NAMES, {"type": "user", "user_id": "U0ANN"}),
        (Mention("team"), NAMES, {"type": "usergroup", "usergroup_id": "S0SUP"}),
        (Mention("team"), Names(team="here"), {"type": "broadcast", "range": "here"}),
        (Mention("team"), Names(), {"type": "text", "text": "the team", "style": {"bold": True}}),
        (Mention("team"), Names(team="everyone"), {"type": "text", "text": "the team", "style": {"bold": True}}),
        (Mention("kim", "Kim"), NAMES, {"type": "text", "text": "Kim", "style": {"bold": True}}),
        (Mention("eve", "Eve"), NAMES, {"type": "text", "text": "Eve", "style": {"bold": True}}),
    ],
)
def test_people_are_mentioned_by_account_and_named_where_there_is_none(
    mention: Mention, names: Names, element: dict[str, object]
) -> None:
    [block] = message(Card(lines=((mention,),)), names).blocks
    assert block["elements"][0]["elements"] == [element]


def test_the_text_of_a_message_mentions_the_same_people() -> None:
    said = message(
        Card(lines=((Mention("ann", "Ann"), " and ", Mention("team"), " and ", Mention("kim", "<Kim>")),)), NAMES
    )
    assert said.text == "<@U0ANN> and <!subteam^S0SUP> and &lt;Kim&gt;"


@given(texts, texts)
def test_what_a_customer_wrote_is_shown_as_written_and_parsed_by_nothing(one: str, other: str) -> None:
    blocks = message(Card(title=(one,), lines=((other,),)), NAMES).blocks
    kinds = {str(found["type"]) for found in everything(blocks) if "type" in found}
    assert kinds <= {"rich_text", "rich_text_section", "rich_text_preformatted", "text"}
    if len(plain(one)) + len(plain(other)) < 900:
        assert plain(one) in read(blocks)
        assert plain(other) in read(blocks)


@given(lines)
def test_the_text_of_a_message_holds_no_markup_but_our_own(line: Line) -> None:
    words = [part.text if isinstance(part, Strong) else part for part in line if isinstance(part, str | Strong)]
    text = message(Card(lines=(tuple(words),)), NAMES).text
    assert "<" not in text
    assert ">" not in text


@BIG
@given(cards)
@example(Card())
@example(Card(badge="new"))
@example(Card(lines=(("",), ("  a  b",), ("",), ("  c  d",), (" ",))))
@example(Card(choices=(Choice("Go", "ticket list"),)))
@example(Card(title=TRICKS, lines=(TRICKS,) * 12, badge=TRICKS[-1], ticket=1))
@example(Card(lines=(("x" * 2999, When(NOON), "y" * 2999),)))
def test_slack_takes_any_card_whatsoever(card: Card) -> None:
    for new_blocks in (True, False):
        said = message(card, NAMES, new_blocks=new_blocks)
        assert said.text.strip()
        assert len(said.text) <= limits.TEXT
        assert any(block["type"] != "actions" for block in said.blocks)
        json.dumps(said.blocks, allow_nan=False).encode()
        said.text.encode()
        assert refused_message(said.blocks) == []


def test_what_is_too_long_is_cut_and_says_where_to_read_on() -> None:
    story = Card(
        lines=tuple((f"Line {number} of a very long story, told at length.",) for number in range(600)), ticket=42
    )
    said = message(story, NAMES)
    assert "Line 100 " in read(said.blocks)
    assert read(said.blocks).endswith("… cut: /ticket show 42")
    assert said.text.endswith("… cut: /ticket show 42")
    assert len(said.blocks) <= 10


def test_rows_that_were_set_in_columns_keep_them() -> None:
    why = (
        ("Three hours of business time:",),
        ("  Fri 9 Oct    17:30   open",),
        ("  Sat 10       -       closed",),
        ("Due.",),
    )
    [block] = message(Card(lines=why), NAMES).blocks
    assert [part["type"] for part in block["elements"]] == [
        *("rich_text_section", "rich_text_preformatted", "rich_text_section")
    ]
    assert block["elements"][1]["elements"][0]["text"] == "Fri 9 Oct    17:30   open\nSat 10       -       closed"


def test_buttons_stay_below_a_card_that_is_cut() -> None:
    long = replace(TICKET, lines=(("long " * 9_000,),))
    assert message(long, NAMES).blocks[-1] == message(TICKET, NAMES).blocks[-1]


def test_a_card_without_words_says_so() -> None:
    assert message(Card(), NAMES).text == NOTHING
    assert read(message(Card(), NAMES).blocks) == NOTHING


TABLE = Table(("ticket", "due"), ((("#1",), (When(NOON),)), (("#2",), ()), (("<#3>",), (Strong("now"),))))


def test_a_table_is_slacks_own_with_instants_in_its_cells() -> None:
    [block] = message(Card(table=TABLE), NAMES).blocks
    assert block["type"] == "table"
    assert block["rows"][0] == [{"type": "raw_text", "text": "ticket"}, {"type": "raw_text", "text": "due"}]
    assert block["rows"][1][1]["elements"][0]["elements"][0]["type"] == "date"
    assert block["rows"][2][1] == {"type": "raw_text", "text": " "}
    assert block["rows"][3][0] == {"type": "raw_text", "text": "<#3>"}


def test_a_long_table_has_pages_and_can_be_sorted() -> None:
    rows = tuple(((f"#{number}",), ("open",)) for number in range(60))
    _, block = message(Card(title=("Open tickets",), table=Table(("ticket", "state"), rows)), NAMES).blocks
    assert (block["type"], block["caption"], len(block["rows"])) == ("data_table", "Open tickets", 61)


def test_a_table_is_rows_of_text_where_slack_does_not_take_it() -> None:
    [block] = message(Card(table=TABLE), NAMES, new_blocks=False).blocks
    assert read([block]) == "ticket · due\n#1 · \n#2\n<#3> · now"
    huge = Table(("n",), tuple((("x" * 90,),) for _ in range(300)))
    assert {block["type"] for block in message(Card(table=huge), NAMES).blocks} == {"rich_text"}


CHART = Chart("Opened", ("Mon", "Tue"), (Series("mail", (4, 2)), Series("phone", (1, 0))), "tickets")


def test_a_chart_is_slacks_own_and_rows_of_text_where_slack_does_not_take_it() -> None:
    [block] = message(Card(chart=CHART), NAMES).blocks
    assert block["chart"]["axis_config"] == {"categories": ["Mon", "Tue"], "y_label": "tickets"}
    [rows] = message(Card(chart=CHART), NAMES, new_blocks=False).blocks
    assert f"Mon  {'█' * 30} 4 tickets\nTue  {'█' * 15} 2 tickets" in read([rows])


def test_labels_of_a_chart_stay_apart_when_they_are_cut() -> None:
    alike = Chart("c", ("the very same beginning, one", "the very same beginning, two"), (Series("s", (1, 2)),))
    [block] = message(Card(chart=alike), NAMES).blocks
    assert len(set(block["chart"]["axis_config"]["categories"])) == 2


def _blocks(*said: Line) -> list[dict[str, object]]:
    return message(Card(lines=said), NAMES).blocks


@given(st.recursive(texts | st.integers() | st.booleans(), lambda one: st.lists(one) | st.dictionaries(words, one)))
def test_the_weight_of_a_block_is_the_length_of_its_json(block: Any) -> None:
    if "\ud800" not in str(block):
        assert limits.weight(block) == len(json.dumps(block, ensure_ascii=False, separators=(",", ":"))) + 1
