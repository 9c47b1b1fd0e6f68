"""What `thirdline doctor` looks at before there is a desk: Python, settings, policy and time zone data."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.cli.library import installed
from bot.cli.logs import FILE as LOG
from bot.domain.errors import Refusal
from bot.domain.policy import Policy
from bot.letters.writing import FOLDER, LetterWriter
from bot.policy.file import policy_at
from bot.settings import FILE, Settings

SYSTEM_ZONES = Path("/usr/share/zoneinfo")
OLDEST_PYTHON = (3, 11)


class Verdict(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: what was looked at, what was found and, where something is wrong, what to do."""

    name: str
    verdict: Verdict
    found: str
    cure: str = ""


Looks = Callable[[], Iterator[Check]]


def python() -> Iterator[Check]:
    found = f"{platform.python_version()} on {platform.system()}"
    if sys.version_info < OLDEST_PYTHON:
        yield Check("python", Verdict.FAIL, found, "Install Python 3.11 or newer.")
    else:
        yield Check("python", Verdict.OK, found)


def settings(kept: Settings) -> Iterator[Check]:
    """They were read, or nobody would have come so far."""
    file = kept.data / FILE
    where = str(file) if file.exists() else f"no {file}, so what ships and the environment"
    yield Check("settings", Verdict.OK, f"{where}; the log is {kept.data / LOG} at {kept.log_level}")


def policy_of(kept: Settings) -> Policy:
    """The policy that the next start takes. Raises Refusal, with the lines that are wrong."""
    return policy_at(kept.policy_path, installed().known)


def policy(kept: Settings) -> Iterator[Check]:
    try:
        found = policy_of(kept)
    except Refusal as refusal:
        cure = refusal.hint or f"Mend these lines, then: thirdline policy check {kept.policy_path}"
        yield Check("policy", Verdict.FAIL, refusal.text, cure)
        return
    where = str(kept.policy_path) if kept.policy_path else "the one that ships; `thirdline init` writes a copy to edit"
    yield Check("policy", Verdict.OK, f"“{found.name}” of {found.effective}, {len(found.levels)} levels ({where})")


def letters(kept: Settings) -> Iterator[Check]:
    """The operator's own letters; one that will not do is written as it ships, so nothing is lost but its words."""
    found = list(LetterWriter(kept.data / FOLDER).checked())
    for path, mistake in found:
        if mistake is not None:
            cure = "Until it is mended the letter is written as it ships. Look again with: thirdline letters check"
            yield Check("letters", Verdict.WARN, f"{path.name}: {mistake}", cure)
    if not any(mistake for _, mistake in found):
        yield Check("letters", Verdict.OK, f"{len(found)} of your own" if found else "as they ship")


def time_zones(zone: str, now: datetime, system: Path = SYSTEM_ZONES) -> Iterator[Check]:
    """The package's data are what counts; a system that says otherwise shows other times in other programs."""
    name, ours = "time zone data", f"{version('tzdata')} (the package)"
    theirs = system_version(system)
    if not theirs:
        yield Check(name, Verdict.OK, f"{ours}; the system has none")
        return
    package = str(getattr(import_module("tzdata"), "IANA_VERSION", ""))
    differs = first_difference(zone, now, system)
    if differs is not None:
        yield Check(
            name,
            Verdict.WARN,
            f"{ours}; the system's {theirs} disagrees about {zone} from {differs:%Y-%m-%d}, and is not used",
            "Update the package tzdata with pip."
            if theirs > package
            else "Update the system's tzdata: other programs show other times than the desk.",
        )
    elif theirs > package:
        yield Check(name, Verdict.WARN, f"{ours} is older than the system's {theirs}", "Update tzdata with pip.")
    else:
        yield Check(name, Verdict.OK, f"{ours}; the system has {theirs}, which is not used")


def system_version(system: Path = SYSTEM_ZONES) -> str:
    """The release of the system's own data: "2025b"; nothing where there is none or it does not say."""
    for file, prefix in (("tzdata.zi", "# version "), ("+VERSION", "")):
        try:
            with (system / file).open(encoding="utf-8") as lines:
                return lines.readline().removeprefix(prefix).strip()
        except (OSError, UnicodeDecodeError):
            continue
    return ""


def first_difference(zone: str, now: datetime, system: Path = SYSTEM_ZONES) -> datetime | None:
    """When from a year ago to three years ahead, to six hours, the system's rules for the zone leave the package's."""
    try:
        with (system / zone).open("rb") as file:
            theirs = ZoneInfo.from_file(file)
    except (OSError, ValueError):
        return None
    ours, at = ZoneInfo(zone), now.astimezone(UTC) - timedelta(days=366)
    until = at + timedelta(days=4 * 366)
    while at < until:
        if at.astimezone(ours).utcoffset() != at.astimezone(theirs).utcoffset():
            return at
        at += timedelta(hours=6)
    return None
