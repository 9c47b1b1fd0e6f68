"""`kill -9` at every step of a page's call: none is lost, and the telephone rings twice for one attempt only where
nobody can know whether it rang.

Real processes of `thirdline serve`, a Slack workspace and a telephone network on loopback. Each life opens a Level III
ticket, kills the desk at one moment, starts it again and lets time pass until somebody has acknowledged.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from time import sleep

import pytest

from bot.domain.contacts import CALL
from tests.doubles.phone import Network
from tests.doubles.phone.desk import PhoneDesk, found_night
from tests.doubles.phone.engineers import KIM, SAM
from tests.doubles.phone.records import Call
from tests.doubles.slack.desk import DESK
from tests.doubles.slack.workspace import Workspace

pytestmark = pytest.mark.slow

OPEN = "/ticket open server down --customer acme"
LIVES = 6


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_night(tmp_path_factory.mktemp("night") / "data")


@pytest.fixture
def desk(tmp_path: Path, town: Path) -> Iterator[PhoneDesk]:
    with Network(scale=0.02) as phones, Workspace() as slack:
        phones.person(KIM, "Kim", after=None, presses=[("press 1", "1")])
        phones.person(SAM, "Sam", answers=False)
        with PhoneDesk(tmp_path, phones, slack, town=town) as desk:
            yield desk
        assert slack.faults == []


def opens_a_ticket(desk: PhoneDesk) -> None:
    word, _, rest = OPEN.partition(" ")
    desk.slack.command("U0ANN", DESK, word, rest)


def before_the_claim(desk: PhoneDesk) -> None:
    """The process stands still while the ticket is written beside it."""
    os.kill(desk.process.pid, signal.SIGSTOP)
    while not desk.writes_beside(OPEN):
        os.kill(desk.process.pid, signal.SIGCONT)
        sleep(0.05)
        os.kill(desk.process.pid, signal.SIGSTOP)
    desk.process.killed()


def before_the_provider_took_it(desk: PhoneDesk) -> None:
    desk.phones.fails("Calls", "timeout_before")
    opens_a_ticket(desk)
    desk.phones.until(lambda: desk.phones.asked("calls_create"))
    desk.process.killed()
    assert desk.phones.calls == []


def after_the_provider_took_it(desk: PhoneDesk) -> None:
    desk.phones.fails("Calls", "timeout_after")
    opens_a_ticket(desk)
    desk.phones.until(lambda: desk.phones.calls)
    desk.process.killed()


def after_the_commit(desk: PhoneDesk) -> None:
    opens_a_ticket(desk)
    known = {"submitted", "ringing", "missed"}  # It rings for half a real second, and this machine may be slower.
    desk.process.until(lambda: known & states_of_calls(desk), lambda: "No call is known")
    desk.process.killed()


def while_it_speaks(desk: PhoneDesk) -> None:
    desk.phones.state.people[KIM].presses = ()
    desk.phones.scale = 1.0  # It rings until it is picked up, however slow this machine is.
    opens_a_ticket(desk)
    desk.phones.until(lambda: desk.phones.calls and desk.phones.calls[0].status == "ringing")
    desk.phones.scale = 0.02
    desk.phones.calls[0].picks_up()
    desk.phones.until(lambda: desk.phones.calls[0].heard)
    desk.process.killed()
    desk.phones.person(KIM, "Kim", after=None, presses=[("press 1", "1")])


MOMENTS = (
    before_the_claim,
    before_the_provider_took_it,
    after_the_provider_took_it,
    after_the_commit,
    while_it_speaks,
)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda one: str(one.__name__))
def test_a_desk_that_is_killed_calls_all_the_same_and_once(
    desk: PhoneDesk, moment: Callable[[PhoneDesk], None]
) -> None:
    moment(desk)
    desk.process.starts()
    assert acknowledged(desk)
    assert doubled(desk) == 0


@pytest.mark.parametrize("moment", [after_the_provider_took_it, after_the_commit], ids=lambda one: str(one.__name__))
def test_a_telephone_that_still_rings_when_the_desk_is_back_is_answered_by_it(
    desk: PhoneDesk, moment: Callable[[PhoneDesk], None]
) -> None:
    """Kim has one call, and it is the one of the desk that was killed."""
    desk.phones.scale = 1.0
    moment(desk)
    desk.process.starts()
    desk.phones.until(lambda: ringing(desk))
    desk.phones.scale = 0.02
    assert acknowledged(desk)
    assert [one.to for one in desk.phones.calls] == [KIM]


def test_a_desk_that_is_killed_while_the_provider_works_and_cannot_look_up_rings_twice(
    desk: PhoneDesk,
) -> None:
    """The provider took the call, and does not list it yet when it is asked: the window in which nobody can know."""
    desk.phones.lists_late(seconds=3600)
    after_the_provider_took_it(desk)
    desk.phones.until(lambda: desk.phones.calls[0].over)  # Kim did not hear it; picked up, it would be acknowledged.
    desk.process.starts()
    assert acknowledged(desk)
    assert doubled(desk) == 1


@pytest.mark.parametrize("seed", range(LIVES))
def test_a_desk_that_is_killed_at_any_moment_loses_no_page(desk: PhoneDesk, seed: int) -> None:
    rng = Random(seed)
    for _ in range(2):
        opens_a_ticket(desk)
        sleep(rng.uniform(0, 0.6))
        desk.process.killed()
        desk.process.starts()
    opens_a_ticket(desk)
    assert acknowledged(desk)
    assert doubled(desk) == 0
    assert paged_for(desk) == set(column(desk, "tickets", "number", "number"))


def paged_for(desk: PhoneDesk) -> set[str]:
    """The tickets that somebody was called for, those that joined a page of the same customer among them."""
    return set(column(desk, "pages", "ticket")) | set(column(desk, "page_tickets", "ticket", "ticket"))


def acknowledged(desk: PhoneDesk) -> bool:
    """Whether Kim has it before half an hour has passed; her telephone is picked up whenever it rings."""
    for _ in range(60):
        hears_what_rings(desk)
        try:
            desk.phones.until(lambda: set(column(desk, "pages", "state")) - {"open"}, 0.5)
        except AssertionError:
            desk.passes(seconds=20)
        if column(desk, "pages", "acknowledged_by") and all(column(desk, "pages", "acknowledged_by")):
            # What happened while nobody was there to be asked is no mistake of the desk's.
            desk.phones.forgive()
            return True
    return False


def hears_what_rings(desk: PhoneDesk) -> None:
    """Kim picks up every call and hears it out: were time to pass over it, a slow machine would look like silence."""
    heard: set[str] = set()

    def new() -> list[Call]:
        return [call for call in ringing(desk) if call.sid not in heard]

    while calls := new():
        for call in calls:
            call.picks_up()
        heard |= {call.sid for call in calls}
        with suppress(AssertionError):
            desk.phones.until(lambda: desk.phones.at_rest or new())


def ringing(desk: PhoneDesk) -> list[Call]:
    return [call for call in desk.phones.calls if call.to == KIM and call.status == "ringing"]


def doubled(desk: PhoneDesk) -> int:
    """Attempts for which the network took more than one call."""
    return sum(len(desk.placed(token)) > 1 for token in column(desk, "attempts", "token") if token)


def states_of_calls(desk: PhoneDesk) -> set[str]:
    return {state for kind, state in desk.rows("attempts", "kind", "state") if kind == CALL}


def column(desk: PhoneDesk, table: str, name: str, by: str = "id") -> list[str]:
    return [str(value or "") for (value,) in desk.rows(table, name, by=by)]
