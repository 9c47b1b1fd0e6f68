"""What is said on the telephone: numbers, times and untrusted words for the ear, in two languages."""

from dataclasses import asdict
from datetime import datetime
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views import spoken
from bot.views.page_speech import ENGLISH_SPEECH, FRENCH_SPEECH
from bot.views.text_replies import ENGLISH_REPLIES, FRENCH_REPLIES

TORONTO = ZoneInfo("America/Toronto")
NIGHT = datetime(2026, 10, 10, 2, 14, tzinfo=TORONTO)


@pytest.mark.parametrize(
    ("n", "english", "french"),
    [
        (0, "zero", "zéro"),
        (21, "twenty-one", "vingt et un"),
        (42, "forty-two", "quarante-deux"),
        (70, "seventy", "soixante-dix"),
        (71, "seventy-one", "soixante et onze"),
        (77, "seventy-seven", "soixante-dix-sept"),
        (80, "eighty", "quatre-vingts"),
        (81, "eighty-one", "quatre-vingt-un"),
        (91, "ninety-one", "quatre-vingt-onze"),
        (100, "one hundred", "cent"),
        (200, "two hundred", "deux cents"),
        (234, "two hundred thirty-four", "deux cent trente-quatre"),
        (1042, "one thousand forty-two", "mille quarante-deux"),
        (9300, "nine thousand three hundred", "neuf mille trois cents"),
        (12042, "one two zero four two", "un deux zéro quatre deux"),
    ],
)
def test_numbers_are_said_as_people_say_them(n: int, english: str, french: str) -> None:
    assert (spoken.number(n), spoken.number(n, "fr")) == (english, french)


def test_no_two_numbers_below_ten_thousand_sound_alike() -> None:
    for language in ("en", "fr"):
        assert len({spoken.number(n, language) for n in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    ("day", "hour", "minute", "english", "french"),
    [
        (10, 11, 30, "eleven thirty in the morning", "onze heures trente"),
        (10, 0, 5, "twelve oh five in the morning", "zéro heure cinq"),
        (11, 0, 0, "tomorrow, midnight", "demain à minuit"),
        (13, 11, 30, "Tuesday, eleven thirty in the morning", "mardi à onze heures trente"),
        (20, 12, 0, "Tuesday, October twentieth, noon", "le mardi vingt octobre à midi"),
        (9, 14, 5, "yesterday, two oh five in the afternoon", "hier à quatorze heures cinq"),
        (10, 21, 21, "nine twenty-one in the evening", "vingt et une heures vingt et une"),
        (1, 13, 0, "Thursday, October first, one in the afternoon", "le jeudi premier octobre à treize heures"),
    ],
)
def test_times_are_said_with_as_much_of_the_date_as_one_must_know(
    day: int, hour: int, minute: int, english: str, french: str
) -> None:
    at = datetime(2026, 10, day, hour, minute, tzinfo=TORONTO)
    assert (spoken.moment(at, TORONTO, NIGHT), spoken.moment(at, TORONTO, NIGHT, "fr")) == (english, french)


def test_every_day_of_a_month_has_an_ordinal_of_its_own() -> None:
    said = [
        spoken.moment(datetime(2027, 1, day, 12, tzinfo=TORONTO), TORONTO, NIGHT).split(", ")[1] for day in range(1, 32)
    ]
    assert len(set(said)) == 31
    assert said[11] == "January twelfth"
    assert said[29:] == ["January thirtieth", "January thirty-first"]


def test_spans_levels_and_firms_are_said_in_full() -> None:
    assert spoken.span(2700) == "forty-five minutes"
    assert spoken.span(8100, "fr") == "deux heures quinze minutes"
    assert spoken.span(1) == "one minute"
    assert spoken.level("III") == "Level Three"
    assert spoken.level("III", "fr") == "niveau trois"
    assert spoken.level("Gold") == "Level Gold"
    assert spoken.firm("ACME Ltd.") == "ACME Limited"
    assert spoken.firm("Smith & Co") == "Smith and Company"


def test_what_a_voice_stumbles_over_is_left_out_and_what_is_personal_is_only_named() -> None:
    heard = spoken.heard
    assert heard("Mail server down, queue growing!!!", 160) == "Mail server down, queue growing"
    assert heard("call +1 (416) 555-0199 or it@acme.example, see https://evil.example/?x=1", 160) == (
        "call a number or a mail address, see a link"
    )
    assert heard("🔥🔥 *down* `now` <b>", 160) == "down now b"
    assert heard("error 503 on #42", 160) == "error 503 on number 42"
    assert heard("Panne générale ; voir www.exemple.ca", 160, "fr") == "Panne générale ; voir un lien"
    assert heard("one two three", 9) == "one two"


@given(st.text(max_size=400), st.integers(1, 80), st.sampled_from(["en", "fr"]))
def test_no_text_is_longer_than_may_be_spoken_or_brings_what_cannot_be(text: str, most: int, language: str) -> None:
    said = spoken.heard(text, most, language)
    assert len(said) <= most
    assert not set(said) & set("<>&@#*_`|{}[]\\\n\t\x00\u202e")


@pytest.mark.parametrize(
    ("english", "french"),
    [(asdict(ENGLISH_SPEECH), asdict(FRENCH_SPEECH)), (asdict(ENGLISH_REPLIES), asdict(FRENCH_REPLIES))],
)
def test_both_languages_fill_in_the_same_words(english: dict[str, str], french: dict[str, str]) -> None:
    for name, template in english.items():
        assert _filled(french[name]) == _filled(template), name


def _filled(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}
