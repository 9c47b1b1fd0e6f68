"""What a test sees of the workspace: messages, views and answered calls, as the JSON that they are and as words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class Message(dict[str, Any]):
    """A message as Slack keeps it, with `channel` added."""

    @property
    def channel(self) -> str:
        return str(self["channel"])

    @property
    def ts(self) -> str:
        return str(self["ts"])

    @property
    def ref(self) -> str:
        return f"{self.channel}:{self.ts}"

    @property
    def text(self) -> str:
        return str(self.get("text", ""))

    @property
    def thread(self) -> str:
        return str(self.get("thread_ts", ""))

    @property
    def words(self) -> str:
        """Everything that a reader reads, one line a piece."""
        return words(self.get("blocks") or []) or self.text

    @property
    def buttons(self) -> list[str]:
        """The labels of buttons and of overflow menus, in order."""
        return [label for label, _, _ in pressable(self.get("blocks") or [])]

    @property
    def emoji(self) -> list[str]:
        return [str(one["name"]) for one in self.get("reactions", ())]


class View(dict[str, Any]):
    """A modal or a home as Slack keeps it."""

    @property
    def id(self) -> str:
        return str(self["id"])

    @property
    def title(self) -> str:
        return str((self.get("title") or {}).get("text", ""))

    @property
    def words(self) -> str:
        return words(self.get("blocks") or [])

    @property
    def buttons(self) -> list[str]:
        return [label for label, _, _ in pressable(self.get("blocks") or [])]

    @property
    def inputs(self) -> list[str]:
        """The labels of what can be filled in."""
        return [str(one["label"]["text"]) for one in self.get("blocks", ()) if one["type"] == "input"]


@dataclass(slots=True)
class Call:
    """One thing that a person did and what the app answered.

    `ack` is the parsed payload of the acknowledgement ({} for an empty one), None when none came within 3 seconds;
    `took` is in seconds; `answers` are the ack's body and the posts to its response_url, in order. `status` is
    HTTP's, 200 for a socket's acknowledgement.
    """

    payload: Json
    ack: Json | None = None
    took: float = 0.0
    status: int = 0
    answers: list[Json] = field(default_factory=list)

    @property
    def acknowledged(self) -> bool:
        return self.ack is not None

    @property
    def errors(self) -> dict[str, str]:
        """The errors that a modal shows, by block."""
        return dict((self.ack or {}).get("errors", {}))

    @property
    def words(self) -> str:
        """All answers, as they are read."""
        return "\n".join(words(one.get("blocks") or []) or str(one.get("text", "")) for one in self.answers)


def words(blocks: list[Json]) -> str:
    """The texts of blocks, one line for each piece of text."""
    return "\n".join(line for line in (_read(block) for block in blocks) if line)


def _read(node: Any) -> str:
    if isinstance(node, list):
        return "\n".join(line for line in map(_read, node) if line)
    if not isinstance(node, dict):
        return ""
    kind = node.get("type", "")
    if kind in {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}:
        return "".join(map(_piece, node.get("elements", ())))
    if kind in {"table", "data_table"}:
        return "\n".join(" | ".join(_read(cell) for cell in row) for row in node.get("rows", ()))
    if kind in {"raw_text", "raw_number"}:
        return str(node.get("text", node.get("value", "")))
    if kind in {"plain_text", "mrkdwn", "markdown"}:
        return str(node.get("text", ""))
    if kind == "data_visualization":
        return str(node.get("title", ""))
    inner = ("title", "text", "label", "fields", "element", "elements", "accessory", "hint", "options", "child_blocks")
    return "\n".join(line for line in (_read(node.get(name)) for name in inner) if line)


def _piece(piece: Json) -> str:
    match piece.get("type"):
        case "text":
            return str(piece.get("text", ""))
        case "link":
            return str(piece.get("text") or piece.get("url", ""))
        case "user":
            return f"<@{piece.get('user_id', '')}>"
        case "usergroup":
            return f"<!subteam^{piece.get('usergroup_id', '')}>"
        case "broadcast":
            return f"<!{piece.get('range', '')}>"
        case "channel":
            return f"<#{piece.get('channel_id', '')}>"
        case "emoji":
            return f":{piece.get('name', '')}:"
        case "date":
            return str(piece.get("fallback") or piece.get("format", ""))
        case _:
            return ""


def pressable(blocks: list[Json]) -> Iterator[tuple[str, Json, Json]]:
    """Label, element (an overflow's option is given as "selected_option") and block of all that can be pressed."""
    for block in blocks:
        elements = [*block.get("elements", ()), block.get("accessory") or {}]
        for element in elements:
            if element.get("type") == "button":
                yield element["text"]["text"], element, block
            elif element.get("type") == "overflow":
                for option in element["options"]:
                    yield option["text"]["text"], {**element, "selected_option": option}, block
