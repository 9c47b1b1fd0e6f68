"""What a command prints: lines, JSON for programs, and files that appear whole."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from adapters.console.escape import lines_of
from bot.domain.errors import BadValue


def say(line: str = "") -> None:
    """A line on standard output; what the terminal's encoding lacks becomes a question mark."""
    _write(sys.stdout, line)


def mention(line: str) -> None:
    """A line on standard error: a word to the person where standard output belongs to a program."""
    _write(sys.stderr, line)


def say_json(value: Any) -> None:
    """A value for programs, indented for the person who looks over their shoulder."""
    say(json.dumps(value, indent=2, default=str))


@contextmanager
def written_to(file: Path | None, *, force: bool = False) -> Iterator[TextIO]:
    """Standard output, or a new file that appears whole under its name or not at all. Raises BadValue.

    A file that is there is written over by `force` only.
    A pipe or a device is written into: putting a file in its place would take /dev/null from the whole machine.
    """
    if file is None or str(file) == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    if file.is_file() and not force:
        raise BadValue(f"{file} exists already.", "Name another file, or write over it with --force.")
    into_place = not file.exists() or file.is_file() or file.is_dir()
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        if not into_place:
            with file.open("w", encoding="utf-8", newline="") as out:
                yield out
            return
        with draft.open("w", encoding="utf-8", newline="") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    except OSError as error:
        raise BadValue(f"{file} cannot be written: {error.strerror}.", "Name another file.") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def write_all(lines: Iterable[str], out: TextIO) -> int:
    """Write lines as they come; returns how many there were."""
    count = 0
    for line in lines:
        out.write(line)
        count += 1
    return count


def _write(out: TextIO, line: str) -> None:
    """Names and texts in it may come from a stranger's file: the terminal shows them and does not obey them."""
    line = "\n".join(lines_of(line))
    encoding = out.encoding or "utf-8"
    out.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    out.flush()
