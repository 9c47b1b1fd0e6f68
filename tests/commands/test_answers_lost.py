"""An answer that nobody read is none: what the customer was promised is owed as before, by its old due time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.domain.history import Deed
from bot.domain.mail import Bounce
from bot.domain.policy import ClockKind
from bot.domain.ticket import State, replay
from bot.views.ticket_facts import answers_given, ticket_facts
from commands.intake import Words, say_for
from tests.commands.mail_town import MailTown
from tests.commands.mails import arrives, mail
from tests.commands.test_letters_lost import REFUSED, UNSURE, carried
from tests.databases import create_postgres
from tests.town import TORONTO, words

TO = "it@acme.example"
DUE = datetime(2026, 10, 5, 13, tzinfo=TORONTO)
FIRST, NEXT = ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE
_NAMES = count()


@pytest.fixture(params=["sqlite", "postgres"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MailTown]:
    if request.param == "sqlite":
        request.getfixturevalue("settled").copied(tmp_path / "desk").close()
        town = MailTown(tmp_path / "desk", undo=0)
    else:
        server = request.getfixturevalue("settled_on_postgres")
        url = create_postgres(server, f"lost_town_{next(_NAMES)}", "settled")
        town = MailTown(tmp_path / "desk", undo=0, database=url)
    town.does("ann", "/ticket open printer on fire --customer acme")
    town.does("ann", "/ticket claim 1")
    yield town
    town.close()


def running(town: MailTown, number: int = 1) -> set[ClockKind]:
    return {clock.kind for clock in town.ticket(number).clocks} - {ClockKind.RESOLUTION}


def sent(town: MailTown) -> str:
    """The name of the letter that has left by now."""
    (letter,) = town.letters()
    return str(letter.data["mail"]["message_id"])


def comes_back(
    town: MailTown, of: str = "", *, permanent: bool = True, to: str = TO, why: str = "no such user"
) -> None:
    back = town.signer.reply_address("support@example.com", 1)
    bounce = Bounce(of, to, permanent, why)
    arrives(town, mail("", "Undeliverable", "It did not arrive.", bounce=bounce, machine="it", sent_to=(back,)))


def kept(town: MailTown) -> list[ClockKind]:
    """The promises that count as answered."""
    since, until = town.ticket(1).opened_at, town.clock.now() + timedelta(seconds=1)
    ended = town.database.read(lambda work: list(work.tickets.promises_ended(since, until)))
    given = town.database.read(lambda work: list(answers_given(work.tickets.history(1), work.promises)))
    assert [one.kind for one in ended] == [one.kind for one in given]
    return [one.kind for one in given]


def test_a_reply_that_the_server_refuses_answered_nobody(town: MailTown) -> None:
    before = town.ticket(1)
    town.does("ann", "/ticket reply 1 it is out")
    assert (running(town), kept(town)) == (set(), [FIRST])
    carried(town, REFUSED)
    after = town.ticket(1)
    assert (after.clocks, after.responded_at, after.state) == (before.clocks, None, before.state)
    assert replay(town.history(1)) == after
    assert town.database.read(lambda work: work.tickets.due_of(1)) == DUE
    assert kept(town) == []
    facts = town.database.read(lambda work: ticket_facts(work.tickets.history(1), work.promises))
    assert (facts.responded_at, facts.first_response_took, facts.first_response_kept) == (None, None, None)
    (told,) = town.hears("@ann")
    assert "So nobody has answered the customer, and what was promised counts again.\nFirst response due" in told
    assert "so the customer has not been answered, and is owed it as before" in town.does("vic", "/ticket history 1")
    why = town.does("vic", "/ticket why 1")
    assert "Due Mon 5 Oct 13:00" in why
    assert f"to {TO} did not arrive, so it answered nothing." in why


def test_who_is_late_by_then_is_alerted_at_once(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    name = sent(town)
    town.clock.set(DUE + timedelta(minutes=5))
    town.ticks()
    assert not any("printer on fire" in line for line in town.hears("#alerts"))
    comes_back(town, name)
    town.ticks()
    assert any("first response was due" in line for line in town.hears("#alerts"))


@pytest.mark.parametrize("named", [True, False])
def test_the_next_reply_is_the_answer(town: MailTown, named: bool) -> None:
    """Where the report names no letter, it is the newest that went to that address."""
    town.does("ann", "/ticket reply 1 it is out --wait")
    name = sent(town)
    assert town.ticket(1).state is State.WAITING
    comes_back(town, name if named else "")
    assert (town.ticket(1).state, running(town)) == (State.OPEN, {FIRST})
    town.clock.forward(hours=1)
    town.does("ann", "/ticket reply 1 do you read this?")
    assert (running(town), kept(town)) == (set(), [FIRST])
    assert town.ticket(1).responded_at == town.clock.now()


def test_whoever_was_told_nothing_is_not_waited_for(town: MailTown) -> None:
    before = town.ticket(1)
    town.does("ann", "/ticket reply 1 which model is it?")
    town.does("ann", "/ticket wait 1")
    comes_back(town, sent(town))
    assert (town.ticket(1).state, town.ticket(1).clocks) == (State.OPEN, before.clocks)


@pytest.mark.parametrize("reaches", ["/ticket reply 1 again", "/ticket remote 1"])
def test_where_another_answer_reached_them_meanwhile_nothing_changes(town: MailTown, reaches: str) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    name = sent(town)
    town.does("ann", reaches)
    at = town.ticket(1).responded_at
    comes_back(town, name)
    assert (running(town), town.ticket(1).responded_at, kept(town)) == (set(), at, [FIRST])
    assert town.history(1)[-1].deed is Deed.BOUNCED
    assert "answered nothing" not in town.does("vic", "/ticket why 1")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_once_all_that_was_sent_is_lost_nobody_was_answered(town: MailTown, order: tuple[int, int]) -> None:
    before = town.ticket(1)
    names = []
    for text in ("it is out", "and here is how"):
        town.does("ann", f"/ticket reply 1 {text}")
        names.append(sent(town))
    comes_back(town, names[order[0]])
    assert running(town) == set()
    comes_back(town, names[order[1]])  # The same reason within the hour, and news all the same.
    assert (town.ticket(1).clocks, kept(town)) == (before.clocks, [])
    town.does("ann", "/ticket reply 1 do you read this?")
    comes_back(town, sent(town))
    assert (town.ticket(1).clocks, kept(town)) == (before.clocks, [])
    assert replay(town.history(1)) == town.ticket(1)


def test_what_came_before_the_lost_answer_stays_answered(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    sent(town)
    said = Words("email", TO, "And again!", verified=True)
    town.database.write(lambda work: say_for(work, said, 1, town.clock.now()))
    started = town.ticket(1).clock(NEXT)
    town.clock.forward(minutes=10)
    town.does("ann", "/ticket reply 1 it is out now")
    comes_back(town, sent(town))
    assert (town.ticket(1).clock(NEXT), running(town), kept(town)) == (started, {NEXT}, [FIRST])


@pytest.mark.parametrize(
    ("bounce", "say"),
    [
        ({"permanent": False}, "has not arrived yet"),
        ({"to": "jo@elsewhere.example"}, "did not arrive"),  # It was sent on, perhaps to others as well.
        ({"of": "<abc@desk.example>"}, "did not arrive"),
    ],
)
def test_what_may_still_arrive_or_was_another_letter_changes_nothing(
    town: MailTown, bounce: dict[str, Any], say: str
) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    name = sent(town)
    comes_back(town, **{"of": name} | bounce)
    assert say in town.hears("@ann")[-1]
    assert (running(town), kept(town)) == (set(), [FIRST])


def test_where_nobody_knows_whether_it_arrived_it_counts(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    carried(town, UNSURE, REFUSED)
    assert "Nobody knows" in town.hears("@ann")[-1]
    assert (running(town), kept(town)) == (set(), [FIRST])


def test_a_lost_closing_note_is_no_lost_answer_and_a_closed_ticket_stays_closed(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    reply = sent(town)
    town.does("ann", "/ticket close 1 solved")
    comes_back(town, sent(town))
    assert kept(town) == [FIRST]
    comes_back(town, reply)
    assert (town.ticket(1).state, town.ticket(1).responded_at, kept(town)) == (State.CLOSED, None, [])
    assert "Nobody has answered the customer, and #1 is closed: /ticket reopen 1" in town.hears("@ann")[-1]
    town.does("ann", "/ticket reopen 1")
    assert words(town.says("vic", "/ticket show 1").card)
    assert running(town) != set()


def test_a_reply_taken_back_after_a_lost_one_leaves_the_promise_as_it_was(town: MailTown) -> None:
    before = town.ticket(1)
    town.does("ann", "/ticket reply 1 it is out")
    comes_back(town, sent(town))
    town.does("ann", "/ticket reply 1 again")
    assert running(town) == set()
    town.does("ann", "/ticket unsend 1")
    assert (town.ticket(1).clocks, town.ticket(1).responded_at, kept(town)) == (before.clocks, None, [])


def test_a_reply_taken_back_that_alone_stood_after_a_lost_one_leaves_nobody_answered(town: MailTown) -> None:
    before = town.ticket(1)
    town.does("ann", "/ticket reply 1 it is out")
    name = sent(town)
    town.does("ann", "/ticket reply 1 and here is how")
    comes_back(town, name)
    assert running(town) == set()
    said = town.does("ann", "/ticket unsend 1")
    assert "What went out before did not arrive, so nobody has answered the customer." in said
    assert (town.ticket(1).clocks, town.ticket(1).responded_at, kept(town)) == (before.clocks, None, [])
    assert "did not arrive, so it answered nothing" in town.does("vic", "/ticket why 1")
    back = "took the reply back before it left; so the customer has not been answered, and is owed it as before"
    assert back in town.does("vic", "/ticket history 1")
    assert replay(town.history(1)) == town.ticket(1)
    town.does("ann", "/ticket reply 1 do you read this?")
    assert (running(town), kept(town)) == (set(), [FIRST])


@pytest.mark.parametrize("ends", ["back", "lost"])
def test_a_wait_for_whoever_was_told_nothing_does_not_come_back(town: MailTown, ends: str) -> None:
    before = town.ticket(1)
    town.does("ann", "/ticket reply 1 which model is it?")
    name = sent(town)
    town.does("ann", "/ticket wait 1")
    comes_back(town, name)
    town.does("ann", "/ticket reply 1 which model is it, please?")
    if ends == "back":
        town.does("ann", "/ticket unsend 1")
    else:
        comes_back(town, sent(town))
    assert (town.ticket(1).state, town.ticket(1).clocks, kept(town)) == (State.OPEN, before.clocks, [])


def test_what_is_owed_again_survives_a_ticket_that_came_in_meanwhile(town: MailTown) -> None:
    owed = town.ticket(1).clock(FIRST)
    town.does("ann", "/ticket reply 1 it is out")
    name = sent(town)
    town.does("ann", "/ticket open smoke, too --customer acme")
    town.does("ann", "/ticket call 2 told them all")
    town.does("ann", "/ticket merge 2 --into 1")
    assert running(town) == set()
    comes_back(town, name)
    assert (town.ticket(1).clock(FIRST), town.ticket(1).responded_at) == (owed, None)


@pytest.mark.parametrize(("hours", "in_time"), [(1, None), (5, False)])
def test_a_ticket_that_was_closed_with_its_only_answer_lost_has_broken_its_promise_if_that_was_late(
    town: MailTown, hours: int, in_time: bool | None
) -> None:
    """As one that nobody ever answered."""
    town.does("ann", "/ticket reply 1 it is out")
    name = sent(town)
    town.clock.forward(hours=hours)
    town.does("ann", "/ticket close 1 solved")
    comes_back(town, name)
    facts = town.database.read(lambda work: ticket_facts(work.tickets.history(1), work.promises))
    assert (facts.first_response_kept, facts.first_response_took) == (in_time, None)
    since, until = town.ticket(1).opened_at, town.clock.now() + timedelta(seconds=1)
    ends = town.database.read(lambda work: list(work.tickets.promises_ended(since, until)))
    assert [(end.kind, end.kept, end.answered, end.took) for end in ends] == (
        [] if in_time is None else [(FIRST, False, False, hours * 3600)]
    )
    report = town.does("vic", "/desk report")
    assert ("0 of 1 promises were kept" in report) == (in_time is False)
    assert ("closed unanswered, 2 h late" in report) == (in_time is False)


def test_a_promise_broken_for_want_of_a_lost_answer_counts_once(town: MailTown) -> None:
    names = []
    for text in ("it is out", "and here is how"):
        town.does("ann", f"/ticket reply 1 {text}")
        names.append(sent(town))
    town.clock.forward(hours=5)
    town.does("ann", "/ticket close 1 solved")
    for name in names:
        comes_back(town, name)
    assert "0 of 1 promises were kept" in town.does("vic", "/desk report")


def test_of_lost_answers_to_several_words_of_the_customer_one_promise_is_broken(town: MailTown) -> None:
    """Each of them ended a promise of its own; of what is owed again the first one alone counts."""
    names = []
    for text in ("it is out", "and here is how"):
        town.does("ann", f"/ticket reply 1 {text}")
        names.append(sent(town))
        town.does("ann", "/ticket said 1 it is down again")
    town.does("ann", "/ticket reply 1 is it up?")
    names.append(sent(town))
    town.clock.forward(hours=5)
    town.does("ann", "/ticket close 1 solved")
    for name in names:
        comes_back(town, name)
    assert "0 of 1 promises were kept" in town.does("vic", "/desk report")


def test_a_promise_that_a_late_close_broke_ended_then_and_not_when_the_lost_answer_was_written(town: MailTown) -> None:
    town.does("ann", "/ticket reply 1 it is out")
    name = sent(town)
    replied = town.clock.now()
    town.clock.forward(hours=5)
    town.does("ann", "/ticket close 1 solved")
    closed = town.clock.now()
    comes_back(town, name)

    def ended(since: datetime, until: datetime) -> list[datetime]:
        return town.database.read(lambda work: [one.at for one in work.tickets.promises_ended(since, until)])

    assert ended(replied, closed) == []
    assert ended(closed, closed + timedelta(seconds=1)) == [closed]
