"""Reading: Slack's text undone, and the line that is meant by it."""

from __future__ import annotations

import pytest

from adapters.slack.hearing.reading import addressed, line_of, meant, spoken
from commands import catalogue

CATALOGUE = catalogue.build()


@pytest.mark.parametrize(
    ("slack", "typed"),
    [
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("<https://acme.example/a?b=1&amp;c=2>", "https://acme.example/a?b=1&c=2"),
        ("<http://acme.example|acme.example>", "acme.example"),
        ("<mailto:it@acme.example|it@acme.example>", "it@acme.example"),
        ("<https://evil.example|your bank>", "your bank (https://evil.example)"),
        ("<#C0123|general> <!here> <!subteam^S1|@support>", "#general @here @support"),
        ("<@U1> and <@U2|Joe>", "@ann and @U2"),
        ("  two\u00a0words ", "two words"),
    ],
)
def test_what_slack_writes_is_read_as_it_was_typed(slack: str, typed: str) -> None:
    assert spoken(slack, lambda account: {"U1": "@ann"}.get(account, f"@{account}")) == typed


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("claim", "ticket claim"),
        ("Claim!", "ticket claim"),
        ("*claim* 42", "ticket claim 42"),
        ("/ticket claim 42", "ticket claim 42"),
        ("open printer on  fire\nit smokes", "ticket open printer on  fire\nit smokes"),
        ("customer acme", "ticket customer acme"),
        ("customer show acme", "customer show acme"),
        ("wait 2d", "ticket wait 2d"),
        ("claim —take", "ticket claim --take"),
        ("note he said —no", "ticket note he said —no"),
        ("help claim", "help claim"),
        ("preview III", "sla preview III"),
    ],
)
def test_the_group_may_be_left_out(words: str, line: str) -> None:
    assert line_of(words, CATALOGUE) == line


@pytest.mark.parametrize("words", ["", "  ", "hello there", "!!!", "clam 42"])
def test_other_words_mean_no_command(words: str) -> None:
    assert line_of(words, CATALOGUE) is None


def test_what_was_probably_meant() -> None:
    assert meant("clam 42", CATALOGUE) == "claim"
    assert meant("good morning", CATALOGUE) == ""


def test_what_is_said_to_the_bot_follows_its_mention() -> None:
    assert addressed("<@UBOT> claim", "UBOT") == "claim"
    assert addressed("hey <@UBOT>: claim", "UBOT") == "claim"
    assert addressed("claim, <@UBOT>", "UBOT") == "claim,"
    assert addressed("<@UBOT>", "UBOT") == ""
    assert addressed("<@UBOTH> claim", "UBOT") is None
