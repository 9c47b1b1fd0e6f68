"""Every journey runs over both databases, and at its end the records must add up to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.story import Story
from tests.town import Town


@pytest.fixture
def story(either_town: Town) -> Iterator[Story]:
    """A settled town (see `Town.settle`) with a clock that goes through time."""
    told = Story(either_town)
    yield told
    told.is_on_record()
    told.town.close()
