"""`thirdline desk-link`: a way in to the desk's page from its own machine, where no chat can be asked."""

from __future__ import annotations

from pathlib import Path

from bot.cli.house import opened, option_of
from bot.cli.printing import mention, say, say_json
from bot.cli.run import arrive
from bot.cli.talk import PLATFORM
from bot.cli.typist import typist
from bot.domain.errors import Refusal
from bot.ports import Entry, Speaker
from bot.ports.intake import PassKind
from commands.visits import minutes_of


def desk_link(name: str, data: Path | None, as_json: bool) -> int:
    """Print a link that signs a person in once. As with `run --as`, a desk without people gets its first admin by it.

    Raises Refusal where the desk has no page, NotFound for somebody whom it does not know, and NotAllowed for who has
    left it.
    """
    with opened(data) as house:
        if not house.settings.web.staff:
            where = option_of(house.settings.data)
            raise Refusal("This desk has no page.", f"thirdline init web{where} --staff sets it up.")
        speaker = Speaker(PLATFORM, arrive(house, name))
        answer = house.desk.say(speaker, "/desk page")
        told = answer.card.data
        if not answer.ok:
            raise Refusal(str(told.get("error", "")), str(told.get("hint", "")))
        person, now = house.desk.caller(speaker), house.clock.now()
        made = Entry(now, f"terminal:{typist()}", f"staff:{person.id}", "sign-in link made")
        house.database.write(lambda work: work.memory.journal(made))
    if as_json:
        say_json({"person": person.id, "address": told["address"]})
        return 0
    say(str(told["address"]))
    once = f"It signs in {person.name} once, within {minutes_of(PassKind.STAFF_LINK)} minutes."
    mention(f"{once} Whoever has it is {person.name}: show nobody else.")
    return 0
