"""`python -m tests.doubles.fork_server FD`: processes that begin with the project imported, which takes a second.

Each byte on that socket is a request for a process and carries its files: what to run, standard input, output and
error, and where to say its number and, at its end, its exit code. Ends when nobody holds the other end any more.
"""

from __future__ import annotations

import gc
import io
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import tempfile
import time
import zoneinfo
from contextlib import suppress
from importlib import import_module

OURS = ("adapters", "bot", "commands", "storage", "tests.doubles.file_clock")
LATE = ("alembic.context", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.pysqlite")
"""What is loaded only when a database is opened."""


def main(descriptor: int) -> None:
    zoneinfo.reset_tzpath(to=[])
    _import_everything()
    # Ctrl-C goes to everybody at a terminal; this process ends when the one that asks it has ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # For ever: else the end of each process would look through all that was imported, for half a second.
    with socket.socket(fileno=descriptor) as requests:
        wanted = _forked(requests)
    if wanted is not None:
        _become(*wanted)


def _import_everything() -> None:
    for top in OURS:
        module = import_module(top)
        for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{top}."):
            # A program runs when it is imported, and so does a migration.
            if not found.name.endswith(".__main__") and not found.name.startswith("storage.migrations"):
                import_module(found.name)
    for name in LATE:
        import_module(name)


def _forked(requests: socket.socket) -> tuple[int, int, int, int] | None:
    """Serve until the end, which is None; in each new process, the files it was given."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    alive: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([requests.fileno(), woken], [], [])
        if woken in ready:
            os.read(woken, 512)
            _tell_who_ended(alive)
        if requests.fileno() in ready:
            asked, files, _, _ = socket.recv_fds(requests, 1, 5)
            if not asked:
                return None
            what, given, out, err, status = files
            number = os.fork()
            if number == 0:
                signal.set_wakeup_fd(-1)
                for file in (woken, wake, status, *alive.values()):
                    os.close(file)
                return what, given, out, err
            for file in (what, given, out, err):
                os.close(file)
            os.write(status, b"%d\n" % number)
            alive[number] = status


def _tell_who_ended(alive: dict[int, int]) -> None:
    while alive:
        number, status = os.waitpid(-1, os.WNOHANG)
        if number == 0:
            return
        file = alive.pop(number)
        with suppress(BrokenPipeError):  # Where nobody waits for it any more.
            os.write(file, b"%d\n" % os.waitstatus_to_exitcode(status))
        os.close(file)


def _become(what: int, *standard: int) -> None:
    """Be a new interpreter that was started with these words, in this folder and environment, on these files."""
    with open(what, "rb") as file:
        wanted = json.load(file)
    for number, given in enumerate(standard):
        os.dup2(given, number)
        os.close(given)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.chdir(wanted["folder"])
    time.tzset()
    tempfile.tempdir = None
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = _stream(number, getattr(sys, name))
        for known_as in (name, f"__{name}__"):
            setattr(sys, known_as, stream)
    sys.argv = [wanted["module"], *wanted["words"]]
    runpy.run_module(wanted["module"], run_name="__main__", alter_sys=True)


def _stream(number: int, old: io.TextIOWrapper) -> io.TextIOWrapper:
    """A standard stream anew, as an interpreter opens it."""
    raw = open(number, "wb" if number else "rb", closefd=False)  # noqa: SIM115 - as long as the process lives.
    through = number == 2 or bool(os.environ.get("PYTHONUNBUFFERED"))
    return io.TextIOWrapper(raw, old.encoding, old.errors, line_buffering=raw.isatty(), write_through=through)


if __name__ == "__main__":
    main(int(sys.argv[1]))
