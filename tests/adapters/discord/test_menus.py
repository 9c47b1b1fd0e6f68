"""Context menus: a ticket from a message, and the tickets of a person."""

from __future__ import annotations

from simcord.enums import ChannelType

from adapters.discord.drawing.payloads import OPEN_FROM_MESSAGE, TICKETS_OF_PERSON
from bot.ports import Anchoring
from tests.adapters.discord.office import MAX, Office
from tests.doubles.discord.fixtures import ANN, BOB, DESK, TALK


def test_a_ticket_is_opened_from_a_message_with_its_words(desk: Office) -> None:
    said = desk.discord.says(
        "Max", TALK, f"the printer is on fire\nin room 4, says <@{BOB}>", files=[("log.txt", b"!")]
    )
    form = desk.discord.context_menu("Ann", OPEN_FROM_MESSAGE, said).modal
    assert form.field("Subject").value == "the printer is on fire"
    assert "in room 4, says @Bob" in form.field("Text").value
    assert (
        f"Max in #talk: https://discord.com/channels/{desk.discord.guild_id}/{TALK}/{said.id}"
        in form.field("Text").value
    )
    assert "printer" in desk.discord.submits("Ann", form, {"Customer": "acme"}).text
    ticket = desk.town.ticket(1)
    assert (ticket.subject, ticket.customer) == ("the printer is on fire", "acme")
    assert desk.town.history(1)[0].data["files"][0]["name"] == "log.txt"
    anchors = desk.town.database.read(lambda work: work.tickets.anchors(1, "discord"))
    assert [(one.ref, one.what) for one in anchors] == [(f"{TALK}:{said.id}", Anchoring.SOURCE)]


def test_a_refused_form_of_a_message_shows_nothing_of_its_inside_and_forgets_none_of_it(desk: Office) -> None:
    said = desk.discord.says("Max", TALK, "no mail", files=[("log.txt", b"!")])
    form = desk.discord.context_menu("Ann", OPEN_FROM_MESSAGE, said).modal
    call = desk.discord.submits("Ann", form, {"Customer": "nobody knows"})
    assert "Source" not in call.text
    assert f"{TALK}:{said.id}" not in call.text
    desk.discord.submits("Ann", desk.discord.press("Ann", call, "Fill in again").modal, {"Customer": "acme"})
    assert desk.town.history(1)[0].data["files"][0]["name"] == "log.txt"
    anchors = desk.town.database.read(lambda work: work.tickets.anchors(1, "discord"))
    assert [(one.ref, one.what) for one in anchors] == [(f"{TALK}:{said.id}", Anchoring.SOURCE)]


def test_a_message_of_a_private_channel_stays_there_and_its_reader_is_warned(desk: Office) -> None:
    desk.discord.text_channel(299, "secret", private=True, roles=("support",))
    said = desk.discord.says("Ann", 299, "between us")
    form = desk.discord.context_menu("Ann", OPEN_FROM_MESSAGE, said).modal
    assert "said in private" in str(form.payload)
    desk.discord.submits("Ann", form)
    assert desk.town.ticket(1).subject == "between us"
    assert not desk.town.database.read(lambda work: work.tickets.anchors(1, "discord"))


def test_a_private_thread_of_a_public_channel_is_private(desk: Office) -> None:
    with desk.discord.world.news:
        apart = desk.discord.world.create_thread(TALK, "between us", ANN, type=ChannelType.PRIVATE_THREAD).id
    said = desk.discord.says("Ann", apart, "nobody must know")
    form = desk.discord.context_menu("Ann", OPEN_FROM_MESSAGE, said).modal
    assert "said in private" in str(form.payload)
    assert "#talk" not in form.field("Text").value
    desk.discord.submits("Ann", form)
    assert not desk.town.database.read(lambda work: work.tickets.anchors(1, "discord"))


def test_who_may_not_open_tickets_gets_no_form(desk: Office) -> None:
    said = desk.discord.says("Max", TALK, "hello")
    assert "staff" in desk.discord.context_menu("Vic", OPEN_FROM_MESSAGE, said).text


def test_the_tickets_of_a_colleague_are_those_they_hold(desk: Office) -> None:
    desk.ticket("one")
    desk.ticket("two")
    desk.town.does("bob", "/ticket claim 2")
    told = desk.discord.context_menu("Ann", TICKETS_OF_PERSON, "Bob", DESK).text
    assert "two" in told
    assert "one" not in told


def test_the_tickets_of_anybody_else_are_those_that_name_them(desk: Office) -> None:
    desk.ticket("one", text="Max called")
    desk.ticket("two")
    told = desk.discord.context_menu("Ann", TICKETS_OF_PERSON, MAX, DESK).text
    assert "one" in told
    assert "two" not in told
    assert "not known" in desk.discord.context_menu(MAX, TICKETS_OF_PERSON, MAX, TALK).text
