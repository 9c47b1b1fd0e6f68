"""The Partner Network: who is in it, what a referral tells whom, and whether it was solved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.history import Deed
from bot.domain.policy import AfterExpiry, Expiry, Referral
from bot.domain.ticket import State
from bot.ports import Speaker
from bot.signing import signer_of
from commands.completion import complete_value, listed
from commands.intake import Words, close_for, rate_for, say_for
from commands.reminders import sweep_reminders
from tests.commands.test_reminders import armed, follow
from tests.town import Town

ACME = "mail:it@acme.example"
NORTH = "mail:help@north.example"


@pytest.fixture
def network(town: Town) -> Town:
    """Two partners; ACME and Cobalt have a ticket each."""
    town.does(
        "lea",
        "partner add Northwind Consulting --id north --mail help@north.example "
        '--offers "Mail servers, by the hour." --contact "+1 416 555 0142"',
    )
    town.does("lea", "partner add Fixers Inc")
    town.does("ann", 'ticket open "a filter of our own" --customer acme --text "Please write us one."')
    town.does("ann", 'ticket open "old archive" --customer cobalt')
    town.hears("#desk")
    return town


def later(town: Town, days: int) -> None:
    """Days go by, and what there is to be reminded of is done."""
    sweep_reminders(town.database, town.clock.forward(days=days))


# --- who is in it ---------------------------------------------------------------------------------------------------


def test_partners_are_added_shown_changed_and_leave(town: Town) -> None:
    assert "The Partner Network is empty." in town.does("vic", "/partner list")
    added = town.does("lea", '/partner add Northwind Consulting --id north --offers "Mail servers"')
    assert "Northwind Consulting is in the Partner Network now: north." in added
    assert "No hand-over can be sent to them yet: /partner edit north --mail ADDRESS" in added
    assert "There is a Northwind Consulting already (north)." in town.refused(
        "lea", "/partner add northwind CONSULTING"
    )
    assert "north is Northwind Consulting already." in town.refused("lea", "/partner add Northern --id north")
    edited = town.does("lea", "/partner edit north --mail Help@North.example --offers none")
    assert "address: help@north.example (was none); offers: none (was Mail servers)." in edited
    assert "is so already" in town.does("lea", "/partner edit north --mail help@north.example")
    assert "not a mail address" in town.refused("lea", "/partner edit north --mail nowhere")
    assert "Nothing was given" in town.refused("lea", "/partner edit north")
    shown = town.does("vic", "/partner show northw")
    assert "Hand-overs go to: help@north.example" in shown
    assert "Edited by Lea" in shown
    assert "north | Northwind Consulting | " in town.does("vic", "/partner list")
    assert "left the Partner Network" in town.does("lea", "/partner leave north they closed")
    assert "There is no partner “north”." in town.refused("lea", "/partner show north")
    back = town.does("lea", "/partner add Northwind Consulting")
    assert "Northwind Consulting is in the Partner Network again: north." in back


def test_customers_and_partners_take_the_same_word_for_a_mail_address_and_the_other_one_too(town: Town) -> None:
    for word in ("--mail", "--address"):
        town.does("lea", f'/partner add "P {word}" --id p{word[2:]} {word} p@north.example')
        assert "p@north.example" in town.does("vic", f"/partner show p{word[2:]}")
        town.does("lea", f'/customer add "C {word}" --id c{word[2:]} {word} c{word[2:]}@acme.example')
        assert f"c{word[2:]}@acme.example" in town.does("vic", f"/customer show c{word[2:]}")
    assert "has no option --address" in town.refused("lea", "/mail open 1 --address it@acme.example")


def test_the_network_is_for_leads_to_change(town: Town) -> None:
    for line in ("partner add X", "partner leave x", "partner edit x --name y"):
        assert "is for lead and above" in town.refused("ann", f"/{line}")


def test_partners_are_proposed_and_offered_in_a_menu(network: Town) -> None:
    refer = network.desk.catalogue["ticket refer"].param("partner")
    assert refer is not None
    ann = Speaker("console", "ann", "Ann", "#desk")
    assert [one.text for one in complete_value(network.desk, ann, refer, "no")] == ["north"]
    assert [one.shown for one in listed(network.desk, refer)] == ["Fixers Inc", "Northwind Consulting"]
    form = network.desk.form(ann, "ticket refer", {"ticket": "1"}, ("partner", "reason"))
    assert [param.name for param in form.asks] == ["partner", "reason"]


# --- a referral -----------------------------------------------------------------------------------------------------


def test_a_referral_writes_to_both_and_each_gets_what_is_theirs(network: Town) -> None:
    network.does("ann", '/ticket note 1 "they never pay in time"')
    network.does("ann", '/ticket said 1 "It must read Greek."')
    told = network.does("ann", '/ticket refer 1 "we do not write software" --partner northwind')
    assert "#1 is referred to Northwind Consulting and closed." in told
    assert "A letter to it@acme.example tells them who takes it on." in told
    assert "A letter to help@north.example hands it over." in told
    assert "They are asked in 7 days whether it was solved." in told
    (letter,) = network.hears(ACME)
    assert "Re: a filter of our own [#1]" in letter
    assert "outside your support level. Level III covers: Level II, and changes to the core software" in letter
    assert "Northwind Consulting" in letter
    assert "What they do: Mail servers, by the hour." in letter
    assert "You reach them so: +1 416 555 0142." in letter
    (handover,) = network.hears(NORTH)
    assert "Referred to you: a filter of our own [#1]" in handover
    assert "Customer: ACME Ltd" in handover
    assert "Address: it@acme.example" in handover
    assert "Please write us one." in handover
    assert "It must read Greek." in handover
    for secret in ("pay in time", "do not write software"):
        assert secret not in letter + handover, "What the desk writes for itself stays there."
    assert (network.ticket(1).partner, network.ticket(1).resolution) == ("Northwind Consulting", "referred")


def test_a_ticket_that_stays_open_waits_and_its_clocks_stand_still(network: Town) -> None:
    told = network.does("ann", "/ticket refer 1 --partner north --keep-open")
    assert "stays open: its clocks stand still until the customer speaks" in told
    assert network.ticket(1).state is State.WAITING
    assert "Waits for the customer: Northwind Consulting has it" in network.does("ann", "/ticket show 1")
    assert "We keep the ticket open meanwhile." in network.hears(ACME)[0]
    assert network.database.read(lambda work: work.tickets.due_of(1)) is None
    again = network.does("ann", "/ticket refer 1 --partner fixers --keep-open")
    assert "Fixers Inc has no mail address, so hand it over yourself: /partner edit fixers-inc" in again
    assert [event.deed for event in network.history(1)].count(Deed.WAITING) == 1


def test_the_customers_own_partner_is_meant_where_none_is_named(network: Town) -> None:
    assert "is referred to Northwind Consulting" in network.does("ann", "/ticket refer 2 beyond their level")
    network.does("lea", "/customer edit acme --partner Fixers")
    assert network.customer("acme").partner == "fixers-inc", "By the short name, which stays."
    assert "is referred to Fixers Inc" in network.does("ann", "/ticket refer 1")


def test_a_short_name_is_meant_although_another_partner_is_called_so(network: Town) -> None:
    network.does("lea", "/partner add North --id other")
    assert "is referred to Northwind Consulting" in network.does("ann", "/ticket refer 1 --partner north")
    assert "is referred to North and" in network.does("ann", "/ticket refer 2 --partner other")


def test_a_partner_who_is_none_is_refused_with_who_was_meant(network: Town) -> None:
    assert "Did you mean" in network.refused("ann", "/ticket refer 1 --partner nroth")
    assert "/partner list" in network.refused("ann", '/ticket refer 1 --partner "Anybody at all"')
    assert "Did you mean" in network.refused("lea", "/customer edit acme --partner nothwind")
    network.does("lea", "/partner leave north")
    gone = network.refused("ann", "/ticket refer 2")
    assert "The customer's partner Northwind is not in the Partner Network." in gone
    assert "Which partner?" in network.refused("ann", "/ticket refer 1")


def test_one_address_for_the_customer_and_the_partner_gets_both_letters(network: Town) -> None:
    network.does("lea", "/partner edit north --mail it@acme.example")
    network.does("ann", "/ticket refer 1 --partner north")
    told, handover = network.hears(ACME)
    assert "we have referred ticket #1 to a partner" in told
    assert "We have referred ticket #1 to you, Northwind Consulting" in handover


def test_without_a_network_any_name_will_do_and_the_desk_hands_it_over(town: Town) -> None:
    town.does("ann", '/ticket open "a filter" --customer acme')
    told = town.does("ann", '/ticket refer 1 --partner "Aunt Mary"')
    assert "#1 is referred to Aunt Mary and closed." in told
    assert "Aunt Mary has no mail address, so hand it over yourself." in told
    assert "Aunt Mary" in town.hears(ACME)[0]


def test_a_ticket_without_an_address_is_told_of_by_hand_and_nobody_is_asked(network: Town) -> None:
    told = network.does("ann", "/ticket refer 2 --partner north")
    assert "#2 has no mail address: tell the customer yourself who takes it on." in told
    assert "Address: none that we know" in network.hears(NORTH)[0]
    assert armed(network, "ticket:2") == {}


# --- was it solved? -------------------------------------------------------------------------------------------------


def asked(town: Town) -> list[str]:
    """The letters that ask ACME whether it was solved, since the last look."""
    return [letter for letter in town.hears(ACME) if "Have they solved it?" in letter]


def test_the_customer_is_asked_after_a_week_and_the_desk_told_of_who_keeps_silent(network: Town) -> None:
    network.does("ann", "/ticket refer 1 --partner north")
    assert armed(network, "ticket:1") == {"solved": "2026-10-13 10:00"}, "The 12th is Thanksgiving."
    later(network, 7)
    assert asked(network) == []
    later(network, 1)
    (letter,) = asked(network)
    assert "we referred ticket #1 to Northwind Consulting" in letter
    assert "Please reply to this mail and tell us" in letter
    assert "asked the customer whether Northwind Consulting solved it" in network.does("vic", "/ticket history 1")
    later(network, 7)
    (card,) = network.hears("#desk")
    assert "#1 a filter of our own was referred to Northwind Consulting." in card
    assert "and has not answered." in card
    assert armed(network, "ticket:1") == {}
    later(network, 30)
    assert asked(network) + network.hears("#desk") == []


def test_the_question_brings_the_signed_way_to_say_how_it_went(network: Town) -> None:
    network.does("ann", "/ticket refer 1 --partner north")
    closed = network.ticket(1).seq
    later(network, 8)
    parcels = network.database.read(lambda work: work.outbox.of_ticket(1))
    (values,) = [one.card.data["values"] for one in parcels if one.card.data.get("letter") == "solved"]
    mark = network.database.read(lambda work: signer_of(work).mark("closed", 1, closed))
    assert values["path"] == f"/t/1/{closed}/{mark}"
    network.does("ann", "/ticket open more --customer acme")
    network.does("ann", "/ticket refer 3 --partner north --keep-open")
    later(network, 8)
    parcels = network.database.read(lambda work: work.outbox.of_ticket(3))
    (values,) = [one.card.data["values"] for one in parcels if one.card.data.get("letter") == "solved"]
    assert values["path"] == "", "Nothing was closed, so there is nothing to open again."


@pytest.mark.parametrize("answer", ["says", "rates", "reopens"])
def test_who_has_answered_is_left_alone(network: Town, answer: str) -> None:
    network.does("ann", "/ticket refer 1 --partner north")
    later(network, 8)
    words = Words("email", "it@acme.example", "thanks" if answer == "says" else "It is not solved.")
    now = network.clock.now()
    if answer == "rates":
        network.database.write(lambda work: rate_for(work, words, 1, 5, now))
    else:
        network.database.write(lambda work: say_for(work, words, 1, now))
    later(network, 30)
    assert [one for one in network.hears("#desk") if "has not answered" in one] == []
    assert network.ticket(1).closed == (answer != "reopens")


def test_yes_to_the_question_opens_nothing_again_and_yes_to_anything_else_does(network: Town) -> None:
    network.does("ann", "/ticket refer 1 --partner north")
    later(network, 8)

    def says(text: str) -> None:
        words = Words("email", "it@acme.example", text)
        network.database.write(lambda work: say_for(work, words, 1, network.clock.now()))

    says("Yes, solved. Thanks, Ann!")
    assert network.ticket(1).closed
    says("Yes")
    assert not network.ticket(1).closed, "Nobody has asked since."


def test_a_ticket_that_came_back_or_ended_otherwise_is_asked_about_no_more(network: Town) -> None:
    network.does("ann", "/ticket refer 1 --partner north")
    network.does("ann", "/ticket reopen 1 we can do it after all")
    network.does("ann", "/ticket open other --customer acme")
    network.does("ann", "/ticket refer 3 --partner north --keep-open")
    words = Words("web", "it@acme.example", "It works.")
    network.database.write(lambda work: close_for(work, words, 3, network.clock.now()))
    later(network, 30)
    assert asked(network) == []
    network.does("ann", "/ticket refer 1 --partner fixers")
    later(network, 8)
    assert "referred ticket #1 to Fixers Inc" in asked(network)[0]


def test_where_the_policy_asks_nobody_nobody_is_asked(network: Town) -> None:
    follow(network, referral=Referral(0, 0))
    assert "They are asked" not in network.does("ann", "/ticket refer 1 --partner north")
    assert armed(network, "ticket:1") == {}
    follow(network, referral=Referral(3, 0))
    network.does("ann", "/ticket open more --customer acme")
    network.does("ann", "/ticket refer 3 --partner north")
    later(network, 4)
    assert len(asked(network)) == 1
    assert armed(network, "ticket:3") == {}


# --- who is served no more ------------------------------------------------------------------------------------------


def test_a_ticket_of_who_is_served_no_more_is_offered_to_the_partner(network: Town) -> None:
    follow(network, expiry=Expiry((), AfterExpiry.REFER))
    network.does("lea", "/customer edit cobalt --partner north")
    network.clock.set(network.clock.now() + timedelta(days=300))
    opened = network.does("ann", '/ticket open "mail is down" --customer cobalt')
    assert "served no more: to be referred" in opened
    (told,) = network.hears("#desk")
    assert "#3 mail is down: Cobalt's subscription ended on 31 Mar 2027, and the policy serves them no more." in told
    assert "Their partner is Northwind Consulting." in told
    parcels = network.database.read(lambda work: work.outbox.of_ticket(3))
    (card,) = [one.card for one in parcels if one.card.data.get("refer")]
    choice = card.choices[0]
    assert (choice.label, choice.values) == ("Refer to Northwind Consulting", {"ticket": 3, "partner": "north"})
    assert network.desk.run(Speaker("console", "ann", "Ann", "#desk"), choice.command, choice.values).ok
    assert network.ticket(3).partner == "Northwind Consulting"
    network.does("ann", '/ticket open "me too" --customer brightside')
    assert "They have no partner of their own: /partner list" in network.hears("#desk")[-1]
