"""What a person may be told when the desk says no, as a small tree.

Refusal               one clear sentence, and what to type instead
├── NotUnderstood     the words could not be read as a command
├── BadValue          a value is missing, mistyped or out of range
│   └── Incomplete    all that was given is well, and more is needed: a form can ask for it
├── NotFound          no such ticket, customer or person
├── NotAllowed        the speaker's role does not reach
├── NotOwed           the customer's entitlement does not reach
├── Conflict          somebody was there first, or the state does not fit
└── TooMuch           a limit against floods
"""


class Refusal(Exception):
    """Something the desk will not or cannot do, told to a person: never a traceback, and nothing is lost."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint


class NotUnderstood(Refusal):
    """The words could not be read as a command."""


class BadValue(Refusal):
    """A value is missing, mistyped or out of range."""


class Incomplete(BadValue):
    """What was given is well, and something that the command cannot do without was not given."""


class NotFound(Refusal):
    """There is no such ticket, customer or person."""


class NotAllowed(Refusal):
    """The speaker's role does not reach this command."""


class NotOwed(Refusal):
    """The customer's entitlement does not reach this way of support."""


class Conflict(Refusal):
    """Somebody was there first, or the ticket's state does not fit."""


class TooMuch(Refusal):
    """A limit against floods was reached."""
