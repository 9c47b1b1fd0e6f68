"""A voice for nights on call: what a story needs of the platform on which the people of the desk are paged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from tests.adapters.phone.night import Night


def flat(text: str) -> str:
    """Words as they are read, wherever a platform breaks its lines."""
    return " ".join(text.split())


def has(text: str, words: Iterable[str]) -> bool:
    """Whether it says all of these words, whatever their case."""
    read = flat(text).casefold()
    return all(word.casefold() in read for word in words)


class NightVoice(Protocol):
    """The town's people and its engineers at one desk, on one platform, with telephones beside it. People are named as
    the desk names them ("kim"). What they read is told without its line breaks; what they see is what is there once the
    desk and every telephone are at rest.
    """

    @property
    def desk(self) -> Night:
        """The desk, the telephone network, and the time."""

    def says(self, who: str, line: str) -> str:
        """Somebody gives a command ("/page list"). Returns the desk's answer to them."""

    def message(self, who: str, *words: str) -> str:
        """The newest direct message to somebody that says all of these words (whatever
        their case), with the labels of its buttons."""

    def presses(self, who: str, label: str, *words: str) -> str:
        """Somebody presses a button of such a message; the answer."""

    def about_to_press(self, who: str, label: str, *words: str) -> Callable[[], str]:
        """Their finger is on it: calling what is returned presses it."""

    def alerts(self, *words: str) -> list[str]:
        """The messages in the alerts channel that say all of these words, with the labels of its buttons."""

    def presses_alert(self, who: str, label: str, *words: str) -> str:
        """Somebody presses a button of the newest of those; the answer."""
