"""Cards as Discord's messages: an embed with buttons below it, or a mere sentence; pings only where they are meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from adapters.discord.drawing import limits
from adapters.discord.drawing.buttons import deal
from adapters.discord.drawing.limits import Component
from adapters.discord.drawing.markdown import (
    EVERYBODY,
    HEADING,
    Fixed,
    account_of,
    dressed,
    escape,
    fenced,
    heading,
    mentions,
    merged,
    role_of,
)
from bot.cards import TEAM, Card, Line, Mention, Part, Strong, Tone
from bot.names import Names
from bot.views.carried import typed_hint
from bot.views.dressing import mark_of, within
from bot.views.figures import chart_text, chart_title, table_columns, table_lines
from bot.views.plain import cut, one_line, plain

SYMBOLS = {Tone.BREACH: "✖ ", Tone.WARNING: "⚠ ", Tone.GOOD: "✓ ", Tone.PLAIN: "", Tone.REFUSAL: ""}
COLOURS = {
    Tone.BREACH: 0xDA373C,
    Tone.WARNING: 0xF0B232,
    Tone.GOOD: 0x23A55A,
    Tone.PLAIN: 0x5865F2,
    Tone.REFUSAL: 0x80848E,
}
NOTHING = "There is nothing to show."
WIDEST = 56
"""Letters of one width that stand side by side in an embed on a desktop."""
BAR = 16
NO_PREVIEWS = 1 << 2
"""The flag of a message without embeds, not even those that Discord would make of its links."""

_COLUMNS = re.compile(r"\S {2,}\S")


@dataclass(frozen=True, slots=True)
class Pings:
    """Who a message notifies: accounts, roles, and whether everybody."""

    users: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    everyone: bool = False

    def allowed(self) -> Component:
        """As Discord's `allowed_mentions`: nobody else is notified, whatever the words are."""
        parse = ["everyone"] if self.everyone else []
        return {"parse": parse, "users": list(self.users), "roles": list(self.roles), "replied_user": False}


@dataclass(frozen=True, slots=True)
class Payload:
    """What Discord is sent. `files` are texts with their names, for what fits nowhere else."""

    content: str = ""
    embeds: list[Component] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    pings: Pings = Pings()
    files: tuple[tuple[str, str], ...] = ()

    def body(self) -> Component:
        """The fields of a message, to create or to edit it: everything is said, so that nothing old is left."""
        return {
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "allowed_mentions": self.pings.allowed(),
            "flags": 0 if self.embeds else NO_PREVIEWS,
        }


def message(card: Card, names: Names, *, mark: str = "") -> Payload:
    """A card as a message that Discord takes, whatever is in it; what is too long is cut, and says where to read on.

    `mark` stands small below it, for those who look for the message by it.
    """
    rows, left = deal(card.choices)
    pings = pings_of(card, names)
    lines = [*card.lines, *((typed_hint(one),) for one in left)]
    if not mark and _is_plain(card):
        content = sentence(card, lines, names)
        if len(content) < limits.CONTENT:
            return Payload(content, [], rows, pings)
    embeds = card_embeds(card, lines, names, mark)
    return Payload(_calls(pings, names), embeds, rows, pings)


def pings_of(card: Card, names: Names) -> Pings:
    """Who the card wants notified."""
    cells = (cell for row in card.table.rows for cell in row) if card.table else ()
    wanted = mentions((card.title, *card.lines, *cells))
    users = dict.fromkeys(filter(None, (account_of(one, names) for one in wanted)))
    roles = dict.fromkeys(filter(None, (role_of(one, names) for one in wanted)))
    everyone = names.team in EVERYBODY and any(one.person == TEAM for one in wanted)
    return Pings(tuple(users)[: limits.MENTIONED], tuple(roles)[: limits.MENTIONED], everyone)


def sentence(card: Card, lines: Iterable[Line], names: Names) -> str:
    """Lines as the words of a message."""

    def dress(part: Part) -> str:
        if isinstance(part, Mention) and part.person == TEAM and names.team in EVERYBODY:
            return f"@{names.team}"
        return dressed(part, names)

    said = within(_shown(_led(SYMBOLS[card.tone], list(lines))), dress, limits.CONTENT, mark_of(card.ticket))
    return said.strip() or NOTHING


def card_embeds(
    card: Card, lines: Iterable[Line], names: Names, mark: str = "", room: int = limits.EMBEDS_TEXT
) -> list[Component]:
    """A card as embeds that have no more than `room` characters: one for it, and one for its chart."""
    symbol, title = SYMBOLS[card.tone], heading(card.title)
    body = [*([(Strong(one_line(card.badge)),)] if one_line(card.badge) else []), *lines]
    if card.table:
        body += _table(card)
    if any(not isinstance(part, str | Strong) for part in card.title):
        body = [(HEADING, symbol, *map(_beside, card.title)), *body]
    elif not title:
        body = _led(symbol, body)
    embed: Component = {"color": COLOURS[card.tone]}
    if title:
        embed["title"] = within([(symbol + title,)], lambda part: escape(str(part), links=False), limits.TITLE)
    if mark:
        embed["footer"] = {"text": cut(one_line(mark), limits.FOOTER)}
    most = min(limits.DESCRIPTION, room - size(embed))
    said = within(_shown(body), lambda part: dressed(part, names), most, mark_of(card.ticket)).strip()
    if said or not title:
        embed["description"] = said or NOTHING
    return [embed, *_chart(card, room - size(embed))]


def size(*embeds: Component) -> int:
    """The characters that count against a message's limit for embeds."""
    return sum(
        len(embed.get("title", ""))
        + len(embed.get("description", ""))
        + len(embed.get("footer", {}).get("text", ""))
        + sum(len(one["name"]) + len(one["value"]) for one in embed.get("fields", ()))
        for embed in embeds
    )


def _beside(part: Part) -> Part:
    """A part of a heading, which has but one line."""
    if isinstance(part, str | Strong):
        return plain(part.text if isinstance(part, Strong) else part).replace("\n", " ")
    return part


def _is_plain(card: Card) -> bool:
    """A card that is a sentence or two."""
    return not (card.title or one_line(card.badge) or card.table or card.chart) and len(card.lines) <= 3


def _calls(pings: Pings, names: Names) -> str:
    """What stands above an embed: within one nobody is notified."""
    called = [f"@{names.team}"] if pings.everyone else []
    called += [f"<@&{role}>" for role in pings.roles] + [f"<@{user}>" for user in pings.users]
    return " ".join(called[: limits.CONTENT // 25])


def _led(symbol: str, lines: list[Line]) -> list[Line]:
    """The symbol before the first line."""
    return [(symbol, *lines[0]), *lines[1:]] if lines and symbol else lines


def _shown(lines: Iterable[Line]) -> list[Line]:
    """Lines as they are written; rows that were set in columns keep them."""
    shown: list[Line] = []
    for indented, some in groupby(lines, _is_row):
        rows = list(some)
        words = ["".join(map(str, row)).removeprefix("  ") for row in rows] if indented else []
        if any(map(_COLUMNS.search, words)):
            shown.append((Fixed("\n".join(words)),))
        else:
            shown += [merged(row) for row in rows]
    return shown


def _is_row(line: Line) -> bool:
    """Whether it could be a row of columns: words alone, and indented."""
    return all(isinstance(part, str) for part in line) and "".join(map(str, line)).startswith("  ")


def _table(card: Card) -> list[Line]:
    """The table in columns where they fit side by side, and else as lines."""
    if card.table is None:
        return []
    columns = table_columns(card.table, WIDEST)
    return [(Fixed(columns),)] if columns else list(table_lines(card.table))


def _chart(card: Card, room: int) -> list[Component]:
    """The chart as an embed of its own, in so much room."""
    if card.chart is None:
        return []
    title = escape(cut(chart_title(card.chart), limits.TITLE // 2), links=False)
    most = min(limits.DESCRIPTION, room - len(title))
    bars = chart_text(card.chart, max(most, 1), BAR).partition("\n")[2]
    block = fenced(bars, most)
    return [{"color": COLOURS[card.tone], "title": title, "description": block}] if bars.strip() and block else []
