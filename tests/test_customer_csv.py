"""The customers' CSV: what is written comes back as it was, and what cannot be read is refused line by line."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.customer_cells import guarded, unguarded
from bot.customer_csv import COLUMNS, MOST_LINES, Reading, read, write
from bot.domain.customers import MOST_PHONES, MOST_SUBSCRIPTIONS, Customer, Subscription
from bot.domain.errors import BadValue
from bot.domain.short_names import LONGEST, RESERVED
from bot.policy.file import policy_at

POLICY = policy_at(None)
ACME = Customer(
    "acme",
    "ACME Ltd",
    ("it@acme.example", "bob@acme.example"),
    frozenset({"acme.example"}),
    "America/Toronto",
    date(2026, 11, 2),
    2,
    "Fixers & Co",
    (
        Subscription("gateway 5.2", "III", date(2026, 4, 1), date(2027, 3, 31)),
        Subscription("archive", "I", date(2026, 4, 1), date(2027, 3, 31), True),
    ),
    ("+14165550124", "+14165550123"),
)


def reading(text: str) -> Reading:
    return read(io.StringIO(text, newline=""), POLICY)


def taken(text: str) -> list[Customer]:
    found = reading(text)
    assert not found.refused, found.refused
    return [incoming.onto(None) for incoming in found.customers]


def whys(text: str) -> dict[int, str]:
    return {verdict.line: verdict.why for verdict in reading(text).refused}


def refusal(text: str) -> str:
    with pytest.raises(BadValue) as caught:
        reading(text)
    return f"{caught.value.text} {caught.value.hint}"


# --- there and back -----------------------------------------------------------------------------------------------


def test_a_customer_is_a_line_for_each_subscription() -> None:
    assert "".join(write([ACME])) == (
        "id,name,mail,domains,zone,installed,product,level,start,end,phone,credits,partner,phones\n"
        "acme,ACME Ltd,it@acme.example;bob@acme.example,acme.example,America/Toronto,2026-11-02,"
        "gateway 5.2,III,2026-04-01,2027-03-31,no,2,Fixers & Co,'+14165550124;+14165550123\n"
        "acme,ACME Ltd,it@acme.example;bob@acme.example,acme.example,America/Toronto,2026-11-02,"
        "archive,I,2026-04-01,2027-03-31,yes,2,Fixers & Co,'+14165550124;+14165550123\n"
    )


words = st.text(st.characters(blacklist_categories=("C", "Z")) | st.sampled_from("=+-@'\",;|＝ "), max_size=30).map(
    lambda text: " ".join(text.split())
)
names = words.filter(bool)
ids = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True).filter(
    lambda id: id not in RESERVED and len(id) <= LONGEST
)
days = st.dates(date(1000, 1, 1))


@st.composite
def subscriptions(draw: st.DrawFn) -> tuple[Subscription, ...]:
    found: dict[tuple[str, date], Subscription] = {}
    for _ in range(draw(st.integers(0, 3))):
        start, end = sorted((draw(days), draw(days)))
        level = draw(st.sampled_from(("I", "II", "III")))
        one = Subscription(draw(names), level, start, end, draw(st.booleans()))
        found[one.product, one.start] = one
    return tuple(found.values())


@st.composite
def directories(draw: st.DrawFn) -> list[Customer]:
    found = []
    for number, id in enumerate(draw(st.lists(ids, unique=True, max_size=4))):
        local = draw(st.sampled_from(("bob", "=cmd", "+1", "-x", "'y", "ä")))
        found.append(
            Customer(
                id,
                draw(names),
                draw(st.sampled_from(((), (f"{local}@c{number}.example", f"a@c{number}.example")))),
                draw(st.sampled_from((frozenset(), frozenset({f"c{number}.example", f"d{number}.example"})))),
                draw(st.sampled_from(("", "America/Toronto", "Etc/GMT+5"))),
                draw(st.none() | days),
                draw(st.integers(0, 99_999)),
                draw(words),
                draw(subscriptions()),
                draw(st.sampled_from(((), ("+14165550123",), ("+4915112345678", "+14165550123")))),
            )
        )
    return found


def test_numbers_keep_their_order_and_are_refused_as_in_chat() -> None:
    header = "id,name,phones\n"
    (acme,) = taken(f"{header}acme,ACME Ltd,+1 416 555 0124; 0049 151 12345678;+14165550124\n")
    assert acme.phones == ("+14165550124", "+4915112345678")
    assert "lacks its country code" in whys(f"{header}acme,ACME Ltd,4165550124\n")[2]
    many = ";".join(f"+1416555{number:04}" for number in range(MOST_PHONES + 1))
    assert f"up to {MOST_PHONES} telephone numbers" in whys(f"{header}acme,ACME Ltd,{many}\n")[2]
    (without,) = reading("id,name\nacme,ACME Limited\n").customers
    assert without.onto(ACME).phones == ACME.phones
    (emptied,) = reading(f"{header}acme,ACME Limited,\n").customers
    assert emptied.onto(ACME).phones == ()


@given(directories())
def test_what_is_written_is_read_as_it_was(directory: list[Customer]) -> None:
    text = "".join(write(directory))
    if directory:
        assert taken(text) == directory


@given(directories(), st.sampled_from(",;\t"), st.randoms(use_true_random=False), st.booleans())
def test_separators_the_order_of_columns_and_a_bom_change_nothing(
    directory: list[Customer], separator: str, shuffler: random.Random, bom: bool
) -> None:
    rows = list(csv.reader("".join(write(directory)).splitlines(keepends=True)))
    order = list(range(len(COLUMNS)))
    shuffler.shuffle(order)
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([row[n] for n in order] for row in rows)
    if directory:
        assert taken("\ufeff" * bom + out.getvalue()) == directory


@given(directories())
def test_no_cell_begins_as_a_formula(directory: list[Customer]) -> None:
    for row in csv.reader("".join(write(directory)).splitlines(keepends=True)):
        assert not [cell for cell in row if cell[:1] in tuple("=+-@\t\r＝＋－＠")]


@given(st.text())
def test_a_guard_comes_off_as_it_went_on(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


def test_an_apostrophe_that_guards_nothing_stays() -> None:
    assert unguarded("'t Hooft") == guarded("'t Hooft") == "'t Hooft"
    assert guarded('=cmd|" /C calc"!A0') == '\'=cmd|" /C calc"!A0'


# --- what is taken ------------------------------------------------------------------------------------------------


def test_a_name_alone_is_enough_for_a_new_customer() -> None:
    assert taken("name\nBrightside Café\n") == [Customer("brightside-cafe", "Brightside Café")]


def test_lines_of_one_id_are_one_customer_wherever_they_stand() -> None:
    found = taken(
        "ID;Name;Product;Level;Start;End\r\n"
        "acme;ACME;gateway;level 3;2026-01-01;2026-12-31\r\n"
        "bee;Bee;;;;\r\n"
        "\r\n"
        "ACME;;archive;1;2026-01-01;2026-12-31\r\n"
    )
    assert [(one.id, one.name, [s.level for s in one.subscriptions]) for one in found] == [
        ("acme", "ACME", ["III", "I"]),
        ("bee", "Bee", []),
    ]


def test_a_hostile_name_is_a_name() -> None:
    (one,) = taken('name,id\n"@everyone <!channel> =cmd()",x\n')
    assert one.name == "@everyone <!channel> =cmd()"


def test_columns_that_are_not_there_leave_a_known_customer_as_it_is() -> None:
    (incoming,) = reading("id,credits\nacme,5\n").customers
    after = incoming.onto(ACME)
    assert (after.phone_credits, after.subscriptions, after.addresses) == (5, ACME.subscriptions, ACME.addresses)


def test_columns_that_are_there_and_blank_make_it_blank_but_never_the_name() -> None:
    (incoming,) = reading("id,name,mail,partner,product,level,start,end\nacme,,,,,,,\n").customers
    after = incoming.onto(ACME)
    assert (after.name, after.addresses, after.partner, after.subscriptions) == ("ACME Ltd", (), "", ())
    assert after.domains == ACME.domains


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("acme,ACME,nobody,,,,,,,,,,", "“nobody” is not a mail address."),
        ("acme,ACME,,a b,,,,,,,,,", "“a b” is not a mail domain."),
        (
            "acme,ACME,,,America/Toronto2,,,,,,,,",
            'There is no time zone "America/Toronto2". Did you mean America/Toronto',
        ),
        ("acme,ACME,,,,3/2/2026,,,,,,,", "“3/2/2026” is not a date. Dates are written 2026-03-31."),
        ("acme,ACME,,,,2026-02-30,,,,,,,", "2026-02-30 does not exist."),
        ("acme,ACME,,,,,gw,IV,2026-01-01,2026-12-31,,,", "There is no support level “IV”. The levels are I, II, III."),
        ("acme,ACME,,,,,gw,I,2026-12-31,2026-01-01,,,", "would end before it starts"),
        ("acme,ACME,,,,,gw,,2026-12-31,,,,", "The subscription has no level and no end."),
        ("acme,ACME,,,,,,,,,yes,,", "The telephone option belongs to a subscription"),
        ("acme,ACME,,,,,gw,I,2026-01-01,2026-12-31,maybe,,", "The phone option is yes or no, not “maybe”."),
        ("acme,ACME,,,,,,,,,,-1,", "The credits are a number from 0 to 100,000, not “-1”."),
        ("acme,ACME,,,,,,,,,,9999999999999,", "The credits are a number"),
        ("Ac me,ACME,,,,,,,,,,,", "“Ac me” is no short name: up to 32 of a-z, 0-9 and single hyphens. ac-me will do."),
        ("everyone,ACME,,,,,,,,,,,", "“everyone” means something else to the desk."),
        (",株式会社,,,,,,,,,,,", "It has no id, and its name makes none. Fill in the column id."),
        ("acme,AC\x1b[31mME,,,,,,,,,,,", "The name holds an invisible character (U+001B)."),
        ("acme,AC\u202eME,,,,,,,,,,,", "The name holds an invisible character (U+202E)."),
        ("acme,ACME,,,,,,,,,,,,,surplus", "It has 15 cells; the header names 14 columns."),
        ('acme,"AC"ME,,,,,,,,,,,', "It cannot be read:"),
        ("acme," + "x" * 301 + ",,,,,,,,,,,", "has 301 characters; the desk takes up to 300."),
    ],
)
def test_a_line_is_refused_with_its_number_and_the_reason(cells: str, why: str) -> None:
    found = reading(f"{','.join(COLUMNS)}\nbee,Bee,,,,,,,,,,,\n{cells}\n")
    (refused,) = found.refused
    assert refused.line == 3
    assert why in refused.why
    assert [one.id for one in found.customers] == ["bee"]


def test_one_refused_line_refuses_the_others_of_that_customer_and_nobody_elses() -> None:
    text = (
        "id,name,product,level,start,end\n"
        "acme,ACME,gateway,III,2026-01-01,2026-12-31\n"
        "acme,,archive,IX,2026-01-01,2026-12-31\n"
        "bee,Bee,,,,\n"
    )
    found = reading(text)
    assert [one.id for one in found.customers] == ["bee"]
    assert [verdict.took for verdict in found.verdicts] == [False, False, True]
    assert whys(text)[2] == "Line 3 of the same customer is refused."


@pytest.mark.parametrize("cell", ["AC\x1bME", ",,,,,,,,,,,,,,surplus"])
def test_a_line_that_is_wrong_in_any_way_refuses_its_customer_whole(cell: str) -> None:
    text = f"id,product,level,start,end,name\nacme,gw,I,2026-01-01,2026-12-31,\nacme,,,,,{cell}\n"
    assert list(whys(text)) == [2, 3]


def test_lines_of_one_customer_may_name_the_same_addresses_in_any_order_and_the_first_line_says_which() -> None:
    cells = (("bob@acme.example;it@acme.example", "archive"), ("it@acme.example;bob@acme.example", "gateway 5.2"))
    rows = "".join(f"acme,ACME,{mail},{product},I,2026-04-01,2027-03-31\n" for mail, product in cells)
    (acme,) = taken(f"id,name,mail,product,level,start,end\n{rows}")
    assert acme.addresses == ("bob@acme.example", "it@acme.example")


def test_lines_of_one_customer_may_not_contradict_each_other() -> None:
    assert whys("id,name\nacme,ACME\nacme,Acme Inc\n")[3] == "Its name differs from line 2 of the same customer."
    twice = "id,name,product,level,start,end\n" + "a,A,gw,I,2026-01-01,2026-12-31\n" * 2
    assert whys(twice)[3] == "a has gw from 2026-01-01 twice."


def test_an_address_belongs_to_one_customer_of_a_file() -> None:
    assert whys("id,name,mail\na,A,x@a.example\nb,B,X@a.example\n") == {3: "x@a.example is given to a as well."}


def test_the_line_of_a_record_is_where_it_begins() -> None:
    assert list(whys('id,name,mail\na,"A\nB",x@a.example\n\nb,B,nobody\n')) == [5]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "The file is empty. Its first line names the columns"),
        ("\ufeff", "The file is empty."),
        ("id,name\n", "a header and no lines"),
        ("id,nmae\na,A\n", "Column 2, “nmae”, is unknown. Did you mean name?"),
        ("id,qqqq\na,A\n", "is unknown. There are: id, name"),
        ("id,name,name\na,A,A\n", "The column name is there twice."),
        ("mail\nx@a.example\n", "neither a column id nor a column name"),
        ("id,product\na,gw\n", "A subscription needs product, level, start, end; level, start, end is missing"),
        ("id,phone\na,yes\n", "The column phone belongs to a subscription."),
        ('id,"na\n', "The header cannot be read"),
        ("id,name\na," + "x" * 70_000, "Line 2 has 70,002 characters; the desk reads up to 64,000."),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_whole(text: str, why: str) -> None:
    assert why in refusal(text)


def test_a_quote_that_is_never_closed_swallows_nobody_silently() -> None:
    assert any("cannot be read" in why for why in whys('id,name\na,"A\nb,B\nc,C\n').values())


def test_a_customer_has_a_bounded_number_of_subscriptions() -> None:
    lines = [f"a,A,p{n},I,2026-01-01,2026-12-31\n" for n in range(MOST_SUBSCRIPTIONS + 1)]
    assert "more than 200 subscriptions" in str(whys("id,name,product,level,start,end\n" + "".join(lines)))


def test_a_file_too_long_is_refused_without_reading_on() -> None:
    def endless() -> Iterator[str]:
        yield "id\n"
        while True:
            yield "\n"

    with pytest.raises(BadValue, match=f"more than {MOST_LINES:,} lines"):
        read(endless(), POLICY)


anything = st.text(st.sampled_from("aA1=+-@'\",;\t\r\n\x00\u202e\ud800é ") | st.characters(), max_size=60)


@given(st.sampled_from(("", "name\n", "id,name\n", f"{','.join(COLUMNS)}\n", "id;product;level;start;end\n")), anything)
def test_whatever_is_sent_gets_verdicts_or_one_sentence(header: str, text: str) -> None:
    try:
        found = reading(header + text)
    except BadValue:
        return
    lines = [verdict.line for verdict in found.verdicts]
    assert lines == sorted(set(lines))
    assert {line for one in found.customers for line in one.lines} == {v.line for v in found.verdicts if v.took}


def test_a_hundred_thousand_lines_stream_through() -> None:
    def directory() -> Iterable[Customer]:
        for number in range(50_000):
            bought = (Subscription(p, "II", date(2026, 1, 1), date(2026, 12, 31)) for p in ("gateway", "archive"))
            yield Customer(f"c{number}", f"Customer {number}", (f"x@c{number}.example",), subscriptions=(*bought,))

    found = read(write(directory()), POLICY)
    assert (len(found.verdicts), len(found.customers), found.refused) == (100_000, 50_000, ())
