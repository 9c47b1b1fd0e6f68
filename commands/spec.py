"""What a command is: words, help, types and permission, all taken from one function, so that each is said once.

    @command("ticket claim", ticket="Which ticket", reason="Why", examples=("claim 42",))
    def claim(caller: Caller, work: UnitOfWork, *, ticket: Ticket, reason: Text = BLANK) -> Card:
        '''Take a ticket.'''

Keyword-only parameters are what a person types. A parameter's type says how it is read, completed and asked for in a
form; a value reaches the function already found (a `Ticket`, a `Customer`), or the desk has refused it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from keyword import iskeyword
from types import UnionType
from typing import Any, NewType, Union, get_args, get_origin

from bot.cards import Card, Line
from bot.domain.contacts import Contact
from bot.domain.customers import Customer
from bot.domain.hours import is_zone
from bot.domain.people import Role, Staff
from bot.domain.policy import SupportLevel
from bot.domain.rota import CoverRequest, Override, Schedule
from bot.domain.ticket import Ticket
from bot.ports import Speaker, UnitOfWork
from bot.ports.intake import Partner

Text = NewType("Text", str)
"""Free text: takes the rest of the line, and several lines in a form."""

Category = NewType("Category", str)
"""One of the policy's categories."""

Resolution = NewType("Resolution", str)
"""One of the policy's resolution codes."""

Instant = NewType("Instant", datetime)
"""A time by the clock on the wall: a day needs its time, and a span is plain time, not business time."""

BLANK = Text("")
NO_CATEGORY = Category("")


_SAME = {"mail": "address", "address": "mail", "from": "start", "until": "end"}
"""One word for another where a command has no option of that name: mail addresses and days are asked for by many."""

CLOCK = "clock"
"""Who did what nobody did: history names the clock where time alone was the reason."""


class Takes(StrEnum):
    """How a parameter is read."""

    TICKET = "ticket"
    CUSTOMER = "customer"
    STAFF = "person"
    LEVEL = "level"
    CATEGORY = "category"
    RESOLUTION = "resolution"
    CHOICE = "choice"
    WORD = "word"
    WORDS = "words"
    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    MOMENT = "time"
    DAY = "date"
    INSTANT = "clock time"
    SCHEDULE = "schedule"
    OVERRIDE = "override"
    COVER = "request"
    CONTACT = "contact"
    PARTNER = "partner"


_TAKES: Mapping[Any, Takes] = {
    Ticket: Takes.TICKET,
    Customer: Takes.CUSTOMER,
    Staff: Takes.STAFF,
    SupportLevel: Takes.LEVEL,
    Category: Takes.CATEGORY,
    Resolution: Takes.RESOLUTION,
    Text: Takes.TEXT,
    datetime: Takes.MOMENT,
    date: Takes.DAY,
    Instant: Takes.INSTANT,
    Schedule: Takes.SCHEDULE,
    Override: Takes.OVERRIDE,
    CoverRequest: Takes.COVER,
    Contact: Takes.CONTACT,
    Partner: Takes.PARTNER,
    bool: Takes.FLAG,
    int: Takes.NUMBER,
    str: Takes.WORD,
    tuple[str, ...]: Takes.WORDS,
}


@dataclass(frozen=True, slots=True)
class Param:
    """One thing a person types. `choices` maps what is typed to the value, for an enumeration."""

    name: str
    takes: Takes
    help: str
    required: bool
    choices: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    """What its field in a form is called, where its name alone says too little."""

    @property
    def option(self) -> str:
        return "--" + self.name.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, as the desk knows them, and when. `id` is what history remembers."""

    staff: Staff | None
    speaker: Speaker
    now: datetime

    @property
    def role(self) -> Role:
        return self.staff.role if self.staff else Role.NOBODY

    @property
    def id(self) -> str:
        if self.staff is None:
            return CLOCK if self.speaker.platform == CLOCK else f"{self.speaker.platform}:{self.speaker.account}"
        return self.staff.id

    @property
    def name(self) -> str:
        return self.staff.name if self.staff else self.speaker.name or self.speaker.account

    def zone(self, default: str) -> str:
        """The zone that this person reads and types times in; one that a platform names and nobody knows is not."""
        own = self.staff.zone if self.staff else ""
        return own or (self.speaker.zone if is_zone(self.speaker.zone) else "") or default


Deed = Callable[..., Card]
Foreword = Callable[[UnitOfWork, Ticket], Line]
"""What a form says before somebody fills it in: to whom the words will go."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the catalogue. `writes` is False for those that only look; they run on a snapshot. `asks` names
    the optional parameters that its form asks for too, in order. `default`: the group alone means it, so that
    `/page 42` is `/page start 42`."""

    words: str
    deed: Deed
    summary: str
    params: tuple[Param, ...]
    role: Role
    writes: bool
    examples: tuple[str, ...]
    foreword: Foreword | None = None
    asks: tuple[str, ...] = ()
    default: bool = False

    def param(self, name: str) -> Param | None:
        """The parameter of that name, or else of the name that means the same."""
        wanted = name.replace("-", "_")
        named = {param.name: param for param in self.params}
        same = named.get(_SAME.get(wanted, ""))
        return named.get(wanted) or (same if same and same.takes in (Takes.WORD, Takes.WORDS, Takes.DAY) else None)

    @property
    def usage(self) -> str:
        """How it is typed: `/ticket claim TICKET [REASON] [--take]`."""
        shown = []
        for param in self.params:
            if param.takes is Takes.FLAG:
                shown.append(f"[{param.option}]")
            elif param.required:
                shown.append(param.name.upper())
            else:
                shown.append(f"[{param.option} {param.takes.value.upper()}]")
        return " ".join(["/" + self.words, *shown])

    def __call__(self, caller: Caller, work: UnitOfWork, **values: Any) -> Card:
        # What Python keeps for itself, such as "from", has an underscore in the function alone.
        return self.deed(caller, work, **{name + "_" * iskeyword(name): value for name, value in values.items()})


def command(
    words: str,
    *,
    role: Role = Role.STAFF,
    writes: bool = True,
    examples: tuple[str, ...] = (),
    foreword: Foreword | None = None,
    asks: tuple[str, ...] = (),
    labels: Mapping[str, str] | None = None,
    default: bool = False,
    **helps: str,
) -> Callable[[Deed], Command]:
    """Make a command of a function: its docstring's first line is the summary, its keyword-only parameters are asked.

    `examples` are lines as typed, without the leading slash; help shows them and a test runs them. A command that
    lacks something is asked for in a form, with the optional parameters that `asks` names; `labels` says what a field
    is called there, where that is not the parameter's name. The `default` of its group is meant where somebody types
    the group without a verb. A parameter named like one of these options is described as `help_NAME`. Raises TypeError
    when a parameter has no help, or a help or a question no parameter.
    """

    def made(deed: Deed) -> Command:
        signature = inspect.signature(deed, eval_str=True)
        asked = [p for p in signature.parameters.values() if p.kind is inspect.Parameter.KEYWORD_ONLY]
        texts = {_typed(name.removeprefix("help_")): text for name, text in helps.items()}
        if {_typed(p.name) for p in asked} != set(texts) or not set(asks) <= set(texts):
            raise TypeError(f"{words}: each parameter needs its help, and each help and each question a parameter.")
        called = labels or {}
        params = tuple(replace(_param(p, texts[_typed(p.name)]), label=called.get(_typed(p.name), "")) for p in asked)
        summary = (inspect.getdoc(deed) or "").partition("\n")[0]
        if not summary:
            raise TypeError(f"{words}: the docstring is the summary that help shows.")
        return Command(words, deed, summary, params, role, writes, examples, foreword, asks, default)

    return made


def _typed(name: str) -> str:
    """A parameter as people type it."""
    return name.removesuffix("_")


def _param(parameter: inspect.Parameter, text: str) -> Param:
    wanted, required = parameter.annotation, parameter.default is inspect.Parameter.empty
    name = _typed(parameter.name)
    if get_origin(wanted) in (Union, UnionType):
        (wanted,) = (arg for arg in get_args(wanted) if arg is not type(None))
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return Param(name, Takes.CHOICE, text, required, {member.value: member for member in wanted})
    return Param(name, _TAKES[wanted], text, required)
