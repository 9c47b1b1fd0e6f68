"""`thirdline customers`: customers from and to a spreadsheet."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from bot.cli.drawing import show
from bot.cli.house import opened
from bot.cli.printing import mention, say_json, write_all, written_to
from bot.cli.typist import typist
from bot.customer_csv import MOST_LINES, write
from bot.domain.errors import BadValue
from bot.ports import Speaker, UnitOfWork
from commands.customer_import import Imported, import_lines, report
from commands.spec import Caller

SOME_REFUSED = 1


def import_(file: Path, partial: bool, data: Path | None, as_json: bool) -> int:
    """Every line gets its verdict; nothing is taken if one is refused, unless the good ones are wanted."""
    with opened(data) as house:
        lines = _lines_of(file)
        now = house.clock.now()
        caller = Caller(None, Speaker("terminal", typist(), place="thirdline customers import"), now)

        def deed(work: UnitOfWork) -> Imported:
            return import_lines(caller, work, lines, partial=partial)

        imported = house.database.write(deed)
        card = report(imported)
        if as_json:
            say_json(dict(card.data))
        else:
            show(card, house.clock, "UTC")
    return SOME_REFUSED if imported.reading.refused else 0


def export(file: Path | None, force: bool, data: Path | None) -> int:
    """All customers, as they are at one instant. Raises BadValue for a file whose name promises something else."""
    if file is not None and file.suffix.casefold() not in ("", ".csv", ".txt"):
        raise BadValue(f"Customers are written as CSV, and {file} would not be one.", "Name a file that ends in .csv.")
    with opened(data) as house, written_to(file, force=force) as out:
        count = house.database.read(lambda work: write_all(write(work.customers.all()), out)) - 1
    if file is not None:
        mention(f"{file}: {count:,} line{'s' * (count != 1)} of customers and subscriptions.")
    return 0


def _lines_of(file: Path) -> Sequence[str]:
    """The lines with their ends, in UTF-8, and no more than one file may have; raises BadValue where that cannot be.

    All of them before the database is asked: a slow pipe must not keep the desk from writing meanwhile.
    """
    try:
        with file.open("rb") if str(file) != "-" else nullcontext(sys.stdin.buffer) as raw:
            text = TextIOWrapper(raw, encoding="utf-8-sig", newline="")
            try:
                return list(islice(text, MOST_LINES + 2))
            finally:
                text.detach()
    except OSError as error:
        raise BadValue(f"{file} cannot be read: {error.strerror}.", "Name another file.") from error
    except UnicodeDecodeError as error:
        raise BadValue(f"{file} is not a text in UTF-8.", "Save it as “CSV UTF-8”.") from error
