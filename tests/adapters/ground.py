"""What the contract of all platforms needs of each: the other side as its people see it, and its troubles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self


class Ground(Protocol):
    """A platform's double with the town's people, of whom Zoe has no account. In the module `ground` of the platform's
    folder of tests, as the class `Ground`. Messages are told by their words, oldest first; troubles are of the next
    message that is posted."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """At the end the platform has found no fault with what it was sent."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """The platform's section, as it is written."""

    @property
    def wrong(self) -> Mapping[str, Any]:
        """What of it to write otherwise, to be refused."""

    def account(self, who: str) -> str:
        """Of one of the town's people, or of a stranger."""

    # --- what is seen and said there -------------------------------------------------------------------------

    def desk(self) -> Sequence[str]:
        """What stands in the desk's channel itself."""

    def below(self) -> Sequence[str]:
        """What stands below the one card there."""

    def alerts(self) -> Sequence[str]: ...

    def direct(self, who: str) -> Sequence[str]:
        """What the desk told somebody alone."""

    def connected(self) -> bool:
        """Whether the desk is seen to be there."""

    def says(self, who: str, line: str) -> str:
        """Somebody types a command ("/ticket open printer"); what they alone are answered."""

    # --- its troubles ----------------------------------------------------------------------------------------

    def loses_the_answer(self) -> None:
        """It is written, and nobody is told."""

    def asks_for_patience(self, seconds: float) -> None:
        """It is not written, and may be again after so long."""

    def goes(self) -> None:
        """Nothing answers there."""

    def returns(self) -> None: ...

    def passes(self, seconds: float) -> None:
        """Time passes there, too."""
