"""`thirdline tickets export`: every ticket as a row, read and written one by one."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from bot.cli.house import opened
from bot.cli.printing import mention, written_to
from bot.customer_cells import guarded
from bot.domain.errors import BadValue, NotFound
from bot.ports import TicketFilter, UnitOfWork
from bot.views.ticket_facts import COLUMNS, TicketFacts, ticket_facts

CSV, JSONL = "csv", "jsonl"
FORMATS = {"": CSV, ".csv": CSV, ".txt": CSV, ".jsonl": JSONL, ".ndjson": JSONL}


def export(file: Path | None, format: str | None, force: bool, data: Path | None) -> int:
    """All tickets by number, as they are at one instant. The format follows the file's ending unless it is given."""
    chosen = format or _format_of(file)
    with opened(data) as house, written_to(file, force=force) as out:
        writes = _write_jsonl if chosen == JSONL else _write_csv
        count = house.database.read(lambda work: writes(_facts(work), out))
    if file is not None:
        mention(f"{file}: {count:,} ticket{'s' * (count != 1)}.")
    return 0


def _format_of(file: Path | None) -> str:
    """What the ending says; CSV for standard output and for what has none, such as a pipe. Raises BadValue."""
    ending = file.suffix.casefold() if file is not None else ""
    if ending not in FORMATS:
        raise BadValue(
            f"Tickets are written as CSV or as JSON lines, and {file} would be neither.",
            "Name a file that ends in .csv or .jsonl, or say --format csv.",
        )
    return FORMATS[ending]


def _facts(work: UnitOfWork) -> Iterator[TicketFacts]:
    """One ticket after the other by number, so that memory does not grow with their count."""
    newest = work.tickets.find(TicketFilter(order="newest", limit=1))
    promises = work.promises
    for number in range(1, newest[0].number + 1 if newest else 1):
        try:
            events = work.tickets.history(number)
        except NotFound:  # A number that was drawn and never used.
            continue
        yield ticket_facts(events, promises)


def _write_csv(facts: Iterator[TicketFacts], out: TextIO) -> int:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for one in facts:
        writer.writerow(_cell(getattr(one, column)) for column in COLUMNS)
        count += 1
    return count


def _write_jsonl(facts: Iterator[TicketFacts], out: TextIO) -> int:
    count = 0
    for one in facts:
        out.write(json.dumps(asdict(one)) + "\n")
        count += 1
    return count


def _cell(value: object) -> str:
    """A value as a spreadsheet takes it; text that would be a formula there is kept from being one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return guarded(value) if isinstance(value, str) else str(value)
