"""The fixture `slack`: a workspace with a desk's people and channels, which ends without a fault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.doubles.slack.workspace import Workspace


def account_of(who: str) -> str:
    """The account of one of the town's people."""
    return f"U0{who.upper()}"


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """Ann, Bob and Lea in the private desk channel C0DESK; C0ALERTS is public; Vic is elsewhere, Gus a guest."""
    with Workspace() as workspace:
        settle(workspace)
        yield workspace
        assert workspace.faults == []


def settle(slack: Workspace) -> None:
    """The people and places of the town."""
    for id, name in (("U0ANN", "Ann"), ("U0BOB", "Bob"), ("U0LEA", "Lea"), ("U0VIC", "Vic"), ("U0ZOE", "Zoe")):
        slack.person(id, name)
    slack.person("U0GUS", "Gus", guest=True)
    everybody = ("U0ANN", "U0BOB", "U0LEA", "U0VIC", "U0ZOE", "U0GUS")
    slack.channel("C0DESK", "desk", private=True, members=("U0ANN", "U0BOB", "U0LEA"))
    slack.channel("C0ALERTS", "alerts", members=("U0ANN", "U0BOB", "U0LEA"))
    slack.channel("C0TALK", "talk", members=everybody)
    slack.channel("C0OUT", "out", members=everybody, has_bot=False)
    slack.group("S0SUP", "support", ("U0ANN", "U0BOB"))
