"""The double of Slack and Bolt: what people do reaches an app over a socket and by signed HTTP, and comes again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.test_double import modal, section, subject
from tests.beside import LoopThread, listening
from tests.doubles.slack import Workspace
from tests.doubles.slack.fixtures import settle


class Desk:
    """A small app of Bolt's: answers everything, remembers what it heard."""

    def __init__(self, slack: Workspace) -> None:
        self.heard: list[Any] = []
        self.silent = 0
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        self.app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=True)
        self.app.command("/ticket")(self.command)
        self.app.action("claim")(self.action)
        self.app.view("form")(self.view)
        self.app.options("customer")(self.options)
        self.app.shortcut("new")(self.shortcut)
        for kind in ("app_mention", "message", "reaction_added", "app_home_opened"):
            self.app.event(kind)(self.event)

    async def command(self, ack: Any, command: Any, client: Any) -> None:
        if command["text"] == "form":
            await client.views_open(trigger_id=command["trigger_id"], view=modal(subject()))
            await ack()
        else:
            await ack(text=f"You said {command['text']}", blocks=[section("Claimed")])

    async def action(self, ack: Any, respond: Any, action: Any) -> None:
        await ack()
        await respond(text=f"Pressed {action['value']}", replace_original=False)

    async def view(self, ack: Any, view: Any) -> None:
        typed = view["state"]["values"]["subject"]["value"]["value"]
        if typed == "bad":
            await ack(response_action="errors", errors={"subject": "Say more."})
        else:
            self.heard.append(typed)
            await ack()

    async def options(self, ack: Any, payload: Any) -> None:
        names = [name for name in ("ACME", "Cobalt") if payload["value"].lower() in name.lower()]
        await ack(options=[{"text": {"type": "plain_text", "text": one}, "value": one.lower()} for one in names])

    async def shortcut(self, ack: Any, shortcut: Any, client: Any) -> None:
        await client.views_open(trigger_id=shortcut["trigger_id"], view=modal(subject()))
        await ack()

    async def event(self, ack: Any, event: Any) -> None:
        if self.silent:
            self.silent -= 1
            raise RuntimeError("busy")
        self.heard.append((event["type"], event.get("text") or event.get("reaction") or event.get("tab")))
        await ack()


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(patience=2.0, retries=(0.0, 0.05)) as workspace:
        settle(workspace)
        yield workspace
        assert workspace.faults == []


@pytest.fixture(params=["socket", "http"])
def desk(slack: Workspace, request: pytest.FixtureRequest) -> Iterator[Desk]:
    beside = LoopThread()
    beside.start()
    desk, end = beside.does(_socket(slack) if request.param == "socket" else _http(slack))
    slack.until(lambda: slack.sockets or request.param == "http")
    yield desk
    beside.does(end())
    beside.stop()


async def _socket(slack: Workspace) -> tuple[Desk, Any]:
    desk = Desk(slack)
    handler = AsyncSocketModeHandler(desk.app, slack.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # The library leaves it bare.
    return desk, handler.close_async


async def _http(slack: Workspace) -> tuple[Desk, Any]:
    desk = Desk(slack)
    runner, base = await listening(desk.app.web_app("/slack/events"))
    slack.http_to(f"{base}/slack/events")
    return desk, runner.cleanup


def test_a_command_is_answered_in_its_acknowledgement(slack: Workspace, desk: Desk) -> None:
    call = slack.command("U0ANN", "C0DESK", "/ticket", "claim 1")

    assert call.acknowledged
    assert call.words == "Claimed"
    assert [one.words for one in slack.ephemerals("U0ANN")] == ["Claimed"]


def test_a_button_is_answered_through_its_response_url(slack: Workspace, desk: Desk) -> None:
    button = {"type": "button", "action_id": "claim", "text": {"type": "plain_text", "text": "Claim"}, "value": "7"}
    message = slack.posts("C0DESK", "card", [{"type": "actions", "elements": [button]}])
    call = slack.press("U0ANN", message, "Claim")

    assert call.acknowledged
    slack.until(lambda: slack.ephemerals("U0ANN"))
    assert slack.ephemerals("U0ANN")[0].text == "Pressed 7"


def test_a_modal_shows_errors_and_then_closes(slack: Workspace, desk: Desk) -> None:
    slack.command("U0ANN", "C0DESK", "/ticket", "form")
    view = slack.view_of("U0ANN")
    assert view is not None

    assert slack.submit("U0ANN", view, {"Subject": "bad"}).errors == {"subject": "Say more."}
    assert slack.view_of("U0ANN") is not None
    slack.submit("U0ANN", view, {"subject": "printer"})
    assert slack.view_of("U0ANN") is None
    assert desk.heard == ["printer"]


def test_a_global_shortcut_opens_a_modal(slack: Workspace, desk: Desk) -> None:
    slack.global_shortcut("U0ANN", "new")

    view = slack.view_of("U0ANN")
    assert view is not None
    assert view.title == "Title"


def test_events_come_with_what_happened(slack: Workspace, desk: Desk) -> None:
    ts = slack.mentions("U0ANN", "C0TALK", "claim")
    slack.reacts("U0ANN", "eyes", "C0TALK", ts)
    slack.opens_home("U0ANN")

    slack.until(lambda: len(desk.heard) == 4)
    assert sorted(desk.heard) == [
        ("app_home_opened", "home"),
        ("app_mention", "<@U0DESK> claim"),
        ("message", "<@U0DESK> claim"),
        ("reaction_added", "eyes"),
    ]


def test_an_unanswered_event_comes_again(slack: Workspace, desk: Desk) -> None:
    desk.silent = 1
    slack.says("U0ANN", "C0TALK", "hello")

    slack.until(lambda: desk.heard)
    assert desk.heard == [("message", "hello")]
    assert slack.undelivered == []
