"""Customers are added, found and changed by command, whatever their names look like."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.customers import Customer
from bot.ports import Speaker
from tests.town import Town


def customer(town: Town, id: str) -> Customer:
    return town.database.read(lambda work: work.customers.get(id))


def test_a_customer_is_added_with_a_short_name_made_from_the_full_one(town: Town) -> None:
    said = town.does(
        "lea",
        "/customer add Café  Müller & Co --mail Eva@Mueller.example,it@mueller.example --domain @mueller.example "
        "--zone Europe/Vienna --installed 2026-10-01 --partner Northwind",
    )
    assert "Café Müller & Co is a customer now: cafe-muller-co." in said
    assert customer(town, "cafe-muller-co") == Customer(
        "cafe-muller-co",
        "Café Müller & Co",
        ("eva@mueller.example", "it@mueller.example"),
        frozenset({"mueller.example"}),
        "Europe/Vienna",
        date(2026, 10, 1),
        partner="Northwind",
    )


def test_a_second_one_of_the_same_name_is_refused_unless_a_short_name_is_given(town: Town) -> None:
    again = town.refused("lea", '/customer add "acme ltd"')
    assert "There is an ACME Ltd already (acme)." in again
    assert "/customer edit acme" in again
    town.does("lea", '/customer add "ACME Ltd" --id acme-two')
    assert customer(town, "acme-two").name == "ACME Ltd"


def test_a_short_name_that_another_name_leads_to_gets_a_number(town: Town) -> None:
    for name in ("Corner Shop", "Corner & Shop", "Corner, Shop"):
        town.does("lea", f'/customer add "{name}"')
    assert [customer(town, f"corner-shop{tail}").name for tail in ("", "-2", "-3")] == [
        "Corner Shop",
        "Corner & Shop",
        "Corner, Shop",
    ]


def test_a_name_without_latin_letters_gets_a_short_name_all_the_same(town: Town) -> None:
    assert "customer-1" in town.does("lea", "/customer add 株式会社")
    assert "customer-2" in town.does("lea", "/customer add 有限会社")
    assert "(customer-1)" in town.refused("lea", "/customer add 株式会社")


def test_a_hostile_name_is_kept_and_shown_as_plain_text(town: Town) -> None:
    hostile = "@everyone <!channel> =cmd() '; DROP TABLE customers"
    town.does("lea", f'/customer add "{hostile}" --id hostile')
    assert customer(town, "hostile").name == hostile
    answer = town.says("vic", "/customer show hostile")
    assert answer.card.title[0] != hostile, "A name is a part of its own, for the platform's escaper."
    assert hostile in town.does("vic", "/customer find hostile")


def test_invisible_characters_do_not_reach_a_name(town: Town) -> None:
    town.does("lea", "/customer add Inno\u202ecent\x1b[2J --id inno")
    assert customer(town, "inno").name == "Innocent[2J"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/customer add", "/customer add needs a name"),
        ("/customer add X --id acme", "acme is ACME Ltd already."),
        ('/customer add X --id "A B"', "a-b will do."),
        ("/customer add X --id everyone", "“everyone” means something else to the desk."),
        ("/customer add X --mail IT@acme.example", "it@acme.example belongs to the customer acme."),
        ("/customer add X --domain acme.example", "acme.example belongs to the customer acme."),
        ("/customer add X --mail nobody", "“nobody” is not a mail address."),
        ("/customer add X --mail a@b@c", "“a@b@c” is not a mail address."),
        ("/customer add X --domain http://x", "“http://x” is not a mail domain."),
        ("/customer add X --zone Toronto", "Did you mean America/Toronto"),
        ("/customer add X --installed 2026-02-30", "2026-02-30 does not exist."),
        ("/customer add " + "x" * 301, "The name has 301 characters; the desk takes up to 300."),
        ("/customer add X --nmae Y", "Did you mean --name"),
    ],
)
def test_what_cannot_be_a_customer_is_refused_in_words(town: Town, line: str, why: str) -> None:
    assert why in town.refused("lea", line)


def test_adding_customers_is_for_leads(town: Town) -> None:
    assert "/customer add is for lead and above; Ann has the role staff." in town.refused("ann", "/customer add X")


def test_customers_are_found_by_words_of_names_and_addresses(town: Town) -> None:
    assert "brightside | Brightside | Level I | active | e-mail" in town.does("vic", "/customer find hello@bright")
    assert town.does("vic", "/customer find").count("\n") == 4


def test_that_nobody_was_found_is_an_answer_and_no_error(town: Town) -> None:
    answer = town.desk.say(Speaker("console", "vic"), "/customer find zzz")
    assert (answer.ok, answer.card.data) == (True, {"customers": []})
    assert "No customer has “zzz”" in town.does("vic", "/customer find zzz")


def test_a_long_list_says_that_there_are_more(town: Town) -> None:
    lines = "\n".join(f"Shop {number}" for number in range(30))
    town.does("lea", f"/customer import name\n{lines}")
    assert "There are more: narrow it" in town.does("vic", "/customer find shop")


def test_a_customer_that_nobody_knows_is_answered_with_who_was_meant(town: Town) -> None:
    town.does("lea", "/customer add Northern Lights Trading")
    for typed, meant in (("acmee", "acme"), ("amce", "acme"), ("nothern", "northern-lights-trading")):
        assert f"Did you mean {meant}?" in town.refused("vic", f"/customer show {typed}")


def test_only_what_is_named_changes_and_the_answer_says_from_what_to_what(town: Town) -> None:
    said = town.does("lea", "/customer edit acme --mail new@acme.example --partner Northwind")
    assert "mail: new@acme.example (was it@acme.example); partner: Northwind (was none)." in said
    after = customer(town, "acme")
    assert (after.addresses, after.partner) == (("new@acme.example",), "Northwind")
    assert (after.name, after.domains) == ("ACME Ltd", frozenset({"acme.example"}))
    assert "Edited by Lea, Mon 5 Oct 10:00" in town.does("vic", "/customer show acme")


def test_the_day_of_the_installation_is_set_and_taken_away(town: Town) -> None:
    assert "installed: 2026-10-02 (was none)" in town.does("lea", '/customer edit acme --installed "Fri 2 Oct 2026"')
    assert customer(town, "acme").installed_on == date(2026, 10, 2)
    assert "installed: none (was 2026-10-02)" in town.does("lea", "/customer edit acme --installed none")
    assert customer(town, "acme").installed_on is None
    assert "31 Feb does not exist" in town.refused("lea", '/customer edit acme --installed "31 Feb"')


def test_none_takes_something_away(town: Town) -> None:
    town.does("lea", "/customer edit acme --mail none --domain none --zone none --partner none")
    assert (customer(town, "acme").addresses, customer(town, "acme").domains) == ((), frozenset())


def test_an_address_given_up_is_free_for_another(town: Town) -> None:
    town.refused("lea", "/customer edit cobalt --mail it@acme.example")
    town.does("lea", "/customer edit acme --mail none")
    town.does("lea", "/customer edit cobalt --mail it@acme.example")


def test_an_edit_that_changes_nothing_says_so(town: Town) -> None:
    assert "Nothing was given to change." in town.refused("lea", "/customer edit acme")
    assert town.does("lea", "/customer edit acme --domain acme.example") == "ACME Ltd is so already."


def test_letters_go_to_the_address_that_was_named_first(town: Town) -> None:
    """And not to the first by the alphabet; somebody else is named first to change it."""
    town.does("lea", "/customer add Dune --mail zoe@dune.example,ann@dune.example,zoe@dune.example")
    assert customer(town, "dune").addresses == ("zoe@dune.example", "ann@dune.example")
    town.does("ann", "/ticket open printer on fire --customer dune")
    assert town.ticket(1).requester == "zoe@dune.example"
    shown = town.does("vic", "/customer show dune")
    assert "zoe@dune.example and ann@dune.example; letters that answer nobody go to zoe@dune.example" in shown
    town.does("lea", "/customer edit dune --mail ann@dune.example,zoe@dune.example")
    town.does("ann", "/ticket open printer still on fire --customer dune")
    assert town.ticket(2).requester == "ann@dune.example"
    assert "answer nobody" not in town.does("vic", "/customer show acme")
