"""Forms of a terminal: what a button or a command still needs, asked one field at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.cards import Card, Line, Strong, Tone
from commands.desk import Form
from commands.spec import Command, Param

LEAVE = "cancel"
HOW_TO_LEAVE: Line = (f"“{LEAVE}” leaves the form.",)
MOST_CHOICES = 12
"""Named in a question; of a longer list the beginning, and completion knows the rest."""

_COMMAND = re.compile(r"/[^\W\d_]")
_QUOTED = re.compile(r'"(/.*)"|“(/.*)”')


def looks_like_a_command(text: str) -> bool:
    """Whether somebody in a form typed what is meant for the desk, such as /quit: no field takes that as its value."""
    return _COMMAND.match(text.strip()) is not None


def unquoted(text: str) -> str:
    """A value that begins with a slash is put in quotes, to be none of the desk's commands; the value without them."""
    quoted = _QUOTED.fullmatch(text.strip())
    return (quoted[1] or quoted[2]) if quoted else text


@dataclass(slots=True)
class Filling:
    """A form on its way: the questions, what was typed so far, and where it stands."""

    command: Command
    known: Mapping[str, Any]
    questions: tuple[Param, ...]
    foreword: Line = ()
    typed: dict[str, str] = field(default_factory=dict)
    at: int = 0
    as_json: bool = False
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of_form(cls, form: Form, choices: Mapping[str, Sequence[str]]) -> Filling:
        """What a button, or a command that was typed without all it needs, asks. `choices` names, by field, all that
        can be answered where that is a short list."""
        return cls(form.command, dict(form.known), form.asks, form.foreword, choices=choices)

    @property
    def question(self) -> Param | None:
        """The field to ask for now; None when all were answered."""
        return self.questions[self.at] if self.at < len(self.questions) else None

    @property
    def values(self) -> dict[str, Any]:
        return {**self.known, **self.typed}

    def take(self, text: str) -> None:
        """The answer to the question. Nothing typed keeps what is there."""
        param = self.question
        if param is not None:
            if text.strip():
                self.typed[param.name] = text
            self.at += 1

    def again(self) -> None:
        """Ask everything once more; what was typed stays unless it is typed anew."""
        self.at = 0

    def prompt(self, param: Param) -> str:
        """ "resolution (How it ended; solved, duplicate; Enter skips): "."""
        kept = str(self.values.get(param.name, ""))
        short = kept if len(kept) <= 40 else kept[:39] + "…"
        enter = f"Enter keeps “{short}”" if kept else "" if param.required else "Enter skips"
        some = self.choices.get(param.name, ())
        among = ", ".join([*some[:MOST_CHOICES], *["…"] * (len(some) > MOST_CHOICES)])
        facts = "; ".join(fact for fact in (param.help, among, enter) if fact)
        return f"{param.name.replace('_', ' ')} ({facts}): "

    def opening(self) -> Card:
        """What to show as the form begins."""
        count = len(self.questions)
        fields = "one field" if count == 1 else f"{count} fields"
        asks: Line = (Strong(f"/{self.command.words}"), f" asks for {fields}; “{LEAVE}” leaves.")
        return Card(lines=(asks, self.foreword) if self.foreword else (asks,))

    def left(self) -> Card:
        """What to say when it is left: nothing was done, and what was typed is shown so that it can be copied."""
        lines: tuple[Line, ...] = ((f"Nothing was done with /{self.command.words}.",),)
        if self.typed:
            lines += (("You had typed:",), *((f"  {name}: {text}",) for name, text in self.typed.items()))
        return Card(lines=lines, tone=Tone.REFUSAL, data={"error": "left", "typed": dict(self.typed)})
