"""The bytes of a message read into what the rules can ask; whatever they hold, something useful comes of it."""

from __future__ import annotations

import hashlib

from adapters.email.reading import addresses
from adapters.email.reading.body import Body, body_of
from adapters.email.reading.bounces import bounce_of
from adapters.email.reading.files import files_of
from adapters.email.reading.folding import folded
from adapters.email.reading.head import Head
from adapters.email.reading.limits import Limits, Own, Unreadable
from adapters.email.reading.machines import machine
from adapters.email.reading.parts import Part, part
from adapters.email.reading.verifying import verified
from bot.domain.attachments import size_words
from bot.domain.mail import IncomingMail, MailFile

LONGEST_SUBJECT = 300

_SEALED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")


def read_mail(raw: bytes, *, own: Own, limits: Limits) -> IncomingMail:
    """The message in the bytes. Raises Unreadable where it is empty, or larger than what is read at all."""
    if len(raw) > limits.whole:
        raise Unreadable(
            f"The message has {size_words(len(raw))}; {size_words(limits.whole)} are the most that are read."
        )
    if not raw.strip():
        raise Unreadable("The message is empty.")
    parted = part(raw, limits)
    head = parted.root.head
    leaves = list(parted.root.leaves())
    body = body_of(parted.root, limits.text)
    files, not_kept = files_of((leaf for leaf in leaves if id(leaf) not in body.used), limits)
    people = addresses.authors(head)
    name, sender = people[0] if people else ("", "")
    subject = head.words("subject", LONGEST_SUBJECT)
    bounce = bounce_of(head, sender, leaves, body.whole)
    text = body.told if bounce else folded(body.told, subject)
    invited = _invitation(leaves)
    why, doubtful = machine(head, sender, subject, own)
    return IncomingMail(
        message_id=addresses.message_id(head) or _made_id(head, sender, subject, body.whole, files),
        sender=sender,
        name=name,
        subject=subject,
        text=_with(text, invited, limits.text),
        whole=_with(body.whole, invited, limits.text),
        sent_to=addresses.recipients(head),
        references=addresses.references(head),
        files=files,
        date=addresses.written_at(head),
        verified=verified(head, [who for _, who in people], own),
        machine=why or ("it is a server's report" if bounce else ""),
        doubtful=doubtful and bounce is None,
        bounce=bounce,
        left_out=(*parted.left_out, *_notes(parted.root, body, limits), *not_kept),
    )


def _notes(root: Part, body: Body, limits: Limits) -> tuple[str, ...]:
    cut = (f"The text is longer than {limits.text:,} characters; its end was not kept.",) if body.cut else ()
    sealed = root.type in _SEALED and root.head.param("smime-type").lower() != "signed-data"
    return (*cut, *(("The message is encrypted; it was kept as a file, and cannot be read here.",) if sealed else ()))


def _invitation(leaves: list[Part]) -> str:
    """A line for people where a message brings a calendar entry: some say nothing else."""
    for leaf in leaves:
        if leaf.type == "text/calendar":
            match leaf.head.param("method").upper():
                case "REPLY":
                    return "(An answer to an invitation came with it, as a calendar file.)"
                case "CANCEL":
                    return "(A cancelled meeting came with it, as a calendar file.)"
                case _:
                    return "(An invitation came with it, as a calendar file.)"
    return ""


def _with(text: str, line: str, most: int) -> str:
    if not line:
        return text
    return f"{text[: max(most - len(line) - 2, 0)]}\n\n{line}".strip()[:most]


def _made_id(head: Head, sender: str, subject: str, whole: str, files: tuple[MailFile, ...]) -> str:
    """A name for a message that came without: the same whichever way, and however often, it arrives."""
    told = hashlib.sha256("\0".join((sender, head.get("date"), subject, whole)).encode("utf-8", "replace"))
    for file in files:
        told.update(file.content)
    return f"<{told.hexdigest()[:40]}@no-message-id.invalid>"
