"""Who is on call in the demo, and by which telephones: what is broken this afternoon rings in the terminal."""

from __future__ import annotations

from bot.domain.contacts import CALL, CHAT, Contact, Reach
from bot.domain.oncall import OnCall
from bot.oncall.file import read_oncall
from bot.ports import UnitOfWork
from bot.wiring import House

FILE = "oncall.toml"
PLAN = """# Who is called when, in the demo. `thirdline init` writes a whole plan, with what each line means.

[schedules.level3]
zone = "America/Toronto"

[[schedules.level3.layers]]
name = "week"
people = ["kim", "ann"]
turn = "1 week"
first = 2001-01-01 # A Monday.
at = "09:00"

[escalations.level3]
rounds = 2
ack = "20m"
loud = "30m"

[[escalations.level3.steps]]
call = ["schedule:level3"]
wait = "10m"

[[escalations.level3.steps]]
call = ["@bob"]
wait = "10m"

[[pages]]
name = "worst cases"
on = "opened"
levels = ["III"]
worst_cases = true
escalation = "level3"

[[pages]]
name = "too late"
on = "breach"
levels = ["III"]
escalation = "level3"

[[pages]]
name = "asked for"
on = "staff"
escalation = "level3"
"""
EMPTY = "# Nobody is on call in an empty demo. `thirdline init` writes a whole plan, with what each line means.\n"
# Numbers that are nobody's: 555-01xx is kept for films.
NUMBERS = {"ann": "+14165550121", "bob": "+14165550122", "kim": "+14165550123"}
REACH = (Reach(CALL, 0), Reach(CHAT, 60), Reach(CALL, 240))


def nobody_on_call(house: House) -> None:
    """While the week is played nobody's phone rings: its people look at the desk when they do."""
    house.take_on(OnCall())


def empty_plan(house: House) -> None:
    """A desk without people calls nobody, until whoever plays with it writes a plan."""
    _adopt(house, EMPTY)


def somebody_on_call(house: House) -> None:
    """From now on a broken promise rings. The plan lies in the demo's folder, to be looked at and changed."""
    now = house.clock.now()

    def phones(work: UnitOfWork) -> None:
        for person, number in NUMBERS.items():
            work.contacts.save(Contact(0, person, CALL, number, verified_at=now, tested_at=now, test_passed=True))
            for important in (False, True):
                work.contacts.set_plan(person, important, REACH)

    house.database.write(phones)
    _adopt(house, PLAN)


def _adopt(house: House, text: str) -> None:
    """Unless somebody has put a plan of their own there."""
    file = house.settings.data / FILE
    if not file.exists():
        file.write_text(text, encoding="utf-8")
    house.take_on(read_oncall(file.read_text(encoding="utf-8")))
