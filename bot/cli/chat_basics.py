"""What `thirdline doctor` sees of a chat platform without asking it: packages, secret files, what the desk heard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from pydantic import BaseModel

from bot.cli.checks import Check, Verdict
from bot.connections import FACT
from bot.domain.errors import Refusal
from bot.ports import Database
from bot.settings import Settings
from bot.views.wording import span_words
from bot.ways import platform_class

SILENT = timedelta(minutes=5)
_PACKAGES: Mapping[str, tuple[str, ...]] = {
    "slack": ("slack_bolt", "slack_sdk", "aiohttp"),
    "discord": ("discord", "aiohttp"),
    "phone": ("aiohttp", "cryptography", "phonenumbers"),
    "email": (),  # Sending needs none; what reading needs is looked at where a mailbox is set up.
    "mailboxes": ("imapclient", "mailparser_reply", "markdownify", "nh3"),
    "web": ("aiohttp",),
}
_EXTRAS = {"mailboxes": "email"}


def needed(platform: str) -> None:
    """Raises Refusal where what speaks with a platform is not installed: nothing else can be asked without it."""
    missing = [name for name in _PACKAGES[platform] if find_spec(name) is None]
    if missing:
        extra = _EXTRAS.get(platform, platform)
        raise Refusal(
            f"{platform.capitalize()} needs packages that are not installed: {', '.join(missing)}.",
            f"`make run` installs what is missing; elsewhere it is the extra thirdline[{extra}].",
        )


def adapter(settings: Settings, platform: str) -> Iterator[Check]:
    """Of a platform that the doctor does not know: whether its adapter can be loaded. Raises Refusal."""
    platform_class(settings, platform)
    yield Check(platform, Verdict.OK, "its adapter is there; connecting tells the rest")


def secrets(folder: Path, platform: str, settings: BaseModel) -> Iterator[Check]:
    """A file with a token is for the desk's own account alone."""
    for name, file in settings:
        path = folder / file if name.endswith("_file") and file else None
        if path and path.exists() and path.stat().st_mode & 0o077:
            yield Check(f"{platform} secrets", Verdict.WARN, f"{path} can be read by others", f"chmod 600 {path}")


def heard(base: Database, platform: str, now: datetime) -> Iterator[Check]:
    """What the running desk last told of its connection: that it is alive, and that the platform is."""
    fact = base.read(lambda work: work.memory.fact(f"{FACT}{platform}"))
    name = f"{platform} health"
    if not isinstance(fact, dict):
        yield Check(name, Verdict.OK, "not connected yet; `thirdline run` or `thirdline serve` connects")
        return
    told, last = _moment(fact.get("at")), _moment(fact.get("heard_at"))
    was = f"{platform.capitalize()} was {'never heard' if last is None else f'last heard {_ago(last, now)}'}"
    words = f"{fact.get('words', '')}; {was}"
    if told is None or now - told > SILENT:
        found = f"the desk last told {_ago(told, now)}: {words}"
        yield Check(name, Verdict.WARN, found, "Is it running? thirdline serve")
    elif not fact.get("well"):
        yield Check(name, Verdict.FAIL, words, "It goes on trying; thirdline.log has the details.")
    else:
        yield Check(name, Verdict.OK, words)


def _moment(value: object) -> datetime | None:
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int) else None


def _ago(then: datetime | None, now: datetime) -> str:
    return "never" if then is None else f"{span_words(max(0, int((now - then).total_seconds())))} ago"
