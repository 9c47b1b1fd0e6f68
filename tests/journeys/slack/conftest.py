"""Every journey in Slack: the real desk in a process of its own, in a workspace that ends without a fault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doubles.premises import found_town
from tests.doubles.slack import Workspace
from tests.doubles.slack.desk import SlackDesk


@pytest.fixture
def slack() -> Iterator[Workspace]:
    # An unanswered event comes again when a killed desk is there again; Slack waits a minute and five.
    with Workspace(retries=(0.0, 6.0, 15.0)) as workspace:
        yield workspace
        assert workspace.faults == []


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_town(tmp_path_factory.mktemp("town") / "data")


@pytest.fixture
def desk(slack: Workspace, tmp_path: Path, town: Path) -> Iterator[SlackDesk]:
    with SlackDesk.alone(slack, tmp_path, town=town) as desk:
        yield desk
    desk.process.is_on_record()
