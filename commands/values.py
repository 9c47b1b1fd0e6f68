"""From raw values to what a command's function takes: found, checked, or refused in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain import moments
from bot.domain.errors import BadValue, Incomplete
from bot.ports import UnitOfWork
from commands.oncall_values import READERS
from commands.partner_values import read_partner
from commands.spec import Caller, Command, Param, Takes

YES = frozenset({"yes", "y", "true", "on", "1"})
NO = frozenset({"no", "n", "false", "off", "0", ""})
TO_COME = "until"
"""The parameter whose time must not be past; any other time may be."""

# Controls and direction marks that could hide or reorder what a card says; tab and new line are kept.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")


def missing(command: Command, raw: Mapping[str, Any]) -> tuple[Param, ...]:
    """The required parameters that have no value yet."""
    return tuple(param for param in command.params if param.required and not str(raw.get(param.name, "")).strip())


def bind(command: Command, raw: Mapping[str, Any], caller: Caller, work: UnitOfWork) -> dict[str, Any]:
    """The values the function takes. Raises Refusal for what is mistyped, unknown or too long; where all that was
    given is well and something is missing, Incomplete."""
    values = {}
    for param in command.params:
        text = raw.get(param.name)
        if text is not None and (str(text).strip() or param.takes is Takes.TEXT):
            values[param.name] = _READERS[param.takes](clean(str(text)), param, caller, work)
    absent = missing(command, raw)
    if absent:
        first = absent[0]
        raise Incomplete(f"/{command.words} needs {_a(first)}: {first.help}.", f"It is typed: {command.usage}")
    return values


def clean(text: str) -> str:
    """Text without control characters, direction overrides and stray surrogates, so that a card reads as written."""
    if text.isprintable():
        return text  # Nothing that is taken away below is printable.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _a(param: Param) -> str:
    return f"{'an' if param.name[0] in 'aeiou' else 'a'} {param.name.replace('_', ' ')}"


def _ticket(text: str, param: Param, caller: Caller, work: UnitOfWork) -> Any:
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise BadValue(f"“{text[:40]}” is not a ticket number.", "A ticket is named by its number: 42 or #42.")
    return work.tickets.get(int(digits))


def _customer(text: str, param: Param, caller: Caller, work: UnitOfWork) -> Any:
    return work.customers.find(text)


def _staff(text: str, param: Param, caller: Caller, work: UnitOfWork) -> Any:
    if text.strip().casefold() in ("me", "myself") and caller.staff is not None:
        return caller.staff
    return work.people.find(text.strip().removeprefix("@"))


def _level(text: str, param: Param, caller: Caller, work: UnitOfWork) -> Any:
    return work.promises.policy.level(text)


def _category(text: str, param: Param, caller: Caller, work: UnitOfWork) -> Any:
    return _listed(text, work.promises.policy.categories, "category")


def _resolution(text: str, param: Param, caller: Caller, work: UnitOfWork) -> Any:
    return _listed(text, work.promises.policy.resolutions, "resolution code")


def _listed(text: str, known: Mapping[str, str], what: str) -> str:
    """A slug of the policy by slug, title or unique beginning."""
    wanted = text.strip().casefold()
    by_name = {slug.casefold(): slug for slug in known} | {title.casefold(): slug for slug, title in known.items()}
    if wanted in by_name:
        return by_name[wanted]
    begins = {slug for name, slug in by_name.items() if name.startswith(wanted)}
    if len(begins) == 1:
        return begins.pop()
    near = get_close_matches(wanted, by_name, n=1)
    meant = f"Did you mean {by_name[near[0]]}? " if near else ""
    raise BadValue(f"There is no {what} “{text[:40]}”.", f"{meant}There are: {', '.join(known)}.")


def _choice(text: str, param: Param, caller: Caller, work: UnitOfWork) -> Any:
    wanted = text.strip().casefold()
    begins = [name for name in param.choices if name.startswith(wanted)] if wanted else []
    if wanted in param.choices:
        return param.choices[wanted]
    if len(begins) == 1:
        return param.choices[begins[0]]
    raise BadValue(f"“{text[:40]}” is no {param.name}.", f"It is one of: {', '.join(param.choices)}.")


def _word(text: str, param: Param, caller: Caller, work: UnitOfWork) -> str:
    return " ".join(_fitting(text, param, work.promises.policy.limits.subject).split())


def _words(text: str, param: Param, caller: Caller, work: UnitOfWork) -> tuple[str, ...]:
    longest = work.promises.policy.limits.text
    return tuple(dict.fromkeys(word for word in re.split(r"[,\s]+", _fitting(text, param, longest)) if word))


def _fitting(text: str, param: Param, longest: int) -> str:
    if len(text) > longest:
        raise BadValue(f"{param.option} has {len(text):,} characters; the desk takes up to {longest:,}.")
    return text


def _text(text: str, param: Param, caller: Caller, work: UnitOfWork) -> str:
    longest = work.promises.policy.limits.text
    if len(text) > longest:
        raise BadValue(
            f"The {param.name} has {len(text):,} characters; the desk takes up to {longest:,}.",
            "Send the long part as a file to the customer's mail thread and write here what it says.",
        )
    if param.required and not text.strip():
        raise BadValue(f"The {param.name} is empty: {param.help}.")
    return text.strip()


def _number(text: str, param: Param, caller: Caller, work: UnitOfWork) -> int:
    digits = text.strip().removeprefix("+")
    if not (digits.removeprefix("-").isascii() and digits.removeprefix("-").isdigit() and len(digits) < 10):
        raise BadValue(f"“{text[:40]}” is not a whole number.", f"{param.option}: {param.help}.")
    return int(digits)


def _flag(text: str, param: Param, caller: Caller, work: UnitOfWork) -> bool:
    wanted = text.strip().casefold()
    if wanted not in YES | NO:
        raise BadValue(f"{param.option} is yes or no, not “{text[:40]}”.")
    return wanted in YES


def _moment(text: str, param: Param, caller: Caller, work: UnitOfWork) -> datetime:
    zone = ZoneInfo(caller.zone(work.promises.policy.zone))
    read = moments.to_come if param.name == TO_COME else moments.moment
    return read(text, caller.now, zone, work.promises)


def _day(text: str, param: Param, caller: Caller, work: UnitOfWork) -> date:
    zone = ZoneInfo(work.promises.policy.zone)
    return moments.day(text, caller.now.astimezone(zone).date())


def _instant(text: str, param: Param, caller: Caller, work: UnitOfWork) -> datetime:
    return moments.instant(text, caller.now, ZoneInfo(caller.zone(work.promises.policy.zone)))


_READERS: Mapping[Takes, Callable[[str, Param, Caller, UnitOfWork], Any]] = {
    Takes.TICKET: _ticket,
    Takes.CUSTOMER: _customer,
    Takes.STAFF: _staff,
    Takes.LEVEL: _level,
    Takes.CATEGORY: _category,
    Takes.RESOLUTION: _resolution,
    Takes.CHOICE: _choice,
    Takes.WORD: _word,
    Takes.WORDS: _words,
    Takes.TEXT: _text,
    Takes.NUMBER: _number,
    Takes.FLAG: _flag,
    Takes.MOMENT: _moment,
    Takes.DAY: _day,
    Takes.INSTANT: _instant,
    Takes.PARTNER: read_partner,
    **READERS,
}
