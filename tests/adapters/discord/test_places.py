"""Places and requests: what a channel may be called to whom, where a thread hangs, and how patient a request is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

import discord
import pytest
from pydantic import SecretStr

from adapters.discord.people.membership import sees
from adapters.discord.sending.lookup import find, nonce
from adapters.discord.sending.places import NOBODY_KNOWS, Places, is_private
from adapters.discord.wire.clients import Rest
from adapters.discord.wire.gateway import Gateway
from adapters.discord.wire.troubles import Away, in_words, may_be_there, undelivered
from bot.cards import Card
from bot.clocks import SystemClock
from bot.ports import CannotDeliver, Kind, Parcel, Urgency
from bot.settings import Channels, Discord
from tests.doubles.discord import Guild
from tests.doubles.discord.fixtures import ALERTS, ANN, BOB, DESK, OUT, SUPPORT, TALK, TICKETS, VIC, VIEWERS, settle

T = TypeVar("T")
Work = Callable[[Rest, Places], Awaitable[T]]


@pytest.fixture
def town() -> Iterator[Guild]:
    with Guild() as guild:
        settle(guild)
        yield guild
        assert guild.faults == []


def there(town: Guild, work: Work[T], patience: float = 5.0) -> T:
    """Do something with a connection to the town."""

    async def whole() -> T:
        settings = Discord(token=SecretStr(town.token), server=town.guild_id, api_url=town.api_url, notes=False)
        rest = Rest(patience)
        gateway = Gateway(settings, rest, SystemClock(), lambda event, data: None, content=False)
        await gateway.start()
        try:
            return await work(rest, Places(rest, Channels(alerts=str(ALERTS)), lambda: gateway.guild))
        finally:
            await gateway.stop()

    return asyncio.run(whole())


def test_own_channels_are_called_as_set_up_public_ones_by_name_and_private_ones_not(town: Guild) -> None:
    thread = town.starts_thread("Ann", TALK, "lunch")

    async def work(rest: Rest, places: Places) -> list[str]:
        return [places.called(*one) for one in ((DESK,), (ALERTS,), (TALK,), (thread.id,), (1, DESK), (TICKETS,), (2,))]

    assert there(town, work) == ["#desk", NOBODY_KNOWS, "#talk", "#talk", "#desk", NOBODY_KNOWS, NOBODY_KNOWS]


def test_channels_and_roles_are_found_by_name_and_by_id(town: Guild) -> None:
    async def work(rest: Rest, places: Places) -> None:
        assert (places.room("#desk").id, places.room(str(TICKETS)).id, places.room("talk").id) == (DESK, TICKETS, TALK)
        assert (places.team("@support"), places.team(str(SUPPORT)), places.team("bosses")) == ("301", "301", "")
        assert (places.team("here"), places.team("none")) == ("here", "")
        with pytest.raises(CannotDeliver, match="no text channel or forum called #nowhere"):
            places.room("#nowhere")
        with pytest.raises(CannotDeliver):
            places.room(str(OUT))

    there(town, work)


def test_who_sees_a_channel_is_told_by_its_overwrites(town: Guild) -> None:
    async def work(rest: Rest, places: Places) -> None:
        desk, talk = places.desk(), places.room("#talk")
        assert (is_private(desk), is_private(talk)) == (True, False)
        assert sees(desk, ANN, {SUPPORT})
        assert not sees(desk, VIC, {VIEWERS})
        assert sees(talk, VIC, {VIEWERS})

    there(town, work)


def test_a_conversation_is_opened_once(town: Guild) -> None:
    async def work(rest: Rest, places: Places) -> None:
        assert await places.direct(str(BOB)) == await places.direct(str(BOB))

    there(town, work)
    assert len(town.calls("POST", "/users/@me/channels")) == 1


def test_a_request_that_takes_too_long_is_left_to_itself(town: Guild) -> None:
    town.fails("GET /users/@me/guilds", slow=1.0)

    async def work(rest: Rest, places: Places) -> None:
        with pytest.raises(TimeoutError):
            await rest.call("GET", "/users/@me/guilds")

    there(town, work, patience=0.2)


def test_what_may_be_asked_once_only_is_waited_for_also_by_who_asks_again(town: Guild) -> None:
    town.fails("POST /channels/*/threads", slow=1.0)

    async def work(rest: Rest, places: Places) -> Any:
        while True:
            with suppress(TimeoutError):
                post = {"name": "#1", "message": {"content": "fire"}}
                return await rest.call("POST", f"/channels/{TICKETS}/threads", body=post, once="#1")

    made = there(town, work, patience=0.3)
    assert [str(one.id) for one in town.threads(TICKETS)] == [made["id"]]


def test_without_a_connection_nothing_is_sent_and_everything_known_to_be_unsent() -> None:
    async def work() -> None:
        with pytest.raises(Away) as away:
            await Rest().call("GET", "/users/@me")
        assert not may_be_there(away.value)
        assert not undelivered(away.value).unknown

    asyncio.run(work())


def test_a_message_is_found_among_many_by_its_words_and_not_taken_for_another(town: Guild) -> None:
    now = SystemClock().now()
    parcel = Parcel(7, Kind.NOTICE, "discord", "#talk", Card(), "it", Urgency.NOTICE, now)

    async def work(rest: Rest, places: Places) -> list[int | None]:
        async def post(text: str) -> int:
            body: dict[str, Any] = {"content": text}
            return int((await rest.call("POST", "/channels/{channel_id}/messages", channel_id=TALK, body=body))["id"])

        first = await post("**Bob**  took it")
        second = await post("**Bob** took it")
        body = {"content": "**Bob** took it"}
        return [
            await find(rest, parcel, TALK, body, {f"{TALK}:{first}"}) == second,
            await find(rest, parcel, TALK, body, {f"{TALK}:{first}", f"{TALK}:{second}"}),
            await find(rest, parcel, TALK, {"content": "else"}),
        ]

    town.says("Ann", TALK, "**Bob** took it")
    assert there(town, work) == [True, None, None]


def test_a_nonce_is_short_and_of_one_parcel_and_part() -> None:
    now = SystemClock().now()
    large = Parcel(2**63 - 1, Kind.NOTICE, "discord", "#talk", Card(), "it", Urgency.NOTICE, now)
    small = Parcel(0, Kind.NOTICE, "discord", "#talk", Card(), "it", Urgency.NOTICE, now)
    made = {nonce(large), nonce(large, "c"), nonce(small), nonce(small, "c")}
    assert len(made) == 4
    assert max(map(len, made)) <= 25


def test_what_discord_says_without_a_word_of_ours_is_given_back(town: Guild) -> None:
    town.fails("GET /users/@me/guilds", status=418, code=99)

    async def work(rest: Rest, places: Places) -> str:
        with pytest.raises(discord.HTTPException) as refused:
            await rest.call("GET", "/users/@me/guilds")
        return in_words(refused.value)[0]

    assert there(town, work) == "Discord says 418 (99): Ordered by the test"
