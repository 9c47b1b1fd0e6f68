"""The policy as canonical JSON, so that the desk can keep each version of it and recompute what was promised then."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.domain.policy import (
    AfterExpiry,
    Audience,
    ClockKind,
    Expiry,
    HolidayRule,
    Limits,
    Milestone,
    Policy,
    Referral,
    SpecialDay,
    SupportLevel,
    Target,
    Way,
)


def _referral(data: Mapping[str, Any]) -> Referral:
    """Versions from before the answers were told have the usual ones."""
    ask_after, answer_within, *yes = data.get("referral", (Referral().ask_after, Referral().answer_within))
    return Referral(ask_after, answer_within, tuple(yes[0]) if yes else Referral().yes)


def policy_to_json(policy: Policy) -> str:
    """One text for one policy: equal policies give equal texts."""
    return json.dumps(_to_data(policy), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def policy_from_json(text: str) -> Policy:
    """The policy that `policy_to_json` wrote. It was judged when it was read, so it is not judged again.

    Versions from before there were milestones, warnings of expiry and questions after a referral have the usual ones.
    """
    data = json.loads(text)
    limits, holidays = data["limits"], data["holidays"]
    return Policy(
        name=data["name"],
        effective=date.fromisoformat(data["effective"]),
        zone=data["zone"],
        weekly=tuple(_windows(day) for day in data["weekly"]),
        monitored=data["monitored"],
        holidays=HolidayRule(
            holidays["country"],
            holidays["subdivision"],
            tuple(holidays["categories"]),
            {date.fromisoformat(day): name for day, name in holidays["added"]},
            frozenset(map(date.fromisoformat, holidays["removed"])),
        ),
        special={date.fromisoformat(day): SpecialDay(name, _windows(hours)) for day, name, hours in data["special"]},
        levels=tuple(_level(level) for level in data["levels"]),
        warnings=tuple(data["warnings"]),
        reminders=tuple(Target(*reminder) for reminder in data["reminders"]),
        responses=frozenset(data["responses"]),
        categories=dict(data["categories"]),
        worst_cases=frozenset(data["worst_cases"]),
        resolutions=dict(data["resolutions"]),
        thanks=tuple(data["thanks"]),
        grace_days=data["grace_days"],
        installation_days=data["installation_days"],
        limits=Limits(**limits),
        working_day=data["working_day"],
        milestones=tuple(Milestone(day, title, _audience(tell)) for day, title, tell in data.get("milestones", ())),
        handover=_audience(data.get("handover", (Audience.DESK,))),
        expiry=_expiry(data["expiry"]) if "expiry" in data else Expiry(),
        referral=_referral(data),
    )


def _to_data(policy: Policy) -> dict[str, Any]:
    """Mappings whose order people see (categories, resolutions) are kept as pairs."""
    rule, limits = policy.holidays, policy.limits
    return {
        "name": policy.name,
        "effective": policy.effective.isoformat(),
        "zone": policy.zone,
        "weekly": policy.weekly,
        "monitored": policy.monitored,
        "holidays": {
            "country": rule.country,
            "subdivision": rule.subdivision,
            "categories": rule.categories,
            "added": sorted((day.isoformat(), name) for day, name in dict(rule.added).items()),
            "removed": sorted(day.isoformat() for day in rule.removed),
        },
        "special": [(day.isoformat(), kept.name, kept.windows) for day, kept in sorted(policy.special.items())],
        "levels": [_level_data(level) for level in policy.levels],
        "warnings": policy.warnings,
        "reminders": [(reminder.days, reminder.seconds) for reminder in policy.reminders],
        "responses": sorted(policy.responses),
        "categories": list(policy.categories.items()),
        "worst_cases": sorted(policy.worst_cases),
        "resolutions": list(policy.resolutions.items()),
        "thanks": policy.thanks,
        "grace_days": policy.grace_days,
        "installation_days": policy.installation_days,
        "limits": {
            "open_per_customer": limits.open_per_customer,
            "opened_per_customer_per_minute": limits.opened_per_customer_per_minute,
            "subject": limits.subject,
            "text": limits.text,
        },
        "working_day": policy.working_day,
        "milestones": [(one.day, one.title, sorted(one.tell)) for one in policy.milestones],
        "handover": sorted(policy.handover),
        "expiry": {"warn_days": policy.expiry.warn_days, "after": policy.expiry.after.value},
        "referral": (policy.referral.ask_after, policy.referral.answer_within, policy.referral.yes),
    }


def _level_data(level: SupportLevel) -> dict[str, Any]:
    return {
        "name": level.name,
        "rank": level.rank,
        "price": level.price,
        "audience": level.audience,
        "in_scope": level.in_scope,
        "out_of_scope": level.out_of_scope,
        "ways": sorted(level.ways),
        "targets": {kind.value: (target.days, target.seconds) for kind, target in level.targets.items()},
    }


def _level(data: Mapping[str, Any]) -> SupportLevel:
    return SupportLevel(
        data["name"],
        data["rank"],
        data["price"],
        data["audience"],
        data["in_scope"],
        data["out_of_scope"],
        frozenset(map(Way, data["ways"])),
        {ClockKind(kind): Target(*target) for kind, target in data["targets"].items()},
    )


def _audience(data: Sequence[str]) -> frozenset[Audience]:
    return frozenset(map(Audience, data))


def _expiry(data: Mapping[str, Any]) -> Expiry:
    return Expiry(tuple(data["warn_days"]), AfterExpiry(data["after"]))


def _windows(data: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((opens, closes) for opens, closes in data)
