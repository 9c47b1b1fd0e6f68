"""/oncall withdraw: a request for cover is taken back; those who were asked hear of it."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Tone
from bot.domain.errors import NotAllowed
from bot.domain.people import Role
from bot.domain.rota import CoverRequest, CoverState
from bot.ports import UnitOfWork
from commands.oncall_asking import asked_of, must_be_asked, request_data, request_line, rota_for
from commands.oncall_changes import tell
from commands.spec import Caller, command


@command("oncall withdraw", request="Your request, by its number", examples=("oncall withdraw 3",))
def oncall_withdraw(caller: Caller, work: UnitOfWork, *, request: CoverRequest) -> Card:
    """Take your request for cover back."""
    rota = rota_for(work, request.start, request.end)
    if request.person != caller.id and caller.role < Role.LEAD:
        raise NotAllowed(f"{rota.name(request.person)} asked for that.", f"/oncall decline {request.id} says no to it.")
    must_be_asked(request, rota)
    people = asked_of(work, rota, request)
    after = replace(request, state=CoverState.WITHDRAWN)
    work.rota.save_cover(after)
    line = (f"{caller.name} no longer asks for cover: ", *request_line(rota, request), ".")
    tell(work, [*people, request.person], f"withdrawn:{request.id}", line, but=(caller.id,))
    return Card(
        lines=((f"Request #{request.id} is taken back. The shift stays yours.",),)
        if request.person == caller.id
        else ((f"Request #{request.id} is taken back. The shift stays {rota.name(request.person)}'s.",),),
        tone=Tone.GOOD,
        data={"request": request_data(after)},
    )
