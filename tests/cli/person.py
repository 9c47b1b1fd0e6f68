"""A person at a terminal of their own, who reads what a command says and types, also unseen."""

from __future__ import annotations

import errno
import os
import pty
import select
import subprocess
import sys
from codecs import getincrementaldecoder
from contextlib import suppress

from tests.cli.terminal import environment

# Takes the terminal for its own and hears Ctrl-C, as a shell would have seen to: whatever runs in the background
# ignores it, and hands that on to its children.
_AT_A_TERMINAL = """
import fcntl, signal, termios
signal.signal(signal.SIGINT, signal.default_int_handler)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from bot.__main__ import main
main()
"""


class Terminal:
    """A person at a terminal of their own: what is typed unseen is typed unseen here, too."""

    def __init__(self, *words: str) -> None:
        self.seen = ""
        self._heard = 0
        self._decoder = getincrementaldecoder("utf-8")()
        self._end, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _AT_A_TERMINAL, *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment(),
            start_new_session=True,
        )
        os.close(theirs)

    def until(self, words: str) -> None:
        """Read on until these words have come."""
        while words not in self.seen[self._heard :]:
            ready, _, _ = select.select([self._end], [], [], 60)
            assert ready, f"{words!r} never came:\n{self.seen}"
            self.seen += self._read()
        self._heard = self.seen.index(words, self._heard) + len(words)

    def types(self, line: str) -> None:
        os.write(self._end, f"{line}\n".encode())

    def interrupts(self) -> None:
        """Press Ctrl-C, and again where nothing came of it: Python may miss it just as it begins to read a line."""
        for _ in range(20):
            os.write(self._end, b"\x03")
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(3)
                return

    def code(self) -> int:
        """How it ended."""
        with suppress(EOFError):
            while True:
                self.seen += self._read()
        return self.process.wait(60)

    def _read(self) -> str:
        """What has come. Raises EOFError when it has ended."""
        try:
            read = os.read(self._end, 4096)
        except OSError as error:
            if error.errno != errno.EIO:  # So Linux says that nobody is at the other end any more.
                raise
            read = b""
        if not read:
            raise EOFError(self.seen)
        return self._decoder.decode(read)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._end)
