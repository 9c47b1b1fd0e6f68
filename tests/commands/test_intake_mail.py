"""Mail becomes tickets: each message once, on the ticket it belongs to, or held for a person; nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards import Card
from bot.domain.attachments import Attachment
from bot.domain.history import Deed
from bot.domain.mail import Verified
from bot.domain.ticket import State
from bot.ports import Kind, UnitOfWork
from bot.ports.intake import MailState
from commands.drawing import draw
from commands.mail_intake import MailRules, take_in
from commands.mail_notices import CARDS_AN_HOUR
from commands.mail_refuse import MOST_AT_ONCE
from tests.commands.mails import JO, STRANGER, arrives, letter_about, mail, reply_address
from tests.town import Town, words

FILE = Attachment("spool.log", size=3, type="text/plain", kept="in/ab/abc")


@pytest.fixture
def town(either_town: Town) -> Town:
    return either_town


# --- new tickets --------------------------------------------------------------------------------------------------


def test_a_customers_message_is_their_ticket_and_what_came_with_it_is_listed(town: Town) -> None:
    first = mail(whole="The queue grows.\n> as you said")
    taken = arrives(town, first, path="in/cd/cde", files=(FILE,))
    assert (taken.state, taken.ticket, taken.seq) == (MailState.TAKEN, 1, 1)
    ticket = town.ticket(1)
    assert (ticket.customer, ticket.requester, ticket.subject, ticket.text) == (
        "acme",
        JO,
        "mail is slow",
        "The queue grows.",
    )
    listed = town.does("ann", "/ticket files 1")
    assert "spool.log" in listed
    assert "the whole message" in listed
    assert "files/in/cd/cde" in listed
    assert "> as you said" in town.does("ann", f"/mail show {taken.id}")


def test_the_same_message_again_changes_nothing(town: Town) -> None:
    first = mail()
    taken = arrives(town, first)
    assert arrives(town, first) == taken
    assert len(town.tickets()) == 1


def test_who_opens_a_ticket_by_mail_is_told_so_and_history_says_that_they_wrote(town: Town) -> None:
    assert arrives(town, mail()).receipt
    assert len(town.hears(f"mail:{JO}")) == 1
    (line,) = town.does("vic", "/ticket history 1").splitlines()[1:]
    assert line.partition("  ")[2].startswith(f"{JO} opened it by mail, Level III")
    assert f"Opened by {JO} by mail" in town.does("vic", "/ticket show 1")


def test_no_receipt_goes_out_where_the_operator_wants_none(town: Town) -> None:
    assert not arrives(town, mail(), MailRules(receipts=False)).receipt
    assert town.hears(f"mail:{JO}") == []


def test_a_sender_has_one_receipt_in_ten_minutes_and_five_in_a_day(town: Town) -> None:
    given = []
    for minutes in (0, 9, 10, 10, 10, 10, 10, 24 * 60 - 49):
        town.clock.forward(minutes=minutes)
        given.append(arrives(town, mail(subject=f"after {minutes}")).receipt)
    assert given == [True, False, True, True, True, True, False, True]


def test_a_message_without_words_or_subject_is_a_ticket_all_the_same(town: Town) -> None:
    arrives(town, mail(subject=" ", text="", whole=""))
    arrives(town, mail(subject="", text="", whole="> all of it quoted"))
    assert [(one.subject, one.text) for one in town.tickets()] == [
        ("(no subject)", "> all of it quoted"),
        ("(no subject)", "(a message without words)"),
    ]


def test_what_was_left_out_and_what_is_too_long_is_said(town: Town) -> None:
    arrives(town, mail(left_out=("virus.zip was too large.",)))
    assert town.ticket(1).text.endswith("[virus.zip was too large.]")
    arrives(town, mail(text="x" * 200_000))
    assert len(town.ticket(2).text) <= 100_000
    assert town.ticket(2).text.endswith("the whole message is kept.]")


# --- on a ticket --------------------------------------------------------------------------------------------------


def test_an_answer_to_our_letter_goes_on_its_ticket(town: Town) -> None:
    arrives(town, mail())
    answer = mail(text="Still slow.", references=("<x@elsewhere>", letter_about(town, 1)))
    assert (arrives(town, answer).ticket, len(town.tickets())) == (1, 1)
    to_plus = mail(text="And now?", sent_to=(reply_address(town, 1),))
    assert arrives(town, to_plus).seq == 3
    texts = [event.data["text"] for event in town.history(1) if event.deed is Deed.SAID]
    assert texts == ["Still slow.", "And now?"]
    assert "The customer wrote by mail: And now?" in town.does("vic", "/ticket history 1")


def test_a_number_in_the_subject_is_no_way_into_a_ticket(town: Town) -> None:
    arrives(town, mail())
    forged = (
        "<abc.t1.aaaaaaaaaaaaaaaaaaaa@desk.example>",
        letter_about(town, 1).replace(".t1.", ".t2."),
    )
    arrives(town, mail(subject="Re: [#1] mail is slow", references=forged, sent_to=("support+t1.x@desk.example",)))
    assert len(town.tickets()) == 2


def test_an_addition_to_ones_own_message_goes_on_its_ticket_but_not_a_strangers(town: Town) -> None:
    first = mail()
    arrives(town, first)
    colleague = mail("sam@acme.example", text="Here, too.", references=(first.message_id,))
    assert arrives(town, colleague).ticket == 1
    stranger = mail("hello@brightside.example", references=(first.message_id,))
    assert arrives(town, stranger).ticket == 2


def test_a_closed_ticket_opens_again_unless_they_only_say_thanks(town: Town) -> None:
    arrives(town, mail())
    town.does("ann", "/ticket close 1 solved")
    arrives(town, mail(text="Thanks!", references=(letter_about(town, 1),)))
    assert town.ticket(1).state is State.CLOSED
    arrives(town, mail(text="It is back.", references=(letter_about(town, 1),)))
    assert town.ticket(1).state is State.NEW


def test_an_answer_to_a_merged_ticket_goes_on_the_one_that_stays(town: Town) -> None:
    arrives(town, mail())
    arrives(town, mail(subject="the same"))
    town.does("ann", "/ticket merge 2 --into 1")
    taken = arrives(town, mail(text="More.", references=(letter_about(town, 2),)))
    assert taken.ticket == 1
    assert town.history(1)[(taken.seq or 0) - 1].data["text"] == "More."


def test_an_answer_from_another_address_is_taken_and_said_to_be_one(town: Town) -> None:
    arrives(town, mail())
    town.does("ann", "/ticket close 1 solved")
    arrives(town, mail("jo@home.example", text="It is back.", references=(letter_about(town, 1),)))
    history = town.does("vic", "/ticket history 1")
    assert "wrote by mail from another address, jo@home.example (sender not verified): It is back." in history
    assert town.ticket(1).unverified
    assert "sender not verified" in town.does("vic", "/ticket show 1")


def test_a_ticket_of_a_lost_database_is_no_ticket(town: Town) -> None:
    arrives(town, mail())
    assert arrives(town, mail(references=(letter_about(town, 77),))).ticket == 2


# --- what waits ---------------------------------------------------------------------------------------------------


def test_an_unknown_sender_waits_for_a_person_and_is_told_nothing(town: Town) -> None:
    waits = arrives(town, mail(STRANGER, text="Do you sell printers?"))
    assert (waits.state, waits.ticket) == (MailState.HELD, None)
    (card,) = town.hears("#desk")
    assert STRANGER in card
    assert "Do you sell printers?" in card
    assert "No customer has this address" in card
    assert town.hears(f"mail:{STRANGER}") == []
    assert STRANGER in town.does("ann", "/mail held")


def test_many_strangers_make_no_storm_of_cards(town: Town) -> None:
    for number in range(25):
        arrives(town, mail(f"x{number}@elsewhere.example"))
    told = town.hears("#desk")
    assert len(told) == 11
    assert "More mail waits" in told[-1]
    town.clock.forward(hours=1)
    arrives(town, mail(STRANGER))
    assert len(town.hears("#desk")) == 1


def test_a_sender_of_too_many_waits_and_nothing_is_lost(town: Town) -> None:
    rules = MailRules(hourly=3)
    states = [arrives(town, mail(subject=f"{number}"), rules).state for number in range(5)]
    assert states == [MailState.TAKEN] * 3 + [MailState.HELD] * 2
    assert "more than 3 messages within an hour" in town.does("ann", "/mail held")
    town.clock.forward(hours=1, seconds=1)
    assert arrives(town, mail(), rules).state is MailState.TAKEN


def test_a_flood_of_all_is_told_once_and_answers_still_come_through(town: Town) -> None:
    rules = MailRules(hourly_all=2)
    for number in range(5):
        arrives(town, mail(f"p{number}@acme.example"), rules)
    assert len(town.tickets()) == 2
    (alert,) = town.hears("#alerts")
    assert "2 tickets were opened by mail within an hour" in alert
    assert arrives(town, mail(references=(letter_about(town, 1),)), rules).ticket == 1


def test_what_floods_the_desk_by_its_own_limits_waits_too(town: Town) -> None:
    for number in range(20):
        arrives(town, mail(f"p{number}@acme.example"))
    waits = arrives(town, mail("last@acme.example"))
    assert waits.state is MailState.HELD
    assert "the limit is 20" in waits.reason


def test_a_message_that_names_no_sender_waits(town: Town) -> None:
    assert arrives(town, mail("")).state is MailState.HELD
    for _ in range(3):
        arrives(town, mail(), MailRules(hourly=3))
    assert arrives(town, mail(""), MailRules(hourly=3)).reason == "No customer has this address"


# --- what a person does with it -----------------------------------------------------------------------------------


def test_one_click_opens_it_for_a_customer_and_remembers_the_address(town: Town) -> None:
    waits = arrives(town, mail(STRANGER), path="in/cd/cde", files=(FILE,))
    answer = town.does("lea", f"/mail open {waits.id} --customer acme --remember")
    assert f"#1 mail is slow is open for ACME Ltd.\n{STRANGER} is ACME Ltd's from now on." in answer
    ticket = town.ticket(1)
    assert (ticket.customer, ticket.requester, ticket.level) == ("acme", STRANGER, "III")
    assert not ticket.unverified
    assert STRANGER in town.customer("acme").addresses
    assert "spool.log" in town.does("ann", "/ticket files 1")
    assert "Lea let the message in" in town.does("vic", "/ticket history 1")
    assert len(town.hears(f"mail:{STRANGER}")) == 1
    assert arrives(town, mail(STRANGER)).ticket == 2
    already = "is a part of #1 already: Lea let the message in."
    assert already in town.refused("bob", f"/mail open {waits.id} --customer acme")
    assert "part of #1 · Lea let the message in" in town.does("bob", f"/mail show {waits.id}")


def test_whose_an_address_is_is_for_those_to_say_who_may_edit_customers(town: Town) -> None:
    waits = arrives(town, mail(STRANGER)).id
    refused = town.refused("ann", f"/mail open {waits} --customer acme --remember")
    assert "To change a customer's addresses is for lead and above; Ann has the role staff." in refused
    assert STRANGER not in town.customer("acme").addresses
    town.does("ann", f"/mail open {waits} --customer acme")
    assert town.ticket(1).customer == "acme"


def test_it_is_opened_for_nobody_yet_or_put_on_a_ticket(town: Town) -> None:
    waits = [arrives(town, mail(STRANGER, text=f"text {number}")).id for number in range(2)]
    assert "Whose is it? /ticket customer 1 NAME" in town.does("ann", f"/mail open {waits[0]}")
    town.does("ann", f"/mail open {waits[1]} --ticket 1")
    assert town.history(1)[-1].data["text"] == "text 1"
    assert town.does("ann", "/mail held") == "No mail waits for a person."


def test_a_mistaken_click_is_refused(town: Town) -> None:
    waits = arrives(town, mail(STRANGER)).id
    arrives(town, mail())
    assert "is ACME Ltd's, not Cobalt's" in town.refused("ann", f"/mail open {waits} --ticket 1 --customer cobalt")
    assert "Whose is the address?" in town.refused("lea", f"/mail open {waits} --remember")
    assert "There is no message 99" in town.refused("ann", "/mail open 99 --customer acme")
    assert "for staff and above" in town.refused("vic", "/mail held")


def test_refused_mail_is_gone_and_can_come_back(town: Town) -> None:
    waits = arrives(town, mail(STRANGER)).id
    town.does("ann", f"/mail refuse {waits} it is advertising")
    assert "Ann refused it: it is advertising" in town.does("bob", f"/mail show {waits}")
    again = town.refused("bob", f"/mail refuse {waits}")
    assert f"Mail {waits} does not wait: refused · Ann refused it: it is advertising." in again
    town.does("bob", f"/mail open {waits} --customer cobalt")
    assert town.ticket(1).customer == "cobalt"


@pytest.mark.parametrize(
    ("line", "now"),
    [
        ("/mail open 1 --customer acme", "part of #1 · Ann let the message in"),
        ("/mail refuse 1 spam", "refused · Ann refused it: spam"),
        (f"/mail refuse --sender {STRANGER}", "refused · Ann refused it"),
    ],
)
def test_once_it_is_decided_its_card_has_nothing_left_to_press_but_show(town: Town, line: str, now: str) -> None:
    arrives(town, mail(STRANGER))
    (waits,) = shown(town)
    assert [choice.label for choice in waits.choices] == ["Open for…", "Show", "Refuse"]
    town.does("ann", line)
    (decided,) = shown(town)
    assert [choice.label for choice in decided.choices] == ["Show"]
    assert words(decided).endswith(f"Mail 1: {now}")


def test_a_card_that_was_not_shown_yet_says_what_is_so_by_then_and_mail_without_one_gets_none(town: Town) -> None:
    for _ in range(CARDS_AN_HOUR + 1):
        arrives(town, mail(STRANGER), MailRules(hourly=100))
    for number in (1, CARDS_AN_HOUR + 1):
        town.does("ann", f"/mail refuse {number}")
    cards = shown(town)
    assert [card.data["mail"] for card in cards] == list(range(1, CARDS_AN_HOUR + 1))
    assert [len(card.choices) for card in cards] == [1, *[3] * (CARDS_AN_HOUR - 1)]


def shown(town: Town) -> list[Card]:
    """The cards of mail that go out now, as they arrive; those of one message have one key, and so one place."""

    def deliver(work: UnitOfWork) -> list[Card | None]:
        parcels = [one for one in work.outbox.lease(town.clock.now(), 60, 100) if one.key.startswith("held:")]
        drawn = [draw(work, one, town.clock.now()) for one in parcels if one.kind is Kind.CARD]
        for one in parcels:
            work.outbox.sent(one, one.ref or f"message-{one.id}", town.clock.now())
        return drawn

    return [card for card in town.database.write(deliver) if card is not None]


def test_all_mail_of_one_sender_is_refused_at_once(town: Town) -> None:
    waits = [arrives(town, mail(STRANGER)).id for _ in range(3)]
    other = arrives(town, mail("lee@elsewhere.example")).id
    answer = town.does("ann", f"/mail refuse --sender {STRANGER.upper()} --reason spam")
    assert answer.startswith(f"3 messages from {STRANGER} refused.")
    assert "Ann refused it: spam" in town.does("bob", f"/mail show {waits[2]}")
    assert "lee@elsewhere.example" in town.does("ann", "/mail held")
    assert "No mail from" in town.refused("ann", f"/mail refuse --sender {STRANGER}")
    assert "Refuse which mail?" in town.refused("ann", "/mail refuse")
    assert "Refuse which mail?" in town.refused("ann", f"/mail refuse {other} --sender {STRANGER}")


def test_what_is_refused_at_once_is_bounded(town: Town) -> None:
    rules = MailRules(hourly=10_000)

    def many(work: UnitOfWork) -> None:
        for _ in range(MOST_AT_ONCE + 2):
            take_in(work, mail(STRANGER), "support", town.clock.now(), rules=rules)

    town.database.write(many)
    assert "500 messages" in (first := town.does("ann", f"/mail refuse --sender {STRANGER}"))
    assert "More of them wait: say it again." in first
    assert "2 messages" in town.does("ann", f"/mail refuse --sender {STRANGER}")


def test_two_who_open_it_at_once_open_one_ticket(town: Town) -> None:
    waits = arrives(town, mail(STRANGER)).id
    assert town.says("ann", f"/mail open {waits} --customer acme").ok
    assert not town.says("bob", f"/mail open {waits} --customer acme").ok
    assert len(town.tickets()) == 1


# --- machines -----------------------------------------------------------------------------------------------------


def test_a_machine_is_heard_by_nobody(town: Town) -> None:
    dropped = arrives(town, mail(machine="it says Auto-Submitted: auto-replied"))
    assert (dropped.state, dropped.reason) == (MailState.DROPPED, "it says Auto-Submitted: auto-replied")
    assert town.tickets() == []
    assert [town.hears(place) for place in ("#desk", "#alerts", f"mail:{JO}")] == [[], [], []]


def test_an_automatic_answer_is_noted_once_a_day_and_starts_nothing(town: Town) -> None:
    arrives(town, mail())
    town.does("ann", "/ticket reply 1 try again --wait")
    before = town.ticket(1)
    away = mail(text="I am away until Monday.", machine="an automatic answer", references=(letter_about(town, 1),))
    for number in range(3):
        arrives(town, replace(away, message_id=f"<away{number}@acme.example>"))
    after = town.ticket(1)
    assert (after.state, after.clocks) == (before.state, before.clocks)
    notes = [event for event in town.history(1) if event.deed is Deed.NOTED]
    assert [event.data["text"] for event in notes] == [f"An automatic answer came from {JO}: I am away until Monday."]
    town.clock.forward(days=1)
    arrives(town, replace(away, message_id="<away9@acme.example>"))
    assert sum(event.deed is Deed.NOTED for event in town.history(1)) == 2


def test_what_was_taken_for_a_machines_by_mistake_can_be_opened(town: Town) -> None:
    dropped = arrives(town, mail(machine="it came from a list"))
    assert "it came from a list" in town.does("ann", "/mail dropped")
    town.does("ann", f"/mail open {dropped.id}")
    assert town.does("ann", "/mail dropped") == "No mail was dropped in the last 90 days."
    assert town.ticket(1).customer == "acme"
    assert town.hears(f"mail:{JO}") == []


# --- senders whom nobody has verified -----------------------------------------------------------------------------


@pytest.mark.parametrize("found", [Verified.NO, Verified.UNKNOWN])
def test_who_is_not_verified_is_shown_to_be_so_until_somebody_vouches(town: Town, found: Verified) -> None:
    arrives(town, mail(verified=found))
    assert town.ticket(1).unverified
    assert "sender not verified" in town.does("vic", "/ticket show 1")
    assert "sender not verified" in town.does("vic", "/ticket history 1")
    assert "You have vouched for the sender of #1." in town.does("ann", "/ticket vouch 1 I know her voice")
    assert not town.ticket(1).unverified
    assert "Ann vouched for the sender" in town.does("vic", "/ticket history 1")
    assert "needs nobody's word" in town.refused("bob", "/ticket vouch 1")
