"""/oncall decline: say no to a request for cover; whoever asked hears of it once nobody is left to agree."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Card, Choice, Line, Tone
from bot.domain.errors import NotAllowed
from bot.domain.rota import CoverRequest, CoverState
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from commands.oncall_asking import DECLINED, asked_of, declined_by, must_be_asked, request_data, request_line, rota_for
from commands.oncall_changes import tell
from commands.oncall_rota import leads_of
from commands.spec import BLANK, Caller, Text, command


@command(
    "oncall decline",
    request="The request, by its number",
    reason="Why; whoever asked reads it",
    examples=("oncall decline 2",),
)
def oncall_decline(caller: Caller, work: UnitOfWork, *, request: CoverRequest, reason: Text = BLANK) -> Card:
    """Say no to a request for cover."""
    rota = rota_for(work, request.start, request.end)
    must_be_asked(request, rota)
    before = asked_of(work, rota, request)
    if caller.id not in before:
        raise NotAllowed(
            "You are not asked to cover that shift.", f"/oncall withdraw {request.id} takes your own back."
        )
    if not request.asked:
        _remember(caller, work, request)
    left = () if request.asked else asked_of(work, rota, request)
    why = f" “{reason}”" if reason else ""
    line: Line = (f"{caller.name} cannot cover ", *request_line(rota, request), f".{why}")
    if left:
        tell(
            work, [request.person], f"declined:{request.id}:{caller.id}", (*line, f" {rota.names(left)} may yet agree.")
        )
    else:
        request = replace(request, state=CoverState.DECLINED)
        work.rota.save_cover(request)
        _nobody(work, request, line)
    return Card(
        lines=((f"{rota.name(request.person)} is told. The shift stays theirs.",),),
        tone=Tone.GOOD,
        data={"request": request_data(request)},
    )


def _remember(caller: Caller, work: UnitOfWork, request: CoverRequest) -> None:
    """Who said no, for requests that are still open."""
    live = {str(one.id) for one in work.rota.covers(caller.now)} | {str(request.id)}
    kept = {id: who for id, who in (work.memory.fact(DECLINED) or {}).items() if id in live}
    kept[str(request.id)] = sorted({*declined_by(work, request), caller.id})
    work.memory.set_fact(DECLINED, kept)


def _nobody(work: UnitOfWork, request: CoverRequest, line: Line) -> None:
    """Nobody is left who could agree: whoever asked can ask others, and the leads know."""
    same = {"schedule": request.schedule, "from": iso(request.start), "until": iso(request.end)}
    everybody = Choice("Ask everybody", "oncall cover", same)
    choices = (everybody,) if request.asked else ()
    last: Line = (*line, " Nobody else is asked: you stay on call.")
    tell(work, [request.person], f"declined:{request.id}", last, choices=choices)
    if not request.asked:
        tell(
            work,
            leads_of(work),
            f"declined:{request.id}:lead",
            (*line, " Nobody is left to ask."),
            but=(request.person,),
        )
