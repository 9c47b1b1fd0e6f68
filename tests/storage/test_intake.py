"""What intake keeps: messages once, keys and passes as digests, partners, and reminders that are taken by one alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import BadValue, Conflict, NotFound
from bot.ports.intake import ApiKey, Mail, MailState, Partner, Pass, PassKind, Reminder
from storage.database import SqlDatabase
from tests.storage.desk import START, at, open_ticket

MAIL = Mail(0, "<a@acme.example>", "support", "jo@acme.example", "printer", START, MailState.HELD, data={"text": "x"})
KEY = ApiKey("k1", "shop", "digest", frozenset({"read"}), START, "ann")
LINK = Pass("d1", PassKind.CUSTOMER_LINK, "jo@acme.example", START, at(900))


def test_a_message_counts_once(database: SqlDatabase) -> None:
    kept = database.write(lambda work: work.mails.add(MAIL))
    assert database.read(lambda work: work.mails.known(MAIL.message_id)) == kept
    assert database.read(lambda work: (work.mails.waiting(9), work.mails.waiting(0))) == (1, 0)
    assert database.read(lambda work: work.mails.held(10)) == [kept]
    with pytest.raises(Conflict):
        database.write(lambda work: work.mails.add(MAIL))


def test_a_message_becomes_part_of_a_ticket(database: SqlDatabase) -> None:
    number = database.write(lambda work: open_ticket(work).number)
    kept = database.write(lambda work: work.mails.add(MAIL))
    taken = replace(kept, state=MailState.TAKEN, ticket=number, seq=1, receipt=True)
    database.write(lambda work: work.mails.save(taken))
    assert database.read(lambda work: work.mails.get(kept.id)) == taken
    assert database.read(lambda work: work.mails.last_of_ticket(number)) == taken
    assert database.read(lambda work: work.mails.of_ticket(number)) == [taken]
    assert database.read(lambda work: work.mails.held(10)) == []
    assert database.read(lambda work: work.mails.receipts(MAIL.sender, START)) == [START]
    with pytest.raises(NotFound):
        database.read(lambda work: work.mails.get(99))


def test_what_was_dropped_is_listed_the_newest_first(database: SqlDatabase) -> None:
    for number, state in enumerate((MailState.DROPPED, MailState.HELD, MailState.DROPPED)):
        one = replace(MAIL, message_id=f"<{number}@acme.example>", state=state)
        database.write(lambda work, one=one: work.mails.add(one))  # type: ignore[misc]
    names = [mail.message_id for mail in database.read(lambda work: work.mails.dropped(10))]
    assert names == ["<2@acme.example>", "<0@acme.example>"]
    assert len(database.read(lambda work: work.mails.dropped(1))) == 1


def test_messages_are_counted_by_sender_and_time(database: SqlDatabase) -> None:
    for number in range(3):
        one = replace(MAIL, message_id=f"<{number}@acme.example>", received_at=at(number * 60))
        database.write(lambda work, one=one: work.mails.add(one))  # type: ignore[misc]
    assert database.read(lambda work: work.mails.of_sender(MAIL.sender, at(60), 9, verified=False)) == 2
    assert database.read(lambda work: work.mails.of_sender(MAIL.sender, START, 2, verified=False)) == 2
    assert database.read(lambda work: work.mails.of_sender(MAIL.sender, START, 9, verified=True)) == 0
    assert database.read(lambda work: work.mails.of_sender("else@acme.example", START, 9, verified=False)) == 0


def test_those_of_a_ticket_are_counted_and_those_that_opened_one(database: SqlDatabase) -> None:
    number = database.write(lambda work: open_ticket(work).number)
    for seq in (1, 2, 3):
        one = replace(MAIL, message_id=f"<{seq}@acme.example>", received_at=at(seq * 60), ticket=number, seq=seq)
        taken = replace(one, state=MailState.TAKEN)
        database.write(lambda work, taken=taken: work.mails.add(taken))  # type: ignore[misc]
    assert database.read(lambda work: work.mails.opened(START, 9)) == 1
    assert database.read(lambda work: work.mails.opened(at(61), 9)) == 0
    assert database.read(lambda work: work.mails.on_ticket(number, at(120), 9)) == 2
    assert database.read(lambda work: work.mails.on_ticket(number, at(120), 1)) == 1


def test_what_was_dropped_is_forgotten_in_time_and_what_waits_never(database: SqlDatabase) -> None:
    dropped = replace(MAIL, message_id="<b@acme.example>", state=MailState.DROPPED)
    taken = replace(MAIL, message_id="<c@acme.example>", state=MailState.TAKEN)
    for one in (MAIL, dropped, taken):
        database.write(lambda work, one=one: work.mails.add(one))  # type: ignore[misc]
    assert len(database.write(lambda work: work.mails.prune(START + timedelta(days=91)))) == 1
    assert len(database.write(lambda work: work.mails.prune(START + timedelta(days=731)))) == 1
    assert database.read(lambda work: work.mails.known(MAIL.message_id)) is not None


def test_what_waits_is_weighed_apart_from_what_nobody_waits_for(database: SqlDatabase) -> None:
    states = (MailState.HELD, MailState.HELD, MailState.DROPPED, MailState.BOUNCE, MailState.REFUSED, MailState.TAKEN)
    assert database.read(lambda work: work.mails.weight(waits=True)) == 0
    for power, state in enumerate(states):
        one = replace(MAIL, message_id=f"<{power}@acme.example>", state=state, size=10**power)
        database.write(lambda work, one=one: work.mails.add(one))  # type: ignore[misc]
    assert database.read(lambda work: work.mails.weight(waits=True)) == 11
    assert database.read(lambda work: work.mails.weight(waits=False)) == 11_100


def test_a_key_is_kept_as_its_digest_and_its_name_is_free_again_when_it_is_revoked(database: SqlDatabase) -> None:
    database.write(lambda work: work.keys.add(KEY))
    with pytest.raises(Conflict):
        database.write(lambda work: work.keys.add(replace(KEY, id="k2")))
    database.write(lambda work: work.keys.save(replace(KEY, used_at=at(5), revoked_at=at(6))))
    database.write(lambda work: work.keys.add(replace(KEY, id="k2")))
    assert database.read(lambda work: work.keys.get("k1")) == replace(KEY, used_at=at(5), revoked_at=at(6))
    assert [key.id for key in database.read(lambda work: work.keys.all())] == ["k1", "k2"]


def test_a_link_is_used_once(database: SqlDatabase) -> None:
    database.write(lambda work: work.passes.add(LINK))
    assert database.write(lambda work: work.passes.use("d1", at(1)))
    assert not database.write(lambda work: work.passes.use("d1", at(2)))
    assert not database.write(lambda work: work.passes.use("never given", at(2)))
    assert database.read(lambda work: work.passes.get("d1")) == replace(LINK, used_at=at(1))


def test_passes_are_counted_dropped_and_forgotten(database: SqlDatabase) -> None:
    for number in range(3):
        one = replace(LINK, digest=f"d{number}", made_at=at(number))
        database.write(lambda work, one=one: work.passes.add(one))  # type: ignore[misc]
    assert database.read(lambda work: work.passes.count(LINK.kind, LINK.subject, at(1))) == 2
    database.write(lambda work: work.passes.save(replace(LINK, digest="d0", expires_at=at(9_000_000), data={"a": 1})))
    database.write(lambda work: work.passes.drop("d1"))
    assert database.write(lambda work: work.passes.prune(at(900) + timedelta(days=2))) == 1
    assert database.write(lambda work: work.passes.drop_all(LINK.kind, LINK.subject)) == 1


def test_a_partner_is_found_by_the_beginning_of_the_name(database: SqlDatabase) -> None:
    north = Partner("north", "Northwind Consulting", "hello@northwind.example", "hourly support", "+1 416 555 0100")
    database.write(lambda work: work.partners.save(replace(north, offers="")))
    database.write(lambda work: work.partners.save(north))
    database.write(lambda work: work.partners.save(Partner("nordic", "Nordic Hosting")))
    assert database.read(lambda work: work.partners.find("NORTHW")) == north
    assert database.read(lambda work: work.partners.get("north")) == north
    with pytest.raises(BadValue):
        database.read(lambda work: work.partners.find("nor"))
    with pytest.raises(NotFound):
        database.read(lambda work: work.partners.find("south"))
    database.write(lambda work: work.partners.save(replace(north, left_at=START)))
    with pytest.raises(NotFound):
        database.read(lambda work: work.partners.find("north"))
    assert len(database.read(lambda work: work.partners.all())) == 2


def test_reminders_are_armed_moved_and_taken_away(database: SqlDatabase) -> None:
    database.write(lambda work: work.reminders.arm("customer:acme", {"expiry": at(60), "installation": at(30)}))
    database.write(lambda work: work.reminders.arm("customer:acme", {"expiry": at(90)}))
    expiry, installation = (
        Reminder("customer:acme", "expiry", at(90)),
        Reminder("customer:acme", "installation", at(30)),
    )
    assert database.read(lambda work: work.reminders.next_due()) == at(30)
    assert database.read(lambda work: work.reminders.of("customer:acme")) == [expiry, installation]
    assert database.write(lambda work: work.reminders.due(at(60), 10)) == [installation]
    database.write(lambda work: work.reminders.arm("customer:acme", {"installation": None}))
    assert database.write(lambda work: work.reminders.due(at(100), 10)) == [expiry]
