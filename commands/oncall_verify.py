"""/oncall verify: the code that was sent to a contact is typed back, and the contact counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hmac import compare_digest

from bot.cards import Card, Choice, Line, Tone
from bot.domain.contacts import CALL, SERVICE, Contact
from bot.domain.errors import BadValue, Conflict
from bot.ports import UnitOfWork
from commands.contact_code import TRIES
from commands.desk import refused
from commands.oncall_contacts import contact_data
from commands.spec import Caller, command

AGAIN = "A new one: /oncall contact call NUMBER"


@command(
    "oncall verify",
    code="The six digits that were sent or spoken",
    examples=("oncall verify 123456",),
)
def oncall_verify(caller: Caller, work: UnitOfWork, *, code: str) -> Card:
    """Verify a contact of yours with the code that was sent there."""
    waiting = [one for one in work.contacts.of(caller.id) if one.code and one.code_until is not None]
    if not waiting:
        raise Conflict("No code waits for you.", AGAIN)
    good = [one for one in (work.contacts.get(one.id) for one in waiting) if _good(one, caller.now)]
    if not good:
        raise Conflict("That code is too old.", AGAIN)
    typed = "".join(letter for letter in code if letter.isalnum())
    found = next((one for one in good if compare_digest(one.code.encode(), typed.encode())), None)
    if found is None:
        return _wrong(work, good)
    return _verified(caller, work, found)


def _good(one: Contact, now: datetime) -> bool:
    return bool(one.code) and one.code_until is not None and one.code_until > now and one.tries < TRIES


def _wrong(work: UnitOfWork, waiting: list[Contact]) -> Card:
    """Said, and not raised: the try must be remembered."""
    for one in waiting:
        work.contacts.save(replace(one, tries=one.tries + 1))
    left = TRIES - max(one.tries + 1 for one in waiting)
    hint = f"You have {left} more {'try' if left == 1 else 'tries'}." if left > 0 else AGAIN
    return refused(BadValue("That is not the code.", hint)).card


def _verified(caller: Caller, work: UnitOfWork, one: Contact) -> Card:
    after = work.contacts.save(
        replace(one, verified_at=caller.now, code="", code_until=None, tries=0, refused="", test_passed=None)
    )
    shown = "The service" if one.kind == SERVICE else one.address
    lines: list[Line] = [(f"{shown} is verified.",)]
    if one.kind == CALL:
        lines.append(("You count as cover now. Save the desk's number, so that it may ring at night.",))
    return Card(
        lines=tuple(lines),
        choices=(Choice("Ring me now", "oncall test"),) if one.kind == CALL else (),
        tone=Tone.GOOD,
        data={"contact": contact_data(after)},
    )
