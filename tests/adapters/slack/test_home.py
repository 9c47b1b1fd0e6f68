"""App Home: a person's work on one page, whatever and however much it is."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from adapters.slack.drawing import limits
from adapters.slack.drawing.home import home_view
from bot.cards import Card, Choice, Home, Section, Strong
from tests.adapters.any_card import BIG, homes
from tests.adapters.slack.cards import NAMES, read, refused_view


def _ticket(number: int) -> Card:
    return Card(
        title=(Strong(f"#{number}"), "  mail"),
        badge="new",
        lines=(("due soon",),),
        choices=(Choice("Claim", "ticket claim", {"ticket": number}),),
        ticket=number,
    )


def test_a_home_has_its_sections_with_their_cards_buttons_and_notes() -> None:
    home = Home(Card(title=("Good morning",)), (Section("Yours", (_ticket(1), _ticket(2)), ("That is all.",)),))
    blocks = home_view(home, NAMES)["blocks"]
    assert [block["type"] for block in blocks] == [
        *("rich_text", "divider", "header"),
        *("rich_text", "actions", "rich_text", "actions"),
        "rich_text",
    ]
    assert blocks[2]["text"]["text"] == "Yours"
    assert "#1  mail  new\ndue soon" in read(blocks)


def test_what_does_not_fit_is_counted_and_later_sections_keep_their_place() -> None:
    many = tuple(_ticket(number) for number in range(200))
    blocks = home_view(Home(Card(), (Section("Yours", many), Section("Unclaimed", many))), NAMES)["blocks"]
    assert len(blocks) <= limits.VIEW_BLOCKS
    assert [block["text"]["text"] for block in blocks if block["type"] == "header"] == ["Yours", "Unclaimed"]
    assert read(blocks).count(" more") == 2


def test_a_page_full_of_long_stories_stays_within_what_a_view_may_be() -> None:
    long = tuple(replace(_ticket(number), lines=(("雪" * 9_000,),)) for number in range(45))
    assert refused_view(home_view(Home(Card(lines=long[0].lines), (Section("雪" * 900, long),)), NAMES)) == []


@BIG
@given(homes)
def test_slack_takes_any_home_whatsoever(home: Home) -> None:
    assert refused_view(home_view(home, NAMES)) == []
