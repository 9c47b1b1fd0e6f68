"""/oncall forget: a contact of yours is used no more."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import Card, Line, Tone
from bot.domain.contacts import Contact
from bot.ports import UnitOfWork
from commands.coverage import gaps
from commands.oncall_changes import new_gaps
from commands.oncall_contacts import contact_data
from commands.spec import Caller, command


@command("oncall forget", contact="Its number in the list, or its address", examples=("oncall forget 1",))
def oncall_forget(caller: Caller, work: UnitOfWork, *, contact: Contact) -> Card:
    """Take a contact of yours away."""
    until = caller.now + timedelta(days=work.rota.plan().ahead_days)
    before = gaps(work, caller.now, until) if contact.covers else []
    work.contacts.drop(contact.id)
    opened = new_gaps(work, before, caller.now, until) if contact.covers else []
    data = contact_data(contact)
    lines: list[Line] = [(f"{data['address']} is forgotten.",)]
    return Card(
        lines=(*lines, *(gap.line for gap in opened)),
        tone=Tone.WARNING if opened else Tone.GOOD,
        data={"contact": data, "gaps": len(opened)},
    )
