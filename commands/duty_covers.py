"""Requests for cover that wait: asked once more before the shift, and past when nobody agrees; then the leads know."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import Choice, Line
from bot.domain.rota import CoverRequest, CoverState
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from commands.oncall_asking import ask_again, asked_of, request_line, rota_for
from commands.oncall_changes import tell
from commands.oncall_rota import leads_of

AGAIN = (timedelta(days=3), timedelta(days=1), timedelta(hours=3))
"""How long before the shift they are asked again, each once."""
BEHIND = timedelta(days=2)


def told_of_requests(work: UnitOfWork, now: datetime) -> None:
    """Look at every request that nobody has answered."""
    # Also those whose shift began while the desk was away.
    for request in work.rota.covers(now - BEHIND):
        if now >= last_moment(request, work.rota.plan().handover_seconds):
            _past(work, request)
        else:
            _remind(work, request, now)


def last_moment(request: CoverRequest, notice: int) -> datetime:
    """Until when somebody may agree: so long before the shift that a lead can still act, if it was asked in time."""
    early = request.start - timedelta(seconds=notice)
    made = request.made_at or early
    return early if early - made > timedelta(seconds=notice) else request.start


def _remind(work: UnitOfWork, request: CoverRequest, now: datetime) -> None:
    """At each of those times, unless it was only asked after it."""
    passed = [number for number, ahead in enumerate(AGAIN) if now >= request.start - ahead]
    if not passed:
        return
    number = passed[-1]
    if request.made_at is not None and request.made_at >= request.start - AGAIN[number]:
        return
    rota = rota_for(work, request.start, request.end)
    ask_again(work, rota, request, asked_of(work, rota, request), f"again{number}")


def _past(work: UnitOfWork, request: CoverRequest) -> None:
    work.rota.save_cover(replace(request, state=CoverState.PAST))
    rota = rota_for(work, request.start, request.end)
    line: Line = (*request_line(rota, request), ".")
    stays: Line = ("Nobody agreed to cover ", *line, " You are on call.")
    tell(work, [request.person], f"past:{request.id}", stays)
    name = rota.name(request.person)
    asked: Line = (f"{name} asked for cover and nobody agreed: ", *line, f" {name} stays on call.")
    span = {"from": iso(request.start), "until": iso(request.end), "instead": request.person}
    choice = Choice("Put somebody in…", "oncall override", {"schedule": request.schedule, **span})
    tell(work, leads_of(work), f"past:{request.id}:lead", asked, but=(request.person,), choices=(choice,))
