"""What is typed while mail is set up, read: addresses, senders, names; what cannot be is refused in one sentence."""

from __future__ import annotations

import re

from adapters.email.addressing import address_of
from bot.cli.mail_providers import OTHER, PROVIDERS, Provider
from bot.domain.errors import BadValue

LONGEST = 80
"""Letters of the name that letters are signed with."""
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def company(text: str) -> str:
    """Who letters are signed by. Raises BadValue, as all of these do."""
    if len(text) > LONGEST:
        raise BadValue(f"That is longer than {LONGEST} letters.")
    return text


def mail_address(text: str) -> str:
    """An address alone."""
    found = address_of(text)
    if found is None or found.display_name:
        raise BadValue(f"“{text}” is no mail address.", "It looks like this: support@example.com")
    return found.addr_spec


def sender(text: str) -> str:
    """An address, with a name or without."""
    if address_of(text) is None:
        raise BadValue(f"“{text}” is no sender.", "It looks like this: ACME Support <support@example.com>")
    return text


def box_name(text: str) -> str:
    """What a mailbox is called in the settings."""
    if not _NAME.fullmatch(text):
        raise BadValue(f"“{text}” is no name for a mailbox.", "It is one word in small letters: support")
    return text


def provider(text: str) -> Provider:
    """By its name; nothing typed is another one."""
    name = text.strip().lower() or OTHER.name
    if name not in PROVIDERS:
        raise BadValue(f"There is no mail provider “{name}” here.", f"It is one of {', '.join(PROVIDERS)}.")
    return PROVIDERS[name]
