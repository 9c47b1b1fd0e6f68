"""Customers and staff come back as saved, are found by what people type, and share no address."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.customers import Customer, Subscription
from bot.domain.errors import BadValue, Conflict, NotFound
from bot.domain.people import Role, Staff
from bot.ports import UnitOfWork
from storage.database import SqlDatabase
from tests.storage.desk import at

ACME = Customer(
    "acme",
    "ACME Ltd",
    ("ops@acme.example", "kim@acme.example"),
    frozenset({"acme.example"}),
    "America/Toronto",
    date(2026, 2, 1),
    2,
    "Partner GmbH",
    (Subscription("gateway 5.2", "III", date(2026, 1, 1), date(2026, 12, 31), True),),
    ("+14165550124", "+14165550123"),
)
OTHER = Customer("acorn", "Acorn Söhne", ("boss@acorn.example",), phones=("+14165550123",))
ANN = Staff("ann", "Ann Lee", Role.LEAD, {"slack": "U1", "console": "ann"}, "UTC", at(0), at(60), "slack")


@pytest.fixture
def customers(database: SqlDatabase) -> SqlDatabase:
    def deed(work: UnitOfWork) -> None:
        work.customers.save(ACME)
        work.customers.save(OTHER)

    database.write(deed)
    return database


def test_customers_come_back_as_they_were_saved(customers: SqlDatabase) -> None:
    assert customers.read(lambda work: work.customers.get("acme")) == ACME
    assert customers.read(lambda work: list(work.customers.all())) == [ACME, OTHER]


def test_a_number_may_be_of_several_and_of_nobody(customers: SqlDatabase) -> None:
    assert customers.read(lambda work: work.customers.of_phone("+14165550123")) == [ACME, OTHER]
    assert customers.read(lambda work: work.customers.of_phone("+14165550124")) == [ACME]
    assert customers.read(lambda work: work.customers.of_phone("+14165550199")) == []


@pytest.mark.parametrize("text", ["acme", "ACME", "acme ltd", "ACM", "kim@acme.example", "ops@", "  acme "])
def test_a_customer_is_found_by_id_name_address_or_a_unique_beginning(customers: SqlDatabase, text: str) -> None:
    assert customers.read(lambda work: work.customers.find(text)) == ACME


def test_accents_do_not_matter(customers: SqlDatabase) -> None:
    assert customers.read(lambda work: work.customers.find("acorn sohne")) == OTHER
    assert customers.read(lambda work: work.customers.search("sÖhne")) == [OTHER]


def test_a_beginning_of_two_is_refused_with_both_names(customers: SqlDatabase) -> None:
    with pytest.raises(BadValue, match="acme or acorn"):
        customers.read(lambda work: work.customers.find("ac"))


@pytest.mark.parametrize("text", ["amce", "acmee"])
def test_who_is_unknown_is_refused_with_the_nearest(customers: SqlDatabase, text: str) -> None:
    with pytest.raises(NotFound) as refused:
        customers.read(lambda work: work.customers.find(text))
    assert "acme" in refused.value.hint
    with pytest.raises(NotFound):
        customers.read(lambda work: work.customers.get(text))
    with pytest.raises(NotFound):
        customers.read(lambda work: work.customers.find(""))


def test_an_address_leads_to_its_customer_and_then_its_domain_does(customers: SqlDatabase) -> None:
    def of(address: str) -> Customer | None:
        return customers.read(lambda work: work.customers.of_address(address))

    assert of("Kim@ACME.example") == ACME
    assert of("new.person@acme.example") == ACME
    assert of("boss@acorn.example") == OTHER
    assert of("else@acorn.example") is None
    assert of("nonsense") is None


def test_an_address_or_domain_belongs_to_one_customer(customers: SqlDatabase) -> None:
    for taken in (
        Customer("new", "New", ("kim@acme.example",)),
        Customer("new", "New", domains=frozenset({"acme.example"})),
    ):
        with pytest.raises(Conflict, match="acme"):
            customers.write(lambda work, taken=taken: work.customers.save(taken))  # type: ignore[misc]
    freed = Customer("acme", "ACME Ltd")
    customers.write(lambda work: work.customers.save(freed))
    customers.write(lambda work: work.customers.save(Customer("new", "New", ("kim@acme.example",))))
    assert customers.read(lambda work: work.customers.get("acme")) == freed


def test_search_wants_every_word(customers: SqlDatabase) -> None:
    assert customers.read(lambda work: work.customers.search("acme exam")) == [ACME]
    assert customers.read(lambda work: work.customers.search("")) == [ACME, OTHER]
    assert customers.read(lambda work: work.customers.search("", 1)) == [ACME]
    assert customers.read(lambda work: work.customers.search("***")) == []


def test_staff_come_back_and_are_found_by_what_people_type(database: SqlDatabase) -> None:
    bob = Staff("bob", "Bob")

    def deed(work: UnitOfWork) -> None:
        work.people.save(Staff("ann", "Ann"))
        work.people.save(ANN)
        work.people.save(bob)

    database.write(deed)
    assert database.read(lambda work: work.people.get("ann")) == ANN
    assert database.read(lambda work: work.people.all()) == [ANN, bob]
    assert database.read(lambda work: work.people.of_account("slack", "U1")) == ANN
    assert database.read(lambda work: work.people.of_account("slack", "U2")) is None
    for text in ("ANN", "ann lee", "an", "@ann"):
        assert database.read(lambda work, text=text: work.people.find(text)) == ANN  # type: ignore[misc]
    with pytest.raises(NotFound) as refused:
        database.read(lambda work: work.people.find("anm"))
    assert "ann" in refused.value.hint
    with pytest.raises(Conflict, match="Ann Lee"):
        database.write(lambda work: work.people.save(Staff("cy", "Cy", accounts={"slack": "U1"})))


def test_a_beginning_that_fits_two_people_is_refused(database: SqlDatabase) -> None:
    for id in ("sam", "sal"):
        database.write(lambda work, id=id: work.people.save(Staff(id, id)))  # type: ignore[misc]
    with pytest.raises(BadValue, match="sal or sam"):
        database.read(lambda work: work.people.find("sa"))
