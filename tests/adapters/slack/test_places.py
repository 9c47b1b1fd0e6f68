"""Places and clients: names to ids and back, what may be named to whom, and how patient a call is."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import pytest
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError

from adapters.slack.sending.places import STALE, Places
from adapters.slack.wire.clients import Clients
from bot.ports import CannotDeliver
from bot.proxies import proxy_to
from bot.settings import Channels, Slack
from tests.doubles.slack import Workspace
from tests.doubles.slack.fixtures import settle

T = TypeVar("T")


class Stopwatch:
    """Seconds that a test moves by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace() as workspace:
        settle(workspace)
        yield workspace
        assert workspace.faults == []


def asked(slack: Workspace, ask: Callable[[Clients, Places, Stopwatch], Awaitable[T]]) -> T:
    """What is found out in one event loop, with a session that is closed afterwards."""

    async def ask_it() -> T:
        clients, watch = Clients(Slack(bot_token=SecretStr(slack.bot_token), api_url=slack.api_url)), Stopwatch()
        await clients.open()
        try:
            return await ask(clients, Places(clients.asking, Channels(), watch), watch)
        finally:
            await clients.close()

    return asyncio.run(ask_it())


def test_a_channel_is_found_by_name_or_id_with_one_question(slack: Workspace) -> None:
    async def ask(clients: Clients, places: Places, watch: Stopwatch) -> list[str]:
        return [await places.id_of(name) for name in ("#desk", "desk", "C0DESK", "#alerts")]

    assert asked(slack, ask) == ["C0DESK", "C0DESK", "C0DESK", "C0ALERTS"]
    assert len(slack.calls("users.conversations")) == 1


def test_a_private_channel_is_not_named_to_others_and_the_desks_own_is(slack: Workspace) -> None:
    slack.channel("C0BOARD", "board", private=True)

    async def ask(clients: Clients, places: Places, watch: Stopwatch) -> list[str]:
        return [await places.name_of(id) for id in ("C0DESK", "C0TALK", "C0BOARD", "C0OUT", "D0ANN")]

    assert asked(slack, ask) == ["#desk", "#talk", "a private channel", "another channel", "a direct message"]


def test_the_desks_channels_that_the_app_is_not_in_are_known_once_slack_was_asked(slack: Workspace) -> None:
    slack.leaves(slack.bot_user, "C0ALERTS")

    async def ask(clients: Clients, places: Places, watch: Stopwatch) -> list[tuple[str, ...]]:
        before = places.missing()
        await places.refresh()
        assert places.is_desk("C0DESK")
        assert not places.is_desk("C0ALERTS")
        return [before, places.missing()]

    assert asked(slack, ask) == [(), ("#alerts",)]


def test_what_was_public_long_ago_or_tells_otherwise_is_held_to_be_private(slack: Workspace) -> None:
    slack.channel("C0HALL", "hall")

    async def ask(clients: Clients, places: Places, watch: Stopwatch) -> list[str]:
        told = [await places.name_of("C0HALL")]
        watch.seconds += STALE + 1
        told.append(places.called("C0HALL"))
        await places.refresh()
        told.append(places.called("C0HALL"))
        said = {"type": "message", "channel": "C0HALL", "channel_type": "channel", "text": "hello"}
        assert not places.heard(said)
        assert places.heard(said | {"channel_type": "group"})
        told.append(places.called("C0HALL"))
        slack.channel("C0HALL", "hall", private=True)
        told.append(await places.name_of("C0HALL"))
        assert places.heard(said | {"channel_type": "group", "subtype": "group_name"})
        return told

    assert asked(slack, ask) == ["#hall", "a private channel", "#hall", "another channel", "a private channel"]


def test_a_channel_that_the_app_joins_later_is_found_and_nobody_asks_all_the_time(slack: Workspace) -> None:
    async def ask(clients: Clients, places: Places, watch: Stopwatch) -> tuple[int, str]:
        for _ in range(5):
            with pytest.raises(CannotDeliver, match="in no channel called #out"):
                await places.id_of("#out")
        questions = len(slack.calls("users.conversations"))
        slack.channel("C0OUT", "out", has_bot=True)
        watch.seconds += 20
        return questions, await places.id_of("#out")

    assert asked(slack, ask) == (1, "C0OUT")


def test_what_slack_says_is_gone_is_looked_for_again(slack: Workspace) -> None:
    async def ask(clients: Clients, places: Places, watch: Stopwatch) -> tuple[str, str]:
        before = await places.id_of("#desk")
        slack.channel("C0DESK", "old-desk")
        slack.channel("C0NEW", "desk")
        places.forget("C0DESK")
        return before, await places.id_of("#desk")

    assert asked(slack, ask) == ("C0DESK", "C0NEW")


def test_a_conversation_and_a_group_are_asked_for_once(slack: Workspace) -> None:
    async def ask(clients: Clients, places: Places, watch: Stopwatch) -> list[str]:
        ids = [await places.direct("U0ANN") for _ in range(3)]
        return [
            *dict.fromkeys(ids),
            *[await places.group(name) for name in ("@support", "S0XYZ", "@nobody", "@nobody")],
        ]

    direct, *groups = asked(slack, ask)
    assert direct == slack.direct_channel("U0ANN")
    assert groups == ["S0SUP", "S0XYZ", "", ""]
    assert len(slack.calls("conversations.open")) == 1
    assert len(slack.calls("usergroups.list")) == 1


@pytest.mark.parametrize(("wait", "calls"), [(1, 2), (60, 1)])
def test_who_asks_waits_a_moment_when_slack_says_so_but_not_for_ever(slack: Workspace, wait: int, calls: int) -> None:
    slack.fails("conversations.open", rate_limit=wait)

    async def ask(clients: Clients, places: Places, watch: Stopwatch) -> bool:
        try:
            await places.direct("U0ANN")
        except CannotDeliver as trouble:
            return trouble.retry_after == wait
        return wait == 1

    assert asked(slack, ask)
    assert len(slack.calls("conversations.open")) == calls


def test_who_posts_repeats_nothing(slack: Workspace) -> None:
    slack.fails("chat.postMessage", rate_limit=1)

    async def ask(clients: Clients, places: Places, watch: Stopwatch) -> None:
        with pytest.raises(SlackApiError):
            await clients.posting.chat_postMessage(channel="C0DESK", text="Hello")

    asked(slack, ask)
    assert len(slack.calls("chat.postMessage")) == 1


@contextmanager
def environment(given: Mapping[str, str]) -> Iterator[None]:
    """These proxies and no others."""
    names = {name + case for name in ("http", "https", "no") for case in ("_proxy", "_PROXY")}
    names |= {name.upper() for name in names}
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    os.environ.update(given)
    try:
        yield
    finally:
        for name in given:
            del os.environ[name]
        os.environ.update(before)


def test_the_environments_proxy_is_taken_but_not_for_what_it_exempts() -> None:
    with environment({"https_proxy": "http://proxy:3128", "http_proxy": "http://proxy:3128", "no_proxy": "127.0.0.1"}):
        assert proxy_to("https://slack.com/api/") == "http://proxy:3128"
        assert proxy_to("http://127.0.0.1:8000/api/") is None
        local = Clients(Slack(bot_token=SecretStr("xoxb-1"), api_url="http://127.0.0.1:8000/api/"))
        assert (local.posting.proxy, local.asking.proxy) == (None, None)
