"""Processes of the desk that start at once: a fork of one that has imported everything (`fork_server`).

For tests of what a running desk does. That it starts from nothing is proved by the tests that start an interpreter.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import BinaryIO


class ForkServer:
    """The process that is forked; it ends with ours at the latest."""

    def __init__(self) -> None:
        self._requests, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.doubles.fork_server", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "OPENBLAS_NUM_THREADS": "1"},
            )

    def forks(self, *files: int) -> None:
        """Ask for a process with these files: see `fork_server`."""
        socket.send_fds(self._requests, [b"+"], files)

    def close(self) -> None:
        self._requests.close()
        self._process.wait()


@cache
def server() -> ForkServer:
    """One for each process of the tests, started when it is first needed."""
    started = ForkServer()
    atexit.register(started.close)
    return started


class Forked:
    """`python -m MODULE WORDS` with its streams in our hands, as binary files."""

    def __init__(self, module: str, *words: str, environment: Mapping[str, str]) -> None:
        given, stdin = os.pipe()
        stdout, out = os.pipe()
        stderr, err = os.pipe()
        self._status, status = os.pipe()
        wanted = {"module": module, "words": words, "environment": dict(environment), "folder": os.getcwd()}
        with tempfile.TemporaryFile() as what:
            what.write(json.dumps(wanted).encode())
            what.seek(0)
            server().forks(what.fileno(), given, out, err, status)
        for file in (given, out, err, status):
            os.close(file)
        self.stdin: BinaryIO = os.fdopen(stdin, "wb")
        self.stdout: BinaryIO = os.fdopen(stdout, "rb")
        self.stderr: BinaryIO = os.fdopen(stderr, "rb")
        self.returncode: int | None = None
        self.pid = self._told()

    def poll(self) -> int | None:
        """Its exit code if it has ended: -9 for a kill."""
        return self._ended(0)

    def wait(self, timeout: float) -> int:
        """The exit code, within so many seconds. Raises subprocess.TimeoutExpired."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired([str(self.pid)], timeout)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """To the process, if it lives."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def communicate(self, given: bytes, timeout: float) -> tuple[bytes, bytes]:
        """Type all of this, and read what it writes until its end. Raises subprocess.TimeoutExpired."""
        with ThreadPoolExecutor(3) as pool:
            out, err = pool.submit(self.stdout.read), pool.submit(self.stderr.read)
            pool.submit(self._types, given)
            try:
                self.wait(timeout)
            except BaseException:
                self.send_signal(signal.SIGKILL)
                raise
        self.close()
        return out.result(), err.result()

    def close(self) -> None:
        """Let go of its streams, once it has ended."""
        for stream in (self.stdin, self.stdout, self.stderr):
            with suppress(BrokenPipeError):  # It has ended before it read all that was typed.
                stream.close()

    def _types(self, given: bytes) -> None:
        with suppress(BrokenPipeError):
            self.stdin.write(given)
            self.stdin.close()

    def _ended(self, seconds: float) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], seconds)[0]:
            self.returncode = self._told()
            os.close(self._status)
        return self.returncode

    def _told(self) -> int:
        """The next number that the server tells of it."""
        line = b""
        while not line.endswith(b"\n"):
            byte = os.read(self._status, 1)
            assert byte, "The server of processes is gone."
            line += byte
        return int(line)
