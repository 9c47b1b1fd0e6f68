"""/partner leave: a partner is in the network no more; what was referred to them stays on record."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Strong, Tone, say
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.ports.intake import Partner
from commands.partner_changes import must_be_known, note, partner_data
from commands.spec import BLANK, Caller, Text, command


@command(
    "partner leave",
    role=Role.LEAD,
    partner="Which partner",
    reason="Why",
    examples=("partner leave north they closed",),
)
def partner_leave(caller: Caller, work: UnitOfWork, *, partner: Partner, reason: Text = BLANK) -> Card:
    """Take a partner out of the Partner Network."""
    must_be_known(partner)
    gone = replace(partner, left_at=caller.now)
    work.partners.save(gone)
    note(caller, work, gone, "left", reason=reason)
    back = f" To take them back: /partner add {gone.name} --id {gone.id}"
    said = " has left the Partner Network. Nothing is referred to them any more; the record stays."
    return say(Strong(gone.name), said, back, tone=Tone.GOOD, data=partner_data(gone))
