"""/desk page: a link that signs its reader in to the desk's page, once."""

from __future__ import annotations

from collections.abc import Mapping

from bot.cards import Card, Strong, Tone
from bot.domain.errors import Conflict
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.ports.intake import PassKind
from commands.desk import UNRECORDED
from commands.spec import Caller, Command, command
from commands.visits import give_link, minutes_of

ENTRANCE = "/desk/sign-in/"


def desk_page_for(facts: Mapping[str, str]) -> Command:
    """The command of a desk that is set so: by name, what people may be told of each setting."""
    on = facts.get("web.staff") == "yes"
    public = facts.get("web.public_url", "")

    @command("desk page", role=Role.VIEWER, examples=("desk page",))
    def desk_page(caller: Caller, work: UnitOfWork) -> Card:
        """Get a link that signs you in to the desk's page."""
        if not on:
            raise Conflict(
                "This desk has no page.",
                'In its settings: [web] staff = true and public_url = "https://desk.example.com"',
            )
        address = public + ENTRANCE + give_link(work, PassKind.STAFF_LINK, caller.id, caller.now)
        minutes = minutes_of(PassKind.STAFF_LINK)
        return Card(
            title=(Strong("The desk's page"),),
            lines=((address,), (f"It signs you in once, within {minutes} minutes. It is yours alone: show nobody.",)),
            tone=Tone.GOOD,
            data={UNRECORDED: True, "address": address},
        )

    return desk_page


desk_page = desk_page_for({})
