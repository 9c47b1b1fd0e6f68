"""An errand: what a modal is about and where its answer goes, carried by the view itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Errand:
    """A command, what is known of its values, what its form asks beside what is needed, and from where it was called:
    the channel, the thread (its first message's ts), the message (its ts) and the address to answer to."""

    words: str
    known: Mapping[str, Any] = field(default_factory=dict)
    asks: tuple[str, ...] = ()
    channel: str = ""
    thread: str = ""
    message: str = ""
    response_url: str = ""

    def packed(self) -> str:
        """As private metadata, which the views see to that it fits."""
        what = {one.name: getattr(self, one.name) for one in fields(self)}
        kept = {name: dict(value) if name == "known" else value for name, value in what.items() if value}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), default=str)

    @classmethod
    def unpacked(cls, text: str) -> Errand | None:
        """From private metadata; None when it is not ours."""
        try:
            what = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(what, dict) or not isinstance(what.get("words"), str):
            return None
        known, asks = what.get("known", {}), what.get("asks", [])
        if not isinstance(known, dict) or not isinstance(asks, list):
            return None
        places = {name: _text(what.get(name)) for name in ("channel", "thread", "message", "response_url")}
        raw = {str(name): value for name, value in known.items() if isinstance(value, str | int | float)}
        return cls(what["words"], raw, tuple(one for one in asks if isinstance(one, str)), **places)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
