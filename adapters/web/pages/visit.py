"""One request as a page sees it, and what a page answers: plain values, so that a page is a plain function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from adapters.web.uploads import Upload
from bot.ports.intake import Pass


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in: the last value of each field, line ends as "\\n", no other control characters."""

    fields: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()

    def text(self, name: str) -> str:
        """A field without blanks around it; "" where it was not sent."""
        return self.fields.get(name, "").strip()

    def line(self, name: str) -> str:
        """The same on one line."""
        return " ".join(self.text(name).split())


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. `path` holds what the address names; `client` is the address that it came from, and `session` who
    is signed in, if anybody. `token` goes into every form that the answer shows."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Form
    client: str
    now: datetime
    token: str
    session: Pass | None = None
    secret: str = field(default="", repr=False)

    @property
    def signed_in(self) -> Pass:
        """Who is there, on a page that only they see."""
        if self.session is None:
            raise Turned(403)
        return self.session

    def number(self, name: str) -> int:
        """A number in the address; what is none leads nowhere."""
        text = self.path.get(name, "")
        if not (text.isascii() and text.isdigit() and len(text) <= 15):
            raise Turned(404)
        return int(text)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a page answers: HTML (or text of another `type`), or a file to keep. `session` is the secret of a new
    session, "" ends the present one, None leaves it. What is `behind` it is done in a thread once the answer is on its
    way."""

    html: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    session: str | None = None
    file: Path | None = None
    behind: Callable[[], object] | None = None
    type: str = "text/html"


class Turned(Exception):
    """The visit ends with this status; `words` are for the visitor, and the usual ones are taken where there are
    none. `out`: the browser is signed out, too, as its session has become nobody's."""

    def __init__(
        self, status: int, words: str = "", *, headers: Mapping[str, str] | None = None, out: bool = False
    ) -> None:
        super().__init__(status)
        self.status = status
        self.words = words
        self.headers = dict(headers or {})
        self.out = out


Page = Callable[[Visit], Reply]
"""Runs in a thread: it may ask the database."""


def elsewhere(path: str, session: str | None = None) -> Reply:
    """After a form: the browser goes on with a GET, so that going back or loading again sends nothing twice."""
    return Reply(status=303, headers={"Location": path}, session=session)
