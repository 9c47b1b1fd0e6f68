"""`thirdline doctor`: everything the desk depends on, looked at in turn, with cause and cure. It changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pydantic import BaseModel

from bot.cli import chat_basics, checks, desk_checks, rota_checks, watch_checks, web_checks
from bot.cli.checks import Check, Looks, Verdict
from bot.cli.house import has_database, looked_at
from bot.cli.printing import say, say_json
from bot.clocks import SystemClock
from bot.domain.errors import Refusal
from bot.ports import Database
from bot.redaction import redacted
from bot.settings import Settings, SettingsError, read_settings
from bot.ways import chats_of

FAILED = 1


def doctor(data: Path | None, as_json: bool) -> int:
    """1 if something has failed; a warning is no failure."""
    found: list[Check] = []
    for check in _examined(data):
        found.append(check)
        if not as_json:
            tell(check)
    failed = any(check.verdict is Verdict.FAIL for check in found)
    if as_json:
        say_json({"ok": not failed, "checks": [asdict(check) for check in found]})
    return FAILED if failed else 0


def _examined(data: Path | None) -> Iterator[Check]:
    clock = SystemClock()
    yield from tried("python", checks.python)
    try:
        settings = read_settings(data=data)
    except SettingsError as error:
        yield Check(
            "settings", Verdict.FAIL, error.text, error.hint or "Mend them; `thirdline init` shows how they look."
        )
        return
    yield from tried("settings", partial(checks.settings, settings))
    yield from tried("policy", partial(checks.policy, settings))
    yield from tried("letters", partial(checks.letters, settings))
    yield from tried("time zone data", partial(_time_zones, settings, clock.now()))
    yield from tried("data folder", partial(desk_checks.folder, settings))
    for platform in chats_of(settings):
        yield from _of_chat(platform, settings, clock.now())
    for pager, section in settings.pagers.items():
        if section is not None and find_spec(f"bot.cli.{pager}_checks") is not None:
            yield from _of_section(pager, settings, section, clock.now())
    for name, looks in web_checks.examined(settings):
        yield from tried(name, looks)
    if not has_database(settings):
        yield desk_checks.no_database(settings)
        yield from tried("clock", partial(desk_checks.clock, None, clock.now()))
        return
    sound = True
    for check in tried("database", partial(desk_checks.database, settings, clock.now())):
        sound = sound and check.verdict is not Verdict.FAIL
        yield check
    if not sound:
        return
    with ExitStack() as stack:
        base = stack.enter_context(looked_at(settings, clock))
        for name, looks in _of_the_desk(settings, base, clock.now()):
            yield from tried(name, looks)


def _of_the_desk(settings: Settings, base: Database, now: datetime) -> Iterator[tuple[str, Looks]]:
    yield "holidays", partial(_holidays, settings, base, now)
    yield "outbox", partial(desk_checks.outbox, settings, base, now)
    yield "timers", partial(desk_checks.timers, base, now)
    yield "clock", partial(desk_checks.clock, base, now)
    yield "staff", partial(desk_checks.staff, base)
    yield "watch", partial(watch_checks.watch, settings, base, now)
    yield "rota", partial(rota_checks.rota, settings, base, now)
    yield "alarm", partial(rota_checks.alarm, settings, base)
    for platform in (*chats_of(settings), *settings.pagers):
        yield f"{platform} health", partial(chat_basics.heard, base, platform, now)


def _of_chat(platform: str, settings: Settings, now: datetime) -> Iterator[Check]:
    """A platform is asked only where it is set up. A token that is no good is told once, and nothing more is asked."""
    if platform in settings.platforms:
        yield from tried(platform, partial(chat_basics.adapter, settings, platform))
        return
    yield from _of_section(platform, settings, settings.chats[platform], now)


def _of_section(platform: str, settings: Settings, section: BaseModel, now: datetime) -> Iterator[Check]:
    """By the module of its checks, once its own packages are there."""
    yield from tried(f"{platform} secrets", partial(chat_basics.secrets, settings.data, platform, section))
    try:
        chat_basics.needed(platform)
    except Refusal as refusal:
        yield Check(platform, Verdict.FAIL, refusal.text, refusal.hint)
        return
    # A platform's own packages, which a desk without it may lack.
    examined = import_module(f"bot.cli.{platform}_checks").examined
    for name, looks in examined(settings, section, now):
        found = [*tried(name, looks)]
        yield from found
        if name == found[0].name == platform and found[0].verdict is Verdict.FAIL:
            return


def _time_zones(settings: Settings, now: datetime) -> Iterator[Check]:
    try:
        zone = checks.policy_of(settings).zone
    except Refusal:
        zone = "UTC"  # A policy that does not hold together has had its own line.
    yield from checks.time_zones(zone, now)


def _holidays(settings: Settings, base: Database, now: datetime) -> Iterator[Check]:
    try:
        policy = checks.policy_of(settings)
    except Refusal:
        return
    yield from desk_checks.holidays(base, policy, now)


def tried(name: str, looks: Looks) -> Iterator[Check]:
    """A check that cannot even be made has failed, and the next one is made all the same."""
    try:
        yield from looks()
    except Refusal as refusal:
        yield Check(
            name, Verdict.FAIL, refusal.text, refusal.hint or f"Mend it: nothing else of {name} can be looked at."
        )
    except Exception as error:  # A doctor who faints is no help: whatever it is, the other checks are made.
        found = redacted(f"could not be looked at: {type(error).__name__}: {error}")
        yield Check(name, Verdict.FAIL, found, "This is a mistake in Thirdline: please report it with this line.")


def tell(check: Check) -> None:
    """A finding as a person reads it."""
    say(f"{check.verdict.value:<5} {check.name:<15} {check.found}")
    if check.cure:
        say(f"{'':<21} → {check.cure}")
