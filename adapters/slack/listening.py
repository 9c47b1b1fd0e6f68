"""Listening: the app that hears everything Slack says, and who answers what."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.actions import Actions
from adapters.slack.asking import Asking
from adapters.slack.commands import Commands
from adapters.slack.counter import Counter
from adapters.slack.discretion import sdk_logger
from adapters.slack.limits import Block
from adapters.slack.options import Options
from adapters.slack.views import Views

log = logging.getLogger(__name__)

Body = Mapping[str, Any]
Handler = Callable[[Body], Awaitable[Block | None]]

ANYTHING = re.compile("")
SORRY = "Something went wrong here, not with you. The log tells what it was."


def make_app(client: AsyncWebClient, identity: Mapping[str, Any], signing_secret: str = "") -> AsyncApp:
    """An app that answers when its handler is done, without a poll in between. `identity` is what `auth.test` said at
    the start: nothing asks Slack again while somebody waits. Without a signing secret it serves Socket Mode alone."""
    ourselves = AuthorizeResult(
        enterprise_id=identity.get("enterprise_id"),
        team_id=identity.get("team_id"),
        bot_user_id=identity.get("user_id"),
        bot_id=identity.get("bot_id"),
        bot_token=client.token,
    )

    async def authorize() -> AuthorizeResult:
        return ourselves

    tokenless = AsyncWebClient(base_url=client.base_url, timeout=client.timeout, logger=sdk_logger(), retry_handlers=[])
    tokenless.session, tokenless.proxy = client.session, client.proxy
    return AsyncApp(
        name="thirdline",
        logger=sdk_logger(),
        client=tokenless,
        authorize=authorize,
        signing_secret=signing_secret,
        request_verification_enabled=bool(signing_secret),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        attaching_conversation_kwargs_enabled=False,
    )


def listen(app: AsyncApp, counter: Counter) -> None:
    """Register all that a person does by command, button, menu and form. What nobody hears is acknowledged."""
    asking = Asking(counter)
    views = Views(counter, asking)
    app.command(ANYTHING)(_answered_by(Commands(counter, asking).hear))
    app.block_action(ANYTHING)(_answered_by(Actions(counter, asking).hear))
    app.view_submission(ANYTHING)(_answered_by(views.hear))
    app.options({"action_id": ANYTHING})(_answered_by(Options(counter).hear))
    app.view_closed(ANYTHING)(_ignored)
    app.error(_unheard)


def _answered_by(handler: Callable[[Body], Awaitable[Block | None]]) -> Callable[..., Awaitable[BoltResponse]]:
    async def heard(body: dict[str, Any]) -> BoltResponse:
        try:
            said = await handler(body)
        except Exception:
            log.exception("A fault at what Slack sent (%s).", kind_of(body))
            said = {"response_type": "ephemeral", "text": SORRY} if "command" in body else None
        return BoltResponse(status=200, body=said or "")

    return heard


async def _unheard(error: Exception, body: dict[str, Any]) -> BoltResponse | None:
    """What there is no listener for is no fault; a fault is told with its traceback, and Slack hears of it."""
    if isinstance(error, BoltUnhandledRequestError):
        return await _ignored(body)
    log.error("A fault at what Slack sent (%s).", kind_of(body), exc_info=error)
    return None


async def _ignored(body: dict[str, Any]) -> BoltResponse:
    log.debug("Slack sent what nobody here hears: %s.", kind_of(body))
    return BoltResponse(status=200, body="")


def kind_of(body: Body) -> str:
    """What a payload is, without a word of what is in it."""
    event = body.get("event")
    inner = event.get("type") if isinstance(event, Mapping) else body.get("callback_id")
    return "/".join(str(one) for one in (body.get("type") or body.get("command"), inner) if one)[:80]
