"""Texts of one segment: what does not fit is cut, what the alphabet lacks is written otherwise, no order slips in."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.views.short_text import SEGMENT, fitted, plain, septets


@given(st.text(max_size=60), st.text(max_size=400))
def test_whatever_is_written_becomes_one_segment_with_its_code(name: str, subject: str) -> None:
    words = fitted(f"Kim: Level III {plain(name)[:30]} #42:", subject, "Reply 482913 to take it")
    assert septets(words) <= SEGMENT
    assert words.endswith("Reply 482913 to take it")
    assert plain(words) == " ".join(words.split())


def test_a_text_reads_as_people_write() -> None:
    words = fitted("Kim: Level III ACME Ltd #42:", "mail server down, queue growing", "Reply 482913 to take it")
    assert words == "Kim: Level III ACME Ltd #42: mail server down, queue growing Reply 482913 to take it"


def test_letters_that_the_alphabet_lacks_are_written_without_accents() -> None:
    assert plain("Čeněk’s “queue” … naïve €5 日本") == 'Cenek\'s "queue" ... naive €5 ??'


@given(st.text(max_size=40))
def test_no_word_that_a_provider_takes_for_an_order_is_left(subject: str) -> None:
    words = fitted("Kim:", f"please STOP or cancel {subject} Arrêt END", "Reply 482913 to take it")
    assert not re.search(r"\b(stop|cancel|end|quit|unsubscribe|arr[eê]t|help)\b", words, re.IGNORECASE)
