"""Flows as markup: well-formed whatever they say, and nobody's words become a command to the telephone network."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.phone.drawing.speech import LONGEST, speakable
from adapters.phone.drawing.twiml import Links, twiml
from adapters.phone.wire.addresses import CALL, PAGE, Addresses
from bot.flow import Conference, Flow, Gather, Goto, HangUp, Pause, Record, Reject, Ring, Say

LINKS = Links(Addresses("https://desk.example.com"), PAGE, "secret", 3, caller="+14165550100")
LETTERS = st.text(st.characters(exclude_categories=()))


def parsed(flow: Flow, links: Links = LINKS) -> ElementTree.Element:
    return ElementTree.fromstring(twiml(flow, links))  # noqa: S314  # Ours, and what is tested.


@given(LETTERS, st.sampled_from(["en", "fr"]), LETTERS)
def test_any_text_is_well_formed_and_says_what_it_says(text: str, language: str, voice: str) -> None:
    spoken = parsed((Pause(), Say(text, language, voice), HangUp())).findall("Say")
    assert [say.text for say in spoken] == [words for words in [speakable(text, language)] if words]
    assert all(set(say.attrib) <= {"language", "voice"} for say in spoken)


@given(LETTERS)
def test_speech_holds_nothing_that_xml_or_a_voice_stumbles_over(text: str) -> None:
    words = speakable(text)
    assert len(words) <= LONGEST
    assert not set("<>\n\r\t\x00\ufffe\ud800") & set(words)
    assert speakable(words) == words


def test_a_command_in_a_customers_words_is_only_words() -> None:
    root = parsed((Say("</Say><Dial>+19005550100</Dial><Say>&amp; so <break time='9s'/>"),))
    assert [child.tag for child in root] == ["Say"]
    assert "<" not in (root[0].text or "")


def test_links_are_named_and_long_numbers_are_read_digit_by_digit() -> None:
    assert speakable("See https://evil.example/x?y=1, order 1234567, ticket #42") == (
        "See a link order 1 2 3 4 5 6 7, ticket number 42"
    )
    assert speakable("Voir www.example.fr billet #7", "fr") == "Voir un lien billet numéro 7"


def test_keys_count_while_the_words_are_spoken_and_a_silence_is_answered_too() -> None:
    root = parsed((Gather((Say("Press 1", "fr", "Polly.Gabrielle"), Pause(2)), "key", seconds=9),))
    gather, redirect = root
    assert gather.attrib == {
        "input": "dtmf",
        "action": "https://desk.example.com/phone/page/secret/key/3",
        "method": "POST",
        "timeout": "9",
        "finishOnKey": "",
        "actionOnEmptyResult": "true",
        "numDigits": "1",
    }
    assert [(child.tag, child.attrib) for child in gather] == [
        ("Say", {"language": "fr-CA", "voice": "Polly.Gabrielle"}),
        ("Pause", {"length": "2"}),
    ]
    assert (redirect.tag, redirect.text) == ("Redirect", gather.get("action"))


def test_who_waits_hears_music_and_who_comes_to_help_starts_the_conversation() -> None:
    links = Links(Addresses("https://d.example"), CALL, "t", 1, music="https://music.example/a.mp3")
    waiting = parsed((Conference("room 7/x", then="left", waits=True, ends=True),), links)
    dial = waiting[0]
    assert dial.get("action") == "https://d.example/phone/call/t/left/1"
    assert dial[0].text == "room-7-x"
    assert dial[0].get("startConferenceOnEnter") == "false"
    assert dial[0].get("endConferenceOnExit") == "true"
    assert dial[0].get("waitUrl") == "https://music.example/a.mp3"
    helping = parsed((Conference("r", record=True),), links)[0]
    assert "action" not in helping.attrib
    assert helping[0].get("startConferenceOnEnter") == "true"
    assert helping[0].get("record") == "record-from-start"
    assert helping[0].get("recordingStatusCallback") == "https://d.example/phone/call/t/recording"


def test_a_number_is_rung_and_what_is_none_is_not() -> None:
    dial = parsed((Ring("+14165550199", "rung", seconds=20, record=True),))[0]
    assert dial[0].text == "+14165550199"
    assert (dial.get("timeout"), dial.get("callerId"), dial.get("answerOnBridge")) == ("20", "+14165550100", "true")
    assert dial.get("record") == "record-from-answer-dual"
    assert [child.tag for child in parsed((Ring("+1416;ext=5", "rung"),))] == ["Redirect"]


def test_the_other_moves_are_what_they_are_called() -> None:
    root = parsed((Record("left", 60), Goto("menu"), HangUp(), Reject(), Pause(0)))
    assert [child.tag for child in root] == ["Record", "Redirect", "Redirect", "Hangup", "Reject", "Pause"]
    assert (root[0].get("maxLength"), root[0].get("playBeep")) == ("60", "true")
    assert root[2].text == "https://desk.example.com/phone/page/secret/menu/3"


def test_a_question_without_an_address_for_its_answer_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="Gather"):
        twiml((Gather((Say("1?"),), "key"),))
    assert "<Say" in twiml((Say("Your code is 1 2 3"), HangUp()))
