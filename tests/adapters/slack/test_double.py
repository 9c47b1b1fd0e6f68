"""The double of Slack, seen through Slack's own client libraries: it gives, refuses and loses as Slack does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.doubles.slack import Message, View, Workspace
from tests.doubles.slack.fixtures import settle


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(patience=3.0) as workspace:
        settle(workspace)
        yield workspace
        assert workspace.faults == []


@pytest.fixture
def client(slack: Workspace) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "plain_text", "text": text}}


def modal(*blocks: dict[str, Any], title: str = "Title") -> dict[str, Any]:
    plain = {"type": "plain_text"}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {**plain, "text": title},
        "submit": {**plain, "text": "Open"},
        "blocks": list(blocks),
    }


def subject() -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": "subject",
        "label": {"type": "plain_text", "text": "Subject"},
        "element": {"type": "plain_text_input", "action_id": "value", "max_length": 20},
    }


def refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        call(**arguments)
    return str(refused.value.response["error"])


def test_a_message_is_posted_changed_and_deleted(slack: Workspace, client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C0DESK", text="one", blocks=[section("one")])["ts"]
    client.chat_update(channel="C0DESK", ts=ts, text="two")

    assert [(one.text, one.ts) for one in slack.messages("C0DESK")] == [("two", ts)]
    assert client.chat_delete(channel="C0DESK", ts=ts)["ok"]
    assert slack.messages("C0DESK") == []
    assert refusal(client.chat_update, channel="C0DESK", ts=ts, text="three") == "message_not_found"


def test_places_that_the_app_cannot_see_or_write_to_are_refused(slack: Workspace, client: WebClient) -> None:
    slack.channel("C0OLD", "old", archived=True)

    assert refusal(client.chat_postMessage, channel="C0NONE", text="x") == "channel_not_found"
    assert refusal(client.chat_postMessage, channel="C0OUT", text="x") == "not_in_channel"
    assert refusal(client.chat_postMessage, channel="C0OLD", text="x") == "is_archived"


def test_tokens_and_scopes_are_looked_at(slack: Workspace, client: WebClient) -> None:
    assert refusal(WebClient("xoxb-wrong", base_url=slack.api_url).auth_test) == "invalid_auth"
    assert "chat:write" in client.auth_test().headers["x-oauth-scopes"]
    slack.grants("commands")
    assert refusal(client.chat_postMessage, channel="C0DESK", text="x") == "missing_scope"


def test_what_is_beyond_the_limits_is_refused_and_remembered(slack: Workspace, client: WebClient) -> None:
    error = refusal(client.chat_postMessage, channel="C0DESK", text="x", blocks=[section("y" * 3001)])

    assert error == "invalid_blocks"
    assert slack.forgive() == ["chat.postMessage: must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]


def test_a_lost_answer_is_a_message_all_the_same(slack: Workspace, client: WebClient) -> None:
    slack.fails("chat.postMessage", lost_after=True)
    with pytest.raises(Exception, match=r"(?i)remote|closed|reset"):
        client.chat_postMessage(
            channel="C0DESK", text="x", metadata={"event_type": "thirdline_parcel", "event_payload": {"parcel": 7}}
        )

    found = client.conversations_history(channel="C0DESK", include_all_metadata=True)["messages"]
    assert [one["metadata"]["event_payload"]["parcel"] for one in found] == [7]


def test_a_busy_channel_makes_wait(slack: Workspace, client: WebClient) -> None:
    slack.one_a_second()
    client.chat_postMessage(channel="C0DESK", text="x")
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="C0DESK", text="x")

    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"


def test_a_trigger_opens_one_modal(slack: Workspace, client: WebClient) -> None:
    trigger = slack.state.trigger("U0ANN")
    client.views_open(trigger_id=trigger, view=modal(subject()))

    seen = slack.view_of("U0ANN")
    assert seen is not None
    assert seen.inputs == ["Subject"]
    assert refusal(client.views_open, trigger_id=trigger, view=modal(subject())) == "exchanged_trigger_id"
    old = slack.state.trigger("U0ANN")
    slack.state.triggers[old].made -= 4
    assert refusal(client.views_open, trigger_id=old, view=modal(subject())) == "expired_trigger_id"


def test_a_changed_view_has_another_hash(slack: Workspace, client: WebClient) -> None:
    view = client.views_open(trigger_id=slack.state.trigger("U0ANN"), view=modal(subject()))["view"]
    client.views_update(view_id=view["id"], hash=view["hash"], view=modal(section("x")))

    assert (
        refusal(client.views_update, view_id=view["id"], hash=view["hash"], view=modal(section("y"))) == "hash_conflict"
    )


def test_reactions_are_counted_once(slack: Workspace, client: WebClient) -> None:
    ts = slack.says("U0ANN", "C0TALK", "help")
    client.reactions_add(channel="C0TALK", timestamp=ts, name="eyes")

    assert refusal(client.reactions_add, channel="C0TALK", timestamp=ts, name="eyes") == "already_reacted"
    assert slack.message("C0TALK", ts).emoji == ["eyes"]
    client.reactions_remove(channel="C0TALK", timestamp=ts, name="eyes")
    assert refusal(client.reactions_remove, channel="C0TALK", timestamp=ts, name="eyes") == "no_reaction"


def test_what_people_type_is_escaped_and_linked_as_slack_does_it(slack: Workspace) -> None:
    ts = slack.says("U0ANN", "C0TALK", "a < b & <@U0BOB> https://x.example it@acme.example")

    assert slack.message("C0TALK", ts).text == (
        "a &lt; b &amp; <@U0BOB> <https://x.example> <mailto:it@acme.example|it@acme.example>"
    )


def test_a_message_and_a_view_are_read_as_words(slack: Workspace, client: WebClient) -> None:
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Claim"}, "value": "1"}
    client.chat_postMessage(
        channel="C0DESK", text="t", blocks=[section("#1 printer"), {"type": "actions", "elements": [button]}]
    )

    (shown,) = slack.messages("C0DESK")
    assert isinstance(shown, Message)
    assert (shown.words, shown.buttons) == ("#1 printer\nClaim", ["Claim"])
    assert View(modal(section("hello"))).words == "hello"


def test_a_reply_to_a_message_that_is_gone_is_put_into_the_channel(slack: Workspace, client: WebClient) -> None:
    ts = slack.says("U0ANN", "C0TALK", "help")
    slack.deletes("U0ANN", "C0TALK", ts)
    answer = client.chat_postMessage(channel="C0TALK", thread_ts=ts, text="Coming")

    assert "thread_ts" not in answer["message"]
    assert [one.text for one in slack.messages("C0TALK")] == ["Coming"]


def test_a_deleted_message_with_replies_keeps_its_thread(slack: Workspace, client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C0TALK", text="card")["ts"]
    slack.says("U0ANN", "C0TALK", "a note", thread=ts)
    slack.deletes("U0ANN", "C0TALK", ts)
    client.chat_postMessage(channel="C0TALK", thread_ts=ts, text="Coming")

    assert [one.text for one in slack.replies("C0TALK", ts)] == ["a note", "Coming"]
    assert refusal(client.chat_update, channel="C0TALK", ts=ts, text="x") == "cant_update_message"
