"""Other systems hear what happens to tickets: signed, in order, once each by its name, and nothing that is the desk's
own business."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clocks import MovableClock
from bot.domain.errors import Refusal
from bot.ports import ParcelState, Speaker, UnitOfWork
from bot.settings import Settings, read_settings
from bot.wiring import build
from commands.spec import Caller
from commands.sweep import sweep
from commands.ticket_reply import ticket_reply_for
from tests.adapters.webhook.receiver import SECRET
from tests.adapters.webhook.town import Hooked, hooked
from tests.town import MONDAY_TEN, Town, words

ACME = '/ticket open "printer on fire" --customer acme --text "It smokes"'


def told(folder: Path, story: Callable[[Hooked], Coroutine[Any, Any, None]], **town: Any) -> None:
    async def run() -> None:
        async with hooked(folder, **town) as desk:
            await story(desk)

    asyncio.run(run())


def test_each_deed_is_told_as_what_others_call_it_with_the_ticket_and_what_was_said(folder: Path) -> None:
    async def story(desk: Hooked) -> None:
        assert await desk.tells(ACME) == ["ticket.opened"]
        (opened,) = desk.receiver.heard
        assert opened["timestamp"] == "2026-10-05T14:00:00Z"
        assert opened["data"]["ticket"] | {"number": 1, "customer": "acme", "state": "new"} == opened["data"]["ticket"]
        assert "message" not in opened["data"], "What staff write when they open a ticket they write for the desk."
        assert await desk.tells("/ticket claim 1", "/ticket reply 1 try now") == ["ticket.claimed", "ticket.replied"]
        assert (
            desk.receiver.heard[-1]["data"]["message"] | {"by": "support", "text": "try now"}
            == (desk.receiver.heard[-1]["data"]["message"])
        )
        assert await desk.tells("/ticket said 1 it burns again") == ["ticket.message"]
        assert await desk.tells("/ticket wait 1 --until 2d", "/ticket close 1 solved") == ["ticket.status"] * 2
        assert [one["data"]["change"] for one in desk.receiver.heard[-2:]] == ["waiting", "closed"]
        assert desk.receiver.heard[-1]["data"]["ticket"]["state"] == "closed"

    told(folder, story)


def test_notes_tags_and_watchers_are_nobody_elses_business(folder: Path) -> None:
    async def story(desk: Hooked) -> None:
        await desk.tells(ACME, "/ticket claim 1")
        heard = await desk.tells("/ticket note 1 they are cross", "/ticket tag 1 cross", "/ticket watch 1")
        assert heard == []
        assert "cross" not in str(desk.receiver.heard)
        assert "ann" not in str(desk.receiver.heard)

    told(folder, story)


def test_a_broken_promise_is_told(folder: Path) -> None:
    async def story(desk: Hooked) -> None:
        await desk.tells(ACME)
        desk.clock.forward(hours=4)
        sweep(desk.house.database, desk.clock.now())
        assert await desk.tells() == ["ticket.breached"]
        assert desk.receiver.heard[-1]["data"]["promise"] == "first_response"

    told(folder, story)


def test_each_webhook_hears_what_it_wants_and_none_waits_for_another(folder: Path) -> None:
    async def story(desk: Hooked) -> None:
        desk.receiver.answers["/down"] = 503, {}
        await desk.tells(ACME, "/ticket said 1 hello?")
        states = {(one.place, one.card.data["webhook"]): one.state for one in desk.parcels()}
        assert states == {
            ("all", "ticket.opened"): ParcelState.SENT,
            ("all", "ticket.message"): ParcelState.SENT,
            ("some", "ticket.message"): ParcelState.SENT,
            ("down", "ticket.opened"): ParcelState.PLANNED,
            ("down", "ticket.message"): ParcelState.PLANNED,
        }

    hooks = {
        "all": {"url": "/a", "inside": True},
        "some": {"url": "/b", "inside": True, "events": ["ticket.message"]},
        "down": {"url": "/down", "inside": True},
    }
    told(folder, story, hooks=hooks)


def test_who_is_away_hears_of_a_ticket_in_order_once_it_is_back_under_the_same_names(folder: Path) -> None:
    async def story(desk: Hooked) -> None:
        desk.receiver.answers["/hooks"] = 500, {}
        assert await desk.tells(ACME, "/ticket claim 1", "/ticket close 1 solved") == []
        first = desk.receiver.asked[0].headers["webhook-id"]
        assert {one.headers["webhook-id"] for one in desk.receiver.asked} == {first}, "The others wait for the first."
        desk.receiver.answers.clear()
        desk.clock.forward(minutes=5)
        assert await desk.tells() == ["ticket.opened", "ticket.claimed", "ticket.status"]
        assert desk.receiver.ids[0] == first
        assert len(set(desk.receiver.ids)) == 3
        assert desk.platform.health().well

    told(folder, story)


def test_who_asks_for_patience_gets_it(folder: Path) -> None:
    async def story(desk: Hooked) -> None:
        desk.receiver.answers["/hooks"] = 429, {"Retry-After": "120"}
        await desk.tells(ACME)
        desk.receiver.answers.clear()
        desk.clock.forward(seconds=119)
        assert await desk.tells() == []
        desk.clock.forward(seconds=1)
        assert await desk.tells() == ["ticket.opened"]

    told(folder, story)


def test_what_is_refused_for_good_is_given_up_and_the_next_is_told(folder: Path) -> None:
    async def story(desk: Hooked) -> None:
        desk.receiver.answers["/hooks"] = 422, {}
        await desk.tells(ACME)
        assert [one.state for one in desk.parcels()] == [ParcelState.DEAD]
        assert "it answered 422" in desk.platform.health().words
        assert len(desk.alerts()) == 1
        desk.receiver.answers.clear()
        assert await desk.tells("/ticket claim 1") == ["ticket.claimed"]

    told(folder, story)


def test_nobody_is_followed_to_another_address(folder: Path) -> None:
    async def story(desk: Hooked) -> None:
        desk.receiver.answers["/hooks"] = 307, {"Location": desk.receiver.url("/elsewhere")}
        await desk.tells(ACME)
        assert [one.path for one in desk.receiver.asked] == ["/hooks"]
        assert [one.error for one in desk.parcels()] == ["it answered 307, and nobody is followed to another address"]

    told(folder, story)


@pytest.mark.parametrize("status", [401, 403, 404, 405, 409])
def test_a_receiver_that_is_being_set_up_anew_misses_nothing(folder: Path, status: int) -> None:
    async def story(desk: Hooked) -> None:
        desk.receiver.answers["/hooks"] = status, {}
        assert await desk.tells(ACME, "/ticket claim 1") == []
        desk.receiver.answers.clear()
        desk.clock.forward(hours=20)
        assert await desk.tells() == ["ticket.opened", "ticket.claimed"]

    told(folder, story)


def test_a_receiver_that_is_away_is_no_trouble_of_the_desks_own(folder: Path) -> None:
    """Its watchman would call people out of bed for it, and /health be 503."""

    async def story(desk: Hooked) -> None:
        desk.receiver.answers["/hooks"] = 503, {}
        await desk.tells(ACME)
        health = desk.platform.health()
        assert (health.well, health.words) == (True, "crm: it answered 503")

    told(folder, story)


def test_a_receiver_that_is_gone_is_told_of_once_and_left_alone(folder: Path) -> None:
    async def story(desk: Hooked) -> None:
        desk.receiver.answers["/hooks"] = 410, {}
        await desk.tells(ACME)
        await desk.tells("/ticket claim 1", "/ticket close 1 solved")
        assert len(desk.receiver.asked) == 1
        (said,) = desk.alerts()
        assert "The webhook “crm” was not told ticket.opened of #1, and will not be: it answered 410" in said

    told(folder, story)


def test_a_day_later_nobody_wants_to_hear_of_it(folder: Path) -> None:
    async def story(desk: Hooked) -> None:
        desk.receiver.answers["/hooks"] = 503, {}
        await desk.tells(ACME)
        assert desk.alerts() == []
        desk.clock.forward(days=1, minutes=2)
        await desk.tells()
        assert [one.state for one in desk.parcels()] == [ParcelState.DEAD]
        (said,) = desk.alerts()
        assert "was not told ticket.opened of #1, and will not be: it is more than 1 days old" in said

    told(folder, story)


def test_without_webhooks_nothing_is_posted_for_them(folder: Path) -> None:
    town = Town(folder)
    town.does("ann", ACME)
    assert town.database.read(lambda work: [one.platform for one in work.outbox.of_ticket(1)]) == ["console"]
    town.close()


@pytest.mark.parametrize(
    ("wrong", "told_of"),
    [
        ({"url": "http://crm.example/hooks"}, "over the internet it is https"),
        ({"url": "ftp://crm.example"}, "an address such as"),
        ({"secret": "short"}, "whsec_"),
        ({"secret": "whsec_c2hvcnQ="}, "whsec_"),
        ({"events": ["ticket.exploded"]}, "there is no event “ticket.exploded”"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused_before_the_desk_starts(
    folder: Path, wrong: dict[str, Any], told_of: str
) -> None:
    hook = {"url": "https://crm.example/hooks", "secret": SECRET} | wrong
    with pytest.raises(Refusal, match=told_of) as refused:
        read_settings(data=folder, webhooks={"crm": hook})
    assert SECRET not in str(refused.value)


def test_a_timestamp_is_that_of_the_attempt_and_the_event_keeps_its_own(folder: Path) -> None:
    async def story(desk: Hooked) -> None:
        desk.receiver.answers["/hooks"] = 503, {}
        await desk.tells(ACME)
        desk.receiver.answers.clear()
        desk.clock.forward(minutes=10)
        await desk.tells()
        first, last = desk.receiver.asked[0], desk.receiver.asked[-1]
        assert int(last.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == (
            timedelta(minutes=10).total_seconds()
        )
        assert desk.receiver.heard[0]["timestamp"] == "2026-10-05T14:00:00Z"

    told(folder, story)


def test_a_reply_is_told_once_it_cannot_be_taken_back_and_never_if_it_was(folder: Path) -> None:
    """With [email] undo, as the desk's own command has it."""
    reply = ticket_reply_for("", 10)

    async def story(desk: Hooked) -> None:
        def replies(work: UnitOfWork) -> None:
            caller = Caller(work.people.get("ann"), Speaker("console", "ann", "Ann"), desk.clock.now())
            reply(caller, work, ticket=work.tickets.get(1), text="try now")

        await desk.tells(ACME)
        desk.house.database.write(replies)
        assert await desk.tells() == []
        desk.says("/ticket unsend 1")
        desk.clock.forward(seconds=10)
        assert await desk.tells() == []
        desk.house.database.write(replies)
        desk.clock.forward(seconds=10)
        assert await desk.tells() == ["ticket.replied"]

    told(folder, story)


def test_what_waits_for_a_webhook_that_is_in_the_settings_no_more_ends_and_the_desk_is_told(folder: Path) -> None:
    async def left() -> None:
        async with hooked(folder) as town:
            town.says("/ticket open printer on fire --customer acme")
            town.says("/ticket claim 1")

    asyncio.run(left())
    house = build(Settings(data=folder), MovableClock(MONDAY_TEN), ("console",))
    try:
        for told in (["2 events for the webhook “crm” will not be told"], []):
            assert house.chores(MONDAY_TEN)
            parcels = house.database.write(lambda work: work.outbox.lease(MONDAY_TEN, 3600, 50, "console"))
            lines = [words(one.card).partition(":")[0] for one in parcels if one.place == "#alerts"]
            assert [line for line in lines if "webhook" in line] == told
        found = house.database.read(lambda work: work.outbox.of_ticket(1))
        assert [(one.state, one.error) for one in found if one.platform == "webhook"] == [
            (ParcelState.DEAD, "the webhook is in the settings no more")
        ] * 2
    finally:
        house.close()


def test_what_waits_for_a_webhook_that_is_still_there_goes_on_waiting(folder: Path) -> None:
    async def story() -> None:
        async with hooked(folder) as town:
            town.says("/ticket open printer on fire --customer acme")
            assert town.house.chores(town.clock.now())
            assert [one.state for one in town.parcels()] == [ParcelState.PLANNED]

    asyncio.run(story())
