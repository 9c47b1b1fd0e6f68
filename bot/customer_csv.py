"""Customers as CSV: read from a spreadsheet with a verdict on every line, and written so that no cell is a formula.

A line is a customer with one subscription; several lines of one id are one customer with several. Columns may come in
any order; a column that the file does not have leaves that part of a known customer as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from bot.customer_cells import BOUGHT, FIELDS, READERS, guarded, plain, subscription
from bot.domain.customers import MOST_SUBSCRIPTIONS, Customer, Subscription
from bot.domain.errors import BadValue
from bot.domain.policy import Policy
from bot.domain.short_names import short_name, slug

COLUMNS = (
    *("id", "name", "mail", "domains", "zone", "installed"),
    *("product", "level", "start", "end", "phone", "credits", "partner", "phones"),
)
LONGEST_LINE = 64_000
MOST_LINES = 500_000

_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a line. `why` says it when the line was refused."""

    line: int
    id: str
    why: str = ""

    @property
    def took(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True)
class Incoming:
    """A customer as the file has it: the values of the columns that it has, by the field they go to."""

    id: str
    lines: tuple[int, ...]
    values: Mapping[str, Any]

    def onto(self, known: Customer | None) -> Customer:
        """The customer afterwards. Raises BadValue where a new one has no name."""
        if known is not None:
            return replace(known, **self.values)
        if "name" not in self.values:
            raise BadValue(f"{self.id} is not known yet, so it needs a name.")
        return Customer(self.id, **self.values)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: customers that could be read whole, and a verdict on each of its lines, in their order."""

    customers: tuple[Incoming, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def refused(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if not verdict.took)

    def without(self, refusals: Mapping[str, str]) -> Reading:
        """The reading with some customers refused as well: reasons by id."""
        kept = tuple(one for one in self.customers if one.id not in refusals)
        verdicts = tuple(
            replace(verdict, why=refusals[verdict.id]) if verdict.took and verdict.id in refusals else verdict
            for verdict in self.verdicts
        )
        return Reading(kept, verdicts)


# --- writing ------------------------------------------------------------------------------------------------------


class _Line:
    """Where `csv` writes one line to."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


def write(customers: Iterable[Customer]) -> Iterator[str]:
    """The file, line by line: a header, then one line for each subscription, or one without."""
    line = _Line()
    writer = csv.writer(line, lineterminator="\n")
    for row in _rows(customers):
        writer.writerow(guarded(cell) for cell in row)
        yield line.text
        line.text = ""


def _rows(customers: Iterable[Customer]) -> Iterator[Sequence[str]]:
    yield COLUMNS
    for customer in customers:
        installed = customer.installed_on.isoformat() if customer.installed_on else ""
        who = (customer.id, customer.name, ";".join(customer.addresses), ";".join(sorted(customer.domains)))
        rest = (str(customer.phone_credits), customer.partner, ";".join(customer.phones))
        for bought in customer.subscriptions or (None,):
            yield (*who, customer.zone, installed, *_bought_cells(bought), *rest)


def _bought_cells(bought: Subscription | None) -> Sequence[str]:
    if bought is None:
        return ("", "", "", "", "")
    phone = "yes" if bought.phone_option else "no"
    return (bought.product, bought.level, bought.start.isoformat(), bought.end.isoformat(), phone)


# --- reading ------------------------------------------------------------------------------------------------------


def read(lines: Iterable[str], policy: Policy) -> Reading:
    """Read a file given line by line (ends of line kept), of commas, semicolons or tabs, with or without a BOM.

    Raises BadValue where the header cannot be understood or the file is too long; else every line has its verdict. A
    customer is taken whole or not at all: one refused line refuses the others of that id.
    """
    source = iter(lines)
    header, separator = _header(source)
    drafts: dict[str, _Draft] = {}
    owners: dict[str, str] = {}
    verdicts: list[Verdict] = []
    for number, cells in _records(source, separator):
        id = ""
        try:
            if isinstance(cells, BadValue):
                raise cells
            named = dict(zip(header, cells, strict=False))
            id = _id_of(named)
            draft = drafts.setdefault(id, _Draft(id))
            draft.lines.append(number)
            _must_fit(cells, header)
            draft.take(number, {column: plain(cell, column) for column, cell in named.items()}, policy)
            _own(draft, owners)
            verdicts.append(Verdict(number, id))
        except BadValue as refusal:
            why = " ".join(part for part in (refusal.text, refusal.hint) if part)
            verdicts.append(Verdict(number, id, why))
            if id in drafts:
                drafts[id].broken = drafts[id].broken or number
    if not verdicts:
        raise BadValue("The file has a header and no lines under it.")
    whole = tuple(Incoming(d.id, tuple(d.lines), d.values(header)) for d in drafts.values() if not d.broken)
    broken = {d.id: f"Line {d.broken} of the same customer is refused." for d in drafts.values() if d.broken}
    return Reading(whole, tuple(verdicts)).without(broken)


@dataclass(slots=True)
class _Draft:
    """A customer while its lines are read."""

    id: str
    lines: list[int] = field(default_factory=list)
    fields: dict[str, tuple[Any, int]] = field(default_factory=dict)
    bought: list[Subscription] = field(default_factory=list)
    broken: int = 0

    def take(self, number: int, named: Mapping[str, str], policy: Policy) -> None:
        """Add a line. Raises BadValue where it is wrong by itself or contradicts an earlier one of the same id."""
        for column, cell in named.items():
            if column in READERS and cell:
                value = READERS[column](cell, policy)
                before, line = self.fields.setdefault(FIELDS[column], (value, number))
                if not _says_the_same(before, value):
                    raise BadValue(f"Its {column} differs from line {line} of the same customer.")
        bought = subscription(named, policy)
        if bought is None:
            return
        if any((bought.product, bought.start) == (other.product, other.start) for other in self.bought):
            raise BadValue(f"{self.id} has {bought.product} from {bought.start} twice.")
        if len(self.bought) == MOST_SUBSCRIPTIONS:
            raise BadValue(f"{self.id} has more than {MOST_SUBSCRIPTIONS} subscriptions.")
        self.bought.append(bought)

    def values(self, header: Sequence[str]) -> Mapping[str, Any]:
        """The values of the columns that the file has, blank ones included; a name is never made blank."""
        blank = Customer(self.id, "")
        found = {FIELDS[column]: getattr(blank, FIELDS[column]) for column in header if column in FIELDS}
        found.pop("name", None)
        found |= {name: value for name, (value, _) in self.fields.items()}
        return found | {"subscriptions": tuple(self.bought)} if "product" in header else found


def _says_the_same(one: Any, other: Any) -> bool:
    """The first line says in which order addresses and numbers stand; other lines may have another."""
    return one == other or (isinstance(one, tuple) and sorted(one) == sorted(other))


def _header(source: Iterator[str]) -> tuple[Sequence[str], str]:
    first = next(source, "").removeprefix("\ufeff")
    separator = max(_SEPARATORS, key=first.count)
    try:
        cells = next(csv.reader([first[:LONGEST_LINE]], delimiter=separator, strict=True), [])
    except csv.Error as error:
        raise BadValue(f"The header cannot be read: {error}.") from None
    header = [" ".join(cell.split()).casefold() for cell in cells]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise BadValue("The file is empty.", f"Its first line names the columns: {','.join(COLUMNS)}")
    for number, name in enumerate(header, 1):
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1, cutoff=0.5)
            meant = f"Did you mean {near[0]}? " if near else ""
            raise BadValue(f"Column {number}, “{name[:40]}”, is unknown.", f"{meant}There are: {', '.join(COLUMNS)}.")
        if name in header[: number - 1]:
            raise BadValue(f"The column {name} is there twice.")
    if not {"id", "name"} & set(header):
        raise BadValue("The file has neither a column id nor a column name, so nobody knows whose lines they are.")
    lacking = [name for name in BOUGHT if name not in header]
    if len(lacking) < len(BOUGHT) and lacking:
        raise BadValue(f"A subscription needs {', '.join(BOUGHT)}; {', '.join(lacking)} is missing from the header.")
    if "phone" in header and lacking:
        raise BadValue("The column phone belongs to a subscription.", f"Add the columns {', '.join(lacking)}.")
    return header, separator


def _records(source: Iterator[str], separator: str) -> Iterator[tuple[int, list[str] | BadValue]]:
    """The records with the number of their first line; blank ones are passed over."""
    reader = csv.reader(_bounded(source), delimiter=separator, strict=True)
    while True:
        number = reader.line_num + 2
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, BadValue(f"It cannot be read: {error}.")
            continue
        if any(cell.strip() for cell in cells):
            yield number, cells


def _bounded(source: Iterator[str]) -> Iterator[str]:
    """The lines as they come. Raises BadValue past what the desk reads at once."""
    for number, line in enumerate(source, 2):
        if number > MOST_LINES:
            raise BadValue(f"The file has more than {MOST_LINES:,} lines.", "Send it in parts.")
        if len(line) > LONGEST_LINE:
            raise BadValue(f"Line {number} has {len(line):,} characters; the desk reads up to {LONGEST_LINE:,}.")
        yield line


def _must_fit(cells: Sequence[str], header: Sequence[str]) -> None:
    """Raises BadValue where a line has more cells than the header names."""
    if any(cell.strip() for cell in cells[len(header) :]):
        raise BadValue(f"It has {len(cells)} cells; the header names {len(header)} columns.")


def _id_of(named: Mapping[str, str]) -> str:
    """Whose line it is, before anything else can be wrong with it."""
    given = plain(named.get("id", ""), "id")
    if given:
        return short_name(given)
    id = slug(plain(named.get("name", ""), "name"))
    if not id:
        raise BadValue("It has no id, and its name makes none.", "Fill in the column id.")
    return short_name(id)


def _own(draft: _Draft, owners: dict[str, str]) -> None:
    """Raises BadValue where an address or domain is another customer's in the same file."""
    for part in ("addresses", "domains"):
        for name in draft.fields.get(part, ((), 0))[0]:
            owner = owners.setdefault(name, draft.id)
            if owner != draft.id:
                raise BadValue(f"{name} is given to {owner} as well.")
