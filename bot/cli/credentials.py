"""The secrets of chat platforms: where each is found, how it is asked for, and the file that it is kept in."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from getpass import getpass
from pathlib import Path
from typing import Any

from bot.cli.printing import say, written_to
from bot.domain.errors import BadValue, Refusal
from bot.settings import PREFIX

FOLDER = "secrets"


@dataclass(frozen=True, slots=True)
class Kind:
    """A secret: its platform and setting, what a person calls it, where the platform shows it, and how it looks. A
    section within another is a platform of its own: "email.oauth". `given_by` is the option that names a file with it,
    where that is not called after the setting."""

    platform: str
    setting: str
    name: str
    where: str
    looks: str
    example: str
    given_by: str = ""

    @property
    def a_name(self) -> str:
        return f"{'an' if self.name[0] in 'aeiou' else 'a'} {self.name}"

    @property
    def file(self) -> str:
        """Where it is kept, in the data folder."""
        return f"{FOLDER}/{self.platform.replace('.', '-')}-{self.setting.replace('_', '-')}"

    @property
    def option(self) -> str:
        return self.given_by or f"--{self.setting.replace('_', '-')}-file"

    @property
    def variable(self) -> str:
        return variable(self.platform, self.setting)


def variable(section: str, setting: str) -> str:
    """What a setting is called in the environment."""
    return f"{PREFIX}{section.replace('.', '__').upper()}__{setting.upper()}"


@dataclass(frozen=True, slots=True)
class Held:
    """A secret that was found. `settings` is what the settings file must say for the desk to find it, too; `fixed`
    names the environment variable that would win over any other."""

    value: str = field(repr=False)
    settings: Mapping[str, str | None] = field(default_factory=dict)
    fixed: str = ""


def found(kind: Kind, option: Path | None, table: Mapping[str, Any], folder: Path) -> Held | None:
    """The secret from the option's file, the environment, the settings, or our own file of an earlier try. A file that
    the settings name and that is gone counts as none. Raises BadValue where the option's file has none."""
    if option is not None:
        return Held(_content(option), {f"{kind.setting}_file": str(option.resolve()), kind.setting: None})
    if value := os.environ.get(kind.variable):
        return Held(value, fixed=kind.variable)
    if file := os.environ.get(f"{kind.variable}_FILE"):
        return Held(_content(folder / file), fixed=f"{kind.variable}_FILE")
    if table.get(kind.setting):
        return Held(str(table[kind.setting]))
    named = str(table.get(f"{kind.setting}_file") or kind.file)
    if not (folder / named).is_file():
        return None
    return Held(_content(folder / named), {f"{kind.setting}_file": named})


def asked(kind: Kind, others: Sequence[Kind]) -> Held:
    """Ask a person at the terminal, unseen, until it looks like one; empty is a Held without a value. `others` are
    what is easily taken for it."""
    say(f"  {kind.where}")
    while True:
        value = getpass(
            f"  {kind.name[0].upper()}{kind.name[1:]} ({kind.example}, not shown while you paste): "
        ).strip()
        if not value or re.fullmatch(kind.looks, value):
            return Held(value, {f"{kind.setting}_file": kind.file, kind.setting: None})
        other = next((one for one in others if re.fullmatch(one.looks, value)), None)
        say(f"  That is {f'the {other.name}' if other else 'something else'}: {kind.a_name} looks like {kind.example}.")


def kept(kind: Kind, held: Held, folder: Path) -> bool:
    """Write a secret that was typed into its file, for this account alone; whether there was anything to write."""
    if held.settings.get(f"{kind.setting}_file") != kind.file:
        return False
    path = folder / kind.file
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.is_file() and path.read_text(encoding="utf-8").strip() == held.value:
            return False
        with written_to(path, force=True) as out:
            os.fchmod(out.fileno(), 0o600)
            out.write(held.value + "\n")
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror}.", "Name another folder with --data.") from None
    return True


def _content(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise BadValue(f"{path} cannot be read: {reason}.") from None
    if not text:
        raise BadValue(f"{path} is empty.")
    return text
