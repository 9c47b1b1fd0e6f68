"""Texts that come in over HTTP: answered as texts, signed like everything else, and once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.phone.door import Door, night
from tests.commands.paged import ANN, page_now, paged, tried
from tests.town import Town


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    with night(settled, tmp_path) as town:
        yield town


def test_a_code_is_answered_with_a_text_and_a_repeat_with_the_same(town: Town) -> None:
    page = paged(town)
    tried(town, page, kind="text", code="482193")
    with Door(town) as door:
        first = door.text(ANN, "482193", "SM7")
        assert (first.status, first.type, first.text) == (200, "text/xml", "#1 is yours, Ann.")
        assert door.text(ANN, "482193", "SM7") == first
        assert page_now(town, page).acknowledged_by == "ann"
        assert door.woken


def test_a_text_without_an_answer_is_an_empty_204(town: Town) -> None:
    with Door(town) as door:
        answer = door.text(ANN, "STOP")
        assert (answer.status, answer.body) == (204, "")


def test_a_forged_text_is_not_heard(town: Town) -> None:
    page = paged(town)
    tried(town, page, kind="text", code="482193")
    with Door(town) as door:
        assert door.text(ANN, "482193", signature="").status == 403
        assert door.text(ANN, "482193", token="a guess").status == 403  # noqa: S106 -- no secret of anybody
        assert page_now(town, page).open


def test_nobodys_words_become_markup(town: Town) -> None:
    with Door(town) as door:
        answer = door.text(ANN, "</Message><Redirect>https://evil.example</Redirect>")
        assert answer.verbs == ["Message"]
