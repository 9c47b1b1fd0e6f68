"""/oncall plan: in which order and how soon you are reached, one plan for important pages and one for the others."""

from __future__ import annotations

from enum import StrEnum

from bot.cards import Card, Line, Strong, Tone
from bot.domain.contacts import CALL, CHAT
from bot.domain.errors import BadValue
from bot.domain.reaching import HINT, plan_words, reaches
from bot.ports import UnitOfWork
from commands.oncall_contacts import plans
from commands.spec import BLANK, Caller, Text, command

USUAL = "usual"


class Which(StrEnum):
    """Which pages a plan is for."""

    IMPORTANT = "important"
    DEFAULT = "default"


@command(
    "oncall plan",
    kind="important (Level III and the worst cases) or default (all other pages)",
    plan='What is tried after how long: "chat 0, call 0, text 30s"; “usual” brings the desk\'s own back',
    examples=('oncall plan important "chat 0, call 0, text 30s, call 90s"', "oncall plan default usual"),
)
def oncall_plan(caller: Caller, work: UnitOfWork, *, kind: Which | None = None, plan: Text = BLANK) -> Card:
    """Show or change how you are reached."""
    if not plan.strip():
        return _shown(caller, work)
    if kind is None:
        raise BadValue("Which plan is it?", f"/oncall plan important “chat 0, call 0”. {HINT}")
    wanted = () if plan.strip().casefold() == USUAL else reaches(plan)
    work.contacts.set_plan(caller.id, kind is Which.IMPORTANT, wanted)
    doubts: list[Line] = []
    if wanted and kind is Which.IMPORTANT and all(reach.kind != CALL for reach in wanted):
        doubts.append(("No call is in it: at night nobody hears a message.",))
    have = {one.kind for one in work.contacts.of(caller.id) if one.usable} | {CHAT}
    missing = sorted({reach.kind for reach in wanted} - have)
    if missing:
        doubts.append((f"You have no verified contact for {', '.join(missing)} yet: /oncall contact",))
    now = plans(work, caller.id)
    return Card(
        lines=(("Your ", Strong(f"{kind.value} plan"), f": {now[kind.value]}"), *doubts),
        tone=Tone.WARNING if doubts else Tone.GOOD,
        data={"plans": now, "chosen": plan_words(wanted)},
    )


def _shown(caller: Caller, work: UnitOfWork) -> Card:
    now = plans(work, caller.id)
    lines: list[Line] = [(Strong(name), f": {words}") for name, words in now.items()]
    return Card(
        title=(Strong("How you are reached"),),
        lines=(*lines, (f"To change one: /oncall plan important “…”. {HINT}",)),
        data={"plans": now},
    )
