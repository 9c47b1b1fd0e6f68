"""Each message counts once: whether it came before is told by its Message-ID, and by whose and of when it is.

The name alone would not do: programs give all they write the same one, a copy through a mailing list has that of the
letter itself, and whoever knows a name can use it first, so that the real message would pass for a repetition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain.mail import IncomingMail, Verified
from bot.ports import UnitOfWork
from bot.ports.intake import Mail, MailState

WRITTEN = "written"


def once(work: UnitOfWork, mail: IncomingMail) -> tuple[IncomingMail, Mail | None]:
    """The message under the name that it counts by, and what became of it where it came before."""
    known = work.mails.known(mail.message_id)
    if known is None or _is_same(known, mail):
        return mail, known
    other = replace(mail, message_id=names_of(mail)[1])
    return other, work.mails.known(other.message_id)


def names_of(mail: IncomingMail) -> tuple[str, str]:
    """The name that its sender gave it, and the one that it counts by where another message has that already."""
    told = "\0".join((mail.message_id, mail.sender, written(mail), mail.verified.value, str(bool(mail.machine))))
    digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
    return mail.message_id, f"<{digest[:40]}@message-id-taken.invalid>"


def written(mail: IncomingMail) -> str:
    """When it was written; what it says, where it does not say when."""
    if mail.date is not None:
        return mail.date.isoformat()
    return hashlib.sha256(f"{mail.subject}\0{mail.whole}".encode("utf-8", "replace")).hexdigest()[:40]


def _is_same(known: Mail, mail: IncomingMail) -> bool:
    if known.sender != mail.sender or known.data.get(WRITTEN) != written(mail):
        return False
    return not (_was_forged(known.data, mail) or (known.state is MailState.DROPPED and not mail.machine))


def _was_forged(known: Mapping[str, Any], mail: IncomingMail) -> bool:
    return mail.verified is Verified.YES and known.get("verified") == Verified.NO.value
