"""Cards as Discord's messages: what is shown, who is notified, and that Discord takes whatever the desk says."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given

from adapters.discord.drawing import limits
from adapters.discord.drawing.buttons import choice_of
from adapters.discord.drawing.cards import COLOURS, NO_PREVIEWS, NOTHING, Payload, message, size
from bot.cards import Card, Chart, Choice, Line, Mention, Series, Strong, Table, Tone, When
from bot.names import Names
from tests.adapters.any_card import BIG, NOON, TICKET, TRICKS, cards, texts
from tests.adapters.discord.drawn import ANN, BOB, NAMES, SUPPORT, components, live, read, refused, words


def test_a_ticket_card_is_an_embed_with_its_colour_its_words_its_buttons_and_a_menu() -> None:
    said = message(TICKET, NAMES)
    [embed] = said.embeds
    assert embed["title"] == "⚠ #42 mail server down"
    assert embed["color"] == COLOURS[Tone.WARNING]
    assert embed["description"].splitlines() == [
        "**new · Level III**",
        "First response due <t:1791905400:F> (in 3 h of business time)",
        "Nobody has claimed it",
    ]
    *buttons, menu = components(said)
    assert [(one["label"], one["style"]) for one in buttons] == [("Claim", 1), ("Reply", 2), ("Close…", 4)]
    assert menu["placeholder"] == "More…"
    assert [one["label"] for one in menu["options"]] == ["History", "Watch"]
    assert said.content == ""
    assert refused(said) == []


def test_a_sentence_is_a_message_without_an_embed_or_a_preview() -> None:
    said = message(Card(lines=(("See https://a.example/x_y",),), tone=Tone.GOOD), NAMES)
    assert said.content == "✓ See <https://a.example/x_y>"
    assert said.embeds == []
    assert said.body()["flags"] == NO_PREVIEWS


def test_who_is_meant_is_called_above_the_embed_and_nobody_else() -> None:
    line: Line = (Mention("ann", "Ann"), " <@", BOB, "> ", Mention("kim", "Kim"), Mention("team"), Mention("ann"))
    said = message(Card(title=("breach",), lines=(line,)), NAMES)
    assert said.content == f"<@&{SUPPORT}> <@{ANN}>"
    assert said.body()["allowed_mentions"] == {
        "parse": [],
        "users": [ANN],
        "roles": [SUPPORT],
        "replied_user": False,
    }


def test_everybody_is_called_only_by_a_card_that_calls_the_team() -> None:
    here = Names({}, "here")
    said = message(Card(lines=((Mention("team"), ": @everyone"),)), here)
    assert said.content == "@here: @\u200beveryone"
    assert said.body()["allowed_mentions"]["parse"] == ["everyone"]
    silent = message(Card(lines=(("@here @everyone <@1>",),)), here)
    assert silent.body()["allowed_mentions"] == {"parse": [], "users": [], "roles": [], "replied_user": False}
    assert live(silent.content) == []
    above = message(Card(title=("breach",), lines=((Mention("team"),),)), here)
    assert above.content == "@here"


def test_a_title_with_an_instant_or_a_person_stands_in_the_text_where_both_are_shown() -> None:
    [embed] = message(Card(title=(Strong("The desk is "), "open until ", When(NOON))), NAMES).embeds
    assert embed["description"] == "### The desk is open until <t:1791905400:F>"
    assert "title" not in embed


def test_a_narrow_table_is_set_in_columns_and_one_with_instants_in_lines() -> None:
    rows: tuple[tuple[Line, ...], ...] = ((("1",), ("mail down",)), (("12",), ("vpn",)))
    [embed] = message(Card(title=("Open",), table=Table(("no", "subject"), rows)), NAMES).embeds
    assert embed["description"] == "```\nno  subject\n1   mail down\n12  vpn\n```"
    timed: tuple[tuple[Line, ...], ...] = ((("1",), ("mail *down*",), (When(NOON, "relative"),)),)
    [embed] = message(Card(title=("Open",), table=Table(("no", "subject", "due"), timed)), NAMES).embeds
    assert embed["description"] == "**no · subject · due**\n1 · mail \\*down\\* · <t:1791905400:R>"


def test_a_table_without_rows_has_no_header_either() -> None:
    empty = Card(title=("Open",), lines=(("no tickets",),), table=Table(("no", "subject"), ()))
    assert message(empty, NAMES).embeds[0]["description"] == "no tickets"


def test_rows_that_were_set_in_columns_keep_them() -> None:
    said = message(Card(title=("Why",), lines=(("Opened",), ("  Fri  1 h",), ("  Mon  0 h",), ("Due",))), NAMES)
    assert said.embeds[0]["description"] == "Opened\n```\nFri  1 h\nMon  0 h\n```\nDue"


def test_a_chart_is_bars_below_the_card() -> None:
    chart = Chart("Opened by day", ("Mon", "Tue"), (Series("tickets", (4, 2)),), "tickets")
    _, bars = message(Card(title=("Report",), chart=chart), NAMES).embeds
    assert bars["title"] == "Opened by day"
    assert bars["description"] == "```\nMon  ████████████████ 4 tickets\nTue  ████████ 2 tickets\n```"


def test_what_is_too_long_says_where_to_read_on() -> None:
    [embed] = message(replace(TICKET, lines=(("word " * 2_000,),)), NAMES).embeds
    assert embed["description"].endswith("… cut: /ticket show 42")
    assert len(embed["description"]) <= limits.DESCRIPTION
    long = message(Card(lines=(("word " * 2_000,),), ticket=42), NAMES)
    assert long.embeds[0]["description"].endswith("… cut: /ticket show 42")


def test_a_choice_that_no_button_can_carry_can_be_typed() -> None:
    said = message(Card(choices=(Choice("Paste", "ticket note", {"text": "x" * 90}),)), NAMES)
    assert said.components == []
    assert said.content == "Paste: /ticket note"


def test_a_mark_to_be_found_by_stands_small_below_the_card() -> None:
    said = message(Card(lines=(("Done.",),)), NAMES, mark="p7")
    assert said.embeds[0]["footer"] == {"text": "p7"}
    assert refused(said) == []


def test_nothing_is_never_sent() -> None:
    assert message(Card(), NAMES).content == NOTHING
    assert refused(message(Card(title=("",), badge=" "), NAMES)) == []


@given(texts, texts)
def test_what_a_customer_wrote_is_shown_as_written_and_is_not_live(one: str, other: str) -> None:
    said = message(Card(title=(one,), badge="new", lines=((other,),)), NAMES)
    assert live(words(said).replace("**new**", "")) == []
    if len(one) + len(other) < 60:
        assert "".join(other.split()) in "".join(read(words(said)).split()) or not other.isprintable()


@BIG
@given(cards)
@example(Card(title=TRICKS, lines=(TRICKS,) * 12, badge=TRICKS[-1], ticket=1))
@example(Card(title=("x" * 300,), lines=tuple((("[" * 90),) for _ in range(90))))
@example(Card(title=("x",), table=Table(TRICKS[:4], ((("y" * 9_000,),),) * 9), ticket=7))
@example(Card(choices=tuple(Choice(f"No. {n}", "ticket show", {"ticket": n}, rest=n % 2 == 0) for n in range(200))))
@example(Card(lines=(tuple(Mention("ann") for _ in range(300)),)))
def test_discord_takes_any_card(card: Card) -> None:
    said = message(card, NAMES, mark="p1")
    assert refused(said) == []
    assert size(*said.embeds) <= limits.EMBEDS_TEXT
    _calls_only(said, {ANN, BOB}, {SUPPORT})
    assert refused(message(card, NAMES)) == []
    for one in components(said):
        for option in one.get("options", [one]):
            assert choice_of({"custom_id": option.get("value", option.get("custom_id"))})


def _calls_only(said: Payload, users: set[str], roles: set[str]) -> None:
    allowed = said.body()["allowed_mentions"]
    assert allowed["parse"] == []
    assert set(allowed["users"]) <= users
    assert set(allowed["roles"]) <= roles
