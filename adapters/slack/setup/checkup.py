"""A look at the workspace for whoever sets the app up or asks what is wrong with it: each trouble with its cure."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.errors import Refusal

SECONDS = 8
"""How long one question to Slack may take."""

_MOST_PAGES = 20
_APP = re.compile(r"xapp-\d+-(A[A-Z0-9]+)-")

_INSTALL = "api.slack.com/apps → your app → OAuth & Permissions → install it to the workspace"
_CURES: Mapping[str, tuple[str, str]] = {
    "invalid_auth": ("Slack does not know this token.", f"Copy it again: {_INSTALL}."),
    "not_authed": ("Slack got no token.", f"Copy it again: {_INSTALL}."),
    "account_inactive": ("The app is not in this workspace any more.", f"Put it there again: {_INSTALL}."),
    "token_revoked": ("The token was taken back.", f"Make a new one: {_INSTALL}."),
    "token_expired": ("The token has expired: the app has token rotation on.", "Make the app from manifest.yml."),
    "org_login_required": ("The workspace is being moved to an organisation.", "Try again when that is done."),
    "team_access_not_granted": ("The app may not use this workspace.", "An admin of the organisation must add it."),
    "not_allowed_token_type": ("This is another kind of token.", "A bot token begins with xoxb-, an app token xapp-."),
    "no_permission": ("The token may not do that.", "Install the app from manifest.yml again."),
    "ratelimited": ("Slack asks for less at a time.", "Try again in a minute."),
}


@dataclass(frozen=True, slots=True)
class Account:
    """Who the bot is. `at` is the time at Slack when it answered (aware UTC); `scopes` is None where it did not say."""

    team: str
    url: str
    user: str
    bot: str
    scopes: frozenset[str] | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Joined:
    """A channel that the bot is in. `shared` is with another organisation."""

    id: str
    name: str
    private: bool
    archived: bool
    shared: bool

    def is_called(self, name: str) -> bool:
        """By "#name", "name" or id."""
        return name.removeprefix("#").casefold() in (self.name.casefold(), self.id.casefold())


@dataclass(frozen=True, slots=True)
class Group:
    """A user group."""

    id: str
    handle: str
    disabled: bool
    empty: bool = False

    def is_called(self, name: str) -> bool:
        """By "@handle", "handle" or id."""
        return name.removeprefix("@").casefold() in (self.handle.casefold(), self.id.casefold())


class Checkup:
    """The questions, each asked once and never repeated. All of them raise Refusal, with cause and cure."""

    def __init__(self, bot_token: str, api_url: str) -> None:
        self._token = bot_token
        self._host = urlsplit(api_url).netloc
        # A logger of its own that nobody listens to: what Slack answers may hold an address that opens a connection.
        silent = logging.Logger("checkup", logging.CRITICAL)
        self._client = WebClient(bot_token, base_url=api_url, timeout=SECONDS, retry_handlers=[], logger=silent)

    @cached_property
    def account(self) -> Account:
        """Whose token it is, and what it may do."""
        data, headers = self._ask("auth.test")
        given, date = headers.get("x-oauth-scopes"), headers.get("date")
        scopes = None if given is None else frozenset(scope.strip() for scope in given.split(",") if scope.strip())
        if not data.get("bot_id"):
            raise Refusal(
                "This is a person's token, not a bot's.", "Take the “Bot User OAuth Token”, which begins with xoxb-."
            )
        at = parsedate_to_datetime(date) if date else None
        return Account(
            str(data.get("team")), str(data.get("url")), str(data.get("user")), str(data["bot_id"]), scopes, at
        )

    def joined(self) -> tuple[Joined, ...]:
        """The channels that the bot was invited to, the archived ones too."""
        kinds = {"types": "public_channel,private_channel", "exclude_archived": "false", "limit": "200"}
        return tuple(
            Joined(
                str(one["id"]),
                str(one.get("name", "")),
                bool(one.get("is_private")),
                bool(one.get("is_archived")),
                bool(one.get("is_ext_shared")),
            )
            for page in self._pages("users.conversations", kinds)
            for one in page.get("channels", ())
        )

    def is_alone_in(self, channel: str) -> bool:
        """Whether nobody but the bot is in a channel."""
        data, _ = self._ask("conversations.members", channel=channel, limit="2")
        return len(data.get("members", ())) < 2 and not data.get("response_metadata", {}).get("next_cursor")

    def groups(self) -> tuple[Group, ...]:
        """The workspace's user groups; none where its plan has none."""
        try:
            data, _ = self._ask("usergroups.list", include_disabled="true", include_users="true")
        except Refusal as refusal:
            if "paid_teams_only" in refusal.text or "plan_upgrade_required" in refusal.text:
                return ()
            raise
        return tuple(
            Group(
                str(one["id"]),
                str(one.get("handle", "")),
                bool(one.get("date_delete")),
                not one.get("users", ["unknown"]),
            )
            for one in data.get("usergroups", ())
        )

    def may_connect(self, app_token: str) -> None:
        """Whether Slack would open a Socket Mode connection for this token. None is opened."""
        try:
            self._ask("apps.connections.open", app_token)
        except Refusal as refusal:
            cure = (
                "api.slack.com/apps → your app → Basic Information → App-Level Tokens: make one with the scope"
                " connections:write, and see that Socket Mode is on."
            )
            raise Refusal(f"No Socket Mode connection: {refusal.text}", cure) from None

    def same_app(self, app_token: str) -> None:
        """Refuses tokens of two apps. Where Slack does not say which app the bot is of, nothing is refused."""
        of, bot = _APP.match(app_token), self.account.bot
        try:
            data, _ = self._ask("bots.info", bot=bot)
        except Refusal:
            return
        app = data.get("bot", {}).get("app_id")
        if of and app and of[1] != app:
            raise Refusal(f"The app token is of the app {of[1]}, the bot token of {app}.", "Take both from one app.")

    def _pages(self, method: str, asked: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        cursor = ""
        for _ in range(_MOST_PAGES):
            page, _headers = self._ask(method, **asked, **({"cursor": cursor} if cursor else {}))
            yield page
            cursor = page.get("response_metadata", {}).get("next_cursor", "")
            if not cursor:
                return

    def _ask(self, method: str, token: str = "", **asked: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        try:
            headers = {"Authorization": f"Bearer {token or self._token}"}
            answer = self._client.api_call(method, data=asked, headers=headers)
        except SlackApiError as error:
            raise self._told(method, error) from None
        except ValueError:  # Its words would show the token.
            raise Refusal("The token holds characters that no token has.", "Copy it again.") from None
        except (SlackClientError, OSError) as error:
            reason = getattr(error, "reason", None) or error
            cure = "Look at the network and at HTTPS_PROXY, or at status.slack.com."
            raise Refusal(f"{self._host} cannot be reached: {reason}.", cure) from None
        data = answer.data if isinstance(answer.data, dict) else {}
        return data, {name.lower(): str(value) for name, value in answer.headers.items()}

    def _told(self, method: str, error: SlackApiError) -> Refusal:
        data = error.response.data if isinstance(error.response.data, dict) else {}
        code = str(data.get("error", ""))
        if code == "missing_scope":
            scope = str(data.get("needed", "?"))
            cure = f"api.slack.com/apps → your app → OAuth & Permissions → add {scope} → reinstall."
            return Refusal(f"The token lacks the scope {scope}, which {method} needs.", cure)
        if code in _CURES:
            return Refusal(*_CURES[code])
        status = error.response.status_code
        if status >= 500 or not re.fullmatch(r"\w+", code):
            cure = "Try again in a minute; status.slack.com tells of its troubles."
            return Refusal(f"{self._host} answers {method} with {status} and no sense.", cure)
        return Refusal(
            f"Slack refuses {method}: {code}.", f"Its page says why: docs.slack.dev/reference/methods/{method}"
        )
