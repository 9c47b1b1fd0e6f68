"""/oncall contact: another way to reach you; it counts once the code that is sent there came back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from bot.cards import Card, Choice, Strong, Tone, When
from bot.domain.contacts import CALL, EMAIL, PHONE_KINDS, SERVICE, TEXT, Contact
from bot.domain.errors import BadValue, Conflict, NotAllowed
from bot.domain.phone_numbers import e164
from bot.ports import UnitOfWork
from commands.contact_code import send_code
from commands.oncall_contacts import contact_data
from commands.spec import Caller, Command, Text, command

MOST = 12
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SERVICE = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


class WayTo(StrEnum):
    """What kind of contact it is."""

    CALL = CALL
    TEXT = TEXT
    EMAIL = EMAIL
    SERVICE = SERVICE


class Language(StrEnum):
    """What its calls speak."""

    ENGLISH = "en"
    FRENCH = "fr"


@command(
    "oncall contact",
    kind="How: call, text, email, or service (a URL of the apprise library)",
    address="The number with its country code, the mail address or the URL",
    language="What its calls speak",
    voice="The voice of its calls, by the provider's name of it",
    asks=("language",),
    examples=("oncall contact call +14165550123", "oncall contact text +14165550123 --language fr"),
)
def oncall_contact(
    caller: Caller,
    work: UnitOfWork,
    *,
    kind: WayTo,
    address: Text,
    language: Language | None = None,
    voice: str = "",
) -> Card:
    """Add a phone, a mail address or a service of yours; a code is sent there."""
    if caller.staff is None:
        raise NotAllowed("Only people of the desk are paged.")
    read = address_of(kind, address)
    mine = work.contacts.of(caller.id)
    known = next((one for one in mine if (one.kind, one.address) == (kind.value, read)), None)
    if known is not None and known.usable:
        return _changed(work, known, language, voice)
    if known is None and len(mine) >= MOST:
        raise Conflict(f"You have {len(mine)} contacts already.", "/oncall forget NUMBER takes one away.")
    wanted = known or Contact(0, caller.id, kind.value, read)
    spoken = language.value if language else wanted.language
    sent = send_code(work, replace(wanted, language=spoken, voice=voice or wanted.voice), caller.now)
    way = "The phone rings and says it." if kind is WayTo.CALL else "It is on its way."
    shown = "the service" if kind is WayTo.SERVICE else sent.address
    return Card(
        title=(Strong(f"A code goes to {shown}"),),
        lines=((f"{way} Type it here before ", When(sent.code_until or caller.now, "time"), ": /oncall verify CODE"),),
        choices=(Choice("Type the code…", "oncall verify"),),
        tone=Tone.GOOD,
        data={"contact": contact_data(sent)},
    )


def _changed(work: UnitOfWork, known: Contact, language: Language | None, voice: str) -> Card:
    """What is verified stays so; how its calls speak may change."""
    if language is None and not voice:
        raise Conflict("That contact is yours and verified already.", "/oncall test rings you now.")
    spoken = language.value if language else known.language
    after = work.contacts.save(replace(known, language=spoken, voice=voice or known.voice))
    return Card(
        lines=((f"Calls to {after.address} speak {'French' if spoken == 'fr' else 'English'} now.",),),
        tone=Tone.GOOD,
        data={"contact": contact_data(after)},
    )


def oncall_contact_for(refusal_of: Callable[[str], str]) -> Command:
    """The command of a desk that may not call every number (E.164): `refusal_of` says why not that one, or nothing. It
    is asked before a code is sent there, as that would only be found out when nothing comes."""

    def checked(caller: Caller, work: UnitOfWork, *, kind: WayTo, address: Text, **more: Any) -> Card:
        refusal = refusal_of(address_of(kind, address)) if kind.value in PHONE_KINDS else ""
        if refusal:
            why, _, curable = refusal.partition(". ")
            raise BadValue(f"{why}.", "An operator of the desk can add it." if curable else "Give another number.")
        return oncall_contact(caller, work, kind=kind, address=address, **more)

    return replace(oncall_contact, deed=checked)


def address_of(kind: WayTo, text: str) -> str:
    """The address in its one form. Raises BadValue, with what would do."""
    if kind.value in PHONE_KINDS:
        return e164(text)
    typed = text.strip()
    if kind is WayTo.EMAIL:
        if not _MAIL.fullmatch(typed):
            raise BadValue(f"“{typed[:60]}” is not a mail address.", "For example: kim@example.com")
        return typed.casefold()
    if not _SERVICE.fullmatch(typed):
        raise BadValue("A service is named by its URL.", "For example: ntfy://topic (apprise lists them all)")
    return typed
