"""`thirdline customers`: customers from and to a spreadsheet."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bot.cli.house import opened
from bot.cli.printing import mention, say_json, show, write_all, written_to
from bot.customer_csv import write
from bot.domain.errors import BadValue
from bot.ports import Speaker, UnitOfWork
from commands.customer_import import Imported, import_lines, report
from commands.spec import Caller

SOME_REFUSED = 1


def import_(file: Path, partial: bool, data: Path | None, as_json: bool) -> int:
    """Every line gets its verdict; nothing is taken if one is refused, unless the good ones are wanted."""
    with opened(data) as house, _lines_of(file) as lines:
        now = house.clock.now()
        caller = Caller(None, Speaker("terminal", getpass.getuser(), place="thirdline customers import"), now)

        def deed(work: UnitOfWork) -> Imported:
            return import_lines(caller, work, lines, partial=partial)

        imported = house.database.write(deed)
        card = report(imported)
        if as_json:
            say_json(dict(card.data))
        else:
            show(card, house.clock, "UTC")
    return SOME_REFUSED if imported.reading.refused else 0


def export(file: Path | None, data: Path | None) -> int:
    """All customers, as they are at one instant."""
    with opened(data) as house, written_to(file) as out:
        count = house.database.read(lambda work: write_all(write(work.customers.all()), out)) - 1
    if file is not None:
        mention(f"{file}: {count:,} line{'s' * (count != 1)} of customers and subscriptions.")
    return 0


@contextmanager
def _lines_of(file: Path) -> Iterator[TextIO]:
    """The file's lines with their ends, in UTF-8; raises BadValue where that cannot be."""
    if str(file) == "-":
        yield sys.stdin
        return
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield lines
    except OSError as error:
        raise BadValue(f"{file} cannot be read: {error.strerror}.", "Name another file.") from error
    except UnicodeDecodeError as error:
        raise BadValue(f"{file} is not a text in UTF-8.", "Save it as “CSV UTF-8”.") from error
