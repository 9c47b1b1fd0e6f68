"""The servers, shared by a module; each test has a mailbox of its own on them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.adapters.email.mailboxes.boxes import Box, DovecotBox, ImapBox
from tests.adapters.email.mailboxes.desk import Desk
from tests.doubles.mail.dovecot import PROGRAM, Dovecot, is_installed
from tests.doubles.mail.imap import ImapServer

NUMBERS = count(1)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def dovecot(certificate: Path) -> Iterator[Dovecot]:
    if not is_installed():
        why = f"NOT TESTED over a real mail server: {PROGRAM} is missing (apt-get install dovecot-imapd)"
        # In the summary of every run; elsewhere a warning is an error.
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(pytest.PytestWarning(why), stacklevel=1)
        pytest.skip(why)
    with Dovecot(certificate) as server:
        yield server


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


@pytest.fixture(params=["dovecot", "double"])
def box(request: pytest.FixtureRequest) -> Box:
    """A mailbox on each of both."""
    if request.param == "double":
        return ImapBox(request.getfixturevalue("server"))
    return DovecotBox(request.getfixturevalue("dovecot"), f"user{next(NUMBERS)}")
