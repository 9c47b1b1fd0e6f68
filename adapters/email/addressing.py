"""Mail addresses as the library reads them: exactly one, and one that can be sent to."""

from __future__ import annotations

from email.errors import HeaderParseError, NonASCIILocalPartDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP


def address_of(text: str, *, international: bool = False) -> Address | None:
    """The address in "kim@example.com" or "Support <pager@example.com>"; None where there is not exactly one. One that
    not every mail server takes (RFC 6531) counts if `international`; its domain then is in ASCII where it can be."""
    header = EmailMessage(policy=SMTP)
    try:
        header["From"] = text
        (found,) = header["From"].addresses
        if international:
            found = Address(found.display_name, found.username, _in_ascii(found.domain))
    except (ValueError, HeaderParseError, IndexError):
        return None
    known = (NonASCIILocalPartDefect,) if international else ()
    defects = [one for one in header["From"].defects if not isinstance(one, known)]
    return found if found.username and found.domain and not defects else None


def is_ascii(address: Address) -> bool:
    """Whether every mail server takes it."""
    return address.addr_spec.isascii()


def _in_ascii(domain: str) -> str:
    """As mail servers look it up. Raises ValueError where that is not possible."""
    return domain if domain.isascii() else domain.encode("idna").decode()
