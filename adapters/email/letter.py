"""A parcel as a letter: its headers made by the library from whole values, never joined from anybody's words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from typing import Any

from adapters.email.addressing import address_of, is_ascii
from adapters.email.html import page_of
from bot.domain.errors import Refusal
from bot.letters.writing import SUBJECT
from bot.ports import CannotDeliver, Kind, Parcel
from bot.routes import MAIL
from bot.views.as_text import subject_of, text_of
from bot.views.plain import cut, one_line

REPLIED = "auto-replied"
MOST_BYTES = 10_000_000
"""Of all files of one letter: what the usual servers take, once it is written in letters."""

LONGEST_NAME = 120
"""Characters of a file's name."""

_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}", re.IGNORECASE)
_OF_ANY_KIND = "application/octet-stream"

Read = Callable[[str], bytes]
"""The content of a file of the desk's folder, by its path there. Raises OSError or Refusal."""


class _Names(UnstructuredHeader, BaseHeader):
    """Message-IDs, one a line: the library would write long ones as it writes foreign words, and then they are none."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(str(self).split()) + str(policy.linesep)


def _policy(*, utf8: bool) -> EmailPolicy[EmailMessage]:
    headers = HeaderRegistry()
    for name in ("message-id", "in-reply-to", "references"):
        headers.map_to_type(name, _Names)
    # Whatever is no ASCII is written in letters that every server takes, and no line is too long.
    return SMTP.clone(cte_type="7bit", utf8=utf8, header_factory=headers)


def letter(parcel: Parcel, sender: Address, read: Read) -> EmailMessage:
    """The parcel as a letter to the address that is its place.

    The same parcel has the same Message-ID whenever it is sent: where nobody knows whether it arrived it is sent again,
    and mail programs show one letter. Raises CannotDeliver where the place is no address.
    """
    to = address_of(parcel.place.removeprefix(MAIL), international=True)
    if to is None or to.display_name:
        raise CannotDeliver("that is no mail address", permanent=True)
    found = EmailMessage(policy=_policy(utf8=not (is_ascii(to) and is_ascii(sender))))
    found["From"] = sender
    found["To"] = to
    found["Date"] = parcel.created_at
    mail = parcel.card.data.get("mail")
    if parcel.kind is Kind.LETTER and mail is not None:
        found["Subject"] = subject_of(parcel.card, SUBJECT)
        _to_customer(found, parcel, mail, read)
    else:
        _of_desk(found, parcel, sender)
    return found


def sender_of(parcel: Parcel, usual: Address) -> Address:
    """Whom the letter is from: the mailbox that its ticket came by, under the desk's usual name."""
    told = (parcel.card.data.get("mail") or {}).get("sender") or ""
    own = address_of(told, international=True)
    return usual if own is None else Address(usual.display_name, own.username, own.domain)


def envelope_sender(parcel: Parcel, sender: Address) -> str:
    """Who hears that the letter did not arrive: the mailbox, at the ticket's own address. Where that lies in another
    domain it is the sender: SPF would not know the mailbox's domain for that of this server, and DMARC wants it to be
    the sender's own. Of an answer by a machine nobody hears (RFC 3834, 3.3), as two machines that tell each other of
    their trouble never end."""
    mail = parcel.card.data.get("mail") or {}
    if mail.get("auto") == REPLIED:
        return ""
    bounces = address_of(mail.get("bounces") or "")
    ours = bounces is not None and bounces.domain.lower() == sender.domain.lower()
    return bounces.addr_spec if bounces is not None and ours else sender.addr_spec


def message_id(parcel: Parcel, domain: str) -> str:
    """A name for the parcel alone, also when another desk counts its parcels from one, too."""
    told = f"{parcel.id} {int(parcel.created_at.timestamp())} {parcel.key} {parcel.place}"
    return f"<{hashlib.sha256(told.encode()).hexdigest()[:32]}@{domain}>"


def _of_desk(found: EmailMessage, parcel: Parcel, sender: Address) -> None:
    """A page, or what is told to people of the desk: one that no machine shall answer."""
    found["Subject"] = subject_of(parcel.card)
    found["Message-ID"] = message_id(parcel, sender.domain)
    if parcel.ref:
        found["In-Reply-To"] = found["References"] = parcel.ref
    # RFC 3834: nobody's holiday answers this; Exchange goes by a header of its own.
    found["Auto-Submitted"] = "auto-generated"
    found["X-Auto-Response-Suppress"] = "All"
    if parcel.kind is Kind.PAGE:
        found["Importance"] = "high"
        found["X-Priority"] = "1"
    found.set_content(text_of(parcel.card) + "\n")


def _to_customer(found: EmailMessage, parcel: Parcel, mail: Mapping[str, Any], read: Read) -> None:
    found["Message-ID"] = mail["message_id"]
    if mail["in_reply_to"]:
        found["In-Reply-To"] = mail["in_reply_to"]
    if mail["references"]:
        found["References"] = " ".join(mail["references"])
    reply_to = address_of(mail["reply_to"], international=True)
    if reply_to is not None:
        found["Reply-To"] = reply_to
    found["X-Loop"] = mail["loop"]
    if mail["auto"]:
        found["Auto-Submitted"] = mail["auto"]
        found["X-Auto-Response-Suppress"] = "All"
    text = text_of(parcel.card)
    attached, left_out = _files(mail["files"], read)
    if left_out:
        text += f"\n\nNot attached, ask us for it: {', '.join(left_out)}"
    found.set_content(text + "\n")
    found.add_alternative(page_of(str(found["Subject"]), text, [(a, b) for a, b in mail["links"]]), subtype="html")
    for name, type_, content in attached:
        maintype, _, subtype = type_.partition("/")
        found.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)


def _files(files: Sequence[Mapping[str, str]], read: Read) -> tuple[Sequence[tuple[str, str, bytes]], Sequence[str]]:
    """Name, type and content of those that are there and fit, and the names of the others."""
    attached: list[tuple[str, str, bytes]] = []
    left_out: list[str] = []
    room = MOST_BYTES
    for file in files:
        name = cut(one_line(file["name"]), LONGEST_NAME) or "file"
        try:
            content = read(file["path"])
        except (OSError, Refusal):
            content = None
        if content is None or len(content) > room:
            left_out.append(name)
            continue
        room -= len(content)
        attached.append((name, file["type"] if _TYPE.fullmatch(file["type"]) else _OF_ANY_KIND, content))
    return attached, left_out
