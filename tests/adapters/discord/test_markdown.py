"""Whatever a stranger wrote is shown as written, and is nothing more to Discord."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from adapters.discord.drawing.markdown import dressed, escape, fenced, unfenced
from bot.cards import Line, Mention, Part, Strong, When
from bot.names import Names
from bot.views.dressing import within
from bot.views.plain import plain
from tests.adapters.any_card import lines, texts
from tests.adapters.discord.drawn import ANN, NAMES, SUPPORT, live, read

NOON = datetime(2026, 10, 13, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("*bold* _under_ ~~gone~~ `code` ||hush||", r"\*bold\* \_under\_ \~\~gone\~\~ \`code\` \|\|hush\|\|"),
        ("# big\n## smaller\n-# small", "\\# big\n\\## smaller\n\\-# small"),
        ("- a\n  - b\n+ c\n1. d\n2) e", "\\- a\n  \\- b\n\\+ c\n1\\. d\n2\\) e"),
        ("> said\n>>> all", "\\> said\n\\>>> all"),
        ("[your bank](https://evil.example)", r"\[your bank](<https://evil.example>)"),
        ("<@!1> <@&2> <#3> <t:4> </open:5> <id:home>", r"\<@​!1> \<@​&2> \<#3> \<t:4> \</open:5> \<id:home>"),
        ("@everyone, @here", "@​everyone, @​here"),
        (":boom: at 12:30", r"\:boom: at 12:30"),
        (r"C:\temp\_x", r"C:\\temp\\\_x"),
        ("discord.gg/x and discord://x", r"discord\.gg/x and discord\://x"),
        ("no. 42, #42, a-b, 3 > 2", "no. 42, #42, a-b, 3 > 2"),
    ],
)
def test_marks_are_mere_characters(written: str, sent: str) -> None:
    assert escape(written) == sent


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("see https://a.example/x_y*z.", "see <https://a.example/x_y*z>."),
        ("(http://a.example/)", "(<http://a.example/>)"),
        ("https://a.example/f(x)", "<https://a.example/f(x)>"),
        ("https://bank.example@evil.example", r"https\://bank.example@evil.example"),
        ("https://bank.exämple", r"https\://bank.exämple"),
        ("https://discord.gg/evil", r"https\://discord\.gg/evil"),
        ("https://", r"https\://"),
    ],
)
def test_a_whole_address_stays_one_without_a_preview(written: str, sent: str) -> None:
    assert escape(written) == sent


def test_a_heading_has_no_addresses() -> None:
    assert escape("down: https://a.example/x", links=False) == r"down: https\://a.example/x"


@given(texts)
def test_nothing_that_anybody_writes_is_live(text: str) -> None:
    for links in (True, False):
        assert live(escape(text, links=links)) == []


@given(texts)
def test_what_is_read_is_what_was_written(text: str) -> None:
    assert read(escape(text)) == plain(text).replace("\u200b", "")


@given(lines)
def test_no_parts_beside_each_other_become_live_together(line: Line) -> None:
    strangers = tuple(part for part in line if isinstance(part, str))
    said = within([strangers], lambda part: dressed(part, NAMES), 2_000)
    assert [found for found in live(said) if "@" in found or "<" in found or "[" in found] == []


@given(texts)
def test_what_is_fenced_comes_back(text: str) -> None:
    if "\u200b" not in text and text.strip():
        assert unfenced(fenced(text, 20_000)) == plain(text)


@given(texts)
def test_a_fence_is_cut_and_never_broken(text: str) -> None:
    for most in (0, 8, 9, 12, 40, 1_024):
        block = fenced(text, most)
        assert len(block) <= most
        assert block == "" or (block.count("```") == 2 and block.endswith("\n```"))


@pytest.mark.parametrize(
    ("part", "names", "sent"),
    [
        (Mention("ann", "Ann"), NAMES, f"<@{ANN}>"),
        (Mention("team"), NAMES, f"<@&{SUPPORT}>"),
        (Mention("team"), Names(team="here"), "**the team**"),
        (Mention("kim", "*Kim*"), NAMES, r"**\*Kim\***"),
        (Mention("eve", "Eve"), NAMES, "**Eve**"),
        (When(NOON), NAMES, "<t:1791905400:F>"),
        (When(NOON, "time"), NAMES, "<t:1791905400:t>"),
        (When(NOON, "date"), NAMES, "<t:1791905400:D>"),
        (When(NOON, "relative"), NAMES, "<t:1791905400:R>"),
        (Strong("#42*"), NAMES, r"**#42\***"),
        (Strong(" "), NAMES, " "),
    ],
)
def test_our_own_parts_are_what_discord_has_for_them(part: Part, names: Names, sent: str) -> None:
    assert dressed(part, names) == sent
