"""Where the provider reaches this desk: one address for each prompt of each call, none of which can be guessed."""

from __future__ import annotations

from dataclasses import dataclass

PAGE = "page"
CALL = "call"

START = "start"
"""What a call is asked first, at turn 0: `prompt(PAGE, token, START, 0)` is where a page's call begins."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """`base` is the public address of the desk, without a slash at its end. `kind` is PAGE for an attempt, CALL for a
    call on the hotline; `token` its secret (128 bits or more); `then` what the flow asks; `turn` the prompt."""

    base: str

    def prompt(self, kind: str, token: str, then: str, turn: int) -> str:
        """What is said next, and where its keys go. Good for one turn."""
        return f"{self.base}/phone/{kind}/{token}/{then}/{turn}"

    def status(self, kind: str, token: str) -> str:
        """Where the provider says how a call or a text is."""
        return f"{self.base}/phone/{kind}/{token}/status"

    def machine(self, kind: str, token: str) -> str:
        """Where the provider says whether a machine answered."""
        return f"{self.base}/phone/{kind}/{token}/machine"

    def recording(self, kind: str, token: str) -> str:
        """Where the provider says that a recording is there."""
        return f"{self.base}/phone/{kind}/{token}/recording"

    @property
    def inbound_call(self) -> str:
        """What the operator enters with the provider for calls that come in."""
        return f"{self.base}/phone/call"

    @property
    def inbound_status(self) -> str:
        """What the operator enters for how such calls end: providers take no address for it from what they play."""
        return f"{self.base}/phone/call/status"

    @property
    def inbound_text(self) -> str:
        """What the operator enters with the provider for texts that come in."""
        return f"{self.base}/phone/text"
