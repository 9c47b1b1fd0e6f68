"""The files of a message, within our limits: kept as they came, never opened, never unpacked."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.email.reading.file_names import file_name
from adapters.email.reading.head import Head
from adapters.email.reading.limits import Limits
from adapters.email.reading.parts import Part
from adapters.email.reading.sniffing import ending_of, type_of
from adapters.email.reading.words import header_words
from bot.domain.attachments import size_words
from bot.domain.mail import MailFile

# A report of a mail server is read, not kept; and some parts only say how to read their neighbours.
_NO_FILES = ("message/delivery-status", "message/disposition-notification", "message/feedback-report")
_MESSAGES = ("message/rfc822", "message/global", "text/rfc822-headers")


def files_of(leaves: Iterable[Part], limits: Limits) -> tuple[tuple[MailFile, ...], tuple[str, ...]]:
    """What is kept, and in words what is not."""
    kept: list[MailFile] = []
    left_out: list[str] = []
    more = 0
    for leaf in leaves:
        if leaf.type in _NO_FILES or not (leaf.body or leaf.head.file_name):
            continue
        if len(kept) >= limits.files:
            more += 1
            continue
        content = leaf.content()
        if len(content) > limits.file:
            left_out.append(
                f"{_name(leaf, leaf.type, len(kept) + 1)} ({size_words(len(content))}) was not kept: "
                f"a file may have {size_words(limits.file)}."
            )
            continue
        type = leaf.type if leaf.type.startswith("message/") else type_of(content, leaf.type)
        kept.append(MailFile(_name(leaf, type, len(kept) + 1), type, content))
    if more:
        left_out.append(
            f"{more} more {'file was' if more == 1 else 'files were'} not kept: {limits.files} are the most."
        )
    return tuple(kept), tuple(left_out)


def _name(leaf: Part, type: str, number: int) -> str:
    if type in _MESSAGES:
        said = leaf.head.file_name or _subject(leaf)
        name = file_name(said if said.lower().endswith(".eml") else f"{said}.eml", "")
        return name if name and name != "eml" else f"message-{number}.eml"
    fallback = "invitation.ics" if type == "text/calendar" else f"file-{number}{ending_of(type)}"
    return file_name(leaf.head.file_name, fallback)


def _subject(leaf: Part) -> str:
    """The subject of an attached message, with nothing that would be a folder."""
    subject = Head.of(leaf.content()[:20_000])[0].words("subject", 100)
    return header_words(subject).replace("/", "-").replace("\\", "-")
