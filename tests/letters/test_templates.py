"""Templates: ours say what they should, an operator's may say it otherwise, and none can do harm or lose a letter."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.letters.samples import SITE, sample
from bot.letters.template import ITEMS, LONGEST, MOST, BadTemplate, Reader
from bot.letters.writing import SUBJECT, Letterhead, LetterWriter, names, shipped
from commands.letters import Letter

GOLDEN = Path(__file__).parent / "golden"
HEAD = Letterhead("ACME Support", SITE)
VALUES: Mapping[str, Any] = {"text": "hello", "ticket": {"number": 42}, "few": ["a", "b"], "many": list(range(1000))}


def read(body: str) -> str:
    return Reader().write(f"Subject: x\n\n{body}", VALUES).body


def mistake(body: str) -> str:
    with pytest.raises(BadTemplate) as bad:
        read(body)
    return str(bad.value)


# --- ours ---------------------------------------------------------------------------------------------------------


def test_every_kind_of_letter_has_its_template() -> None:
    assert set(names()) == {kind.value for kind in Letter}


@pytest.mark.parametrize("name", names())
def test_a_letter_reads_as_it_should(name: str) -> None:
    written = LetterWriter(None, HEAD).write(name, sample(name))
    assert f"Subject: {written.subject}\n\n{written.body}\n" == (GOLDEN / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("name", names())
def test_a_letter_reads_well_where_there_is_no_page_and_nothing_more_to_say(name: str) -> None:
    bare = {key: type(value)() if isinstance(value, (str, list)) else value for key, value in sample(name).items()}
    bare |= {key: value for key, value in sample(name).items() if key in ("subject", "text", "promise", "link")}
    Reader().write(shipped(name), {**bare, "company": "ACME Support", "site": "", "page": "", "ticket_page": ""})
    written = LetterWriter(None).write(name, bare)
    assert "\n\n\n" not in written.body
    assert name == "sign_in" or "http" not in written.body


# --- the operator's ----------------------------------------------------------------------------------------------


def test_the_operators_own_words_win(tmp_path: Path) -> None:
    (tmp_path / "reply.txt").write_text(
        "\ufeffSubject: About {{ ticket.subject | upper }}\r\n\r\n{{ text }}\r\n-- \r\n{{ by }}, {{ company }}\r\n",
        "utf-8",
    )
    written = LetterWriter(tmp_path, HEAD).write("reply", sample("reply"))
    assert written.subject == "About MAIL IS SLOW"
    assert written.body == "Dear Jo,\n\nthe queue is empty again.\n-- \nAnn, ACME Support"
    assert LetterWriter(tmp_path, HEAD).write("closed", sample("closed")).body.startswith("We have closed")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Subject: x\n\n{{ txet }}", "line 3: 'txet' is undefined"),
        ("Subject: x\n\nfine\n{% if %}", "line 4: Expected an expression, got 'end of statement block'"),
        ("Subject: {{ nobody }}\n\nx", "line 1: 'nobody' is undefined"),
        ("Dear customer,\n\nx", "line 1: the first line is “Subject: …”"),
        ("Subject: x\n\n", "it says nothing"),
        ("Subject: {{ '' }}\n\nx", "its subject is empty"),
        ("Subject: x\n\n" + "x" * LONGEST, f"it is longer than {LONGEST} characters"),
        ("", "line 1: the first line is “Subject: …”"),
    ],
)
def test_a_broken_template_is_told_of_and_costs_no_letter(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, told: str
) -> None:
    (tmp_path / "reply.txt").write_text(text, "utf-8")
    writer = LetterWriter(tmp_path, HEAD)
    with caplog.at_level(logging.WARNING):
        written = writer.write("reply", sample("reply"))
    assert written == LetterWriter(None, HEAD).write("reply", sample("reply"))
    assert f"{tmp_path / 'reply.txt'} will not do ({told})" in caplog.text
    ((path, wrong),) = writer.checked()
    assert (path.name, str(wrong)) == ("reply.txt", told)


def test_a_template_that_cannot_be_read_is_told_of_too(tmp_path: Path) -> None:
    (tmp_path / "reply.txt").write_bytes(b"Subject: \xff\n\nx")
    (tmp_path / "rpely.txt").write_text("Subject: x\n\nx")
    (tmp_path / "closed.txt").write_text("Subject: x\n\n{{ resolution }}")
    writer = LetterWriter(tmp_path, HEAD)
    assert writer.write("reply", sample("reply")).body.startswith("Dear Jo,")
    found = {path.name: str(wrong) for path, wrong in writer.checked() if wrong is not None}
    assert set(found) == {"reply.txt", "rpely.txt"}
    assert "there is no letter of that name" in found["rpely.txt"]


def test_a_letter_that_no_template_can_write_goes_out_as_it_was_posted() -> None:
    written = LetterWriter(None).write("closed", {"subject": "Closed\r\nBcc: x@y.example", "text": "It is closed."})
    assert (written.subject, written.body) == ("Closed Bcc: x@y.example", "It is closed.")


# --- what a template cannot do -----------------------------------------------------------------------------------


def test_a_template_shows_chooses_and_lists() -> None:
    assert read("{% if text and few | length == 2 %}{{ text | capitalize }}{% else %}no{% endif %}") == "Hello"
    assert (
        read("{% for one in few %}{{ loop.index }}{{ one }}{% if not loop.last %}, {% endif %}{% endfor %}") == "1a, 2b"
    )
    assert (
        read("{{ few | listed }}; {{ nobody | default('nobody') }}; {{ 'b' if 'b' in few else 'c' }}")
        == "a and b; nobody; b"
    )
    assert read("{% raw %}{{ text }}{% endraw %}{# seen by nobody #}") == "{{ text }}"
    assert len(read("{% for one in many %}x{% endfor %}")) == ITEMS


@pytest.mark.parametrize(
    "body",
    [
        "{% for i in range(10**9) %}x{% endfor %}",
        "{{ text.__class__.__mro__ }}",
        "{{ text['__class__'] }}",
        "{{ text.upper }}",
        "{{ ''.join(few) }}",
        "{{ self }}{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum(n=10**6) }}",
        "{{ 'x' * 10**10 }}",
        "{{ 9**9**9**9 }}",
        "{{ 'x' ~ text }}",
        "{{ text | center(10**9) }}",
        "{{ text | replace('', text) }}",
        "{{ few | map(attribute='__class__') | list }}",
        "{% set text = text %}{{ text }}",
        "{% for a in many %}{% for b in many %}x{% endfor %}{% endfor %}",
        "{% for a in few recursive %}{{ loop(few) }}{% endfor %}",
        "{% for a in text %}x{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% include '/etc/passwd' %}",
        "{% extends 'x' %}",
        "{% import 'os' as os %}",
        "{% filter upper %}x{% endfilter %}",
        "{{ loop }}",
        "{{ " + "(" * 5000,
        "{{ text" + ".a" * 9000 + " }}",
        "{% if text %}" * 600 + "x" + "{% endif %}" * 600,
        "{{ " + " and ".join(["text"] * 3000) + " }}",
    ],
)
def test_a_template_cannot_reach_out_or_run_away(body: str) -> None:
    with suppress(BadTemplate):
        assert len(read(body)) < 10_000


def test_what_it_makes_has_an_end() -> None:
    long = Reader()
    with pytest.raises(BadTemplate, match=f"more than {MOST} characters"):
        long.write("Subject: x\n\n" + "{{ text }}" * 3, {"text": "x" * (MOST // 2)})
    assert mistake("{{ [1, 2] }}")


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_a_template_holds_the_letter_is_written(source: str, text: str) -> None:
    with suppress(BadTemplate):
        written = Reader().write(f"Subject: {source}\n\n{text}{source}", VALUES)
        assert written.subject
        assert written.body


@given(st.text(max_size=2000), st.text(max_size=500))
def test_whatever_people_write_stands_in_the_letter_as_words(text: str, subject: str) -> None:
    ticket = {"number": 7, "subject": subject, "level": "III"}
    written = LetterWriter(None).write(
        "reply", {**sample("reply"), "text": f"({text})", "ticket": ticket, "left_out": []}
    )
    assert len(written.subject) <= SUBJECT
    assert written.subject.isprintable() or not subject.isprintable()
    assert "\n" not in written.subject
    assert written.body.startswith("(")


def test_what_people_write_is_no_template() -> None:
    written = LetterWriter(None).write("reply", {**sample("reply"), "text": "{{ company }}{% if %}"})
    assert written.body.startswith("{{ company }}{% if %}")
