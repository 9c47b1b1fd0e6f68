"""Any card whatsoever, for properties of the adapters that draw it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bot.cards import Card, Chart, Choice, Home, Mention, Part, Section, Series, Strong, Style, Table, Tone, When

BIG = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
"""For whole cards and pages, which take a while to invent."""

NOON = datetime(2026, 10, 13, 15, 30, tzinfo=UTC)
ME = {"ticket": 42}
TICKET = Card(
    title=(Strong("#42"), "  ", "mail server down"),
    badge="new · Level III",
    lines=(("First response due ", When(NOON), " (in 3 h of business time)"), ("Nobody has claimed it",)),
    choices=(
        Choice("Claim", "ticket claim", ME, style=Style.PRIMARY),
        Choice("Reply", "ticket reply", ME, asks=("text",)),
        Choice("Close…", "ticket close", ME, asks=("resolution", "text"), style=Style.DANGER),
        Choice("History", "ticket history", ME, rest=True),
        Choice("Watch", "ticket watch", ME, rest=True),
    ),
    tone=Tone.WARNING,
    ticket=42,
)

TRICKS = (
    "<!channel>",
    "<@U0ANN>",
    "<https://evil.example|https://bank.example>",
    "<!date^1^{date}^https://evil.example|now>",
    "&lt;!here&gt;",
    ":smile:",
    "*bold* _slanted_ ~gone~ `code`",
    "@channel @here @everyone",
    "https://evil.example/",
    "\u202eright to left",
    "👩‍👩‍👧‍👦" * 40,
    "e\u0301" * 90,
    "\x00\x07\ud800",
    "word " * 900,
    "x" * 7_000,
    "\n".join("line" for _ in range(900)),
    '"\\\n' * 2_000,
    "<@!123456789012345678> <@&123456789012345678> <#123456789012345678>",
    "</ticket close:123456789012345678> <id:customize> <a:boom:123456789012345678> <t:1:R>",
    "[your bank](https://evil.example) ||spoiler|| ## head __under__",
    "# big\n## smaller\n- list\n+ list\n1. one\n2) two\n> quoted\n>>> all\n-# small",
    "discord.gg/evil https://discord.gg/evil steam://run https://a.example/@everyone?x=(1)",
    "```\ncode```` ``",
    "https://a.example/" + "x_" * 3_000,
)

texts = st.one_of(st.text(st.characters(), max_size=60), st.sampled_from(TRICKS), st.just(""))
instants = st.integers(-(10**8), 29 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
whens = st.builds(When, instants, st.sampled_from(["full", "time", "date", "relative", "no such style"]))
mentions = st.builds(Mention, st.sampled_from(["ann", "bob", "eve", "nobody", "team", ""]), texts)
parts: st.SearchStrategy[Part] = st.one_of(texts, st.builds(Strong, texts), whens, mentions)
lines = st.lists(parts, max_size=4).map(tuple)
words = st.from_regex(r"[a-z]{1,12}( [a-z]{1,12})?", fullmatch=True)
names = st.from_regex(r"[a-z_]{1,10}", fullmatch=True)
values = st.dictionaries(names, st.one_of(texts, st.integers(-9_999, 9_999), st.booleans()), max_size=4)
choices = st.builds(
    Choice, texts, words, values, st.lists(names, max_size=3).map(tuple), st.sampled_from(Style), st.booleans()
)
tables = st.builds(
    Table,
    st.lists(texts, max_size=4).map(tuple),
    st.lists(st.lists(lines, max_size=3).map(tuple), max_size=5).map(tuple),
)
figures = st.floats(-1e9, 1e9) | st.sampled_from([float("nan"), float("inf")])
charts = st.builds(
    Chart,
    texts,
    st.lists(texts, max_size=5).map(tuple),
    st.lists(st.builds(Series, texts, st.lists(figures, max_size=5).map(tuple)), max_size=4).map(tuple),
    texts,
)
cards = st.builds(
    Card,
    title=lines,
    badge=texts,
    lines=st.lists(lines, max_size=6).map(tuple),
    table=st.none() | tables,
    chart=st.none() | charts,
    choices=st.lists(choices, max_size=9).map(tuple),
    tone=st.sampled_from(Tone),
    ticket=st.none() | st.integers(1, 10**9),
)
homes = st.builds(
    Home,
    cards,
    st.lists(st.builds(Section, texts, st.lists(cards, max_size=5).map(tuple), lines), max_size=3).map(tuple),
)


def everything(found: Any) -> Iterator[dict[str, Any]]:
    """Every object within blocks."""
    if isinstance(found, dict):
        yield found
        for value in found.values():
            yield from everything(value)
    elif isinstance(found, list):
        for value in found:
            yield from everything(value)
