"""`thirdline init slack`: from the manifest to a workspace that works, one checked step after the other."""

from __future__ import annotations

import os
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from pydantic import ValidationError

from adapters.slack.checkup import Checkup
from adapters.slack.manifest import request_url
from adapters.slack.manifest_file import manifest_text
from bot.cli import slack_checks
from bot.cli.checks import Check, Verdict
from bot.cli.doctor import tell, tried
from bot.cli.init import SETTINGS
from bot.cli.printing import say, written_to
from bot.cli.slack_secrets import APP, BOT, SIGNING, Held, Kind, asked, found, kept
from bot.cli.toml_section import with_values
from bot.clocks import SystemClock
from bot.domain.errors import BadValue, Refusal
from bot.settings import FILE, PREFIX, Channels, Slack, folder_of, read_settings
from commands import catalogue

UNFINISHED, STOPPED = 1, 130
NEW_APP = "https://api.slack.com/apps?new_app=1"
SHIPPED = Path(__file__).parents[2] / "manifest.yml"


@dataclass(frozen=True, slots=True)
class Given:
    """What stood on the command line; None is not given."""

    mode: str | None = None
    url: str | None = None
    desk: str | None = None
    alerts: str | None = None
    api_url: str | None = None
    files: Mapping[str, Path | None] = field(default_factory=dict)


class _Unfinished(Exception):
    """A step failed and nobody is there to mend it."""


def init_slack(data: Path | None, given: Given) -> int:
    """0 when all is well, 1 when something is left to do, 130 when somebody stopped it. What is done is kept."""
    setup = _Setup(folder_of(data), given)
    again = f"thirdline init slack{setup.option}"
    try:
        return setup.run()
    except _Unfinished:
        say(f"Mend that and type it again; what is done is kept: {again}")
        return UNFINISHED
    except (KeyboardInterrupt, EOFError):
        say(f"\nStopped. What is done is kept; go on with: {again}")
        return STOPPED


class _Setup:
    """One walk through the steps, over what the settings file and the environment say already."""

    def __init__(self, folder: Path, given: Given) -> None:
        self.folder, self.given = folder, given
        self.file = folder / FILE
        self.text = _text_of(self.file)
        self.table: Mapping[str, Any] = _tables(self.text, self.file).get("slack", {})
        self.option = "" if folder == Path("data") else f" --data {shlex.quote(str(folder))}"
        self.mode = given.mode or self.said("mode")
        self.api_url = given.api_url or self.said("api_url")
        named = Channels(**_tables(self.text, self.file).get("channels", {}))
        self.channels = named.model_copy(
            update={"desk": given.desk or named.desk, "alerts": given.alerts or named.alerts}
        )
        self.person = sys.stdin.isatty()
        self.secrets: dict[str, Held] = {}

    def said(self, name: str) -> str:
        """What the environment, or else the settings file, says of one of Slack's settings; or else what holds."""
        default = Slack.model_fields[name].default
        return str(os.environ.get(f"{PREFIX}SLACK__{name.upper()}") or self.table.get(name, default))

    def run(self) -> int:
        say("Thirdline in Slack, in four steps. Ctrl-C stops it; what is done is kept.")
        say("\n1. The app")
        self.show_manifest()
        say("\n2. The bot token")
        bot = self.secret(BOT, self.look_at_bot)
        say("\n3. The app token" if self.mode == "socket" else "\n3. The signing secret")
        self.secret(APP if self.mode == "socket" else SIGNING, partial(self.look_at_mode, bot))
        say("\n4. The channels")
        well = self.look_at_channels(bot)
        self.write()
        where = self.option
        if self.mode == "http":
            say("When the desk runs: your app's page → Event Subscriptions → Request URL → Verify or Retry.")
        say(f"Open the desk: thirdline run{where} in a terminal, thirdline serve{where} without one.")
        say(f"Is it well? thirdline doctor{where}")
        return 0 if well else UNFINISHED

    # --- the steps --------------------------------------------------------------------------------------------------

    def show_manifest(self) -> None:
        """Where the manifest is and where it goes. Over HTTP it names the desk's own address."""
        url = self.given.url
        if self.mode == "http" and url is None:
            if not self.person:
                say("  The manifest for HTTP names the desk's address: --url https://desk.example.com writes it.")
                return
            url = input("  The desk's public address (https://…; Enter, if the app is made): ").strip() or None
            if url is None:
                return
        path = SHIPPED
        if self.mode == "http" or not SHIPPED.is_file():
            path = self.folder / "slack-manifest.yml"
            with _made(path) as out:
                out.write(manifest_text(catalogue.build(), url if self.mode == "http" else None))
        say(f"  {NEW_APP} → From a manifest → your workspace → paste {path}")
        say("  → Create → Install to workspace. When that is done, go on here.")
        if url and self.mode == "http":
            say(f"  Slack will send to {request_url(url)}; by default the desk listens at 127.0.0.1:8080.")

    def secret(self, kind: Kind, look: Callable[[str], Iterator[Check]]) -> str:
        """The secret, once Slack takes it: from where it is known, or asked for until it works."""
        held = found(kind, self.given.files.get(kind.setting), self.table, self.folder)
        while held is None or not _well(look(held.value)):
            if not self.person:
                if held is None:
                    raise Refusal(f"There is no {kind.name}.", f"{kind.option} FILE or {kind.variable} gives it.")
                raise _Unfinished
            if held is not None and held.fixed:
                raise Refusal(f"The {kind.name} comes from {held.fixed}.", "Change it there, or unset it.")
            if held is not None:
                say("  Mended in Slack? Press Enter. Or another one:")
            new = asked(kind)
            held = new if new.value else held
        if kept(kind, held, self.folder):
            say(f"      kept in {self.folder / kind.file}, for your account alone")
        self.secrets[kind.setting] = held
        return held.value

    def look_at_bot(self, token: str) -> Iterator[Check]:
        checkup = Checkup(token, self.api_url)
        yield from tried("slack", partial(slack_checks.workspace, checkup, self.slack(token), SystemClock().now()))

    def look_at_mode(self, bot: str, secret: str) -> Iterator[Check]:
        kind = APP if self.mode == "socket" else SIGNING
        slack = self.slack(bot, **{kind.setting: secret})
        yield from tried("slack mode", partial(slack_checks.mode, Checkup(bot, self.api_url), slack))

    def look_at_channels(self, bot: str) -> bool:
        """Whether the desk can speak where it should. A person may mend it now, name other channels, or go on."""
        while True:
            checkup, slack = Checkup(bot, self.api_url), self.slack(bot)
            checks = [*tried("slack channels", partial(slack_checks.channels, checkup, self.channels, slack))]
            if slack_checks.handles(slack):
                checks += tried("slack groups", partial(slack_checks.groups, checkup, slack))
            if _well(iter(checks)) or not self.person:
                return not any(check.verdict is Verdict.FAIL for check in checks)
            desk = input(f"  The channel of the cards [{self.channels.desk}], or “later”: ").strip()
            if desk == "later":
                return False
            alerts = input(f"  The channel of the alerts [{self.channels.alerts}]: ").strip()
            named = {"desk": desk or self.channels.desk, "alerts": alerts or self.channels.alerts}
            self.channels = self.channels.model_copy(update=named)

    def write(self) -> None:
        """Put what was found into the settings file, and read it as the desk will."""
        values: dict[str, str | None] = {}
        for held in self.secrets.values():
            values |= held.settings
        values |= {name: value for name in ("mode", "api_url") if (value := getattr(self, name)) != self.said(name)}
        text = with_values(self.text or SETTINGS, "slack", values) if values else self.text or SETTINGS
        before = Channels(**_tables(text, self.file).get("channels", {}))
        named = {"desk": self.channels.desk, "alerts": self.channels.alerts}
        changed = {name: value for name, value in named.items() if value != getattr(before, name)}
        if changed:
            text = with_values(text, "channels", dict(changed))
        if text != self.text:
            with _made(self.file) as out:
                out.write(text)
        read_settings(data=self.folder)
        say(f"\n{'kept ' if text == self.text else 'wrote'} {self.file}")

    def slack(self, bot: str, **more: str) -> Slack:
        """The settings as they would be with these secrets. Raises Refusal where the rest of them is no good."""
        plain = {name: value for name, value in self.table.items() if not name.endswith(("_file", "_token", "_secret"))}
        try:
            return Slack.model_validate(
                plain | {"bot_token": bot, "mode": self.mode, "api_url": self.api_url} | dict(more)
            )
        except ValidationError as error:
            wrong = "; ".join(f"slack.{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            raise BadValue(f"{wrong}.", f"Mend it in {self.file}.") from None


@contextmanager
def _made(path: Path) -> Iterator[TextIO]:
    """A file of ours, written anew and whole. Raises Refusal."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadValue(f"{path.parent} cannot be made: {error.strerror}.", "Name another with --data.") from None
    with written_to(path, force=True) as out:
        yield out


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise BadValue(f"{file} cannot be read: {error}.") from None


def _tables(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadValue(f"{file} cannot be read: {error}.") from None


def _well(checks: Iterator[Check]) -> bool:
    """Tell each, and whether none has failed."""
    well = True
    for check in checks:
        tell(check)
        well = well and check.verdict is not Verdict.FAIL
    return well
