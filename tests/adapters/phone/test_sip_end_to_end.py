"""A page over real SIP: the desk, the provider, a gateway, and a telephone of another process that hears speech and
presses 1. Skipped, and said so, where the SIP stack has no wheel for this platform."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.domain.paging import PageState
from tests.adapters.phone.night import KIM, night

pytest.importorskip("baresip", reason="no wheel of baresip-python here: NO CALL GOES OVER REAL SIP IN THIS RUN")
pytestmark = pytest.mark.slow


class Handset:
    """A telephone in a process of its own, and what it told."""

    def __init__(self, key: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.doubles.phone.sip.handset", key],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.news()["listening"])

    def news(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def close(self) -> None:
        self._process.communicate(timeout=60)


@contextmanager
def handset(key: str) -> Iterator[Handset]:
    one = Handset(key)
    try:
        yield one
    finally:
        one.close()


def test_a_real_telephone_hears_the_page_and_takes_it_by_a_key(tmp_path: Path) -> None:
    with handset("1") as phone, night(tmp_path / "data", scale=1.0) as desk:
        kim = desk.phones.person(KIM, "Kim", sip=f"sip:kim@127.0.0.1:{phone.port}")
        desk.says("ann", "/ticket open server down --customer acme")
        assert phone.news() == {"answered": True}
        assert phone.news() == {"pressed": "1"}
        desk.phones.until(lambda: desk.page().state is PageState.ACKNOWLEDGED)
        closed = phone.news()
        assert closed["heard"] >= 0.5
        assert kim.call.keys == "1"
        assert desk.page().acknowledged_by == "kim"
        desk.phones.until(lambda: kim.call.over)
        assert kim.call.status == "completed"
