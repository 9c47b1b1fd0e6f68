"""The page about the API is true: its requests are sent as they stand there, and it tells every event and setting."""

from __future__ import annotations

import re
import shlex
from http import HTTPStatus
from pathlib import Path

from adapters.web.api.openapi import document
from bot.api_keys import SCOPES
from bot.domain.webhooks import EVENTS
from bot.settings import Webhook
from tests.adapters.web.api.serving import Api, Reply

PAGE = (Path(__file__).parents[4] / "docs" / "api.md").read_text(encoding="utf-8")
CURLS = re.findall(r"^```sh\n(curl .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def sent(api: Api, line: str) -> Reply:
    """What curl would send: -d makes it a POST. The desk that the README makes has the customer under a longer name."""
    words = iter(shlex.split(line.replace("\\\n", " ").replace("acme-ltd", "acme"))[1:])
    method, headers, body, url = "", {}, None, ""
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value.replace("$KEY", api.token)
        elif word == "-d":
            body = next(words).encode()
        elif word == "--data-binary":
            body = f"what lies in {next(words)}".encode()
        elif word.startswith("-"):
            continue
        else:
            url = word
    path = url.removeprefix("https://desk.example.com")
    return api.send(method or ("POST" if body else "GET"), path, body, headers=headers, token="")


def test_every_request_on_the_page_is_done(api: Api) -> None:
    replies = [sent(api, line) for line in CURLS]
    assert [one.status for one in replies] == [201, 201, 200, 200, 201, 200, 200, 200, 200]
    assert replies[5].body == b"451 4.3.0 queue full\n"
    assert replies[6].data["messages"][1]["text"] == "It happens again."


def test_it_tells_every_scope_event_setting_and_status() -> None:
    for name in (*SCOPES, *EVENTS, *Webhook.model_fields):
        assert f"| `{name}` |" in PAGE, name
    told = {int(status) for status in re.findall(r"`(\d{3})`", PAGE)}
    operations = [one for path in document("x")["paths"].values() for one in path.values()]
    ours = {int(status) for one in operations for status in one["responses"]}
    # What every server may say of any request needs no line of its own.
    assert ours - told <= {HTTPStatus.OK, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.INTERNAL_SERVER_ERROR}
