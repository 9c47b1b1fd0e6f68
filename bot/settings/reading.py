"""Reads the settings from the command line, the environment and the file, or says what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.settings.whole import FILE, PREFIX, Settings, data_folder
from bot.settings.words import SettingsError, meant, told


def read_settings(**given: Any) -> Settings:
    """The settings from `given` (the command line; None is not given), the environment and the file, in that order.

    Raises SettingsError, naming each setting that is wrong and what was probably meant.
    """
    _refuse_unknown(os.environ)
    folder = data_folder(given)
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder} is a file, not a folder.", "Name another with --data.")
    file = folder / FILE
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(
            f"The settings ({file} and {PREFIX}…) do not hold together: {told(error, Settings)}"
        ) from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise SettingsError(f"{file} cannot be read: {error}.") from None
    # A file of SQLite's anywhere but in the data folder would have no daily copy, and any number of desks on it.
    if settings.database is not None and not settings.database.get_secret_value().strip().startswith("postgres"):
        raise SettingsError(
            "The setting “database” is for PostgreSQL: postgresql://user:password@host/name.",
            "For SQLite set “data”, the folder that its file lies in.",
        )
    return settings


def folder_of(data: Path | None) -> Path:
    """The data folder, by the command line or the environment, whether or not its settings hold together."""
    return data_folder({"data": data})


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """An environment variable with our prefix that sets nothing is a mistake worth hearing of."""
    for name in environment:
        if name.startswith(PREFIX):
            first = name.removeprefix(PREFIX).lower().partition("__")[0]
            if first not in Settings.model_fields:
                near = [PREFIX + one.upper() for one in Settings.model_fields]
                raise SettingsError(f"{name} sets nothing.", meant(PREFIX + first.upper(), near))
