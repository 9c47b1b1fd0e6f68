"""News become parcels once, are leased to one, and find the message they update."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest

from bot.cards import say
from bot.ports import Kind, Parcel, ParcelState, UnitOfWork, Urgency
from storage.database import SqlDatabase
from storage.outbox_upkeep import MOST_AT_ONCE
from tests.storage.desk import START, HandClock, at, news, open_ticket


def _recalled(work: UnitOfWork, key: str, now: datetime) -> bool:
    return work.outbox.recall(1, key, now)


def lease(database: SqlDatabase, clock: HandClock, most: int = 100) -> Sequence[Parcel]:
    return database.write(lambda work: work.outbox.lease(clock.now(), 60, most))


def test_a_parcel_lives_from_planned_over_sending_to_sent(database: SqlDatabase, clock: HandClock) -> None:
    def deed(work: UnitOfWork) -> None:
        open_ticket(work)
        work.outbox.post(news(ticket=1, card=say("Hi", ticket=1)))

    database.write(deed)
    assert database.read(lambda work: work.outbox.next_due()) == START
    [parcel] = lease(database, clock)
    assert (parcel.state, parcel.attempts, parcel.created_at) == (ParcelState.SENDING, 1, START)
    assert (parcel.platform, parcel.place, parcel.card) == ("console", "#desk", say("Hi", ticket=1))
    assert lease(database, clock) == []
    database.write(lambda work: work.outbox.sent(parcel, "msg-1", clock.now()))
    [kept] = database.read(lambda work: work.outbox.of_ticket(1))
    assert (kept.state, kept.ref) == (ParcelState.SENT, "msg-1")
    assert database.read(lambda work: work.outbox.next_due()) is None
    assert database.read(lambda work: work.outbox.counts())["sent"] == 1


def test_news_becomes_a_parcel_for_each_address_and_none_where_nobody_is(
    database: SqlDatabase, clock: HandClock
) -> None:
    database.write(lambda work: work.outbox.post(news(to="#alerts/III")))
    database.write(lambda work: work.outbox.post(news(to="@nobody")))
    assert sorted(parcel.platform for parcel in lease(database, clock)) == ["chat", "console"]


@pytest.mark.parametrize("kind", [Kind.NOTICE, Kind.ALERT, Kind.LETTER, Kind.PAGE])
def test_the_same_key_is_said_once_even_after_it_was_sent(database: SqlDatabase, clock: HandClock, kind: Kind) -> None:
    def deed(work: UnitOfWork) -> None:
        work.outbox.post(news("breach:1", kind))
        work.outbox.post(news("breach:1", kind))

    database.write(deed)
    [parcel] = lease(database, clock)
    database.write(lambda work: work.outbox.sent(parcel, "m", clock.now()))
    database.write(deed)
    assert lease(database, clock) == []


def test_a_card_joins_the_one_that_waits_and_updates_what_was_sent(database: SqlDatabase, clock: HandClock) -> None:
    def show(text: str) -> None:
        database.write(lambda work: work.outbox.post(news("card:1", Kind.CARD, card=say(text))))

    show("one")
    show("two")
    [parcel] = lease(database, clock)
    assert (parcel.card, parcel.ref) == (say("two"), None)
    show("three")
    show("four")
    # The first is still under way: until it is known where it went, nothing of the same key may follow.
    assert lease(database, clock) == []
    assert database.read(lambda work: work.outbox.next_due()) == START + timedelta(seconds=60)
    database.write(lambda work: work.outbox.sent(parcel, "msg-1", clock.now()))
    [update] = lease(database, clock)
    assert (update.card, update.ref) == (say("four"), "msg-1")


def test_several_cards_of_one_command_are_one_parcel(database: SqlDatabase, clock: HandClock) -> None:
    def deed(work: UnitOfWork) -> None:
        for text in ("one", "two", "three"):
            work.outbox.post(news("card:1", Kind.CARD, card=say(text)))

    database.write(deed)
    assert [parcel.card for parcel in lease(database, clock)] == [say("three")]


def test_a_failed_card_steps_back_behind_a_newer_one(database: SqlDatabase, clock: HandClock) -> None:
    database.write(lambda work: work.outbox.post(news("card:1", Kind.CARD, card=say("old"))))
    [parcel] = lease(database, clock)
    database.write(lambda work: work.outbox.post(news("card:1", Kind.CARD, card=say("new"))))
    database.write(lambda work: work.outbox.failed(parcel, "timeout", at(5), clock.now()))
    assert [found.card for found in lease(database, clock)] == [say("new")]


def test_a_card_that_must_wait_keeps_waiting_when_a_newer_one_joins_it(database: SqlDatabase, clock: HandClock) -> None:
    database.write(lambda work: work.outbox.post(news("card:1", Kind.CARD)))
    [parcel] = lease(database, clock)
    database.write(lambda work: work.outbox.failed(parcel, "slow down", at(5), clock.now()))
    database.write(lambda work: work.outbox.post(news("card:1", Kind.CARD, card=say("new"))))
    assert database.read(lambda work: work.outbox.next_due()) == at(5)


def test_what_failed_comes_back_at_its_time_and_is_buried_when_it_is_hopeless(
    database: SqlDatabase, clock: HandClock
) -> None:
    database.write(lambda work: work.outbox.post(news()))
    [parcel] = lease(database, clock)
    database.write(lambda work: work.outbox.failed(parcel, "timeout", at(5), clock.now()))
    assert lease(database, clock) == []
    clock.forward(minutes=5)
    [again] = lease(database, clock)
    assert (again.state, again.attempts, again.error) == (ParcelState.SENDING, 2, "timeout")
    database.write(lambda work: work.outbox.failed(again, "no such place", None, clock.now()))
    assert database.read(lambda work: work.outbox.counts())["dead"] == 1
    assert database.read(lambda work: work.outbox.next_due()) is None


def test_a_parcel_whose_lease_ran_out_comes_back_as_ambiguous(database: SqlDatabase, clock: HandClock) -> None:
    database.write(lambda work: work.outbox.post(news()))
    lease(database, clock)
    clock.forward(seconds=59)
    assert lease(database, clock) == []
    clock.forward(seconds=1)
    for attempt in (2, 3):
        [parcel] = lease(database, clock)
        assert (parcel.state, parcel.attempts) == (ParcelState.AMBIGUOUS, attempt)
        clock.forward(seconds=60)


def test_the_most_urgent_go_first_then_the_oldest_and_not_before_their_time(
    database: SqlDatabase, clock: HandClock
) -> None:
    def deed(work: UnitOfWork) -> None:
        work.outbox.post(news("digest", Kind.DIGEST, urgency=Urgency.DIGEST))
        work.outbox.post(news("n1"))
        work.outbox.post(news("page", Kind.PAGE, urgency=Urgency.PAGE))
        work.outbox.post(news("n2"))
        work.outbox.post(news("later", urgency=Urgency.PAGE, not_before=at(1)))

    database.write(deed)
    assert [parcel.key for parcel in lease(database, clock, 3)] == ["page", "n1", "n2"]
    assert [parcel.key for parcel in lease(database, clock, 3)] == ["digest"]
    clock.forward(minutes=1)
    assert "later" in [parcel.key for parcel in lease(database, clock)]


def test_many_workers_never_get_the_same_parcel(database: SqlDatabase, clock: HandClock) -> None:
    def post(work: UnitOfWork) -> None:
        for number in range(200):
            work.outbox.post(news(str(number)))

    database.write(post)
    got: list[int] = []

    def work_off() -> None:
        while parcels := lease(database, clock, 7):
            got.extend(parcel.id for parcel in parcels)

    threads = [threading.Thread(target=work_off) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 200


def test_pruning_forgets_what_was_sent_long_ago_and_keeps_where_cards_are_shown(
    database: SqlDatabase, clock: HandClock
) -> None:
    database.write(lambda work: work.outbox.post(news("card:1", Kind.CARD)))
    [parcel] = lease(database, clock)
    database.write(lambda work: work.outbox.sent(parcel, "msg-1", clock.now()))
    clock.forward(days=31)
    database.write(lambda work: work.outbox.post(news("card:1", Kind.CARD)))
    database.write(lambda work: work.outbox.prune(clock.now()))
    counts = database.read(lambda work: work.outbox.counts())
    assert (counts["sent"], counts["planned"]) == (0, 1)
    assert [parcel.ref for parcel in lease(database, clock)] == ["msg-1"]


def test_pruning_goes_on_until_nothing_old_is_left(database: SqlDatabase, clock: HandClock) -> None:
    def post(work: UnitOfWork) -> None:
        for number in range(MOST_AT_ONCE + 1):
            work.outbox.post(news(f"k{number}"))

    def deliver(work: UnitOfWork) -> None:
        for parcel in work.outbox.lease(clock.now(), 60, MOST_AT_ONCE + 1):
            work.outbox.sent(parcel, "m", clock.now())

    database.write(post)
    database.write(deliver)
    clock.forward(days=31)
    pruned = [database.write(lambda work: work.outbox.prune(clock.now())) for _ in range(3)]
    assert pruned == [MOST_AT_ONCE, 1, 0]


def test_what_was_given_up_is_kept_for_ninety_days(database: SqlDatabase, clock: HandClock) -> None:
    database.write(lambda work: work.outbox.post(news()))
    [parcel] = lease(database, clock)
    database.write(lambda work: work.outbox.failed(parcel, "No such channel", None, clock.now()))
    clock.forward(days=90)
    assert database.write(lambda work: work.outbox.prune(clock.now())) == 0
    clock.forward(seconds=1)
    assert database.write(lambda work: work.outbox.prune(clock.now())) == 1
    assert database.read(lambda work: work.outbox.counts())["dead"] == 0


def _to_both(database: SqlDatabase, *keys: str) -> None:
    def post(work: UnitOfWork) -> None:
        for key in keys:
            work.outbox.post(news(key, to=f"#alerts-{key}"))

    database.write(post)


def test_one_platform_is_leased_and_the_others_keep_what_is_theirs(database: SqlDatabase, clock: HandClock) -> None:
    _to_both(database, "one", "two")
    of_chat = database.write(lambda work: work.outbox.lease(clock.now(), 60, 10, "chat"))
    assert [(parcel.platform, parcel.key) for parcel in of_chat] == [("chat", "one"), ("chat", "two")]
    assert database.write(lambda work: work.outbox.lease(clock.now(), 60, 10, "chat")) == []
    assert [parcel.platform for parcel in lease(database, clock)] == ["console", "console"]


def test_a_busy_place_is_passed_over(database: SqlDatabase, clock: HandClock) -> None:
    _to_both(database, "one", "two", "three")

    def of_chat(*busy: str) -> list[str]:
        found = database.write(lambda work: work.outbox.lease(clock.now(), 60, 1, "chat", busy))
        return [parcel.place for parcel in found]

    assert of_chat("#alerts-one") == ["#alerts-two"]
    assert of_chat("#alerts-one", "#alerts-three") == []
    assert of_chat() == ["#alerts-one"]


def test_what_waits_for_one_platform_is_not_due_for_another(database: SqlDatabase, clock: HandClock) -> None:
    database.write(lambda work: work.outbox.post(news("later", to="#alerts", not_before=at(5))))
    database.write(lambda work: work.outbox.post(news("now", to="#desk")))

    def due(platform: str | None = None) -> object:
        return database.read(lambda work: work.outbox.next_due(platform))

    assert (due(), due("console"), due("chat"), due("phone")) == (START, START, at(5), None)


@pytest.mark.parametrize("kind", [Kind.CARD, Kind.ALERT])
def test_a_message_that_shows_or_warns_of_a_ticket_stands_for_it(
    database: SqlDatabase, clock: HandClock, kind: Kind
) -> None:
    def deed(work: UnitOfWork) -> None:
        open_ticket(work)
        work.outbox.post(news("k", kind, ticket=1))

    database.write(deed)
    [parcel] = lease(database, clock)
    database.write(lambda work: work.outbox.sent(parcel, "C1:17", clock.now()))
    assert database.read(lambda work: work.tickets.anchored("console", "C1:17")) == 1
    [anchor] = database.read(lambda work: work.tickets.anchors(1, "console"))
    assert (anchor.ref, anchor.what.value) == ("C1:17", kind.value)


def test_a_card_that_was_posted_anew_stands_for_its_ticket_with_both_messages(
    database: SqlDatabase, clock: HandClock
) -> None:
    database.write(open_ticket)

    def show(ref: str) -> None:
        database.write(lambda work: work.outbox.post(news("card:1", Kind.CARD, ticket=1)))
        [parcel] = lease(database, clock)
        database.write(lambda work: work.outbox.sent(parcel, ref, clock.now()))

    for ref in ("C1:17", "C1:17", "C1:18"):
        show(ref)
    anchors = database.read(lambda work: work.tickets.anchors(1, "console"))
    assert [anchor.ref for anchor in anchors] == ["C1:17", "C1:18"]


def test_a_letter_or_a_notice_stands_for_nothing(database: SqlDatabase, clock: HandClock) -> None:
    database.write(open_ticket)
    database.write(lambda work: work.outbox.post(news("n", ticket=1)))
    [parcel] = lease(database, clock)
    database.write(lambda work: work.outbox.sent(parcel, "C1:17", clock.now()))
    assert database.read(lambda work: work.tickets.anchored("console", "C1:17")) is None


def test_the_lines_of_a_thread_go_one_after_the_other_whatever_holds_one_up(
    database: SqlDatabase, clock: HandClock
) -> None:
    def post(work: UnitOfWork) -> None:
        for number in (1, 2):
            open_ticket(work)
            for seq in (1, 2):
                work.outbox.post(news(f"thread:{number}:{seq}", to="#desk", ticket=number))

    database.write(post)
    keys = [parcel.key for parcel in lease(database, clock)]
    assert keys == ["thread:1:1", "thread:2:1"]
    held_up, other = database.read(lambda work: [work.outbox.of_ticket(number)[0] for number in (1, 2)])
    now = clock.now()
    later = now + timedelta(seconds=2)
    database.write(lambda work: work.outbox.failed(held_up, "its card is not there", later, now))
    database.write(lambda work: work.outbox.sent(other, "C1:2", now))
    assert [parcel.key for parcel in lease(database, clock)] == ["thread:2:2"]
    assert database.read(lambda work: work.outbox.next_due("console")) == later
    clock.forward(seconds=2)
    (first,) = lease(database, clock)
    assert first.key == "thread:1:1"
    database.write(lambda work: work.outbox.failed(first, "it is hopeless", None, clock.now()))
    assert [parcel.key for parcel in lease(database, clock)] == ["thread:1:2"]


def test_who_posts_is_told_to_how_many_addresses_it_goes(database: SqlDatabase) -> None:
    told = database.write(lambda work: [work.outbox.post(news(to=to)) for to in ("#desk", "#alerts/III", "@nobody")])
    assert told == [1, 2, 0]


def test_what_nobody_wants_any_more_is_withdrawn_and_forgotten_after_thirty_days(
    database: SqlDatabase, clock: HandClock
) -> None:
    database.write(lambda work: work.outbox.post(news("page:1:1", Kind.PAGE)))
    [parcel] = lease(database, clock)
    database.write(lambda work: work.outbox.withdraw(parcel, clock.now()))
    counts = database.read(lambda work: work.outbox.counts())
    assert (counts["withdrawn"], counts["dead"], counts["sending"]) == (1, 0, 0)
    assert database.read(lambda work: work.outbox.next_due()) is None
    clock.forward(days=30)
    assert database.write(lambda work: work.outbox.prune(clock.now())) == 0
    clock.forward(seconds=1)
    assert database.write(lambda work: work.outbox.prune(clock.now())) == 1


def test_what_arrived_is_not_withdrawn_afterwards(database: SqlDatabase, clock: HandClock) -> None:
    database.write(lambda work: work.outbox.post(news("page:1:1", Kind.PAGE)))
    [parcel] = lease(database, clock)
    database.write(lambda work: work.outbox.sent(parcel, "m", clock.now()))
    database.write(lambda work: work.outbox.withdraw(parcel, clock.now()))
    assert database.read(lambda work: work.outbox.counts())["sent"] == 1


def test_the_first_page_goes_before_every_other(database: SqlDatabase, clock: HandClock) -> None:
    def post(work: UnitOfWork) -> None:
        for urgency in reversed(Urgency):
            work.outbox.post(news(urgency.name, urgency=urgency))

    database.write(post)
    assert [parcel.key for parcel in lease(database, clock)] == [urgency.name for urgency in Urgency]
    assert next(iter(Urgency)) is Urgency.FIRST_PAGE


def test_a_card_updates_the_message_of_the_page_with_its_key_and_waits_for_it(
    database: SqlDatabase, clock: HandClock
) -> None:
    def acknowledged(work: UnitOfWork) -> None:
        work.outbox.post(news("page:1:1", Kind.CARD, to="@kim", card=say("Lee acknowledged.")))

    database.write(lambda work: work.outbox.post(news("page:1:1", Kind.PAGE, to="@kim")))
    [page] = lease(database, clock)
    database.write(acknowledged)
    assert lease(database, clock) == []
    assert database.read(lambda work: work.outbox.next_due()) == START + timedelta(seconds=60)
    database.write(lambda work: work.outbox.sent(page, "D1:17", clock.now()))
    [card] = lease(database, clock)
    assert (card.kind, card.ref) == (Kind.CARD, "D1:17")


def test_a_card_goes_by_itself_once_the_page_of_its_key_was_withdrawn(database: SqlDatabase, clock: HandClock) -> None:
    database.write(lambda work: work.outbox.post(news("page:1:1", Kind.PAGE, to="@kim")))
    [page] = lease(database, clock)
    database.write(lambda work: work.outbox.post(news("page:1:1", Kind.CARD, to="@kim")))
    database.write(lambda work: work.outbox.withdraw(page, clock.now()))
    [card] = lease(database, clock)
    assert (card.kind, card.ref) == (Kind.CARD, None)


def test_what_waits_can_be_taken_back_and_what_is_under_way_cannot(database: SqlDatabase, clock: HandClock) -> None:
    def post(work: UnitOfWork) -> None:
        open_ticket(work)
        for key in ("reply:1:2", "reply:1:3"):
            work.outbox.post(news(key, Kind.LETTER, ticket=1, not_before=clock.now() + timedelta(seconds=10)))

    def recall(key: str, ticket: int = 1) -> bool:
        return database.write(lambda work: work.outbox.recall(ticket, key, clock.now()))

    database.write(post)
    assert lease(database, clock) == []
    assert not recall("reply:1:2", ticket=2)
    assert recall("reply:1:2")
    assert not recall("reply:1:2")
    clock.forward(seconds=10)
    [parcel] = lease(database, clock)
    assert parcel.key == "reply:1:3"
    assert not recall("reply:1:3")
    # Nobody knows whether it arrived: it is not taken back then, either.
    clock.forward(minutes=2)
    assert not recall("reply:1:3")
    [parcel] = lease(database, clock)
    assert parcel.state is ParcelState.AMBIGUOUS
    states = {one.key: one.state for one in database.read(lambda work: work.outbox.of_ticket(1))}
    assert states == {"reply:1:2": ParcelState.WITHDRAWN, "reply:1:3": ParcelState.AMBIGUOUS}


def test_what_was_put_back_has_not_arrived_and_can_be_taken_back(database: SqlDatabase, clock: HandClock) -> None:
    def post(work: UnitOfWork) -> None:
        open_ticket(work)
        work.outbox.post(news("reply:1:2", Kind.LETTER, ticket=1))

    database.write(post)
    [parcel] = lease(database, clock)
    database.write(lambda work: work.outbox.failed(parcel, "away", clock.now(), clock.now()))
    assert database.write(lambda work: work.outbox.recall(1, "reply:1:2", clock.now()))


def test_of_a_courier_and_of_whoever_takes_it_back_one_has_the_letter(database: SqlDatabase, clock: HandClock) -> None:
    letters = 30

    def post(work: UnitOfWork) -> None:
        open_ticket(work)
        for number in range(letters):
            work.outbox.post(news(f"reply:1:{number}", Kind.LETTER, ticket=1))

    database.write(post)
    leased: list[str] = []
    recalled: list[str] = []

    def courier() -> None:
        while found := database.write(lambda work: work.outbox.lease(clock.now(), 60, 1)):
            leased.extend(parcel.key for parcel in found)

    def people() -> None:
        for number in reversed(range(letters)):
            key = f"reply:1:{number}"
            if database.write(partial(_recalled, key=key, now=clock.now())):
                recalled.append(key)

    threads = [threading.Thread(target=one) for one in (courier, people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    courier()  # On PostgreSQL a courier passes over what another holds, and comes back to it.
    assert sorted(leased + recalled) == sorted(f"reply:1:{number}" for number in range(letters))
