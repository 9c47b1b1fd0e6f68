"""`thirdline init slack`: from the manifest to a workspace that works, one checked step after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from adapters.slack.setup.checkup import Checkup
from adapters.slack.setup.manifest import request_url
from adapters.slack.setup.manifest_file import manifest_text
from bot.cli import slack_checks
from bot.cli.checks import Check
from bot.cli.credentials import Kind
from bot.cli.doctor import tried
from bot.cli.printing import say
from bot.cli.setting_up import Setup, made, walked
from bot.clocks import SystemClock
from bot.domain.errors import BadValue
from bot.settings import Channels, Slack
from commands import catalogue

_LONGEST = 80
_NAME = re.compile(r"#?[\w-]{1,80}")
_ID = re.compile(r"[CG][A-Z0-9]{5,}")

NEW_APP = "https://api.slack.com/apps?new_app=1"
SHIPPED = Path(__file__).parents[2] / "manifest.yml"
CHANNELS = "channels"

_PAGE = "Your app's page → "
BOT = Kind(
    "slack", "bot_token", "bot token", f"{_PAGE}OAuth & Permissions → Bot User OAuth Token", r"xoxb-[\w-]+", "xoxb-…"
)
APP = Kind(
    "slack",
    "app_token",
    "app token",
    f"{_PAGE}Basic Information → App-Level Tokens → Generate, with the scope connections:write",
    r"xapp-[\w-]+",
    "xapp-…",
)
SIGNING = Kind(
    "slack",
    "signing_secret",
    "signing secret",
    f"{_PAGE}Basic Information → Signing Secret",
    r"[0-9a-f]{32}",
    "32 of 0-9, a-f",
)


@dataclass(frozen=True, slots=True)
class Given:
    """What stood on the command line; None is not given."""

    mode: str | None = None
    url: str | None = None
    desk: str | None = None
    alerts: str | None = None
    api_url: str | None = None
    files: Mapping[str, Path | None] = field(default_factory=dict)


def init_slack(data: Path | None, given: Given) -> int:
    """0 when all is well, 1 when something is left to do, 130 when somebody stopped it. What is done is kept. Raises
    BadValue for a channel that Slack cannot have."""
    must_be_channels(given.desk, given.alerts)
    return walked("slack", data, lambda: _Steps(data, given).run())


class _Steps:
    """One walk through the steps, over what the settings file and the environment say already."""

    def __init__(self, data: Path | None, given: Given) -> None:
        self.given = given
        self.setup = Setup("slack", Slack, data, given.files)
        self.mode = given.mode or self.setup.said("mode")
        self.api_url = given.api_url or self.setup.said("api_url")

    def run(self) -> bool:
        say("Thirdline in Slack, in four steps. Ctrl-C stops it; what is done is kept.")
        say("\n1. The app")
        self.show_manifest()
        say("\n2. The bot token")
        bot = self.secret(BOT, self.look_at_bot)
        say("\n3. The app token" if self.mode == "socket" else "\n3. The signing secret")
        self.secret(APP if self.mode == "socket" else SIGNING, partial(self.look_at_mode, bot))
        say("\n4. The channels")
        named = self.setup.named(CHANNELS, self.given.desk, self.given.alerts)
        named, well = self.setup.places(named, partial(self.look_at_channels, bot))
        self.setup.write({"mode": self.mode, "api_url": self.api_url}, CHANNELS, named)
        if self.mode == "http":
            say("When the desk runs: your app's page → Event Subscriptions → Request URL → Verify or Retry.")
        self.setup.say_goodbye(well)
        return well

    def show_manifest(self) -> None:
        """Where the manifest is and where it goes. Over HTTP it names the desk's own address."""
        url = self.given.url
        if self.mode == "http" and url is None:
            if not self.setup.person:
                say("  The manifest for HTTP names the desk's address: --url https://desk.example.com writes it.")
                return
            url = _address()
            if url is None:
                return
        path = SHIPPED
        if self.mode == "http" or not SHIPPED.is_file():
            path = self.setup.folder / "slack-manifest.yml"
            with made(path) as out:
                out.write(manifest_text(catalogue.build(), url if self.mode == "http" else None))
        say(f"  {NEW_APP} → From a manifest → your workspace → paste {path}")
        say("  → Create → Install to workspace. When that is done, go on here.")
        if url and self.mode == "http":
            say(f"  Slack will send to {request_url(url)}; by default the desk listens at 127.0.0.1:8080.")

    def secret(self, kind: Kind, look: Callable[[str], Iterator[Check]]) -> str:
        return self.setup.secret(kind, (BOT, APP, SIGNING), look)

    def look_at_bot(self, token: str) -> Iterator[Check]:
        checkup = Checkup(token, self.api_url)
        yield from tried("slack", partial(slack_checks.workspace, checkup, self.slack(token), SystemClock().now()))

    def look_at_mode(self, bot: str, secret: str) -> Iterator[Check]:
        kind = APP if self.mode == "socket" else SIGNING
        slack = self.slack(bot, **{kind.setting: secret})
        yield from tried("slack mode", partial(slack_checks.mode, Checkup(bot, self.api_url), slack))

    def look_at_channels(self, bot: str, named: Channels) -> Iterator[Check]:
        checkup, slack = Checkup(bot, self.api_url), self.slack(bot)
        yield from tried("slack channels", partial(slack_checks.channels, checkup, named, slack))
        if slack_checks.handles(slack):
            yield from tried("slack groups", partial(slack_checks.groups, checkup, slack))

    def slack(self, bot: str, **more: str) -> Slack:
        """The settings as they would be with these secrets."""
        return self.setup.settings_with(bot_token=bot, mode=self.mode, api_url=self.api_url, **more)


def _address() -> str | None:
    """The desk's public address, asked for until Slack could reach it; None where the app is made already."""
    while url := input("  The desk's public address (https://…; Enter, if the app is made): ").strip():
        try:
            request_url(url)
        except BadValue as wrong:
            say(f"  {wrong.text} {wrong.hint}")
        else:
            return url
    return None


def must_be_channels(*names: str | None) -> None:
    """Raises BadValue for what no channel of Slack's can be called, with what would be right."""
    for name in names:
        if name and not _ID.fullmatch(name) and not (_NAME.fullmatch(name) and name == name.lower()):
            near = re.sub(r"[^\w-]+", "-", name.strip().lower()).strip("-")
            right = f"Did you mean “#{near[:_LONGEST]}”?" if near else "It looks like this: #desk"
            raise BadValue(f"“{name}” is no name of a channel in Slack.", right)
