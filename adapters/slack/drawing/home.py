"""App Home: a person's work as Slack shows it on our page, by due time, with buttons that work."""

from __future__ import annotations

from adapters.slack.drawing import limits
from adapters.slack.drawing.blocks import card_blocks
from adapters.slack.drawing.limits import Block, weight
from adapters.slack.drawing.mrkdwn import elements, plain_text, rich_text, text_element
from bot.cards import Card, Home, Section
from bot.names import Names
from bot.views.plain import ELLIPSIS

CARD_WEIGHT = 2_000
"""What one card of the page may weigh."""
PAGE_WEIGHT = 36_000
"""What the page may weigh: a view of 250,000 bytes is refused, and a character may take six of them."""


def home_view(home: Home, names: Names) -> Block:
    """The page of one person. What does not fit is counted, and said."""
    blocks = card_blocks(home.top, names, limits.WEIGHT, new_blocks=False)
    for number, section in enumerate(home.sections):
        later = sum(_least(one) for one in home.sections[number + 1 :])
        blocks += _section(section, names, limits.VIEW_BLOCKS - len(blocks) - later, PAGE_WEIGHT - weight(blocks))
    return {"type": "home", "callback_id": "home", "blocks": blocks[: limits.VIEW_BLOCKS]}


def _section(section: Section, names: Names, places: int, room: int) -> list[Block]:
    """A heading, the cards there is room for, and what is said of the rest."""
    blocks: list[Block] = [{"type": "divider"}, {"type": "header", "text": plain_text(section.heading, limits.HEADER)}]
    note = card_blocks(Card(lines=(section.note,)), names, CARD_WEIGHT) if elements(section.note, names) else []
    for number, card in enumerate(section.cards):
        drawn = card_blocks(card, names, CARD_WEIGHT, new_blocks=False, brief=True)
        room -= weight(drawn)
        if len(blocks) + len(drawn) + len(note) + 1 > places or room < 0:
            left = len(section.cards) - number
            blocks.append(rich_text([text_element(f"{ELLIPSIS} and {left} more")]))
            break
        blocks += drawn
    return [*blocks, *note]


def _least(section: Section) -> int:
    """The blocks a section takes at least: what stands before it leaves it that much room, for some cards."""
    return 4 + 2 * min(len(section.cards), 3)
