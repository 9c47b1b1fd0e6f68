"""A page as a letter: its headers made by the library from whole values, never joined from anybody's words."""

from __future__ import annotations

import hashlib
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from bot.ports import CannotDeliver, Kind, Parcel
from bot.views.as_text import subject_of, text_of


def address_of(text: str) -> Address | None:
    """The address in "kim@example.com" or "Support <pager@example.com>"; None where there is not exactly one, or one
    that not every mail server takes."""
    header = EmailMessage(policy=SMTP)
    try:
        header["From"] = text
        (found,) = header["From"].addresses
    except (ValueError, HeaderParseError, IndexError):
        return None
    whole = bool(found.username and found.domain) and not header["From"].defects
    return found if whole else None


def letter(parcel: Parcel, sender: Address) -> EmailMessage:
    """The parcel as a letter to the address that is its place.

    The same parcel has the same Message-ID whenever it is sent: where nobody knows whether it arrived it is sent again,
    and mail programs show one letter. Raises CannotDeliver where the place is no address.
    """
    to = address_of(parcel.place)
    if to is None or to.display_name:
        raise CannotDeliver("that is no mail address", permanent=True)
    found = EmailMessage(policy=SMTP)
    found["From"] = sender
    found["To"] = to
    found["Subject"] = subject_of(parcel.card)
    found["Date"] = parcel.created_at
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
    return found


def message_id(parcel: Parcel, domain: str) -> str:
    """A name for the parcel alone, also when another desk counts its parcels from one, too."""
    told = f"{parcel.id} {int(parcel.created_at.timestamp())} {parcel.key} {parcel.place}"
    return f"<{hashlib.sha256(told.encode()).hexdigest()[:32]}@{domain}>"
