"""/oncall test: the desk rings you now; a key that you press proves that your cover is real."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import Card, Tone
from bot.domain.contacts import CALL
from bot.domain.errors import NotAllowed, TooMuch
from bot.domain.paging import Trigger
from bot.domain.people import Role, Staff
from bot.ports import UnitOfWork
from bot.views.wording import listed
from commands.oncall_contacts import shown_to
from commands.paging import start_page
from commands.spec import Caller, command

PAUSE = timedelta(minutes=1)
"""Between two tests of one person: a telephone that rings all the time is no test."""


@command(
    "oncall test",
    person="Whom, if it is not you (a lead can test others)",
    examples=("oncall test",),
)
def oncall_test(caller: Caller, work: UnitOfWork, *, person: Staff | None = None) -> Card:
    """Have the desk ring you now, to see that it reaches you."""
    who = person or caller.staff
    if who is None or (who.id != caller.id and caller.role < Role.LEAD):
        raise NotAllowed("Only a lead can have somebody else rung.", "Yourself: /oncall test")
    if work.pages.attempts_of(who.id, caller.now - PAUSE):
        raise TooMuch(f"{who.name} was just being called.", "Try again in a minute.")
    mine = who.id == caller.id
    reason = "a test that you asked for" if mine else f"a test that {caller.name} asked for"
    page = start_page(work, trigger=Trigger.TEST, reason=reason, by=caller.id, now=caller.now, person=who.id)
    phones = [one for one in work.contacts.of(who.id) if one.kind == CALL and one.usable]
    numbers = listed(shown_to(one, mine) for one in phones)
    return Card(
        lines=(
            (f"{'Your phone' if mine else f'The phone of {who.name}'} rings now: {numbers}.",),
            ("Press 1 when you hear the desk. Until a key was pressed it is no proof.",),
        ),
        tone=Tone.GOOD,
        data={"page": page.id, "person": who.id},
    )
