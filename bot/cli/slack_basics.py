"""What `thirdline doctor` sees of Slack without asking it: packages, secret files, and what the running desk heard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from bot.cli.checks import Check, Verdict
from bot.connections import FACT
from bot.domain.errors import Refusal
from bot.ports import Database
from bot.settings import Slack
from bot.views.wording import span_words

SILENT = timedelta(minutes=5)
_PACKAGES = ("slack_bolt", "slack_sdk", "aiohttp")


def needed() -> None:
    """Raises Refusal where what speaks with Slack is not installed: nothing else can be asked without it."""
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        cure = "`make run` installs what is missing; elsewhere it is the extra thirdline[slack]."
        raise Refusal(f"Slack needs packages that are not installed: {', '.join(missing)}.", cure)


def secrets(folder: Path, slack: Slack) -> Iterator[Check]:
    """A file with a token is for the desk's own account alone."""
    for file in (slack.bot_token_file, slack.app_token_file, slack.signing_secret_file):
        path = folder / file if file else None
        if path and path.exists() and path.stat().st_mode & 0o077:
            yield Check("slack secrets", Verdict.WARN, f"{path} can be read by others", f"chmod 600 {path}")


def heard(base: Database, now: datetime) -> Iterator[Check]:
    """What the running desk last told of its connection: that it is alive, and that Slack is."""
    fact = base.read(lambda work: work.memory.fact(f"{FACT}slack"))
    name = "slack health"
    if not isinstance(fact, dict):
        yield Check(name, Verdict.OK, "not connected yet; `thirdline run` or `thirdline serve` connects")
        return
    told, last = _moment(fact.get("at")), _moment(fact.get("heard_at"))
    words = f"{fact.get('words', '')}; Slack was {'never heard' if last is None else f'last heard {_ago(last, now)}'}"
    if told is None or now - told > SILENT:
        yield Check(
            name, Verdict.WARN, f"the desk last told {_ago(told, now)}: {words}", "Is it running? thirdline serve"
        )
    elif not fact.get("well"):
        yield Check(name, Verdict.FAIL, words, "It goes on trying; thirdline.log has the details.")
    else:
        yield Check(name, Verdict.OK, words)


def _moment(value: object) -> datetime | None:
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int) else None


def _ago(then: datetime | None, now: datetime) -> str:
    return "never" if then is None else f"{span_words(max(0, int((now - then).total_seconds())))} ago"
