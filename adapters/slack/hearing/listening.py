"""Listening: the app that hears everything Slack says, and who answers what."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.drawing.limits import Block
from adapters.slack.hearing.actions import Actions
from adapters.slack.hearing.asking import Asking
from adapters.slack.hearing.commands import Commands
from adapters.slack.hearing.counter import Counter
from adapters.slack.hearing.options import Options
from adapters.slack.hearing.views import Views
from adapters.slack.wire.discretion import sdk_logger
from bot.once import NotDone

log = logging.getLogger(__name__)

Body = Mapping[str, Any]
Handler = Callable[[Body], Coroutine[Any, Any, Block | None]]

COMMAND = "command"
"""The kind of a slash command, and the name in it that tells it from all else."""

# What is answered was drawn a moment ago, so nobody need look for circles.
_AS_JSON = json.JSONEncoder(check_circular=False).encode

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


def listen(app: AsyncApp, counter: Counter) -> Front:
    """Register all that a person does by command, button, menu and form. What nobody hears is acknowledged. Returns
    who answers it."""
    asking = Asking(counter)
    front = Front(
        {
            COMMAND: Commands(counter, asking).hear,
            "block_actions": Actions(counter, asking).hear,
            "view_submission": Views(counter, asking).hear,
            "view_closed": _nothing,
            "block_suggestion": Options(counter).hear,
        }
    )
    app.use(front)
    app.error(_unheard)
    return front


class Front(AsyncMiddleware):
    """Answers what people do, by the kind of it, before Bolt goes through its listeners: that costs more with each
    listener that there is, and people wait."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._handlers = handlers

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse | None:
        """Bolt's own way to ask a middleware."""
        said = await self.answer(req.body)
        return await next() if said is None else BoltResponse(status=200, body=said)

    async def answer(self, body: Body) -> str | None:
        """The body of the acknowledgement, JSON or empty; None where this is for others to hear. Never raises."""
        handler = self._handlers.get(COMMAND if COMMAND in body else str(body.get("type")))
        if handler is None:
            return None
        try:
            said = await handler(body)
        except Exception:
            log.exception("A fault at what Slack sent (%s).", kind_of(body))
            said = {"response_type": "ephemeral", "text": SORRY} if COMMAND in body else None
        return _AS_JSON(said) if said else ""


async def _nothing(body: Body) -> None:
    """A modal that is closed leaves nothing to do."""


async def _unheard(error: Exception, body: dict[str, Any]) -> BoltResponse | None:
    """What there is no listener for is no fault; a fault is told with its traceback, and Slack hears of it."""
    if isinstance(error, BoltUnhandledRequestError):
        log.debug("Slack sent what nobody here hears: %s.", kind_of(body))
        return BoltResponse(status=200, body="")
    if isinstance(error, NotDone):
        return BoltResponse(status=503, body="")  # Slack brings it again; why it must is in the log.
    log.error("A fault at what Slack sent (%s).", kind_of(body), exc_info=error)
    return None


def kind_of(body: Body) -> str:
    """What a payload is, without a word of what is in it."""
    event = body.get("event")
    inner = event.get("type") if isinstance(event, Mapping) else body.get("callback_id")
    return "/".join(str(one) for one in (body.get("type") or body.get("command"), inner) if one)[:80]
