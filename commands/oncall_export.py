"""/oncall export: the secret address of a calendar to subscribe to, for one's own shifts or a whole schedule."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import Card, Choice, Line, Strong, Tone
from bot.domain.errors import NotAllowed
from bot.domain.people import Role
from bot.domain.rota import Schedule
from bot.oncall.feeds import Feed, FeedKind, key_for, revoke
from bot.ports import UnitOfWork
from commands.desk import UNRECORDED
from commands.oncall_rota import asked, rota_ahead
from commands.spec import Caller, Command, command

_INSIDE = ("127.0.0.1", "localhost", "0.0.0.0", "::")  # noqa: S104 - addresses that nobody outside reaches


def oncall_export_for(facts: Mapping[str, str]) -> Command:
    """The command of a desk that is set so: by name, what people may be told of each setting."""
    host, port = facts.get("web.host", "127.0.0.1"), facts.get("web.port", "8080")
    public = _given(facts, "web.public_url") or _given(facts, "phone.public_url")
    base = public or f"http://{host}:{port}"
    reached = bool(public) or host not in _INSIDE

    @command(
        "oncall export",
        schedule="A whole schedule; your own shifts if you give none",
        renew="Make a new address: the old one shows nothing from then on",
        examples=("oncall export", "oncall export level3 --renew"),
    )
    def oncall_export(
        caller: Caller, work: UnitOfWork, *, schedule: Schedule | None = None, renew: bool = False
    ) -> Card:
        """Get the address of a calendar to subscribe to."""
        asked(rota_ahead(work, caller.now), schedule)
        if schedule is not None and renew and caller.role < Role.LEAD:
            raise NotAllowed("Only a lead can renew the address of a whole schedule.", "Yours: /oncall export --renew")
        feed = Feed(FeedKind.SCHEDULE, schedule.name) if schedule else Feed(FeedKind.PERSON, caller.id)
        key = revoke(work, feed) if renew else key_for(work, feed)
        address = f"{base}/oncall/{key}.ics"
        values = {"schedule": schedule.name} if schedule else {}
        lines: list[Line] = [
            (address,),
            ("Subscribe to it in your calendar. Whoever has the address reads it: show nobody.",),
        ]
        if renew:
            lines.append(("The address before shows nothing any more.",))
        if not reached:
            lines.append(
                (
                    "It is reached from this machine alone, and only where the desk's web server runs, until "
                    "web.public_url is set.",
                )
            )
        return Card(
            title=(Strong(f"The calendar of {schedule.name}" if schedule else "The calendar of your shifts"),),
            lines=tuple(lines),
            choices=(Choice("A new address", "oncall export", {**values, "renew": "yes"}),),
            tone=Tone.GOOD,
            data={UNRECORDED: True, "address": address},
        )

    return oncall_export


def _given(facts: Mapping[str, str], name: str) -> str:
    """An address that was set; what is not set is told in words."""
    return told if (told := facts.get(name, "")).startswith("http") else ""


oncall_export = oncall_export_for({})
