"""Cards as Slack messages: rich text that parses nothing, buttons below, and a text for notifications and readers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adapters.slack.drawing import limits
from adapters.slack.drawing.buttons import actions, fits, heaviest
from adapters.slack.drawing.charts import chart_block, chart_rows
from adapters.slack.drawing.limits import Block, weight
from adapters.slack.drawing.mrkdwn import Element, elements, mrkdwn, plain_text, rich_text, text_element
from adapters.slack.drawing.tables import characters, table_block
from bot.cards import Card, Line, Strong, Tone
from bot.names import Names
from bot.views.carried import typed_hint
from bot.views.dressing import mark_of
from bot.views.figures import table_lines
from bot.views.plain import ELLIPSIS, cut, one_line, pieces

SYMBOLS = {Tone.BREACH: "✖ ", Tone.WARNING: "⚠ ", Tone.GOOD: "✓ ", Tone.PLAIN: "", Tone.REFUSAL: ""}
NOTHING = "There is nothing to show."
_BREAK = weight(text_element("\n"))
_FRAME = 100
"""What the frame of one block of rich text weighs, and a little more."""
_ELEMENT = 150
"""More than an element of rich text weighs beside its words, of which each character weighs two at most."""


@dataclass(frozen=True, slots=True)
class Message:
    """What Slack is sent: `blocks` are shown, `text` (mrkdwn) is for notifications, search and screen readers."""

    text: str
    blocks: list[Block]


def message(card: Card, names: Names, *, new_blocks: bool = True) -> Message:
    """A card as a message that Slack takes, whatever is in it; what is too long is cut, and says where to read on.

    `new_blocks=False` writes tables and charts as text, for workspaces that do not take those blocks yet.
    """
    blocks = card_blocks(card, names, limits.WEIGHT, new_blocks=new_blocks)
    return Message(message_text(card, names), blocks)


def message_text(card: Card, names: Names) -> str:
    """The card as mrkdwn, every word of it escaped."""
    rows = table_lines(card.table) if card.table else ()
    lines = [line for line in (*_head(card), *_body(card), *rows) if line]
    return mrkdwn(lines, names, limits.TEXT, mark_of(card.ticket)).strip() or NOTHING


def card_blocks(card: Card, names: Names, room: int, *, new_blocks: bool = True, brief: bool = False) -> list[Block]:
    """The blocks of a card, no heavier than `room`. `brief` has the badge beside the title, in as few blocks as can
    be."""
    buttons = actions(card.choices)
    tail = [*_figures(card, names, new_blocks), *buttons]
    shown = any(block["type"] in ("table", "data_table") for block in tail)
    lines = [*_body(card), *(table_lines(card.table) if card.table and not shown else ())]
    lines += _unable(card)
    head = _head(card)
    badge = [_badge(card.badge)] if len(head) > 1 and not brief else []
    room -= sum(_weight(block, room) for block in [*tail, *badge])
    if badge:
        top = _rich(head[:1], names, room // 2, card, bold=True)
        rest = _rich(lines, names, room - sum(map(weight, top)), card)
        return _never_empty([*top, *badge, *rest, *tail])
    if len(head) > 1:
        return _never_empty([*_rich([_beside(*head), *lines], names, room, card), *tail])
    return _never_empty([*_rich([*head, *lines], names, room, card, bold=bool(head)), *tail])


def _head(card: Card) -> list[Line]:
    """The title with its symbol, then the badge; the badge alone where there is no title."""
    badge = (one_line(card.badge),) if one_line(card.badge) else ()
    if not card.title:
        return [(SYMBOLS[card.tone], Strong(badge[0]))] if badge else []
    return [(SYMBOLS[card.tone], *card.title), *([badge] if badge else [])]


def _beside(title: Line, badge: Line) -> Line:
    """Both on one line; the title alone stands out."""
    return (*(Strong(part) if isinstance(part, str) else part for part in title), "  ", *badge)


def _body(card: Card) -> list[Line]:
    """The lines; the first carries the symbol where no title does."""
    if card.title or one_line(card.badge) or not card.lines:
        return list(card.lines)
    return [(SYMBOLS[card.tone], *card.lines[0]), *card.lines[1:]]


def _unable(card: Card) -> list[Line]:
    """What a button cannot carry can be typed."""
    return [(typed_hint(choice),) for choice in card.choices if not fits(choice)]


def _badge(badge: str) -> Block:
    return {"type": "context", "elements": [plain_text(badge, limits.CONTEXT)]}


def _figures(card: Card, names: Names, new_blocks: bool) -> list[Block]:
    """The table and the chart as blocks of their own, where there are any."""
    found = []
    if card.table and new_blocks:
        caption = one_line("".join(part for part in card.title if isinstance(part, str))) or "Table"
        found.append(table_block(card.table, names, cut(caption, limits.HEADER)))
    if card.chart:
        found.append((chart_block(card.chart) if new_blocks else None) or chart_rows(card.chart))
    return [block for block in found if block is not None]


def _weight(block: Block, room: int) -> int:
    """Of a table Slack counts the words, not the frames of its cells: a hundred rows are allowed. Buttons are weighed
    where there is so little room that what they weigh at most could cost the card its words."""
    if block["type"] == "actions" and 4 * heaviest(block) <= room:
        return heaviest(block)
    return characters(block["rows"]) if block["type"] in ("table", "data_table") else weight(block)


def _never_empty(blocks: list[Block]) -> list[Block]:
    if any(block["type"] != "actions" for block in blocks):
        return blocks
    return [rich_text([text_element(NOTHING)]), *blocks]


def _rich(lines: Iterable[Line], names: Names, room: int, card: Card, *, bold: bool = False) -> list[Block]:
    """Lines as blocks of rich text, each no longer than a text may be and all within the room. With `bold` the first
    line stands out."""
    drawn = [elements(line, names, bold=bold and number == 0) for number, line in enumerate(lines)]
    if _is_short(drawn, room - _FRAME):
        return [rich_text(*drawn)] if any(drawn) else []
    mark = [text_element(f"{ELLIPSIS} {mark_of(card.ticket)}", bold=True)]
    kept = _kept(drawn, room - _FRAME, mark)
    return [rich_text(*sections) for sections in _parted(kept) if any(sections)]


def _is_short(drawn: list[list[Element]], room: int) -> bool:
    """Whether the lines are so far from both limits that they need not be weighed, as nearly always: to weigh every
    word would be the most of drawing a card."""
    length = sum([_length(element) for line in drawn for element in line]) + len(drawn)
    return length < limits.TEXT and 2 * length + _ELEMENT * sum(map(len, drawn)) + _BREAK * len(drawn) <= room


def _kept(drawn: list[list[Element]], room: int, mark: list[Element]) -> list[list[Element]]:
    """As many lines as there is room for, the last one cut, with the mark where something is missing."""
    break_weight = _BREAK
    kept: list[list[Element]] = []
    reserve = sum(map(weight, mark)) + break_weight
    total = sum(sum(map(weight, line)) + break_weight for line in drawn)
    spare = room if total <= room else room - reserve
    for line in drawn:
        spare -= break_weight
        fitting: list[Element] = []
        for element in line:
            if weight(element) > spare:
                start = _start(element, spare)
                return [*kept, [*fitting, *start], mark]
            spare -= weight(element)
            fitting.append(element)
        kept.append(fitting)
    return kept


def _start(element: Element, spare: int) -> list[Element]:
    """The beginning of a text that weighs no more than that; an instant or a person is whole or not there."""
    if element["type"] != "text":
        return []
    text = element["text"][: max(spare, 0)]
    while text and weight({**element, "text": text}) > spare:
        text = text[: -max((weight({**element, "text": text}) - spare) // 2, 1)]
    return [{**element, "text": cut(text + " ", len(text))}] if text.strip() else []


def _parted(lines: list[list[Element]]) -> list[list[list[Element]]]:
    """Lines in groups that are each no longer than one block's text; a longer line is parted within."""
    groups: list[list[list[Element]]] = [[]]
    length = 0
    for line in lines:
        for number, part in enumerate(_short(line)):
            size = sum(map(_length, part)) + 1
            if number or length + size > limits.TEXT:
                groups.append([])
                length = 0
            groups[-1].append(part)
            length += size
    return groups


def _short(line: list[Element]) -> list[list[Element]]:
    """A line in parts that are each no longer than one block's text."""
    parts: list[list[Element]] = [[]]
    length = 0
    for element in line:
        texts = pieces(element["text"], limits.TEXT - 1) if _length(element) >= limits.TEXT else []
        for one in [{**element, "text": text} for text in texts] or [element]:
            if length + _length(one) >= limits.TEXT:
                parts.append([])
                length = 0
            parts[-1].append(one)
            length += _length(one)
    return parts


def _length(element: Element) -> int:
    return len(element["text"] if element["type"] == "text" else element.get("fallback", " " * 24))
