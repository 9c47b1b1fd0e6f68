"""What a visitor reads who cannot be shown what they asked for: plain words, and nothing of the inside."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.web.pages.visit import Turned
from bot.domain.errors import BadValue, Conflict, NotAllowed, NotFound, NotOwed, NotUnderstood, Refusal, TooMuch


@dataclass(frozen=True, slots=True)
class Told:
    """An error page."""

    status: int
    title: str
    words: str


_USUAL = {
    400: ("That could not be read", "Something is missing or not as we expected it. Go back and try again."),
    403: ("That is not allowed", "You may not do this here."),
    404: ("There is nothing here", "The address may be mistyped, or what it showed is not here any more."),
    405: ("That is not possible here", "This page cannot be asked for in this way."),
    408: ("That took too long", "Try again."),
    409: ("Somebody was quicker", "Look at it again: it has changed meanwhile."),
    413: ("That is too much at once", "Send less, or smaller files."),
    429: ("That was too often", "Wait a few minutes and try again."),
    500: ("Something went wrong", "The fault is ours and has been written down. Try again in a moment."),
    503: ("We cannot do that now", "Nothing was saved. Try again in a moment."),
}
_STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (NotOwed, 403),
    (Conflict, 409),
    (TooMuch, 429),
    (NotUnderstood, 400),
    (BadValue, 400),
)


def told(turned: Turned) -> Told:
    status = turned.status if turned.status in _USUAL else (400 if turned.status < 500 else 500)
    title, words = _USUAL[status]
    return Told(turned.status, title, turned.words or words)


def turned(refusal: Refusal, *, hints: bool) -> Turned:
    """A refusal as an answer. Without `hints` the visitor is a stranger to the desk's commands, and reads the usual
    words. Another trouble than those of `_STATUS` is the desk's own."""
    status = next((status for kind, status in _STATUS if isinstance(refusal, kind)), 503)
    return Turned(status, " ".join(part for part in (refusal.text, refusal.hint) if part) if hints else "")
