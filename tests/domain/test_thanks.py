"""What is only thanks, and what only begins like it."""

from __future__ import annotations

import pytest

from bot.domain.thanks import is_thanks

PHRASES = ("thanks", "thank you", "thanks a lot", "great, thanks", "merci", "works now, thanks", "cheers")
NAMES = ("Ann Lee", "Bob")


@pytest.mark.parametrize(
    "text",
    [
        "Thanks",
        "thank you!",
        "THANKS A LOT!!! 🙏",
        "Great, thanks",
        "great thanks",
        "Thanks, Ann!",
        "Thanks Bob. Cheers",
        "  merci \n\n-- \nJoe Smith\nACME Ltd",
        "Works now, thanks.\n> have you tried it again?",
        "Thank you thank you thank you",
    ],
)
def test_only_thanks(text: str) -> None:
    assert is_thanks(text, PHRASES, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🙏",
        "Ann",
        "Thanks, but it broke again",
        "thanks?",
        "no thanks to you",
        "thanksgiving",
        "thank",
        "Thanks. The printer is on fire.",
        "> thanks",
        "thanks " * 60,
    ],
)
def test_more_than_thanks_or_less(text: str) -> None:
    assert not is_thanks(text, PHRASES, NAMES)


def test_without_phrases_nothing_is_thanks() -> None:
    assert not is_thanks("thanks", ())
