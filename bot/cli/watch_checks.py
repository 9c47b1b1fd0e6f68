"""What `thirdline doctor` looks at in the watch over the desk: whether it runs, and whether somebody outside hears."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.cli.checks import Check, Verdict
from bot.connections import FACT
from bot.ports import Database
from bot.settings import Settings
from bot.views.wording import span_words
from bot.watchman import NAME

SILENT = timedelta(minutes=5)
_SET_URL = "Give [watch] url the address of a dead-man's switch: it cries out when the desk does not."


def watch(settings: Settings, base: Database, now: datetime) -> Iterator[Check]:
    """What the watchman of the running desk last wrote down."""
    fact, paging = base.read(lambda work: (work.memory.fact(FACT + NAME), bool(work.rota.plan().schedules)))
    outside = settings.watch.url is not None
    told = _moment(fact, "at")
    if told is None:
        yield Check(NAME, Verdict.OK, "nobody watches yet; the desk does while it runs")
    elif now - told > SILENT:
        found = f"the desk last looked after itself {span_words(int((now - told).total_seconds()))} ago"
        yield Check(NAME, Verdict.WARN, found, "Is it running? thirdline serve")
    elif not fact["well"]:
        yield Check(NAME, Verdict.FAIL, fact["words"], "thirdline.log has the details.")
    elif outside and _moment(fact, "heard_at") is None:
        yield Check(NAME, Verdict.WARN, fact["words"], "Look at [watch] url, and whether this machine reaches it.")
    else:
        yield Check(NAME, Verdict.OK, fact["words"])
    if paging and not outside:
        yield Check(NAME, Verdict.WARN, "people are on call, and nobody outside hears when the desk dies", _SET_URL)


def _moment(fact: object, name: str) -> datetime | None:
    value = fact.get(name) if isinstance(fact, dict) else None
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int) else None
