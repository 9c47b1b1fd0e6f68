"""The platform: the whole of Slack put together, connected between start and stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp.web import RouteDef
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import PLATFORM
from adapters.slack.hearing.counter import Counter
from adapters.slack.hearing.http import PATH, HttpDoor
from adapters.slack.hearing.listening import make_app
from adapters.slack.hearing.ways import Ways
from adapters.slack.people.speakers import Workspace
from adapters.slack.sending.channel import SlackChannel, team_of
from adapters.slack.sending.mirror import Mirror
from adapters.slack.sending.places import Places
from adapters.slack.setup.manifest import SCOPES
from adapters.slack.wire.clients import Clients
from adapters.slack.wire.pulse import EVERY, Pulse
from adapters.slack.wire.socket import SILENCE, SocketLink
from adapters.slack.wire.troubles import REFUSED_TOKEN, TROUBLES, code_of, in_words
from bot.counter import Roster
from bot.domain.errors import Refusal
from bot.ports import CannotDeliver, Channel, Health, WallClock
from bot.settings import Settings, Slack
from bot.views.wording import listed
from commands.desk import Desk

_SCOPES_PAGE = "api.slack.com/apps → your app → OAuth & Permissions → add the scope → reinstall"
_EMOJI = frozenset({"reactions:read", "reactions:write"})

log = logging.getLogger(__name__)


class SlackPlatform:
    """The port `Platform`. `changed` is called after something was written here; `silence` and `pulse` are the real
    seconds without a word of Slack's, and between two questions whether the token lives."""

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        clock: WallClock,
        changed: Callable[[], None],
        *,
        silence: float = SILENCE,
        pulse: float = EVERY,
    ) -> None:
        if settings.slack is None:
            raise Refusal("Slack is not set up.", "thirdline init slack")
        self._desk = desk
        self._all = settings
        self._settings: Slack = settings.slack
        self._clock = clock
        self._changed = changed
        self._silence = silence
        self._clients = Clients(self._settings)
        self._places = Places(self._clients.asking, settings.channels)
        self._mirror = Mirror(self._clients.asking, self._settings.emoji)
        self._channel = SlackChannel(
            self._clients.posting, desk.database, self._places, self._settings, self._mirror, self._shown
        )
        self._door = HttpDoor(clock)
        self._pulse = Pulse(self._clients.asking, clock, pulse)
        self._counter: Counter | None = None
        self._ways: Ways | None = None
        self._link: SocketLink | None = None
        self._team = ""

    @property
    def channel(self) -> Channel:
        return self._channel

    def routes(self) -> Sequence[RouteDef]:
        """What the desk's web server must serve for Slack: nothing in Socket Mode."""
        return self._door.routes() if self._settings.mode == "http" else ()

    async def start(self) -> None:
        """Raises Refusal, with the cure, when Slack will not have us, and ConnectionError while it is away."""
        self._must_be_complete()
        await self._clients.open()
        try:
            await self._connect()
        except TROUBLES as error:
            await self.stop()
            raise ConnectionError(in_words(error)[0]) from error
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Hear nothing more, answer whom we have heard, and hang up."""
        if self._link is not None:
            await self._link.stop()
        await self._door.close()
        if self._ways is not None:
            await self._ways.stop()
        if self._counter is not None:
            await self._counter.stop()
        self._link, self._ways, self._counter = None, None, None
        await self._mirror.stop()
        await self._pulse.stop()
        await self._clients.close()

    def health(self) -> Health:
        if self._counter is None:
            return Health(False, "not connected")
        if self._link is not None:
            health = self._link.health()
        else:
            heard = [at for at in (self._door.heard_at, self._pulse.heard_at) if at is not None]
            health = Health(True, f"listening for Slack at {PATH}", max(heard, default=None))
        if health.well and self._pulse.trouble:
            return Health(False, self._pulse.trouble, health.heard_at)
        if health.well and (missing := self._places.missing()):
            where = f"the app is in no channel {listed(missing, 'or')}: type /invite @Thirdline there"
            return Health(False, f"{self._team}: {where}", health.heard_at)
        return Health(health.well, f"{self._team}: {health.words}" if health.well else health.words, health.heard_at)

    # --- connecting ------------------------------------------------------------------------------------------

    async def _connect(self) -> None:
        identity = await self._identity()
        await self._look_around()
        given = self._settings.signing_secret
        secret = given.get_secret_value() if given and self._is_http else ""
        app = make_app(self._clients.asking, identity, secret)
        team = await team_of(self._settings, self._places)
        if not team and self._settings.team != "none":
            log.warning("There is no user group %s in Slack: alerts mention nobody.", self._settings.team)
        roster = Roster(self._desk.database, PLATFORM, team)
        self._counter = Counter(
            self._desk,
            self._clients.asking,
            roster,
            changed=self._written,
            called=self._places.called,
            is_desk=self._places.is_desk,
            home=Workspace(str(identity.get("team_id") or ""), str(identity.get("enterprise_id") or "")),
        )
        self._ways = Ways(self._counter, self._places, self._settings, self._all.channels, self._all.data)
        front = self._ways.listen(app)
        await self._counter.start()
        await self._ways.start()
        if self._is_http:
            self._door.open(app, front.answer, secret)
        else:
            clients = self._clients
            self._link = SocketLink(app, clients.connecting, self._clock, clients.proxy, self._silence)
            await self._link.start()
        self._pulse.start()
        log.info("Slack: connected to %s as %s.", self._team, identity.get("user"))

    async def _identity(self) -> Mapping[str, Any]:
        """Who we are. Raises Refusal for a token that will not do."""
        try:
            answer = await self._clients.asking.auth_test()
        except SlackApiError as error:
            if code_of(error) in REFUSED_TOKEN:
                what, cure = in_words(error)
                raise Refusal(f"slack.bot_token: {what}.", f"{cure}.") from error
            raise
        data = answer.data if isinstance(answer.data, dict) else {}
        if not data.get("bot_id"):
            raise Refusal("slack.bot_token is a person's token, not a bot's.", "Take the one that begins with xoxb-.")
        self._team = str(data.get("team") or "Slack")
        self._judge_scopes(answer)
        return data

    def _judge_scopes(self, answer: AsyncSlackResponse) -> None:
        headers = {name.lower(): str(value) for name, value in answer.headers.items()}
        if "x-oauth-scopes" not in headers:
            return
        given = {scope.strip() for scope in headers["x-oauth-scopes"].split(",")}
        off = frozenset() if self._settings.emoji.on else _EMOJI
        missing = [scope for scope in SCOPES if scope not in given | off]
        if "chat:write" in missing:
            raise Refusal("slack.bot_token lacks the scope chat:write: the desk could say nothing.", f"{_SCOPES_PAGE}.")
        for scope in missing:
            log.warning("The Slack token lacks the scope %s, for %s. %s.", scope, SCOPES[scope], _SCOPES_PAGE)

    async def _look_around(self) -> None:
        """Find the desk's channels, and say what an operator should know of them; none of it keeps us from starting."""
        channels = self._all.channels
        for place in dict.fromkeys((channels.desk, channels.alerts, *channels.alerts_by_level.values())):
            try:
                room = self._places.room(await self._places.id_of(place))
            except CannotDeliver as trouble:
                log.warning("Slack: %s", trouble.reason)
                continue
            if place == channels.desk and room is not None and not room.private:
                log.warning(
                    "The desk's Slack channel %s is public: everybody in the workspace reads customers' tickets. "
                    "Make it private, and its members can be the desk's people.",
                    place,
                )

    def _must_be_complete(self) -> None:
        if self._is_http and self._settings.signing_secret is None:
            raise Refusal(
                "slack.signing_secret is missing: over HTTP nobody could tell Slack's requests from others.",
                "api.slack.com/apps → your app → Basic Information → App Credentials → Signing Secret",
            )
        if not self._is_http and self._settings.app_token is None:
            raise Refusal(
                "slack.app_token is missing, for Socket Mode.",
                "api.slack.com/apps → your app → Basic Information → App-Level Tokens, with connections:write",
            )

    @property
    def _is_http(self) -> bool:
        return self._settings.mode == "http"

    # --- what changes ----------------------------------------------------------------------------------------

    def _written(self) -> None:
        """Somebody in Slack has changed something."""
        self._shown()
        self._changed()

    def _shown(self) -> None:
        """Pages that people look at are not as the desk is."""
        if self._ways is not None:
            self._ways.changed()
