"""A voice: all that a story needs of a platform, so that it can be told on any of them in the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tests.doubles.premises import Premises


class Voice(Protocol):
    """The town's people at one desk, on one platform. What they see is awaited; the words that are returned are all
    that stands there. People are named as the desk names them ("ann"), tickets by number."""

    @property
    def premises(self) -> Premises:
        """The desk's folder and clock."""

    # --- what people do --------------------------------------------------------------------------------------

    def says(self, who: str, line: str, *, about: int | None = None) -> str:
        """Somebody gives a command ("/ticket list"), or one about the ticket in whose thread they are ("claim").
        Returns the desk's answer to them."""

    def at_once(self, who: str, other: str, line: str) -> list[str]:
        """Two say the same in the same moment; the answers to both."""

    def writes(self, who: str, number: int, text: str) -> None:
        """Somebody writes plain words in a ticket's thread."""

    def presses(self, who: str, number: int, label: str) -> str:
        """Somebody presses a button of a ticket's card, which asks nothing; the answer."""

    def presses_alert(self, who: str, words: str, label: str) -> str:
        """The same with the alert that says these words."""

    def fills(self, who: str, number: int, label: str, fields: Mapping[str, str]) -> str:
        """Somebody presses a button of a ticket's card, which opens a form, and sends it with these fields filled in,
        by the names that the command has for them and in its order; the answer."""

    def corrects(self, who: str, fields: Mapping[str, str]) -> str:
        """Somebody whose form was refused sends it again with these fields changed; the others are as they were."""

    # --- what people see -------------------------------------------------------------------------------------

    def card(self, number: int, *words: str) -> str:
        """A ticket's card and its buttons, once they say all of these words."""

    def copies(self, number: int) -> int:
        """How many cards of a ticket there are where its people work."""

    def letter(self, number: int, words: str) -> str:
        """The letter to a ticket's customer that says these words."""

    def alert(self, words: str) -> str:
        """What is told in the alerts channel with these words."""

    def alerts(self, number: int) -> int:
        """How many alerts of a ticket there are."""

    def told(self, who: str, words: str) -> str:
        """What somebody is told by the desk, and nobody else, with these words."""

    # --- what happens ----------------------------------------------------------------------------------------

    def passes(self, **span: float) -> None:
        """Time passes at the desk, and it looks at what is due by now."""

    def is_killed(self) -> None:
        """`kill -9`, in the middle of everything."""

    def starts(self) -> None:
        """The desk starts again."""

    def goes(self) -> None:
        """The platform is not there any more, and the desk knows it."""

    def returns(self) -> None:
        """The platform is there again, and the desk is connected."""
