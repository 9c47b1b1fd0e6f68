"""What the desk asks and proposes: only what can be done, and only to whom may know."""

from __future__ import annotations

import pytest

from bot.domain.errors import NotAllowed
from bot.ports import Speaker
from commands.completion import complete
from tests.town import Town, words


@pytest.fixture(autouse=True)
def tickets(town: Town) -> None:
    """Ticket 1 of ACME."""
    town.does("ann", "/ticket open printer on fire --customer acme")


def proposed(town: Town, who: str, line: str) -> list[str]:
    return [one.shown for one in complete(town.desk, Speaker("console", who), line)]


def test_what_is_missing_is_asked_with_the_name_of_who_will_read_it(town: Town) -> None:
    answer = town.says("ann", "/ticket reply 1")
    assert answer.form is not None
    assert [param.name for param in answer.form.asks] == ["text"]
    assert answer.form.foreword == (
        "What you write is kept as a letter in the terminal: mail is not set up, "
        "send it to it@acme.example (ACME Ltd) by hand.",
    )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/ticket reply 777", "There is no ticket #777."),
        ("/ticket reply ³", "“³” is not a ticket number."),
        ("/ticket reply 99999999999999999999", "is not a ticket number."),
        ("/customer subscribe acme --level IX", "There is no support level “IX”."),
    ],
)
def test_nothing_more_is_asked_where_what_was_given_is_wrong(town: Town, line: str, why: str) -> None:
    answer = town.says("zoe", line)
    assert answer.form is None
    assert why in words(answer.card)


@pytest.mark.parametrize("who", ["vic", "stranger"])
def test_a_button_asks_nobody_for_words_that_would_be_refused(town: Town, who: str) -> None:
    with pytest.raises(NotAllowed):
        town.desk.form(Speaker("console", who), "ticket reply", {"ticket": 1}, ("text",))


def test_a_stranger_is_proposed_commands_and_neither_tickets_nor_customers(town: Town) -> None:
    assert proposed(town, "vic", "/ticket show ") == ["#1 printer on fire"]
    assert "Cobalt" in proposed(town, "vic", "/customer show co")
    assert proposed(town, "stranger", "/ticket sh") == ["show"]
    assert proposed(town, "stranger", "/ticket show ") == []
    assert proposed(town, "stranger", "/customer show co") == []


def test_commas_alone_are_no_tag(town: Town) -> None:
    assert "cannot be a tag" in town.refused("ann", "/ticket tag 1 ,,,")


def test_a_zone_that_only_a_platform_knows_does_not_count(town: Town) -> None:
    martian = Speaker("console", "ann", zone="Mars/Olympus")
    assert town.desk.say(martian, '/ticket wait 1 --until "11:00"').ok
    tokyo = Speaker("console", "bob", zone="Asia/Tokyo")
    assert "10:30" in words(town.desk.say(tokyo, '/ticket wait 1 --until "23:30"').card)


def test_a_list_may_be_long(town: Town) -> None:
    town.does("lea", "/customer edit acme --mail " + ",".join(f"it{number}@acme.example" for number in range(100)))
    assert len(town.customer("acme").addresses) == 100
    assert "more than 20 tags" in town.refused("ann", "/ticket tag 1 " + ",".join(f"tag-{n}" for n in range(100)))
