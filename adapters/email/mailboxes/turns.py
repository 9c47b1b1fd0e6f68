"""Whose turn it is: of a batch, which messages must be taken one after the other, so that an answer never comes before
what it answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from adapters.email.reading import addresses
from adapters.email.reading.head import Head

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
# A ticket, as the address to answer to and the names of our letters say it.
_MARK = re.compile(r"[+.]([tp]\d{1,18}\.[a-z2-7]{20})@", re.IGNORECASE)


def in_turn(contents: Mapping[int, bytes]) -> Sequence[Sequence[int]]:
    """The messages in groups, each in the order in which they arrived: those of one sender or of one conversation are
    together, and what is in different groups may be taken side by side."""
    groups: list[tuple[set[str], list[int]]] = []
    for uid in sorted(contents):
        names = set(_kin(contents[uid]))
        own = [group for group in groups if not names.isdisjoint(group[0])]
        groups = [group for group in groups if names.isdisjoint(group[0])]
        joined = names.union(*(theirs for theirs, _ in own))
        groups.append((joined, [*sorted(one for _, uids in own for one in uids), uid]))
    return [uids for _, uids in groups]


def _kin(content: bytes) -> Iterator[str]:
    """What a message has in common with those that it belongs with: its senders, the names of what it is and of what
    it answers, and the tickets of ours that these speak of."""
    end = _END_OF_HEAD.search(content)
    head, _ = Head.of(content[: end.start() if end else len(content)])
    yield from (who for _, who in addresses.authors(head))
    names = (addresses.message_id(head), *addresses.references(head))
    yield from (name for name in names if name)
    yield from _marks((*names, *addresses.recipients(head)))


def _marks(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for mark in _MARK.findall(text):
            yield mark.lower()
