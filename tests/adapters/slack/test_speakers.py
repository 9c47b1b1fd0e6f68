"""Who is speaking: an older answer undoes no event, and the people of other workspaces are none of ours."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.people.speakers import Profile, Speakers, Workspace
from bot.domain.errors import NotAllowed
from bot.workers import Tasks

HOME = Workspace("T0HOME", "E0HOME")


class Slow(AsyncWebClient):
    """Answers who somebody is when it is told to, with what was so when it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.free = asyncio.Event(), asyncio.Event()

    async def users_info(self, **how: Any) -> Any:
        self.asked.set()
        await self.free.wait()
        return {"user": {"id": how["user"], "tz": "America/Toronto"}}


def test_an_answer_that_an_event_has_overtaken_is_not_believed() -> None:
    async def zone() -> str:
        client = Slow()
        speakers = Speakers(client, Tasks(), lambda: ("U0BOB",), lambda: 0.0)
        speakers.warm()
        await client.asked.wait()
        speakers.changed({"id": "U0BOB", "tz": "America/Vancouver"})
        client.free.set()
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not asyncio.current_task()))
        return (await speakers.of("U0BOB")).zone

    assert asyncio.run(zone()) == "America/Vancouver"


@pytest.mark.parametrize(
    ("user", "is_ours"),
    [
        ({"team_id": "T0HOME"}, True),
        ({}, True),
        ({"team_id": "T0OTHER"}, False),
        ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0HOME"}}, True),
        ({"team_id": "T0OTHER", "enterprise_user": {"enterprise_id": "E0OTHER"}}, False),
    ],
)
def test_people_of_another_organisation_who_share_a_channel_get_nothing(user: dict[str, Any], is_ours: bool) -> None:
    assert (Profile.read(user, HOME).barred == "") is is_ours


def test_somebody_of_another_workspace_is_told_so() -> None:
    async def speak() -> None:
        speakers = Speakers(Slow(), Tasks(), tuple, lambda: 0.0, HOME)
        speakers.changed({"id": "U0EVE", "team_id": "T0OTHER", "is_stranger": False})
        await speakers.of("U0EVE")

    with pytest.raises(NotAllowed, match="its own workspace only"):
        asyncio.run(speak())
