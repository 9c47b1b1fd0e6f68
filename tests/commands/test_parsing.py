"""How a typed line is read: quotes, options, names with colons, and free text that stays as it was typed."""

from __future__ import annotations

import pytest

from bot.domain.errors import Refusal
from commands import catalogue
from commands.parsing import find_command, read

COMMANDS = catalogue.build()


def understood(line: str, in_ticket: int | None = None) -> dict[str, str]:
    command, rest = find_command(line, COMMANDS)
    return read(command, rest, in_ticket=in_ticket)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("ticket note 1 it works -- try again", "it works -- try again"),
        ("ticket note 1 can't stop", "can't stop"),
        ("ticket note 1 two  spaces", "two  spaces"),
        ('ticket note 1 "in quotes"', "in quotes"),
        ("ticket note 1 “in curly quotes”", "in curly quotes"),
        ('ticket note 1 "never closed', "never closed"),
        ("ticket note 1 see https://example.com/a?b=c", "see https://example.com/a?b=c"),
        ("ticket note 1 -- --reason is an option", "--reason is an option"),
        ("ticket note 1 one\ntwo", "one\ntwo"),
        ("ticket note 1 the log says reason:timeout at ticket:9", "the log says reason:timeout at ticket:9"),
        ('ticket note 1 path="C:/my files"', 'path="C:/my files"'),
    ],
)
def test_free_text_stays_as_it_was_typed(line: str, text: str) -> None:
    assert understood(line) == {"ticket": "1", "text": text}


@pytest.mark.parametrize(
    "line",
    [
        "ticket close 1 solved --text bye",
        "ticket close #1 solved bye",
        "/ticket close ticket:1 resolution:solved text:bye",
        "TICKET Close --text=bye 1 solved",
    ],
)
def test_values_are_given_by_place_or_by_name(line: str) -> None:
    values = understood(line)
    assert (values["ticket"].removeprefix("#"), values["resolution"], values["text"]) == ("1", "solved", "bye")


def test_a_letter_keeps_its_words_and_options_before_it_count() -> None:
    assert understood("ticket reply 1 please wait:yes that long") == {
        "ticket": "1",
        "text": "please wait:yes that long",
    }
    assert understood("ticket reply wait:yes 1 hello") == {"ticket": "1", "wait": "yes", "text": "hello"}
    assert understood("ticket reply 1 wait:yes hello") == {"ticket": "1", "wait": "yes", "text": "hello"}
    assert (
        understood("ticket reply it is text:book and wait:yes", in_ticket=7)["text"] == "it is text:book and wait:yes"
    )
    assert understood("ticket open no mail customer:acme") == {"subject": "no mail", "customer": "acme"}


def test_in_a_tickets_thread_its_number_is_understood() -> None:
    assert understood("ticket note it is back", in_ticket=7) == {"ticket": "7", "text": "it is back"}
    assert understood("ticket note 8 it is back", in_ticket=7)["ticket"] == "8"
    assert understood("ticket merge --into 8", in_ticket=7) == {"ticket": "7", "into": "8"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "Nothing was said."),
        ("tickt open x", "There is no “/tickt open”."),
        ("ticket list --page", "--page needs a value"),
        ("ticket mine 1 2", "does not know what to do with “2”"),
        ("ticket note " + "x" * 300_000, "300,012 characters long"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(line: str, said: str) -> None:
    with pytest.raises(Refusal) as caught:
        understood(line)
    assert said in caught.value.text


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("--custmer", "Did you mean --customer ?"),
        ("--prioritiy", "Did you mean --priority ?"),
        ("--opened", "It takes: --subject, --customer,"),
        ("--foo", "It takes: --subject, --customer,"),
    ],
)
def test_an_unknown_option_is_answered_with_one_that_is_near_or_with_all(option: str, hint: str) -> None:
    with pytest.raises(Refusal) as caught:
        understood(f"ticket open no mail {option} x")
    assert hint in caught.value.hint
