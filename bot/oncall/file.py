"""The operator's on-call plan, read from its file: complete, or refused with the lines that do not hold together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path

from bot.domain.escalation import Escalation, Step, Target, TargetKind
from bot.domain.hours import WEEKDAYS
from bot.domain.oncall import OnCall, SelfTest
from bot.domain.paging import PageRule, Trigger
from bot.domain.policy import Policy
from bot.domain.rota import Schedule
from bot.domain.short_names import short_name
from bot.domain.ticket import Priority
from bot.oncall.layers import check_name, schedules_of
from bot.oncall.words import hand_over_from, span_from, target_from
from bot.policy.toml_lines import NotToml, load
from bot.policy.toml_tables import Mistake, Mistaken, Mistakes, Table, file_text, meant

_WEEKDAYS = tuple(name.casefold() for name in WEEKDAYS)
_TRIGGERS = (Trigger.OPENED, Trigger.WARNING, Trigger.BREACH, Trigger.STAFF, Trigger.HOTLINE)
_HOURS = ("any", "open", "monitored")
_DAY = 86_400
_SHORTEST_STEP, _SHORTEST_LOUD, _SHORTEST_ACK = 10, 60, 60


class OnCallError(Mistaken):
    """The on-call plan does not hold together."""


def read_oncall(text: str, name: str = "oncall.toml", policy: Policy | None = None) -> OnCall:
    """The plan that a TOML text says; `name` is what its file is called when mistakes are told.

    With the policy at hand, levels and warnings that it does not know are mistakes too. Raises OnCallError.
    """
    try:
        data, lines = load(text)
    except NotToml as error:
        raise OnCallError(name, (Mistake(error.line, error.text, error.hint),)) from error
    mistakes = Mistakes(lines)
    plan = _plan(Table(data, (), mistakes), policy)
    if mistakes.found:
        raise OnCallError(name, mistakes.in_order)
    return plan


def shipped_text() -> str:
    """The file that ships, comments and all."""
    return resources.files("bot.oncall").joinpath("oncall.toml").read_text(encoding="utf-8")


def oncall_at(path: Path | None, policy: Policy | None = None) -> OnCall:
    """The plan of a file, or the one that ships where none is named. Raises BadValue, OnCallError among it."""
    if path is None:
        return read_oncall(shipped_text(), "oncall.toml")
    return read_oncall(file_text(path), str(path), policy)


def _plan(top: Table, policy: Policy | None) -> OnCall:
    usual = OnCall()
    top.only("important", "leads", "notice", "ahead_days", "self_test", "schedules", "escalations", "pages")
    schedules = schedules_of(top.table("schedules", needed=False))
    escalations = _escalations(top.table("escalations", needed=False), schedules)
    return OnCall(
        schedules,
        escalations,
        tuple(_rules(top.tables("pages"), escalations, policy)),
        frozenset(_levels(top, "important", policy)),
        tuple(top.parsed_list("leads", short_name)) if "leads" in top else (),
        _self_test(top.table("self_test", needed=False)),
        _span(top, "notice", usual.handover_seconds, 0, _DAY),
        top.whole("ahead_days", 1, 366, usual.ahead_days),
    )


def _self_test(table: Table) -> SelfTest:
    usual = SelfTest()
    table.only("on", "weekday", "at")
    weekday = table.text("weekday", _WEEKDAYS[usual.weekday]).casefold()
    if weekday not in _WEEKDAYS:
        table.wrong("weekday", f"there is no weekday “{weekday}”", meant(weekday, _WEEKDAYS))
        weekday = _WEEKDAYS[usual.weekday]
    at = table.parsed("at", hand_over_from, usual.at) if "at" in table else usual.at
    return SelfTest(_WEEKDAYS.index(weekday), at, table.flag("on", usual.on))


# --- escalations --------------------------------------------------------------------------------------------------


def _escalations(table: Table, schedules: Mapping[str, Schedule]) -> dict[str, Escalation]:
    found = {}
    for name in table:
        check_name(table, name)
        one = table.table(name)
        one.only("rounds", "ack", "loud", "steps")
        usual = Escalation(name, ())
        found[name] = Escalation(
            name,
            tuple(_step(each, schedules) for each in one.tables("steps")),
            one.whole("rounds", 1, 20, usual.rounds),
            _span(one, "ack", usual.ack_seconds, _SHORTEST_ACK, _DAY, zero=True),
            _span(one, "loud", usual.loud_seconds, _SHORTEST_LOUD, _DAY),
        )
    return found


def _step(table: Table, schedules: Mapping[str, Schedule]) -> Step:
    table.only("call", "wait")
    targets: list[Target] = []
    said = table.parsed_places("call", target_from)
    if not said and "call" in table:
        table.wrong("call", "this step calls nobody", 'Name somebody: ["schedule:level3"].')
    for index, target in enumerate(said):
        if target is None:
            continue
        targets.append(target)
        if target.kind is TargetKind.SCHEDULE and target.name not in schedules:
            hint = meant(target.name, tuple(schedules)) or "Write [schedules." + target.name + "]."
            table.wrong_item("call", index, f"there is no schedule “{target.name}”", hint)
    return Step(tuple(dict.fromkeys(targets)), _span(table, "wait", 300, _SHORTEST_STEP, _DAY))


def _span(table: Table, key: str, usual: int, least: int, most: int, *, zero: bool = False) -> int:
    """Seconds of real time from `least` to `most`; the usual ones where the key is left out."""
    if key not in table:
        return usual
    seconds = table.parsed(key, span_from, usual)
    if not least <= seconds <= most and not (zero and seconds == 0):
        never = ", or be 0m for never" if zero else ""
        table.wrong(key, f"“{key}” must last from {least} seconds to {most // 3600} hours{never}")
    return seconds


# --- the paging table -----------------------------------------------------------------------------------------------


def _rules(tables: Iterable[Table], escalations: Mapping[str, Escalation], policy: Policy | None) -> Iterable[PageRule]:
    taken: set[str] = set()
    for number, table in enumerate(tables, 1):
        rule = _rule(table, number, escalations, policy)
        if rule.name in taken:
            table.wrong("name", f"two rules are called “{rule.name}”", "/page why tells rules by their names.")
        taken.add(rule.name)
        yield rule


def _rule(table: Table, number: int, escalations: Mapping[str, Escalation], policy: Policy | None) -> PageRule:
    table.only("name", "on", "levels", "worst_cases", "priorities", "hours", "warning", "escalation")
    trigger = Trigger(_word(table, "on", _TRIGGERS, "moment"))
    escalation = table.text("escalation")
    if escalation and escalation not in escalations:
        hint = meant(escalation, tuple(escalations)) or f"Write [escalations.{escalation}]."
        table.wrong("escalation", f"there is no escalation “{escalation}”", hint)
    priorities = table.chosen("priorities", tuple(Priority), "priority") if "priorities" in table else []
    return PageRule(
        name=table.text("name", f"rule {number}"),
        on=trigger,
        escalation=escalation,
        levels=frozenset(_levels(table, "levels", policy)),
        worst_cases=table.flag("worst_cases", False),
        priorities=frozenset(priorities),
        hours=_word(table, "hours", _HOURS, "hours", default="any"),
        warning=_warning(table, trigger, policy),
    )


def _warning(table: Table, trigger: Trigger, policy: Policy | None) -> int:
    if trigger is not Trigger.WARNING:
        if "warning" in table:
            table.wrong("warning", f"a warning's share means nothing on “{trigger}”", 'Write on = "warning".')
        return 0
    share = table.whole("warning", 1, 99)
    if policy is not None and share > max(policy.warnings, default=0):
        said = ", ".join(f"{one} %" for one in policy.warnings) or "nothing"
        table.wrong("warning", f"the policy warns at {said}, so nothing is ever warned about at {share} %")
    return share


def _word(table: Table, key: str, known: tuple[str, ...], what: str, default: str | None = None) -> str:
    said = table.text(key, default)
    if said in known:
        return said
    if said:
        table.wrong(key, f"there is no {what} “{said}”", meant(said, tuple(map(str, known))))
    return known[0]


def _levels(table: Table, key: str, policy: Policy | None) -> list[str]:
    """Levels by their names, in the policy's own spelling where it is at hand."""
    if key not in table:
        return []
    if policy is None:
        return table.strings(key)

    def canonical(text: str) -> str:
        return policy.level(text).name

    return table.parsed_list(key, canonical)
