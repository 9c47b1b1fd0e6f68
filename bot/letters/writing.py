"""Letters in words: from the operator's own template, or ours where there is none or it will not do.

A broken template costs its form, and never a letter.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from bot.letters.samples import sample
from bot.letters.template import BadTemplate, Mistake, Reader, Written
from bot.views.plain import cut, one_line, plain

FOLDER = "letters"
SUBJECT = 250
"""Characters of a subject: whoever wrote to us shall read their own again, or their mail program makes it another
conversation."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What is the same in all letters of a desk. The customers' page lies below the address `site`, which has no slash
    at its end; "" where there is none. Answers go to `box`, or to the one of `boxes` (addresses by their names in the
    settings; the first is `box`) that a ticket came by; they take plus-addresses if `plus`. Letters come from a
    `domain`. `carriers` are the ways that carry mail: elsewhere a letter is to be sent by hand, and says to whom."""

    company: str = "Support"
    site: str = ""
    box: str = ""
    plus: bool = False
    domain: str = ""
    carriers: frozenset[str] = frozenset()
    boxes: Mapping[str, str] = field(default_factory=dict)


class LetterWriter:
    """Writes letters. `folder` holds the operator's own templates, as NAME.txt; they are read anew for each letter."""

    def __init__(self, folder: Path | None = None, head: Letterhead = Letterhead()) -> None:
        self.head = head
        self._folder = folder
        self._reader = Reader()

    def write(self, name: str, values: Mapping[str, Any]) -> Written:
        """The letter of that name. `values` hold "subject" and "text", too: what it says where no template will do."""
        known = self._known(values)
        own = self._own(name)
        if own is not None:
            try:
                return _fitting(self._reader.write(_text(own), known))
            except (BadTemplate, OSError, UnicodeDecodeError) as error:
                log.warning("The template %s will not do (%s): the one that ships is used.", own, _told(error))
        try:
            return _fitting(self._reader.write(shipped(name), known))
        except (BadTemplate, OSError) as error:
            log.error("The letter “%s” goes out as it was posted: %s", name, _told(error))
        return _fitting(Written(str(values.get("subject", "")), str(values.get("text", ""))))

    def checked(self) -> Iterator[tuple[Path, Mistake | None]]:
        """The operator's own templates, each filled in with sample values, and what is wrong with it."""
        for path in sorted(self._folder.glob("*.txt")) if self._folder is not None else ():
            yield path, self._mistake(path)

    def _mistake(self, path: Path) -> Mistake | None:
        if path.stem not in names():
            return Mistake(None, f"there is no letter of that name; they are {', '.join(names())}")
        try:
            self._reader.write(_text(path), self._known(sample(path.stem)))
        except BadTemplate as error:
            return error.mistake
        except (OSError, UnicodeDecodeError) as error:
            return Mistake(None, _told(error))
        return None

    def _own(self, name: str) -> Path | None:
        path = self._folder / f"{name}.txt" if self._folder is not None else None
        return path if path is not None and path.is_file() else None

    def _known(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        usual = {"ticket": None, "ticket_page": "", "subject": "", "numbered": False, "text": "", "to": ""}
        page = {"site": self.head.site, "page": f"{self.head.site}/support" if self.head.site else ""}
        return {**usual, **page, "company": self.head.company, **values}


def names() -> Sequence[str]:
    """Every letter that there is, by the name of its template."""
    return sorted(one.name.removesuffix(".txt") for one in _templates().iterdir() if one.name.endswith(".txt"))


def shipped(name: str) -> str:
    """The text of a template that ships. Raises OSError where there is none of that name."""
    return (_templates() / f"{name}.txt").read_text("utf-8")


def _templates() -> Traversable:
    return files("bot.letters") / "templates"


def _text(path: Path) -> str:
    return path.read_text("utf-8-sig")


def _fitting(written: Written) -> Written:
    """Whatever the values hold: a subject of one line that fits, and a body that can be sent."""
    return Written(cut(one_line(written.subject), SUBJECT) or "News from the desk", plain(written.body) or "…")


def _told(error: Exception) -> str:
    return (error.strerror or "it cannot be read") if isinstance(error, OSError) else str(error)
