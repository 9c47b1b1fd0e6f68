"""Clients: the one place that makes Slack clients, so that each has its address, its timeout and its way to retry."""

from __future__ import annotations

from aiohttp import ClientSession, ClientTimeout
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.wire.discretion import sdk_logger
from bot.proxies import proxy_to
from bot.settings import Slack

PATIENCE = 8.0
"""Seconds that one call may take: two of them fit into what delivery gives a parcel."""
LONGEST_WAIT = 3.0
"""Seconds that somebody who waits for an answer is kept waiting because Slack asks for it."""


class BriefPatience(AsyncRateLimitErrorRetryHandler):
    """Repeats once what Slack would not take for now, unless that takes too long for whoever waits."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        told = {name.lower(): values for name, values in response.headers.items()}.get("retry-after", ["1"])
        return told[0].isdigit() and int(told[0]) <= LONGEST_WAIT


class Clients:
    """Slack clients over one shared HTTP session.

    `posting` never repeats anything: the outbox does, once it knows what became of the first attempt. `asking` is for
    everything that may be said twice, and waits a moment when Slack asks for it.
    """

    def __init__(self, settings: Slack, patience: float = PATIENCE) -> None:
        self.proxy = proxy_to(settings.api_url)
        self._patience = patience
        self._session: ClientSession | None = None
        self._all: list[AsyncWebClient] = []
        token = settings.bot_token.get_secret_value()
        self.posting = self._client(settings, token)
        self.asking = self._client(settings, token)
        self.asking.retry_handlers.append(BriefPatience(max_retry_count=1))
        self._app_token = "" if settings.app_token is None else settings.app_token.get_secret_value()
        self.connecting = self._client(settings, self._app_token)

    async def open(self) -> None:
        """From now on all of them use one session. Without it each call makes a connection of its own."""
        self._session = ClientSession(timeout=ClientTimeout(total=self._patience))
        for client in self._all:
            client.session = self._session

    async def close(self) -> None:
        for client in self._all:
            client.session = None
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _client(self, settings: Slack, token: str) -> AsyncWebClient:
        client = AsyncWebClient(
            token=token,
            base_url=settings.api_url,
            timeout=round(self._patience) or 1,
            proxy=self.proxy,
            logger=sdk_logger(),
            retry_handlers=[],
        )
        # Without one, the library takes the environment's proxy even for what the environment exempts.
        client.proxy = self.proxy
        self._all.append(client)
        return client
