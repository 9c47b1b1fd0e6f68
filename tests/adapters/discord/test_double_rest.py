"""The double's REST API through discord.py's own HTTP: what it keeps, refuses, limits and loses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import discord
import pytest
from discord.http import Route

from tests.doubles.discord import Guild
from tests.doubles.discord.contract import route_of, violations
from tests.doubles.discord.fixtures import ANN, BOB, DESK, LEA, OUT, SUPPORT, TALK, TICKETS, settle

T = TypeVar("T")


@pytest.fixture
def town() -> Iterator[Guild]:
    with Guild(patience=3.0) as guild:
        settle(guild)
        yield guild
        assert guild.faults == []


def as_bot(town: Guild, work: Callable[[discord.Client], Coroutine[Any, Any, T]]) -> T:
    """Do something as the bot, with REST alone."""

    async def whole() -> T:
        Route.BASE = town.api_url
        async with discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30.0) as client:
            await client.login(town.token)
            return await work(client)

    return asyncio.run(whole())


async def channel_of(client: discord.Client, id: int) -> discord.TextChannel:
    found = await client.fetch_channel(id)
    assert isinstance(found, discord.TextChannel)
    return found


def test_a_message_notifies_only_whom_it_names(town: Guild) -> None:
    async def work(client: discord.Client) -> None:
        only_ann = discord.AllowedMentions(users=[discord.Object(ANN)], roles=False, everyone=False)
        desk = await channel_of(client, DESK)
        await desk.send(f"<@{ANN}> <@{BOB}> <@&{SUPPORT}> @everyone", allowed_mentions=only_ann)
        await desk.send(f"<@&{SUPPORT}>", embed=discord.Embed(title="Ticket #7", description="printer"))

    as_bot(town, work)
    first, second = town.messages(DESK)
    assert first.notified == {ANN}
    assert second.notified == {ANN, BOB, LEA}
    assert second.text == f"<@&{SUPPORT}>\nTicket #7\nprinter"


def test_one_nonce_is_one_message_also_when_the_answer_is_lost(town: Guild) -> None:
    async def work(client: discord.Client) -> None:
        body = {"content": "once", "nonce": "parcel-1", "enforce_nonce": True}
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=TALK)
        town.fails("POST /channels/*/messages", lost_after=True)
        with pytest.raises(Exception, match="disconnected"):
            await client.http.request(route, json=body)
        answer = await client.http.request(route, json=body)
        assert int(answer["id"]) == town.messages(TALK)[0].id

    as_bot(town, work)
    assert [one.nonce for one in town.messages(TALK)] == ["parcel-1"]
    assert [one.status for one in town.calls("POST", "/messages")] == [0, 200]


def test_threads_wake_for_words_and_stay_shut_when_locked(town: Guild) -> None:
    async def work(client: discord.Client) -> None:
        card = await (await channel_of(client, DESK)).send("card")
        thread = await card.create_thread(name="#7 printer")
        town.archives(thread.id)
        await thread.send("spoken to")
        assert not town.thread(thread.id).archived
        await thread.edit(archived=True, locked=True)
        with pytest.raises(discord.HTTPException, match="archived"):
            await thread.edit(auto_archive_duration=60)

    as_bot(town, work)
    (thread,) = town.threads(DESK)
    assert (thread.name, thread.archived, thread.locked) == ("#7 printer", True, True)
    with pytest.raises(Exception, match="archived"):
        town.says("Ann", thread, "let me in")


def test_a_channel_is_renamed_twice_in_ten_minutes(town: Guild) -> None:
    async def work(client: discord.Client) -> None:
        thread = await (await channel_of(client, TALK)).create_thread(
            name="one", type=discord.ChannelType.public_thread
        )
        await thread.edit(name="two")
        await thread.edit(name="three")
        with pytest.raises(discord.RateLimited):
            await thread.edit(name="four")
        town.passes(600)
        await thread.edit(name="four")

    as_bot(town, work)
    assert town.threads(TALK)[0].name == "four"


def test_a_post_in_a_forum_has_tags(town: Guild) -> None:
    async def work(client: discord.Client) -> None:
        forum = await client.fetch_channel(TICKETS)
        assert isinstance(forum, discord.ForumChannel)
        made = await forum.create_thread(name="printer", content="on fire", applied_tags=[forum.available_tags[0]])
        assert made.thread.id == made.message.id
        await made.thread.edit(applied_tags=[forum.available_tags[1]])

    as_bot(town, work)
    (post,) = town.threads("tickets")
    assert post.tags == ("waiting",)
    assert [one.text for one in town.messages(post)] == ["on fire"]


def test_what_the_bot_may_not_is_refused(town: Guild) -> None:
    town.forbids(TALK, "send_messages")
    town.closes_direct("Bob")

    async def work(client: discord.Client) -> list[int]:
        codes = []
        for attempt in (
            lambda: client.fetch_channel(OUT),
            lambda: client.get_partial_messageable(TALK).send("no"),
            lambda: client.http.request(Route("GET", "/guilds/{guild_id}/members", guild_id=town.guild_id)),
            lambda: _direct(client),
        ):
            with pytest.raises(discord.Forbidden) as refused:
                await attempt()
            codes.append(refused.value.code)
        return codes

    async def _direct(client: discord.Client) -> None:
        await (await client.fetch_user(BOB)).send("hello")

    assert as_bot(town, work) == [50001, 50013, 50001, 50007]
    assert town.invalid_requests == 4


def test_limits_are_kept_or_waited_for(town: Guild) -> None:
    town.limits("POST /channels/*/messages", 1, 0.3)

    async def work(client: discord.Client) -> None:
        talk = await channel_of(client, TALK)
        town.fails("POST *", rate_limit=0.1)
        await talk.send("first")
        await talk.send("second")
        with pytest.raises(discord.HTTPException):
            await talk.send("x" * 2001)

    as_bot(town, work)
    assert [one.text for one in town.messages(TALK)] == ["first", "second"]
    assert [one.status for one in town.calls("POST", "/messages")] == [429, 200, 200, 400]
    assert len(town.forgive()) == 1


def test_what_discord_does_not_know_is_a_fault(town: Guild) -> None:
    async def work(client: discord.Client) -> None:
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=TALK)
        with pytest.raises(discord.HTTPException):
            await client.http.request(route, json={"content": "hello", "colour": "red"})
        with pytest.raises(discord.NotFound):
            await client.http.request(Route("GET", "/desk"))

    as_bot(town, work)
    assert ["colour" in fault or "no such route" in fault for fault in town.forgive()] == [True, True, True]


def test_a_token_that_was_reset_is_refused(town: Guild) -> None:
    town.fails("GET /users/@me", status=401)
    with pytest.raises(discord.LoginFailure):
        as_bot(town, lambda client: asyncio.sleep(0))


def test_commands_are_registered_whole_and_shown_to_whom_they_are_for(town: Guild) -> None:
    for_leads = {"name": "desk", "description": "The desk", "default_member_permissions": 32}
    for_all = {"name": "ticket", "description": "Tickets", "options": []}

    async def work(client: discord.Client) -> None:
        route = Route("PUT", f"/applications/{client.application_id}/guilds/{town.guild_id}/commands")
        await client.http.request(route, json=[for_leads, for_all])
        with pytest.raises(discord.HTTPException):
            await client.http.request(route, json=[for_all, for_all])

    as_bot(town, work)
    assert (town.offered("Ann", TALK, "ticket"), town.offered("Ann", TALK, "desk")) == (True, False)
    assert [fault for fault in town.forgive() if "must be unique" not in fault] == []
    with pytest.raises(AssertionError, match="not offered"):
        town.slash("Ann", TALK, "desk")


def test_more_than_discord_offers_while_typing_is_refused() -> None:
    route = route_of("POST", "/interactions/1/token/callback")
    assert route is not None
    choices = [{"name": str(number), "value": number} for number in range(26)]
    (too_many,) = violations(route, {}, {"type": 8, "data": {"choices": choices}}, 0)
    assert not too_many.overlooked
    assert list(violations(route, {}, {"type": 8, "data": {"choices": choices[:25]}}, 0)) == []
