"""Customers from CSV by command: all or nothing unless told otherwise, and back out again."""

from __future__ import annotations

from bot.domain.customers import Customer
from tests.town import Town


def everybody(town: Town) -> list[Customer]:
    return town.database.read(lambda work: list(work.customers.all()))


GOOD_AND_BAD = """id,name,mail
corner,Corner Shop,owner@corner.example
thief,Thief,it@acme.example
odd,Odd,nobody"""


def test_one_refused_line_keeps_all_of_it_out(town: Town) -> None:
    before = everybody(town)
    said = town.refused("lea", f"/customer import {GOOD_AND_BAD}")
    assert said == (
        "Nothing was imported: 2 of 3 lines are refused.\n"
        "Line 3 (thief): it@acme.example belongs to acme already.\n"
        "Line 4 (odd): “nobody” is not a mail address. An address looks like ann@example.com.\n"
        "Mend them and send it again, or take the good one: --partial"
    )
    assert everybody(town) == before


def test_partial_takes_the_good_lines(town: Town) -> None:
    said = town.does("lea", f"/customer import --partial {GOOD_AND_BAD}")
    assert said.startswith("Customers: 1 added.\nTaken: line 2.\nLine 3 (thief)")
    assert [one.id for one in everybody(town)] == ["acme", "brightside", "cobalt", "corner"]


def test_programs_get_every_line(town: Town) -> None:
    data = town.says("lea", f"/customer import --partial {GOOD_AND_BAD}").card.data
    assert [(line["line"], line["took"]) for line in data["lines"]] == [(2, True), (3, False), (4, False)]
    data = town.says("lea", f"/customer import {GOOD_AND_BAD}").card.data
    assert not data["saved"]
    assert not any(line["took"] for line in data["lines"])


def test_a_file_that_cannot_be_understood_changes_nothing(town: Town) -> None:
    assert "“nmae”, is unknown.\nDid you mean name?" in town.refused("lea", "/customer import id,nmae\nx,X")
    assert "a header and no lines" in town.refused("lea", "/customer import id,name")


def test_an_unknown_customer_without_a_name_is_refused(town: Town) -> None:
    assert "ghost is not known yet, so it needs a name." in town.refused("lea", "/customer import id,credits\nghost,1")


def test_an_import_changes_known_customers_and_their_open_tickets_follow(town: Town) -> None:
    town.does("ann", "/ticket open printer on fire --customer brightside")
    said = town.does(
        "lea",
        "/customer import id;product;level;start;end\n"
        "brightside;gateway;III;2026-01-01;2026-12-31\n"
        "brightside;archive;I;2026-01-01;2026-12-31\n"
        "acme;gateway 5.2;III;2026-04-01;2027-03-31",
    )
    assert said.startswith("Customers: 1 changed and 1 as they were.")
    assert "Brightside: 1 open ticket follows from Level I to Level III." in said
    assert town.ticket(1).level == "III"
    after = next(one for one in everybody(town) if one.id == "brightside")
    assert (after.phone_credits, len(after.subscriptions), after.name) == (1, 2, "Brightside")
    assert "Imported by Lea" in town.does("vic", "/customer show brightside")


def test_credits_that_came_with_an_import_are_in_the_journal(town: Town) -> None:
    town.does("lea", "/customer import id,credits\nbrightside,9")
    (entry,) = town.database.read(lambda work: work.memory.journal_of("customer:brightside", 9))
    assert (entry.by, entry.data) == ("lea", {"line": 2, "credits": 9, "had": 1})


def test_what_is_exported_is_imported_as_it_was(town: Town) -> None:
    town.does("lea", '/customer add "=HYPERLINK(x) @everyone" --id formula')
    csv = town.says("lea", "/customer export").card.data["csv"]
    assert ",'=HYPERLINK(" in csv
    assert town.does("lea", f"/customer import {csv}").startswith("Customers: 4 as they were.")


def test_more_customers_than_a_message_holds_are_for_the_terminal(town: Town) -> None:
    lines = "\n".join(f"Shop {number}" for number in range(300))
    town.does("lea", f"/customer import name\n{lines}")
    assert "thirdline customers export FILE" in town.refused("lea", "/customer export")


def test_importing_and_exporting_are_for_leads(town: Town) -> None:
    assert "is for lead" in town.refused("ann", "/customer import name\nX")
    assert "is for lead" in town.refused("ann", "/customer export")
