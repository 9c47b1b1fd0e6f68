"""The command `thirdline`: time zone data first, then the command line, and every trouble in one sentence."""

from __future__ import annotations

import codecs
import errno
import io
import logging
import os
import sys
import zoneinfo

from bot.cli.app import app
from bot.domain.errors import Refusal

# sysexits.h calls 70 a mistake inside the program; the others are explained under `thirdline --help`.
REFUSED, BUG = 2, 70

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

log = logging.getLogger(__name__)


def main() -> None:
    """Run the command line and exit with its code."""
    # zoneinfo would take the system's data first, however old: then promises are an hour out after a law changes.
    zoneinfo.reset_tzpath(to=[])
    # Databases, backups, logs and exports hold what customers wrote: they are made for their owner alone.
    os.umask(0o077)
    _have_streams()
    _speak_utf_8()
    # Until a command keeps a log, nothing is to be logged onto the terminal.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        app(prog_name="thirdline")
    except Refusal as refusal:
        _tell(" ".join(part for part in (refusal.text, refusal.hint) if part))
        sys.exit(REFUSED)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            _tell(
                f"{error.filename or 'What the desk says'} cannot be written: the disk is full. Make room, then go on."
            )
            sys.exit(REFUSED)
        log.exception("The command failed.")
        _tell(f"Something went wrong inside Thirdline ({type(error).__name__}: {error}). {_where_to_look()}")
        if os.environ.get("THIRDLINE_LOG_LEVEL") == "DEBUG":
            raise
        sys.exit(BUG)


def _have_streams() -> None:
    """A stream that whoever started us had closed is one to nowhere, and no file of ours takes its number."""
    for name, flags, mode in (("stdin", os.O_RDONLY, "r"), ("stdout", os.O_WRONLY, "w"), ("stderr", os.O_WRONLY, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode))


def _speak_utf_8() -> None:
    """A terminal in the C locale says that it knows ASCII only, and knows more: so Python takes it, and so do we where
    Python was told not to. An encoding that somebody asked for by name is kept."""
    if "PYTHONIOENCODING" in os.environ:
        return
    for out in (sys.stdout, sys.stderr):
        if isinstance(out, io.TextIOWrapper) and codecs.lookup(out.encoding).name == "ascii":
            out.reconfigure(encoding="utf-8")


def _tell(sentence: str) -> None:
    """On standard error. A file may have had a part in the sentence, and no terminal is to obey it."""
    from adapters.console.escape import lines_of  # Help, which has no trouble to tell, loads no platform.

    sentence = "\n".join(lines_of(sentence))
    try:
        sys.stderr.write(f"{sentence}\n")
    except (OSError, UnicodeError):
        sys.stderr.write(sentence.encode("ascii", "replace").decode() + "\n")


def _where_to_look() -> str:
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.FileHandler) and os.path.exists(handler.baseFilename):
            return f"The log has the details: {handler.baseFilename}"
    return "thirdline --debug … shows the details."


if __name__ == "__main__":
    main()
