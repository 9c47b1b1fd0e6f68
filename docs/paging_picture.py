"""Draws the rota and a page's message, from the plan on the page about paging: `python -m docs.paging_picture`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.slack.drawing.blocks import message
from bot.cards import Card
from bot.clocks import MovableClock
from bot.domain.contacts import CALL, Contact
from bot.domain.duty import Duty, days_off
from bot.domain.oncall import OnCall
from bot.domain.people import Role, Staff
from bot.domain.rota import Change, Override
from bot.names import Names
from bot.oncall.file import read_oncall
from bot.policy.file import policy_at
from bot.ports import Speaker, UnitOfWork
from bot.settings import Settings
from bot.views.rota_picture import rota_picture
from bot.wiring import House, build
from commands.page_card import message as page_message
from commands.page_ends import acknowledge
from commands.page_told import page_words
from docs.scene import TORONTO
from docs.slack_picture import WIDE, bar, said
from docs.slack_svg import Reader, Sheet
from docs.transcripts import plan_of

FOLDER = Path(__file__).parent
PAGE = FOLDER / "paging.md"
NIGHT = datetime(2026, 10, 10, 2, 10, tzinfo=TORONTO)
AT_SEA = datetime(2026, 12, 24, 18, tzinfo=TORONTO)
BACK = datetime(2026, 12, 27, 9, tzinfo=TORONTO)
DECEMBER = datetime(2026, 12, 7, 12, tzinfo=TORONTO)
PEOPLE = {"kim": "U0KIM", "sam": "U0SAM", "bob": "U0BOB"}
BEFORE = (
    '/customer add "ACME Ltd" --mail ops@acme.example',
    "/customer subscribe acme --product gateway --level III --end 2027-03-31",
    '/ticket open "RAID is degraded, mail queue growing" --customer acme --category hardware-failure',
)


def pictures() -> Mapping[str, str]:
    """The pictures by file name, always the same for the same plan."""
    return {"rota.svg": rota(), "page-card.svg": page_card()}


def rota() -> str:
    """Four weeks to Christmas, with the override that the page makes."""
    gone = Override(1, "level3", AT_SEA.astimezone(UTC), BACK.astimezone(UTC), Change.REMOVE, "sam")
    with night() as house:
        hours = house.database.read(lambda work: work.promises.hours.hours)
        duty = Duty(plan().schedules["level3"], days_off(hours), (gone,))
        return rota_picture([duty], DECEMBER, 4, {id: id.capitalize() for id in PEOPLE}, days_off(hours))


def page_card() -> str:
    """What Kim sees in Slack: the page at ten past two, and the same message when she has it."""
    with night() as house:
        before = _message(house, NIGHT)
        later = NIGHT + timedelta(minutes=1)
        house.database.write(lambda work: acknowledge(work, work.pages.get(1), "kim", "button", later))
        after = _message(house, later)
    names = Names(PEOPLE, "S0SUPPORT", "America/Toronto")
    sheet = Sheet(Reader(TORONTO, NIGHT, {}), 72, WIDE - 24, 16)
    bar(sheet, "Thirdline", "Messages", "About")
    said(sheet, "2:10 AM", message(before, names).blocks)
    sheet.y += 18
    sheet.line()
    said(sheet, "2:10 AM", message(after, names).blocks)
    return sheet.svg("A page in Slack: with buttons at ten past two, and who has it a minute later", WIDE)


def spoken() -> str:
    """What the call says."""
    with night() as house:
        now = house.clock.now()
        return house.database.read(lambda work: " ".join(page_words(work, work.pages.get(1), "kim", "en", now)))


def plan() -> OnCall:
    """The worked example of the page."""
    return read_oncall(plan_of(PAGE.read_text(encoding="utf-8")), policy=policy_at(None))


@contextmanager
def night() -> Iterator[House]:
    """A desk at ten past two on a Saturday, whose page 1 has just called Kim."""
    with TemporaryDirectory(prefix="thirdline-picture-") as folder:
        house = build(Settings(data=Path(folder)), MovableClock(NIGHT), ("slack",))
        try:
            house.database.write(_move_in)
            house.take_on(plan())
            for line in BEFORE:
                answer = house.desk.say(Speaker("slack", PEOPLE["bob"], "Bob"), line)
                if not answer.ok:
                    raise RuntimeError(f"{line}: {answer.card.data}")
            yield house
        finally:
            house.close()


def _move_in(work: UnitOfWork) -> None:
    for id, account in PEOPLE.items():
        work.people.save(Staff(id, id.capitalize(), Role.ADMIN, {"slack": account}))
    work.contacts.save(Contact(0, "kim", CALL, "+14165550123", verified_at=NIGHT))


def _message(house: House, now: datetime) -> Card:
    return house.database.read(lambda work: page_message(work, work.pages.get(1), "kim", now))


if __name__ == "__main__":
    for file, drawn in pictures().items():
        (FOLDER / file).write_text(drawn, encoding="utf-8")
