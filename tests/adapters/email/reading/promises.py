"""What holds for everything that was read, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from adapters.email.reading.addresses import LONGEST_ID, LONGEST_NAME, MOST_RECIPIENTS, MOST_REFERENCES
from adapters.email.reading.limits import Limits
from adapters.email.reading.message import LONGEST_SUBJECT
from bot.domain import attachments
from bot.domain.mail import IncomingMail

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_ID = re.compile(r"<[^<>\s]+>")


def broken_promises(mail: IncomingMail, limits: Limits) -> list[str]:
    """The promises of IncomingMail and of the limits that this one breaks."""
    return [said for said, kept in _promises(mail, limits) if not kept]


def _promises(mail: IncomingMail, limits: Limits) -> Iterator[tuple[str, bool]]:
    lines = [mail.sender, mail.name, mail.subject, mail.machine, mail.message_id, *mail.sent_to, *mail.references]
    lines += [*mail.left_out, *(file.name for file in mail.files), *(file.type for file in mail.files)]
    lines += [mail.bounce.why, mail.bounce.of, mail.bounce.to] if mail.bounce else []
    yield "headers are one line", not any("\n" in line or "\t" in line for line in lines)
    yield "nothing unseen is left", not any(_UNSEEN.search(text) for text in (*lines, mail.text, mail.whole))
    yield "addresses are lower case", all(who == who.lower() for who in (mail.sender, *mail.sent_to))
    yield "addresses are addresses", all(_ADDRESS.fullmatch(who) for who in (*mail.sent_to, mail.sender or "a@b"))
    ids = (mail.message_id, *mail.references, *([mail.bounce.of] if mail.bounce and mail.bounce.of else []))
    yield "Message-IDs keep their brackets", all(_ID.fullmatch(id) and len(id) <= LONGEST_ID + 2 for id in ids)
    yield "texts are short enough", max(len(mail.text), len(mail.whole)) <= limits.text
    yield (
        "the subject and the name are short enough",
        (len(mail.subject) <= LONGEST_SUBJECT and len(mail.name) <= LONGEST_NAME),
    )
    yield "lists are short enough", len(mail.references) <= MOST_REFERENCES and len(mail.sent_to) <= MOST_RECIPIENTS
    yield (
        "files are few and small enough",
        (len(mail.files) <= limits.files and all(len(file.content) <= limits.file for file in mail.files)),
    )
    for file in mail.files:
        yield f"{file.name!r} is a name", 0 < len(file.name) <= attachments.LONGEST_NAME
        yield (
            f"{file.name!r} is no path",
            not re.search(r'[/\\<>:"|?*]', file.name) and file.name.strip(". ") == file.name,
        )
    yield "the date is in UTC", mail.date is None or mail.date.utcoffset() == timedelta(0)
