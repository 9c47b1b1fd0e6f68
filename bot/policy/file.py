"""The operator's policy file, read into a Policy: complete, or refused with the lines that do not hold together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from importlib import resources
from pathlib import Path

from bot.domain.errors import BadValue
from bot.domain.hours import WEEKDAYS, Window
from bot.domain.policy import ClockKind, HolidayRule, Limits, Policy, SpecialDay, SupportLevel, Target, Way
from bot.domain.policy_data import policy_from_json, policy_to_json
from bot.domain.targets import target_from
from bot.policy.after import expiry_of, installation_days_of, milestones_of, referral_of, tells_of
from bot.policy.rules import RULES
from bot.policy.toml_hours import windows_of, zone_of
from bot.policy.toml_lines import NotToml, load
from bot.policy.toml_tables import Mistake, Mistaken, Mistakes, Table, file_text

__all__ = ["KnownList", "Mistake", "PolicyError", "policy_at", "policy_from_json", "policy_to_json", "read_policy"]

KnownList = Callable[[HolidayRule], None]
"""Raises BadValue when no such holiday list exists (country, then subdivision, then categories)."""

_WEEKDAYS = tuple(name.casefold() for name in WEEKDAYS)
_SECTIONS = (
    *("hours", "holidays", "special", "levels", "clocks", "entitlement", "installation", "expiry", "partners"),
    *("categories", "resolutions", "limits"),
)
_RESPONSES = ("reply", "call", "remote", "claim")


class PolicyError(Mistaken):
    """The policy file does not hold together."""


def read_policy(text: str, name: str = "policy.toml", known: KnownList | None = None) -> Policy:
    """The policy that a TOML text says; `name` is what its file is called when mistakes are told.

    `known` judges the holiday list where the caller has the library to do so. Raises PolicyError.
    """
    try:
        data, lines = load(text)
    except NotToml as error:
        raise PolicyError(name, (Mistake(error.line, error.text, error.hint),)) from error
    mistakes = Mistakes(lines)
    policy = _policy(Table(data, (), mistakes), known)
    if not mistakes.found:
        for rule in RULES:
            for path, what, hint in rule(policy):
                mistakes.add(path, what, hint)
    if mistakes.found:
        raise PolicyError(name, mistakes.in_order)
    return policy


def policy_at(path: Path | None, known: KnownList | None = None) -> Policy:
    """The policy of a file, or the one that ships where none is named. Raises BadValue, PolicyError among it."""
    if path is None:
        shipped = resources.files("bot.policy").joinpath("policy.toml")
        return read_policy(shipped.read_text(encoding="utf-8"), "policy.toml", known)
    return read_policy(file_text(path), str(path), known)


def _policy(top: Table, known: KnownList | None) -> Policy:
    top.only("name", "effective", "zone", "monitored", *_SECTIONS)
    clocks, entitlement = top.table("clocks"), top.table("entitlement")
    clocks.only("warnings", "reminders", "responses", "working_day", "thanks")
    entitlement.only("grace_days", "installation_days", "worst_cases")
    installation = top.table("installation", needed=False)
    installation.only("days", "tell", "milestones")
    told = tells_of(installation)
    categories = top.table("categories").titles()
    working_day = clocks.parsed("working_day", target_from, Target()) if "working_day" in clocks else Target()
    if working_day.days:
        clocks.wrong("working_day", "a working day cannot be measured in days", 'Say its hours: "9h".')
    return Policy(
        name=top.text("name"),
        effective=top.day("effective"),
        zone=zone_of(top),
        weekly=_weekly(top.table("hours")),
        monitored=top.flag("monitored", True),
        holidays=_holidays(top.table("holidays", needed=False), known),
        special=_special(top.table("special", needed=False)),
        levels=_levels(top.table("levels")),
        warnings=tuple(clocks.whole_list("warnings", 1, 99)),
        reminders=tuple(clocks.parsed_list("reminders", target_from)),
        responses=frozenset(clocks.chosen("responses", _RESPONSES, "deed")),
        categories=categories,
        worst_cases=frozenset(entitlement.chosen("worst_cases", tuple(categories), "category")),
        resolutions=top.table("resolutions").titles(),
        thanks=tuple(clocks.strings("thanks")),
        grace_days=entitlement.whole("grace_days", 0, 3660),
        installation_days=installation_days_of(entitlement, installation),
        limits=_limits(top.table("limits", needed=False)),
        working_day=working_day.seconds or None,
        milestones=milestones_of(installation, told),
        handover=told,
        expiry=expiry_of(top.table("expiry", needed=False)),
        referral=referral_of(top.table("partners", needed=False)),
    )


def _weekly(hours: Table) -> tuple[tuple[Window, ...], ...]:
    hours.only(*_WEEKDAYS, what="weekday")
    return tuple(windows_of(hours, day) if day in hours else () for day in _WEEKDAYS)


def _holidays(table: Table, known: KnownList | None) -> HolidayRule:
    table.only("country", "subdivision", "categories", "added", "removed")
    country, subdivision = table.text("country", ""), table.text("subdivision", "")
    categories = tuple(table.strings("categories")) if country else ()
    if known is not None and country:
        steps = {
            "country": HolidayRule(country),
            "subdivision": HolidayRule(country, subdivision),
            "categories": HolidayRule(country, subdivision, categories),
        }
        for key, rule in steps.items():
            try:
                known(rule)
            except BadValue as error:
                table.wrong(key, error.text, error.hint)
                break
    added = table.table("added", needed=False)
    names: Mapping[date, str] = {day: added.text(key) for day, key in added.dated()}
    return HolidayRule(country, subdivision, categories, names, frozenset(table.days("removed")))


def _special(table: Table) -> dict[date, SpecialDay]:
    days = {}
    for day, key in table.dated():
        entry = table.table(key)
        entry.only("name", "hours")
        days[day] = SpecialDay(entry.text("name"), windows_of(entry, "hours"))
    return days


def _levels(table: Table) -> tuple[SupportLevel, ...]:
    return tuple(_level(table.table(name), name, rank) for rank, name in enumerate(table, start=1))


def _level(table: Table, name: str, rank: int) -> SupportLevel:
    kinds = {kind.value: kind for kind in ClockKind}
    table.only("price", "audience", "in_scope", "out_of_scope", "ways", *kinds)
    targets = {kind: table.parsed(key, target_from, Target()) for key, kind in kinds.items() if key in table}
    return SupportLevel(
        name=name,
        rank=rank,
        price=table.text("price"),
        audience=table.text("audience"),
        in_scope=table.text("in_scope"),
        out_of_scope=table.text("out_of_scope"),
        ways=frozenset(Way(way) for way in table.chosen("ways", tuple(Way), "way of support")),
        targets=targets,
    )


def _limits(table: Table) -> Limits:
    usual = Limits()
    table.only("open_per_customer", "opened_per_customer_per_minute", "subject", "text")
    return Limits(
        table.whole("open_per_customer", 1, 10**9, usual.open_per_customer),
        table.whole("opened_per_customer_per_minute", 1, 10**9, usual.opened_per_customer_per_minute),
        table.whole("subject", 1, 10_000, usual.subject),
        table.whole("text", 1, 10_000_000, usual.text),
    )
