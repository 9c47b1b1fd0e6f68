"""Secrets that lie in files of their own: a setting `NAME_file` is read into NAME."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.settings.words import SettingsError


def opened(given: Mapping[str, Any], folder: Path, lead: str = "") -> dict[str, Any]:
    """The settings of a section (all of them, without `lead`) and of those in it with each `NAME_file` read into NAME,
    where that is not given itself. A relative file lies in the folder. Raises SettingsError."""
    read: dict[str, Any] = {}
    for named, value in given.items():
        name = named.removesuffix("_file")
        if isinstance(value, dict):
            read[named] = opened(value, folder, f"{lead}{named}.")
        elif name != named and value and not given.get(name):
            read[name] = _secret(folder / str(value), lead + named)
    return dict(given) | read


def _secret(path: Path, setting: str) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is no text.", f"The setting “{setting}” names it.") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.", f"The setting “{setting}” names it.") from None
    if not text:
        raise SettingsError(f"{path} is empty.", f"The setting “{setting}” names it.")
    return text
