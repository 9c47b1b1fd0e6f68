"""Telephone numbers: many ways to type one, one way to keep it, and a hint where it cannot be one."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadValue
from bot.domain.phone_numbers import e164, shown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+14165550199", "+14165550199"),
        ("+1 (416) 555-0199", "+14165550199"),
        ("+1.416.555.0199", "+14165550199"),
        (" tel:+1-416-555-0199 ", "+14165550199"),
        ("0014165550199", "+14165550199"),
        ("+49 1511 2345678", "+4915112345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+4366412345678", "+4366412345678"),
    ],
)
def test_a_number_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert e164(typed) == kept
    assert e164(kept) == kept


@pytest.mark.parametrize(
    ("typed", "why", "hint"),
    [
        ("416 555 0199", "416 555 0199 lacks its country code.", "In Canada or the USA: +14165550199."),
        ("1-416-555-0199", "1-416-555-0199 lacks its country code.", "In Canada or the USA: +14165550199."),
        ("0664 1234567", "0664 1234567 lacks its country code.", "With its country code:"),
        ("+0664 1234567", "no country code begins with 0.", ""),
        ("+1416555", "has 7 digits", ""),
        ("+1234567890123456", "has 16 digits", ""),
        ("+1416555019", "is no number of Canada or the USA", "+1 416 555 0199"),
        ("+10165550199", "is no number of Canada or the USA", ""),
        ("banana", "“banana” is not a telephone number.", ""),
        ("+1416555CALL", "is not a telephone number.", ""),
        ("", "“” is not a telephone number.", ""),
        ("+١٤١٦٥٥٥٠١٩٩", "is not a telephone number.", ""),
    ],
)
def test_what_is_no_number_says_what_would_be(typed: str, why: str, hint: str) -> None:
    with pytest.raises(BadValue) as refusal:
        e164(typed)
    assert why in refusal.value.text
    assert hint in refusal.value.hint


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_number_or_refused_in_words(typed: str) -> None:
    with suppress(BadValue):
        assert re.fullmatch(r"\+[1-9][0-9]{7,14}", e164(typed))


def test_a_number_is_shown_to_others_with_its_middle_left_out() -> None:
    assert shown("+14165550199") == "+1 416 … 0199"
    assert shown("+4915112345678") == "+4915 … 5678"
