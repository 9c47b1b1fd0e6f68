"""What a policy must hold to as a whole, one named rule each; each tells the place, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from bot.domain.policy import Policy
from bot.policy.toml_lines import KeyPath

Fault = tuple[KeyPath, str, str]
Rule = Callable[[Policy], Iterator[Fault]]

_LEAST_OPEN = 3600


def the_desk_opens(policy: Policy) -> Iterator[Fault]:
    if sum(closes - opens for windows in policy.weekly for opens, closes in windows) < _LEAST_OPEN:
        yield ("hours",), "the desk is open for less than an hour a week, so no promise could be kept", "Give it hours."


def there_are_levels(policy: Policy) -> Iterator[Fault]:
    if not policy.levels:
        yield ("levels",), "there is no support level", "Every subscription needs one: write [levels.I]."


def level_names_are_told_apart(policy: Policy) -> Iterator[Fault]:
    """A level can be called by its name in any case and by its rank, so no two may answer to the same word."""
    taken: dict[str, str] = {}
    for level in policy.levels:
        for word in {level.name.casefold(), str(level.rank)}:
            if taken.setdefault(word, level.name) != level.name:
                yield ("levels", level.name), f"the levels {taken[word]} and {level.name} both answer to “{word}”", ""


def level_names_can_be_typed(policy: Policy) -> Iterator[Fault]:
    for level in policy.levels:
        if not level.name.replace("-", "").isalnum() or level.name.casefold().startswith("level"):
            yield ("levels", level.name), f"“{level.name}” cannot name a level", "Use a short word: I, II, gold."


def every_level_promises_an_answer(policy: Policy) -> Iterator[Fault]:
    for level in policy.levels:
        if not level.targets:
            yield ("levels", level.name), f"{level.title} promises nothing", 'Give it a first_response, such as "1d".'


def every_level_has_a_way(policy: Policy) -> Iterator[Fault]:
    for level in policy.levels:
        if not level.ways:
            yield ("levels", level.name, "ways"), f"{level.title} has no way of support", 'Give it at least ["email"].'


def warnings_rise(policy: Policy) -> Iterator[Fault]:
    for index, (before, after) in enumerate(zip(policy.warnings, policy.warnings[1:], strict=False), start=1):
        if after <= before:
            place = ("clocks", "warnings", index)
            yield (
                place,
                f"the warning at {after} % comes after the one at {before} %",
                "Write them rising: [50, 75, 90].",
            )


def something_answers(policy: Policy) -> Iterator[Fault]:
    if not policy.responses:
        yield ("clocks", "responses"), "nothing counts as a response, so every promise would be broken", 'Name "reply".'


def no_day_is_added_and_removed(policy: Policy) -> Iterator[Fault]:
    for day in sorted(policy.holidays.removed & dict(policy.holidays.added).keys()):
        yield ("holidays", "removed"), f"{day} is both added and removed", "Keep one of the two."


def half_days_are_not_off(policy: Policy) -> Iterator[Fault]:
    for day in sorted(policy.special.keys() & dict(policy.holidays.added).keys()):
        yield ("special", day.isoformat()), f"{day} is both a day off and a day with hours of its own", "Keep one."


def a_working_day_fits_into_a_day(policy: Policy) -> Iterator[Fault]:
    if policy.working_day is not None and policy.working_day > 86_400:
        yield ("clocks", "working_day"), "a working day cannot be longer than 24 hours", ""


def milestones_lie_in_the_plan(policy: Policy) -> Iterator[Fault]:
    for milestone in policy.milestones:
        if milestone.day > policy.installation_days:
            place = ("installation", "milestones", str(milestone.day))
            what = f"day {milestone.day} lies beyond the installation plan of {policy.installation_days} days"
            yield place, what, "Give the plan more days or the milestone an earlier one."


def warnings_of_expiry_come_nearer(policy: Policy) -> Iterator[Fault]:
    days = policy.expiry.warn_days
    for index, (before, after) in enumerate(pairwise(days), start=1):
        if after >= before:
            what = f"the warning {after} days before the end comes after the one {before} days before it"
            yield ("expiry", "warn_days", index), what, "Write them falling: [30, 7, 0]."


RULES: tuple[Rule, ...] = (
    the_desk_opens,
    there_are_levels,
    level_names_are_told_apart,
    level_names_can_be_typed,
    every_level_promises_an_answer,
    every_level_has_a_way,
    warnings_rise,
    something_answers,
    no_day_is_added_and_removed,
    half_days_are_not_off,
    a_working_day_fits_into_a_day,
    milestones_lie_in_the_plan,
    warnings_of_expiry_come_nearer,
)
