"""What others do in a customer's name, or with a letter that was sent on to them, takes nothing from the customer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.history import Deed
from bot.domain.mail import Bounce, Verified
from bot.ports.intake import MailState
from commands.mail_intake import CROWD, MailRules
from tests.commands.mails import JO, STRANGER, arrives, letter_about, mail
from tests.town import Town

SENT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NAME = "<same@acme.example>"


@pytest.fixture
def town(either_town: Town) -> Town:
    return either_town


# --- one name, several messages ----------------------------------------------------------------------------------


def test_whoever_uses_a_messages_name_first_keeps_it_from_nobody(town: Town) -> None:
    arrives(town, mail(STRANGER, message_id=NAME, date=SENT))
    real = mail(message_id=NAME, date=SENT)
    taken = arrives(town, real)
    assert taken.state is MailState.TAKEN
    assert arrives(town, real) == taken
    assert len(town.tickets()) == 1


def test_who_forges_the_sender_and_the_time_too_keeps_it_from_nobody_whose_server_proves_them(town: Town) -> None:
    arrives(town, mail(message_id=NAME, date=SENT, verified=Verified.NO))
    taken = arrives(town, mail(message_id=NAME, date=SENT))
    assert (taken.ticket, taken.verified) == (2, True)


def test_a_program_that_names_all_it_writes_alike_is_heard_each_time(town: Town) -> None:
    messages = [mail(message_id=NAME, date=SENT + timedelta(minutes=number)) for number in range(3)]
    assert [arrives(town, one).ticket for one in messages] == [1, 2, 3]
    assert [arrives(town, one).ticket for one in messages] == [1, 2, 3]


def test_without_a_date_it_is_the_words_that_tell(town: Town) -> None:
    first, second = (mail(message_id=NAME, text=text) for text in ("The battery is low.", "The battery is empty."))
    assert [arrives(town, one).ticket for one in (first, second, first)] == [1, 2, 1]


def test_the_copy_of_a_mailing_list_that_comes_first_does_not_stand_for_the_letter(town: Town) -> None:
    dropped = arrives(town, mail(message_id=NAME, date=SENT, machine="it came through a mailing list"))
    taken = arrives(town, mail(message_id=NAME, date=SENT))
    assert (dropped.state, taken.state) == (MailState.DROPPED, MailState.TAKEN)


def test_a_copy_by_another_way_is_no_second_message(town: Town) -> None:
    taken = arrives(town, mail(message_id=NAME, date=SENT, whole="The queue grows.\n-- \nof the list"))
    assert arrives(town, mail(message_id=NAME, date=SENT, machine="it came through a mailing list")) == taken


# --- the brake ---------------------------------------------------------------------------------------------------


def test_mail_forged_in_a_customers_name_keeps_none_of_theirs_waiting(town: Town) -> None:
    rules = MailRules(hourly=3)
    forged = [arrives(town, mail(verified=Verified.NO), rules).state for _ in range(4)]
    assert forged[-1] is MailState.HELD
    assert arrives(town, mail(), rules).state is MailState.TAKEN


def test_forged_mail_leaves_half_of_the_room_for_what_is_not(town: Town) -> None:
    """Of 20 tickets in a minute."""
    forged = [arrives(town, mail(f"p{number}@acme.example", verified=Verified.NO)) for number in range(12)]
    assert [one.state for one in forged].count(MailState.HELD) == 2
    assert arrives(town, mail()).state is MailState.TAKEN


def test_a_flood_of_forged_or_dropped_mail_keeps_no_new_ticket_waiting(town: Town) -> None:
    rules = MailRules(hourly_all=4)
    for number in range(3):
        arrives(town, mail(f"p{number}@acme.example", verified=Verified.NO), rules)
        arrives(town, mail(STRANGER, machine="it is an automatic reply"), rules)
        arrives(town, mail(f"s{number}@elsewhere.example"), rules)
    assert len(town.tickets()) == 2
    assert arrives(town, mail(), rules).state is MailState.TAKEN


def test_the_team_is_alerted_once_an_hour_that_a_customers_mail_waits_however_many_strangers_write(town: Town) -> None:
    for number in range(12):
        arrives(town, mail(f"s{number}@elsewhere.example"))
    for _ in range(4):
        arrives(town, mail(), MailRules(hourly=2))
    (alert,) = town.hears("#alerts")
    assert f"ACME Ltd: {JO} sent more than 2 messages within an hour. Their mail waits for a person now" in alert


# --- a letter that was sent on -------------------------------------------------------------------------------------


def test_a_mark_does_not_speak_for_whom_our_server_found_to_be_forged(town: Town) -> None:
    arrives(town, mail())
    town.does("ann", "/ticket close 1 solved")
    arrives(town, mail(text="It is back.", verified=Verified.NO, references=(letter_about(town, 1),)))
    assert town.ticket(1).unverified


def test_a_mark_speaks_for_whom_our_server_says_nothing_of(town: Town) -> None:
    arrives(town, mail())
    town.does("ann", "/ticket close 1 solved")
    arrives(town, mail(text="It is back.", verified=Verified.UNKNOWN, references=(letter_about(town, 1),)))
    assert not town.ticket(1).unverified


def test_whoever_has_a_letter_cannot_flood_its_ticket_under_many_names(town: Town) -> None:
    arrives(town, mail())
    rules, ours = MailRules(hourly=2), (letter_about(town, 1),)
    states = [
        arrives(town, mail(f"s{number}@elsewhere.example", verified=Verified.NO, references=ours), rules).state
        for number in range(8)
    ]
    assert states.count(MailState.TAKEN) == CROWD * 2 - 1
    assert states[-1] is MailState.HELD
    assert arrives(town, mail(text="Still there?", references=ours), rules).ticket == 1


def test_nor_with_bounces_and_automatic_answers(town: Town) -> None:
    arrives(town, mail())
    of, rules = letter_about(town, 1), MailRules(hourly=1)
    for number in range(6):
        made_up = Bounce(of, JO, permanent=True, why=f"550 {number}")
        arrives(town, mail("mailer-daemon@x.example", machine="report", verified=Verified.NO, bounce=made_up), rules)
    assert [event.deed for event in town.history(1)].count(Deed.BOUNCED) == CROWD - 1
