"""The prompt of a person: keys in, words out, with the news in between; and colours only where they belong."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from adapters.console.channel import ConsoleChannel
from adapters.console.interactive import DeskCompleter, run_prompt
from adapters.console.screen import Screen
from adapters.console.session import Session
from bot.cards import Tone, say
from bot.ports import CannotDeliver, Kind, Parcel, Urgency
from tests.adapters.console_house import FRIDAY, ConsoleHouse, console_house

OPEN = '/ticket open "printer on fire" --customer acme'


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ConsoleHouse]:
    with console_house(tmp_path) as built:
        yield built


def typed(house: ConsoleHouse, keys: str, history: Path | None = None) -> tuple[Session, str]:
    """Type at a prompt until it ends; the session afterwards, and all that the terminal was sent, without styles."""
    session, out = house.person(), StringIO()
    sink = Vt100_Output(out, lambda: Size(rows=40, columns=100))

    async def talk() -> int:
        with create_pipe_input() as source, create_app_session(input=source, output=sink):
            source.send_text(keys)
            return await run_prompt(session, house.screen, house.runtime.settle, history=history)

    assert asyncio.run(talk()) == 0
    return session, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue())


def test_a_line_is_answered_and_its_news_follows(house: ConsoleHouse) -> None:
    _, seen = typed(house, f"{OPEN}\r/quit\r")
    answer, news = seen.index("┌ #1  printer on fire"), seen.index("#desk  card of #1 is posted")
    assert answer < news < seen.index("Goodbye.")


def test_the_end_of_input_leaves_a_form_and_the_prompt(house: ConsoleHouse) -> None:
    session, seen = typed(house, f"{OPEN}\r4\rsolved\r\x04")
    assert session.form is None
    assert "resolution: solved" in seen


def test_an_interrupt_leaves_a_form_and_says_what_was_typed_but_not_the_conversation(house: ConsoleHouse) -> None:
    _, seen = typed(house, f"{OPEN}\r4\rsolved\r\x03\x03/quit\r")
    assert seen.index("You had typed:") < seen.index("/quit leaves.") < seen.index("Goodbye.")


def test_typed_lines_are_remembered_in_a_file_but_the_fields_of_forms_are_not(
    house: ConsoleHouse, tmp_path: Path
) -> None:
    file = tmp_path / "new" / "history"
    typed(house, f"{OPEN}\r4\rsolved\r\x04", file)
    kept = file.read_text()
    assert OPEN in kept
    assert "solved" not in kept


def test_tab_completes_words_of_the_desk_and_of_the_terminal(house: ConsoleHouse) -> None:
    completer = DeskCompleter(house.person())

    def proposed(text: str) -> list[str]:
        found = completer.get_completions(Document(text), CompleteEvent())
        return [text[: len(text) + one.start_position] + one.text for one in found]

    assert proposed("/ticket cla") == ["/ticket claim "]
    assert proposed("/ti") == ["/time", "/ticket "]
    assert proposed("/ticket open x --customer ac") == ["/ticket open x --customer acme "]


def test_news_that_cannot_be_shown_is_not_counted_as_delivered(house: ConsoleHouse) -> None:
    gone = StringIO()
    channel = ConsoleChannel(Screen(gone, house.clock, environ={}))
    parcel = Parcel(7, Kind.NOTICE, "console", "#desk", say("hello"), "k", Urgency.NOTICE, FRIDAY)
    assert asyncio.run(channel.deliver(parcel)) == "parcel-7"
    gone.close()
    with pytest.raises(CannotDeliver, match="the terminal is gone"):
        asyncio.run(channel.deliver(parcel))


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1", "TERM": "xterm"}, True),
        ({"FORCE_COLOR": "1", "TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(house: ConsoleHouse, environ: dict[str, str], coloured: bool) -> None:
    out = StringIO()
    Screen(out, house.clock, environ=environ).answer(say("late", tone=Tone.BREACH))
    assert ("31m" in out.getvalue()) is coloured
    assert "✖ " in out.getvalue()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(
                ["/as ", "/in 1", "/out", "1", "99", "/ticket show 1 --json", "--json", "/ticket", "cancel"]
            ),
            st.text(max_size=20).map(lambda words: f"/ticket open {words}"),
        ),
        max_size=5,
    )
)
def test_whatever_is_typed_the_conversation_goes_on_and_the_terminal_is_safe(
    house: ConsoleHouse, lines: list[str]
) -> None:
    person = house.person()
    for line in lines:
        if line.strip().casefold() not in ("/quit", "/exit"):
            person.hear(line)
    seen = "\n".join(house.seen())
    assert "Something went wrong" not in seen
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", seen)
