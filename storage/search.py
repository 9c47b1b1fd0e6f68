"""Full-text search that answers alike everywhere: we split and fold the words, the databases only index them.

SQLite keeps them in FTS5 (tokenizer `ascii`: every character beyond ASCII belongs to a word, so it splits exactly
where we put a space), PostgreSQL in a `tsvector` built from the list of words, which passes no parser. One document
for each text of a ticket: position 0 is its subject, the others are the sequence numbers of the events.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR
from sqlalchemy.types import Text

from storage.tables import tickets

# Words are cut there: nobody types more, and a lexeme of PostgreSQL has a limit.
LONGEST_WORD = 64
# A tsvector ends at one megabyte.
MOST_CHARACTERS = 200_000

_WORD = re.compile(r"[^\W_]+")
_POSITION_BITS = 20
_POSITION_MASK = (1 << _POSITION_BITS) - 1
SUBJECT = 0


def fold(text: str) -> str:
    """Case and accents taken away: what is compared when a person's spelling must not matter."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")


def words(text: str) -> list[str]:
    """The different words of a text, folded, in order. Everything but letters and digits only separates."""
    found = dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(fold(text)))
    if len(text) <= MOST_CHARACTERS // 2:
        return list(found)
    kept, room = [], MOST_CHARACTERS
    for word in found:
        room -= len(word) + 1
        if room < 0:
            break
        kept.append(word)
    return kept


_fts5 = table("search", column("rowid", BigInteger), column("search", Text), column("words", Text))
_tsvectors = table("search", column("ticket", BigInteger), column("position", BigInteger), column("words", TSVECTOR))

INSERT: dict[str, Any] = {
    "sqlite": insert(_fts5).values(rowid=bindparam("document"), words=bindparam("joined")),
    "postgresql": insert(_tsvectors).values(
        ticket=bindparam("ticket_"),
        position=bindparam("position_"),
        words=func.array_to_tsvector(cast(bindparam("list"), ARRAY(Text))),
    ),
}


def document(dialect: str, ticket: int, position: int, text: str) -> dict[str, Any] | None:
    """What to hand to INSERT for one text, or None if it holds no word."""
    found = words(text)
    if not found:
        return None
    if dialect == "sqlite":
        return {"document": (ticket << _POSITION_BITS) | position, "joined": " ".join(found)}
    return {"ticket_": ticket, "position_": position, "list": found}


def tickets_with(dialect: str, word: str, subject_only: bool = False) -> Select[int]:
    """The numbers of the tickets in which some word begins like this one (already folded)."""
    if dialect == "sqlite":
        # In quotation marks nothing is syntax; a word cannot hold one.
        found = select((_fts5.c.rowid.op(">>")(_POSITION_BITS)).label("ticket"))
        found = found.where(_fts5.c.search.match(f'"{word}" *'))
        return found.where(_fts5.c.rowid.op("&")(_POSITION_MASK) == SUBJECT) if subject_only else found
    wanted = cast(bindparam(None, f"'{word}':*", type_=Text), TSQUERY)
    return select(_tsvectors.c.ticket).where(
        _tsvectors.c.words.op("@@")(wanted),
        _tsvectors.c.position == literal_column(str(SUBJECT)) if subject_only else true(),
    )


def newest_with_subject(dialect: str, found: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Tickets in whose subject every word begins some word, the newest first: read only as far as somebody looks."""
    if dialect == "sqlite":
        document = _fts5.c.rowid
        every = " ".join(f'"{word}" *' for word in found)
        here = _fts5.join(tickets, tickets.c.number == document.op(">>")(_POSITION_BITS))
        matching = select(tickets).select_from(here).where(_fts5.c.search.match(every))
        return matching.where(document.op("&")(_POSITION_MASK) == SUBJECT).order_by(document.desc())
    within = (tickets.c.number.in_(tickets_with(dialect, word, subject_only=True)) for word in found)
    return select(tickets).where(*within).order_by(tickets.c.number.desc())


def beginning(term: ColumnElement[str], start: str) -> ColumnElement[bool]:
    """Terms that begin so, as a range that an index can answer."""
    # The type is said, or the column's collation would be written behind every value.
    return and_(term >= literal(start, Text), term < literal(start + "\U0010ffff", Text))


def texts_of(data: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """The texts that an event brings, each with whether it is a subject: what people may search for."""
    if isinstance(data.get("subject"), str):
        yield True, data["subject"]
    if isinstance(data.get("text"), str):
        yield False, data["text"]
