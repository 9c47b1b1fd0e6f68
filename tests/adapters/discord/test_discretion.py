"""discord.py's own log, as the operator wants it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from adapters.discord.wire.discretion import hush

LIBRARY = logging.getLogger("discord.gateway")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root, before = logging.getLogger(), (logging.getLogger().level, LIBRARY.level)
    LIBRARY.setLevel(logging.NOTSET)
    yield
    root.setLevel(before[0])
    LIBRARY.setLevel(before[1])


@pytest.mark.parametrize("wanted", [logging.INFO, logging.WARNING, logging.ERROR])
def test_the_library_logs_no_more_than_the_desk(wanted: int) -> None:
    logging.getLogger().setLevel(wanted)
    hush()
    assert LIBRARY.getEffectiveLevel() == wanted


def test_no_message_is_logged_even_where_the_desk_logs_all() -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    hush()
    hush()
    assert LIBRARY.getEffectiveLevel() == logging.INFO
    assert sum(type(one).__name__ == "Brief" for one in LIBRARY.filters) == 1
