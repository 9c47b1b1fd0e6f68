"""A person's settings file is changed by lines: what they wrote stays, and nothing that would break it is written."""

from __future__ import annotations

import tomllib

import pytest

from bot.cli.toml_section import with_values
from bot.domain.errors import Refusal


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", '[slack]\nmode = "http"\n'),
        ("a = 1\n", 'a = 1\n\n[slack]\nmode = "http"\n'),
        ("[slack]\n\n[web]\n", '[slack]\nmode = "http"\n\n[web]\n'),
        ('[slack] # us\nmode = "socket" # for now\n', '[slack] # us\nmode = "http" # for now\n'),
        ("[slack]\n  mode='socket'\nteam = 'none'\n", "[slack]\nmode = \"http\"\nteam = 'none'\n"),
        ('[slack]\nmode = "http"', '[slack]\nmode = "http"'),
        ("[slack.emoji]\non = false\n", '[slack.emoji]\non = false\n\n[slack]\nmode = "http"\n'),
        ('[slack]\nold = "1" # gone\nteam = "none"\n', '[slack]\nteam = "none"\nmode = "http"\n'),
    ],
)
def test_values_are_set_and_the_rest_stays(text: str, after: str) -> None:
    assert with_values(text, "slack", {"mode": "http", "old": None}) == after


@pytest.mark.parametrize(
    "text",
    [
        'slack = { team = "none" }\n',
        'slack.team = "none"\n',
        '[slack]\nmode = """\nsocket\n"""\n',
        '["slack"]\nteam = "none"\n',
    ],
)
def test_what_lines_cannot_say_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        with_values(text, "slack", {"mode": "http"})
    assert refused.value.hint == 'It needs: mode = "http"'


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("[discord]\nserver = 1\n", '[discord]\nserver = 1\n\n[discord.channels]\ndesk = "#a"\n'),
        ('[discord.channels]\ndesk = "#b" # ours\n', '[discord.channels]\ndesk = "#a" # ours\n'),
        ("", '[discord.channels]\ndesk = "#a"\n'),
    ],
)
def test_a_section_within_another_is_set_as_well(text: str, after: str) -> None:
    assert with_values(text, "discord.channels", {"desk": "#a"}) == after


def test_a_section_in_one_line_is_left_to_its_owner() -> None:
    with pytest.raises(Refusal):
        with_values('[discord]\nchannels = {desk = "#b"}\n', "discord.channels", {"desk": "#a"})


def test_a_number_is_written_as_a_number() -> None:
    text = with_values("[discord]\nserver = 1 # the old one\n", "discord", {"server": 1301234567890123456})
    assert text == "[discord]\nserver = 1301234567890123456 # the old one\n"


def test_a_value_is_written_so_that_it_reads_as_itself() -> None:
    for value in ('/srv/“a” \\ "b"', "#desk", "a\tb\nc\x7f\u2028", "🎫"):
        assert tomllib.loads(with_values("", "slack", {"file": value})) == {"slack": {"file": value}}
