"""What setting up any chat platform needs: steps that are checked and can be resumed, secrets, channels, settings."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TextIO, TypeVar

from pydantic import BaseModel, ValidationError

from bot.cli.checks import Check, Verdict
from bot.cli.credentials import FOLDER as SECRETS
from bot.cli.credentials import Held, Kind, asked, found, kept, variable
from bot.cli.doctor import tell
from bot.cli.house import option_of
from bot.cli.init import SETTINGS
from bot.cli.printing import say, written_to
from bot.cli.toml_section import Value, table_of, with_values
from bot.domain.errors import BadValue, Refusal
from bot.settings import FILE, Channels, folder_of, read_settings

UNFINISHED, STOPPED = 1, 130

S = TypeVar("S", bound=BaseModel)


class Unfinished(Exception):
    """A step failed and nobody is there to mend it."""


def walked(platform: str, data: Path | None, steps: Callable[[], bool]) -> int:
    """Go through the steps of a platform, which tell whether all is well. 0 when it is, 1 when something is left to do,
    130 when somebody stopped it. What is done is kept; it is said whether anything was."""
    folder = folder_of(data)
    again, before = f"thirdline init {platform}{option_of(folder)}", _written(folder)
    try:
        return 0 if steps() else UNFINISHED
    except Unfinished:
        so_far = "what is done is kept" if _written(folder) != before else "nothing new was written"
        say(f"Mend that and type it again; {so_far}: {again}")
        return UNFINISHED
    except (KeyboardInterrupt, EOFError):
        so_far = "What is done is kept" if _written(folder) != before else "Nothing new was written"
        say(f"\nStopped. {so_far}; go on with: {again}")
        return STOPPED


class Setup(Generic[S]):
    """One platform's section of the settings: what is known of it, what is asked for, and what is written."""

    def __init__(self, platform: str, model: type[S], data: Path | None, files: Mapping[str, Path | None]) -> None:
        self.platform, self.model, self.files = platform, model, files
        self.folder = folder_of(data)
        self.file = self.folder / FILE
        self.text = _text_of(self.file)
        self.tables = _tables(self.text, self.file)
        self.table = table_of(self.tables, platform)
        self.option = option_of(self.folder)
        self.person = sys.stdin.isatty()
        self.secrets: dict[str, Held] = {}

    def said(self, name: str) -> str:
        """What the environment, or else the settings file, says of a setting; or else what holds, "" for nothing."""
        field = self.model.model_fields[name]
        default = "" if field.is_required() else field.default
        return str(os.environ.get(variable(self.platform, name)) or self.table.get(name, default))

    def settings_with(self, **values: object) -> S:
        """The settings as they would be with these values. Raises Refusal where the rest of them is no good."""
        secret = {name for name in self.model.model_fields if f"{name}_file" in self.model.model_fields}
        plain = {name: value for name, value in self.table.items() if name.removesuffix("_file") not in secret}
        try:
            return self.model.model_validate(plain | values)
        except ValidationError as error:
            wrong = "; ".join(
                f"{self.platform}.{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
            )
            raise BadValue(f"{wrong}.", f"Mend it in {self.file}.") from None

    def secret(self, kind: Kind, others: Sequence[Kind], look: Callable[[str], Iterable[Check]]) -> str:
        """The secret, once the platform takes it: from where it is known, or asked for until it works."""
        held = found(kind, self.files.get(kind.setting), self.table, self.folder)
        while held is None or not well(look(held.value)):
            if not self.person:
                if held is None:
                    raise Refusal(f"There is no {kind.name}.", f"{kind.option} FILE or {kind.variable} gives it.")
                raise Unfinished
            if held is not None and held.fixed:
                raise Refusal(f"The {kind.name} comes from {held.fixed}.", "Change it there, or unset it.")
            if held is not None:
                where = f" in {self.platform.capitalize()}" if self.platform in ("slack", "discord") else ""
                say(f"  Mended{where}? Press Enter. Or another one:")
            new = asked(kind, others)
            held = new if new.value else held
        if kept(kind, held, self.folder):
            say(f"      kept in {self.folder / kind.file}, for your account alone")
        self.secrets[kind.setting] = held
        return held.value

    def places(self, named: Channels, look: Callable[[Channels], Iterable[Check]]) -> tuple[Channels, bool]:
        """The channels, and whether the desk can speak there. A person may mend it now, name others, or go on."""
        while True:
            checks = [*look(named)]
            if well(checks) or not self.person:
                return named, not any(check.verdict is Verdict.FAIL for check in checks)
            desk = input(f"  The channel of the cards [{named.desk}], or “later”: ").strip()
            if desk == "later":
                return named, False
            alerts = input(f"  The channel of the alerts [{named.alerts}]: ").strip()
            named = named.model_copy(update={"desk": desk or named.desk, "alerts": alerts or named.alerts})

    def named(self, section: str, desk: str | None, alerts: str | None) -> Channels:
        """The channels that a section names, with those of the command line in their place."""
        told = self.channels(section)
        return told.model_copy(update={"desk": desk or told.desk, "alerts": alerts or told.alerts})

    def channels(self, section: str) -> Channels:
        """The channels of a section, as they hold."""
        return Channels.model_validate(table_of(self.tables, section))

    def write(self, values: Mapping[str, Value], section: str, named: Channels) -> None:
        """Put what was found into the settings file, and read it as the desk will. `section` is the channels'."""
        self.put({self.platform: self.known(values), section: self._renamed(section, named)})

    def known(self, values: Mapping[str, Value]) -> dict[str, Value | None]:
        """Of the section, what the settings do not say yet: where the secrets are, and these values."""
        known: dict[str, Value | None] = {}
        for held in self.secrets.values():
            known |= held.settings
        return known | {name: value for name, value in values.items() if str(value) != self.said(name)}

    def put(self, sections: Mapping[str, Mapping[str, Value | None]]) -> None:
        """Put values into sections of the settings file, and read it as the desk will."""
        text = self.text or SETTINGS
        for section, values in sections.items():
            text = with_values(text, section, values) if values else text
        if text != self.text:
            with made(self.file) as out:
                out.write(text)
        read_settings(data=self.folder)
        say(f"\n{'kept ' if text == self.text else 'wrote'} {self.file}")

    def _renamed(self, section: str, named: Channels) -> Mapping[str, Value]:
        """What a section of channels does not say yet."""
        before = self.channels(section)
        return {
            name: getattr(named, name) for name in ("desk", "alerts") if getattr(named, name) != getattr(before, name)
        }

    def say_goodbye(self, well: bool = True) -> None:
        if not well:
            say(f"Left to do: the channels above. Then type again: thirdline init {self.platform}{self.option}")
        say(f"Open the desk: thirdline run{self.option} in a terminal, thirdline serve{self.option} without one.")
        say(f"Is it well? thirdline doctor{self.option}")


@contextmanager
def made(path: Path) -> Iterator[TextIO]:
    """A file of ours, written anew and whole. Raises Refusal."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadValue(f"{path.parent} cannot be made: {error.strerror}.", "Name another with --data.") from None
    with written_to(path, force=True) as out:
        yield out


def well(checks: Iterable[Check]) -> bool:
    """Tell each, and whether none has failed."""
    fine = True
    for check in checks:
        tell(check)
        fine = fine and check.verdict is not Verdict.FAIL
    return fine


def _written(folder: Path) -> dict[Path, int]:
    """What setting up may have written there, each with the moment of its last change."""
    files = [folder / FILE, *(folder / SECRETS).glob("*")]
    return {file: file.stat().st_mtime_ns for file in files if file.is_file()}


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise BadValue(f"{file} cannot be read: {error}.") from None


def _tables(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadValue(f"{file} cannot be read: {error}.") from None
