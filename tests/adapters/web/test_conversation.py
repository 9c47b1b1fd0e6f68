"""What a customer may read of a history: a reply that can still be taken back, or was, is none of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.web.customer.conversation import conversation, may_have
from bot.domain.history import Deed, Event
from tests.town import Town

NOON = datetime(2026, 10, 5, 16, 0, tzinfo=UTC)
SHOWN = frozenset({Deed.CALLED, Deed.CLOSED, Deed.MERGED, Deed.OPENED, Deed.RATED, Deed.REFERRED, Deed.REMOTE})
SHOWN |= {Deed.REOPENED, Deed.REPLIED, Deed.SAID, Deed.WAITING}


@pytest.fixture
def town(tmp_path: Path) -> Any:
    made = Town(tmp_path)
    yield made
    made.close()


def event(seq: int, deed: Deed, by: str = "ann", after: int = 0, **data: Any) -> Event:
    return Event(1, seq, NOON + timedelta(seconds=after), by, "console", deed, data)


def test_a_reply_is_read_once_it_cannot_be_taken_back_any_more(town: Town) -> None:
    policy = town.database.read(lambda work: work.promises.policy)
    files = [{"name": "plan.pdf"}]
    leaves = int(NOON.timestamp()) + 10
    replied = event(2, Deed.REPLIED, text="at once", files=files, leaves=leaves)
    history = [event(1, Deed.OPENED), replied, event(3, Deed.REPLIED, leaves=leaves)]
    history.append(event(4, Deed.UNSENT, reply=3))
    for seconds, seen in ((9, [1]), (10, [1, 2]), (1000, [1, 2])):
        now = NOON + timedelta(seconds=seconds)
        assert [one.seq for one in conversation(history, {"ann": "Ann"}, frozenset(), policy, now)] == seen
        assert may_have(history, (2, 1), now) == (2 in seen)
        assert not may_have(history, (3, 1), now)


def test_only_what_is_named_is_shown_so_that_a_deed_of_tomorrow_is_the_desks_own_business(town: Town) -> None:
    policy = town.database.read(lambda work: work.promises.policy)
    for deed in Deed:
        told: dict[str, Any] = {"text": "SECRET", "reason": "SECRET", "resolution": "solved", "into": 2, "rating": 3}
        shown = conversation([event(1, deed, **told)], {"ann": "Ann Surname"}, frozenset(), policy, NOON)
        assert bool(shown) == (deed in SHOWN), deed
        for one in shown:
            assert (one.text == "SECRET") == (deed in (Deed.SAID, Deed.REPLIED)), deed
            assert "Surname" not in one.who


def test_files_that_staff_opened_a_ticket_with_are_the_desks_own_as_their_names_are() -> None:
    files = [{"name": "passwords.txt"}]
    for event_of_files, theirs in (
        (event(1, Deed.OPENED, files=files), False),
        (event(1, Deed.OPENED, by="customer", files=files), True),
        (event(1, Deed.OPENED, by="api:", files=files), True),
        (event(1, Deed.NOTED, files=files), False),
        (event(1, Deed.SAID, by="customer", files=files), True),
    ):
        assert may_have([event_of_files], (1, 1), NOON) is theirs
        assert not may_have([event_of_files], (1, 2), NOON)
