"""Messages for tests: what customers, strangers and machines write, as the desk takes it in."""

from __future__ import annotations

from itertools import count
from typing import Any

from bot.domain.mail import IncomingMail, Verified
from bot.ports.intake import Mail
from bot.signing import signer_of
from commands.mail_intake import MailRules, take_in
from tests.town import Town

JO = "jo@acme.example"
STRANGER = "kim@elsewhere.example"

_names = count(1)


def mail(sender: str = JO, subject: str = "mail is slow", text: str = "The queue grows.", **rest: Any) -> IncomingMail:
    """A message of a verified person, with a Message-ID of its own."""
    usual: dict[str, Any] = {
        "message_id": f"<m{next(_names)}@mail.example>",
        "name": "Jo",
        "whole": text,
        "sent_to": ("support@desk.example",),
        "verified": Verified.YES,
    }
    return IncomingMail(**{**usual, "sender": sender, "subject": subject, "text": text, **rest})


def arrives(town: Town, given: IncomingMail, rules: MailRules | None = None, **rest: Any) -> Mail:
    """The message arrives now."""
    return town.database.write(
        lambda work: take_in(work, given, "support", town.clock.now(), rules=rules or MailRules(), **rest)
    )


def letter_about(town: Town, number: int) -> str:
    """The Message-ID of a letter of ours about a ticket."""
    return town.database.write(lambda work: signer_of(work).message_id("abc", number, "desk.example"))


def reply_address(town: Town, number: int) -> str:
    return town.database.write(lambda work: signer_of(work).reply_address("support@desk.example", number))
