"""/oncall who: who is on call, until when, and who is then."""

from __future__ import annotations

from bot.cards import Card, Choice, Line, Strong, Tone, When
from bot.domain.people import Role
from bot.domain.rota import Schedule
from bot.ports import UnitOfWork
from bot.views.ticket_card import iso
from commands.coverage import doubt
from commands.oncall_rota import Now, Rota, asked, rota_ahead, standing, standing_line
from commands.spec import Caller, Instant, command


@command(
    "oncall who",
    role=Role.VIEWER,
    writes=False,
    default=True,
    schedule="Which schedule; all of them if you give none",
    at="At what time; now if you give none",
    examples=("oncall who", 'oncall who level3 --at "Sat 02:14"'),
)
def oncall_who(
    caller: Caller, work: UnitOfWork, *, schedule: Schedule | None = None, at: Instant | None = None
) -> Card:
    """Show who is on call."""
    when = at or caller.now
    rota = rota_ahead(work, when)
    found = [standing(rota, name, when) for name in asked(rota, schedule)]
    contacts = work.contacts.all()
    doubts = {
        person: words
        for now in found
        for person in now.people
        if (words := doubt(rota.people.get(person), contacts.get(person, ())))
    }
    lines: list[Line] = [standing_line(rota, now) for now in found]
    lines += [(f"{rota.name(person)}{words}: that is no cover.",) for person, words in doubts.items()]
    lines += [_nobody(now.schedule) for now in found if not now.people]
    title: Line = (Strong("On call"), "  ", When(at)) if at else (Strong("On call now"),)
    return Card(
        title=title,
        lines=tuple(lines),
        choices=(Choice("The next shifts", "oncall show"),) if at is None else (),
        tone=Tone.WARNING if doubts or any(not now.people for now in found) else Tone.PLAIN,
        data={"at": iso(when), "schedules": {now.schedule: _data(rota, now) for now in found}},
    )


def _nobody(schedule: str) -> Line:
    return (f"Whoever is paged by {schedule} then reaches the next step at once. To come in: /oncall take",)


def _data(rota: Rota, now: Now) -> dict[str, object]:
    return {
        "people": list(now.people),
        "names": [rota.name(person) for person in now.people],
        "until": iso(now.until),
        "then": list(now.then),
    }
