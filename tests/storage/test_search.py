"""Full text search gives the same answers on SQLite and on PostgreSQL, and no query is syntax."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.customers import Customer
from bot.domain.history import Deed
from bot.ports import TicketFilter, UnitOfWork
from storage.database import SqlDatabase
from storage.search import words
from tests.storage.desk import HandClock, happen, open_database, open_ticket

SUBJECTS = (
    "Mail server down, queue growing",
    "MAIL bounces to jörg@müller.example",
    "RAID-5 array degraded: /dev/md0 [UU_]",
    "Straße gesperrt – Größe 1.5e3 falsch",
    "İstanbul'da posta yok",
    "http://example.com/a_b?c=1&d=%20 says 404",
    "日本語のメール 文字化け",
    "Ελληνικά ΣΊΣΥΦΟΣ",
    '\'; DROP TABLE tickets; -- "quoted" (x AND y) OR NOT z*',
    "ﬁne ligature ½ and ２０２６",
    "हिन्दी मेल सर्वर",
    "emoji 🔥🔥 only",
    "a" * 100 + " tail",
)
QUERIES = (
    *("mail", "MAIL serv", "serv mail", "jorg", "JÖRG", "muller", "raid 5", "md0", "strasse", "groß", "istanbul"),
    *("1.5e3", "example.com", "a_b", "404", "日本語", "メール", "σισυφος", "quoted", "drop table", "x AND y", "NOT z"),
    *(
        "fine",
        "1 2",
        "2026",
        "हिन्दी",
        "🔥",
        '"',
        "*",
        "mail*",
        "-mail",
        "mail OR raid",
        "search:mail",
        "^mail",
        "(",
        "&|!",
    ),
    *(
        "a" * 64,
        "a" * 100,
        "a" * 65 + "b",
        "tail",
        "acme",
        "zürich",
        "zurich mail",
        "",
        "  ",
        "NEAR(a b)",
        "\x00mail",
        "'",
    ),
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[list[SqlDatabase]]:
    """The same tickets in both databases."""
    from storage.maintenance import upgrade
    from tests.databases import create_postgres

    sqlite = f"sqlite:///{tmp_path_factory.mktemp('search') / 'desk.db'}"
    postgres = create_postgres(request.getfixturevalue("postgres_server"), "search_desk")
    databases = []
    for url in (sqlite, postgres):
        upgrade(url)
        databases.append(open_database(url, HandClock()))
        databases[-1].write(fill)
    yield databases
    for database in databases:
        database.close()


def fill(work: UnitOfWork) -> None:
    work.customers.save(Customer("acme", "ACME Zürich AG"))
    for subject in SUBJECTS:
        open_ticket(work, subject, text=f"Opened: {subject[::-1]}")
    open_ticket(work, "Mail of a customer", customer="acme")
    happen(work, 14, Deed.REPLIED, text="We restored the RAID from a snapshot")
    happen(work, 14, Deed.NOTED, text="Disk firmware 3.1-b is cursed")
    happen(work, 14, Deed.SAID, by="customer", text="Merci, ça marche")


def found(database: SqlDatabase, text: str) -> list[int]:
    return [
        ticket.number for ticket in database.read(lambda work: work.tickets.find(TicketFilter(text=text, limit=99)))
    ]


@pytest.mark.parametrize("query", QUERIES)
def test_both_databases_find_the_same(both: list[SqlDatabase], query: str) -> None:
    sqlite, postgres = both
    assert found(sqlite, query) == found(postgres, query)
    for database in both:
        assert database.read(lambda work: work.tickets.count(TicketFilter(text=query))) == len(found(database, query))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=12), st.sampled_from([word for s in SUBJECTS for word in words(s)])))
def test_both_databases_find_the_same_for_any_query(both: list[SqlDatabase], query: str) -> None:
    sqlite, postgres = both
    assert found(sqlite, query) == found(postgres, query)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("mail serv", [1]),
        ("GROSSE strasse", [4]),
        ("jorg", [2]),
        ("snapshot mail", [14]),
        ("firmware", [14]),
        ("ca marche", [14]),
        ("zurich", [14]),
        ("acme disk", [14]),
        ("drop table", [9]),
        ("***", []),
        ("mail or raid", []),
    ],
)
def test_all_words_must_begin_a_word_somewhere_in_the_ticket(
    both: list[SqlDatabase], query: str, numbers: list[int]
) -> None:
    for database in both:
        assert found(database, query) == numbers


def test_completion_is_the_same_on_both(both: list[SqlDatabase]) -> None:
    sqlite, postgres = both
    for query in QUERIES:
        one, other = (
            [ticket.number for ticket in database.read(lambda work, q=query: work.tickets.suggest(q, 5))]  # type: ignore[misc]
            for database in (sqlite, postgres)
        )
        assert one == other


def test_a_renamed_customer_is_found_by_the_new_name(sqlite: SqlDatabase) -> None:
    def deed(work: UnitOfWork) -> None:
        work.customers.save(Customer("acme", "Old Name"))
        open_ticket(work, customer="acme")
        work.customers.save(Customer("acme", "Brightside"))

    sqlite.write(deed)
    assert found(sqlite, "bright") == [1]
    assert found(sqlite, "old") == []


def test_words_are_folded_and_split_at_everything_but_letters_and_digits() -> None:
    assert words("Crème-BRÛLÉE_x1 x1") == ["creme", "brulee", "x1"]
    assert words("\u202e!?") == []
