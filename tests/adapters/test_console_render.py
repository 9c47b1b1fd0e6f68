"""Cards on a terminal: every word is there, nothing hostile is, and nothing is wider than the screen."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from adapters.console.buttons import in_sight
from adapters.console.charts import values_of
from adapters.console.escape import lines_of, plain
from adapters.console.places import news_rows
from adapters.console.render import draw, is_brief
from adapters.console.times import Reader, when_words
from bot.cards import TEAM, Card, Chart, Choice, Line, Mention, Series, Strong, Style, Table, Tone, When, say
from bot.ports import Kind, Parcel, Urgency

TORONTO, BERLIN = ZoneInfo("America/Toronto"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 9, 21, 30, tzinfo=UTC)
DUE = datetime(2026, 10, 13, 15, 30, tzinfo=UTC)
READER = Reader(TORONTO, TORONTO, NOW)

CARD = Card(
    title=(Strong("#42"), "  ", "mail server down, queue growing"),
    badge="new · Level III",
    lines=(
        ("ACME Ltd · gateway 5.2, subscription until 31 Mar 2027 · e-mail, remote access, telephone",),
        ("First response due ", When(DUE), "  (in 3 h of business time; Monday is Thanksgiving)"),
    ),
    choices=(
        Choice("Claim", "ticket claim", {"ticket": 42}, style=Style.PRIMARY),
        Choice("Reply", "ticket reply", {"ticket": 42}),
        Choice("Close…", "ticket close", {"ticket": 42}, style=Style.DANGER),
    ),
    ticket=42,
    data={"ticket": 42, "state": "new", "owner": None, "due": "2026-10-13T15:30:00Z", "resolution": ""},
)


def words(rows: list[Text]) -> list[str]:
    return [row.plain for row in rows]


def parcel(card: Card, place: str = "#desk", kind: Kind = Kind.CARD, ref: str | None = None) -> Parcel:
    return Parcel(1, kind, "console", place, card, "key", Urgency.CARD, NOW, ref=ref, ticket=card.ticket)


def test_a_ticket_is_a_box_with_its_title_left_its_badge_right_and_numbered_choices_below() -> None:
    drawn = words(draw(CARD, READER, 100, (1, 2, 3)))
    assert drawn == [
        "┌ #42  mail server down, queue growing" + " " * 47 + "new · Level III",
        "│ ACME Ltd · gateway 5.2, subscription until 31 Mar 2027 · e-mail, remote access, telephone",
        "│ First response due Tue 13 Oct 11:30  (in 3 h of business time; Monday is Thanksgiving)",
        "└ [1] Claim   [2] Reply   [3] Close…",
    ]


@pytest.mark.parametrize("width", [20, 60, 80])
def test_a_line_that_is_an_address_stands_whole_and_bare_so_that_it_can_be_copied(width: int) -> None:
    address = "https://desk.example.com/desk/sign-in/" + "x" * 43
    card = Card(title=(Strong("The desk's page"),), lines=((address,), ("Good once.",)), tone=Tone.GOOD)
    assert words(draw(card, READER, width)) == ["┌ ✓ The desk's page", address, "└ Good once."]
    assert words(draw(replace(card, lines=((address,),)), READER, width)) == ["─ ✓ The desk's page", address]
    assert words(draw(replace(card, title=(), lines=(("Here:",), (address,))), READER, width)) == ["✓ Here:", address]


def test_the_badge_goes_below_a_title_that_leaves_no_room() -> None:
    drawn = words(draw(CARD, READER, 40, (1, 2, 3)))
    assert drawn[:2] == ["┌ #42  mail server down, queue growing", "│ new · Level III"]


def test_an_answer_of_one_line_has_no_box() -> None:
    assert words(draw(say("You have #42."), READER, 80)) == ["You have #42."]


@pytest.mark.parametrize(("tone", "sign"), [(Tone.BREACH, "✖ "), (Tone.WARNING, "⚠ "), (Tone.GOOD, "✓ ")])
def test_a_tone_is_a_sign_and_a_colour(tone: Tone, sign: str) -> None:
    assert words(draw(say("late", tone=tone), READER, 80)) == [f"{sign}late"]
    framed = draw(Card(title=("late",), tone=tone), READER, 80)
    assert framed[0].plain == f"─ {sign}late"
    assert framed[0].spans


def test_a_table_stands_in_columns_and_in_a_narrow_terminal_under_each_other() -> None:
    table = Table(("type", "to"), ((("/ticket claim",), ("Take a ticket.",)), (("/help",), ("List the commands.",))))
    assert words(draw(Card(table=table), READER, 80)) == [
        "type           to",
        "/ticket claim  Take a ticket.",
        "/help          List the commands.",
    ]
    wide = Table(("one", "two", "three"), ((("a" * 20,), ("b" * 20,), ("c" * 20,)),))
    assert words(draw(Card(table=wide), READER, 25)) == [
        "one: " + "a" * 20,
        "two: " + "b" * 20,
        "three:",
        "c" * 20,
    ]


@pytest.mark.parametrize("width", range(20, 60))
def test_no_row_ends_between_a_number_and_its_unit(width: int) -> None:
    said = "It was due 1 h 30 min ago, 52 min after 75 % of 3 days; 12 hens and 4 minutes may part."
    drawn = words(draw(say(said), READER, width))
    assert " ".join(drawn) == said
    assert not any(re.search(r"\d$", row) and re.match(r"(h|min|days|%) ", under) for row, under in pairwise(drawn))
    cells = Table(("what", "left"), ((("a long subject that takes all of the room",), ("12 h 59 min late",)),))
    assert "59" not in {word for row in words(draw(Card(table=cells), READER, width)) for word in row.split()[-1:]}


def test_words_beside_a_table_are_as_wide_as_the_table_and_no_wider_than_any_card() -> None:
    title, badge = (Strong("Tickets"),), "open"
    small = Card(title, badge, table=Table(("one", "two"), ((("a",), ("b",)),)))
    assert words(draw(small, READER, 160))[0] == words(draw(Card(title, badge), READER, 160))[0].replace("─", "┌")
    wide = Card(title, badge, table=Table(("one", "two"), ((("a" * 60,), ("b" * 60,)),)))
    head, _, row = words(draw(wide, READER, 160))
    assert cell_len(head) == cell_len(row) == 2 + 60 + 2 + 60


def test_wide_characters_and_emoji_count_with_the_cells_they_take() -> None:
    table = Table(("name", "n"), ((("日本語",), ("1",)), (("👩‍👩‍👧 x",), ("2",)), (("é",), ("3",))))
    drawn = words(draw(Card(table=table), READER, 80))
    assert {cell_len(row.rsplit(" ", 1)[0]) for row in drawn} == {7}


def test_a_mention_is_a_name_and_the_team_is_the_team() -> None:
    drawn = words(draw(say(Mention("ann", "Ann"), " ", Mention("kim"), " ", Mention(TEAM)), READER, 80))
    assert drawn == ["@Ann @kim @team"]


def test_an_instant_is_told_in_the_readers_zone_and_in_the_desks_where_it_differs() -> None:
    abroad = Reader(BERLIN, TORONTO, NOW)
    assert when_words(When(DUE), READER) == "Tue 13 Oct 11:30"
    assert when_words(When(DUE), abroad) == "Tue 13 Oct 17:30 (11:30 in Toronto)"
    assert when_words(When(DUE + timedelta(hours=8)), abroad) == "Wed 14 Oct 01:30 (Tue 13 Oct 19:30 in Toronto)"
    assert when_words(When(DUE, "time"), READER) == "11:30"
    assert when_words(When(DUE, "date"), abroad) == "Tue 13 Oct"
    assert when_words(When(DUE.replace(year=2027)), READER) == "Wed 13 Oct 2027 11:30"


def test_a_relative_instant_is_told_from_now() -> None:
    told = [when_words(When(NOW + timedelta(seconds=s), "relative"), READER) for s in (0, 90, -7200, 200_000, 864_000)]
    assert told == ["now", "in 1 min 30 s", "2 h ago", "in 2 days 7 h", "in 10 days"]


def test_an_update_in_place_takes_one_compact_line() -> None:
    data = {**CARD.data, "state": "open", "owner": "ann"}
    card = Card(CARD.title, "open · Level III", CARD.lines, ticket=42, data=data)
    drawn = words(news_rows(parcel(card, ref="parcel-1"), READER, {"ann": "Ann"}, 100))
    assert drawn == ["#desk  card of #42 is now: open · Ann · due Tue 13 Oct 11:30"]


@pytest.mark.parametrize(
    ("place", "kind", "head"),
    [
        ("#alerts", Kind.ALERT, "#alerts"),
        ("@ann", Kind.NOTICE, "→ Ann (direct message)"),
        ("@ann", Kind.PAGE, "→ Ann (page)"),
        ("mail:x@y.example", Kind.LETTER, "✉ letter to x@y.example (mail is not set up: send it by hand)"),
    ],
)
def test_news_says_where_it_arrives_and_who_reads_it(place: str, kind: Kind, head: str) -> None:
    card = say("hello", choices=(Choice("Why", "ticket why"),))
    assert words(news_rows(parcel(card, place, kind), READER, {"ann": "Ann"}, 80, (7,))) == [
        f"{head}  hello",
        "  [7] Why",
    ]


def test_a_sequence_for_the_terminal_changes_nothing() -> None:
    assert plain("\x1b[31mred\x07\x9b2J") == "[31mred2J"
    assert plain("ab\u202ecd\u2066e\u200bf\ufeff") == "abcdef"
    assert lines_of("one\r\ntwo\x0bthree\u2028four") == ("one", "two", "three", "four")
    assert plain("one\ntwo\tthree") == "one two three"
    assert plain("lone \udc80") == "lone \ufffd"
    assert plain("\U000e0100a") == "a"


def test_emoji_accents_and_scripts_that_need_joiners_stay_as_they_are() -> None:
    for text in ("👩‍👩‍👧", "👍🏽", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏳️‍🌈", "🤷🏽‍♀️", "é ñ Việt", "می‌خواهم", "क्‍ष", "日本語 ไทย עִבְרִית"):
        assert plain(text) == text


def test_marks_stacked_higher_than_any_script_needs_are_cut() -> None:
    assert plain("a" + "\u0301" * 50) == "a" + "\u0301" * 4
    assert plain("\u0301a") == "◌\u0301a"


HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x9b\x07\x08\r\n\t\u202e\u2066\u200b\u200d\u200f\ufeff\ufe0f\U000e0041👩❤\u0301[]31m;"),
    ),
    max_size=60,
)
LINES = st.lists(st.tuples(HOSTILE, st.builds(Strong, HOSTILE), st.builds(Mention, HOSTILE, HOSTILE)), max_size=4)
CARDS = st.builds(
    Card,
    title=st.one_of(st.just(()), st.tuples(HOSTILE)),
    badge=HOSTILE,
    lines=LINES.map(tuple),
    table=st.one_of(
        st.none(),
        st.builds(
            Table,
            st.lists(HOSTILE, max_size=5).map(tuple),
            st.lists(st.lists(st.tuples(HOSTILE), max_size=6).map(tuple), max_size=4).map(tuple),
        ),
    ),
    choices=st.lists(st.builds(Choice, HOSTILE, st.just("help")), max_size=5).map(tuple),
    tone=st.sampled_from(Tone),
)
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@settings(max_examples=300, deadline=None)
@given(CARDS, st.integers(20, 130), st.sampled_from(["#desk", "@ann", "mail:x@y.example"]))
def test_whatever_is_written_no_control_reaches_the_terminal_and_nothing_is_too_wide(
    card: Card, width: int, place: str
) -> None:
    numbers = range(1, len(card.choices) + 1)
    for rows in (
        draw(card, READER, width, tuple(numbers)),
        news_rows(parcel(card, place), READER, {}, width, tuple(numbers)),
        news_rows(parcel(card, place, ref="r"), READER, {}, width),
    ):
        for row in rows:
            assert cell_len(row.plain) <= width
            bad = [c for c in row.plain if unicodedata.category(c) in ("Cc", "Cs") or c in BIDI]
            assert not bad


VISIBLE = st.text(st.sampled_from("abcXYZ019äß日本אб"), min_size=1, max_size=30)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(VISIBLE, min_size=1, max_size=8),
    st.integers(20, 120),
    st.sampled_from(("\x1b", "\u202e", "\u200b\n", "\x9b")),
)
def test_every_visible_word_is_still_there(said: list[str], width: int, trick: str) -> None:
    text = f"{trick} ".join(said)
    line: Line = (text,)
    card = Card((text,), text, (line,), Table((text,), ((line, line),)), choices=(Choice(text, "help"),))
    for shown in (card, Card(lines=(line,)), Card(table=card.table)):
        drawn = "".join(words(draw(shown, READER, width, (1,))))
        seen = re.sub(r"[\s┌│└─]", "", drawn)
        for word in said:
            assert word in seen


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_an_escaped_text_stays_as_it_is_when_escaped_again(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_a_card_of_nothing_draws_nothing() -> None:
    assert draw(Card(), READER, 80) == []
    assert not is_brief(Card())


# --- charts and what a menu would hold ------------------------------------------------------------------------------

CHART = Chart(
    "Promises by week", ("5 Oct", "12 Oct"), (Series("kept", (8, 4)), Series("broken", (0, 2))), unit="promises"
)


def test_a_chart_is_bars_with_their_figures_beside_them() -> None:
    assert words(draw(Card(lines=(("12 of 14 were kept.",),), chart=CHART), READER, 40)) == [
        "12 of 14 were kept.",
        "Promises by week",
        "5 Oct",
        "kept   ██████████████████████ 8 promises",
        "broken 0 promises",
        "12 Oct",
        "kept   ███████████ 4 promises",
        "broken █████▌ 2 promises",
    ]


def test_a_percentage_is_as_long_as_it_is_of_a_hundred() -> None:
    chart = Chart("Kept", ("III", "II"), (Series("kept", (50.0, 33.3)),), unit="%")
    assert words(draw(Card(chart=chart), READER, 20)) == ["Kept", "III █████ 50 %", "II  ███▍ 33.3 %"]


@given(
    st.lists(st.tuples(st.text(max_size=30), st.floats(0, 1e9)), max_size=5), st.text(max_size=20), st.integers(1, 120)
)
def test_no_chart_is_wider_than_the_screen(figures: list[tuple[str, float]], unit: str, width: int) -> None:
    chart = Chart(unit, tuple(name for name, _ in figures), (Series("a", tuple(value for _, value in figures)),), unit)
    for row in draw(Card(chart=chart), READER, width):
        assert row.cell_len <= max(width, 20)


def test_programs_get_the_figures_of_a_chart() -> None:
    assert values_of(Card(chart=CHART, data={"kept": 12}))["chart"]["series"] == {"kept": [8, 4], "broken": [0, 2]}
    assert values_of(Card(data={"kept": 12})) == {"kept": 12}


def test_what_a_menu_would_hold_is_left_out() -> None:
    card = replace(CARD, choices=(*CARD.choices, Choice("Note…", "ticket note", {"ticket": 42}, rest=True)))
    assert in_sight(card) == CARD
