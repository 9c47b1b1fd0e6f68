"""Where holiday dates come from: the only module that asks the `holidays` library, so that the rest holds frozen dates.

What the library answers depends on its version and, for names, on the process's language. So it is asked once for
each year, in English whatever LANG says, and the answer is kept with `source()`; a promise never asks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from importlib.metadata import version

import holidays

from bot.domain.errors import BadValue

_CODE = re.compile("[A-Z]{2}")


def source() -> str:
    """What the dates were taken from, to be kept beside them: "holidays 0.109"."""
    return f"holidays {version('holidays')}"


def holiday_dates(
    country: str, subdivision: str | None, categories: Iterable[str], years: Iterable[int]
) -> dict[date, str]:
    """The holidays of those years as local date to English name, days in lieu included, in order of date.

    `country` and `subdivision` are ISO 3166 codes (CA, ON). Categories are the library's: public, government,
    optional and so on; none at all means no holidays. An unknown one is a BadValue that names those there are.
    """
    wanted, kinds = sorted(set(years)), tuple(dict.fromkeys(categories))
    if not wanted or not kinds:
        return {}
    _check(country, subdivision, kinds)
    found = holidays.country_holidays(
        country,
        subdiv=subdivision or None,
        years=wanted,
        expand=False,
        language=_english(country),
        categories=kinds,
    )
    return {day: _tidy(found[day]) for day in sorted(found) if day.year in wanted}


def _check(country: str, subdivision: str | None, categories: tuple[str, ...]) -> None:
    known = _list_of(country)
    if known is None:
        raise _unknown("country", country, holidays.list_supported_countries(include_aliases=False))
    if subdivision and subdivision not in known.subdivisions:
        raise _unknown(f"part of {country}", subdivision, known.subdivisions)
    for category in categories:
        if category not in known.supported_categories:
            raise _unknown(f"category of {country}'s holidays", category, known.supported_categories)


def _list_of(country: str) -> holidays.HolidayBase | None:
    """One country's empty list. The library's table of countries loads all of them, a fifth of the desk's start."""
    if not _CODE.fullmatch(country) or not hasattr(holidays, country):
        return None
    found = holidays.country_holidays(country, years=())
    return found if getattr(found, "country", "") == country else None


def _unknown(what: str, given: str, known: Iterable[str]) -> BadValue:
    names = sorted(known)
    near = get_close_matches(given, names, n=3, cutoff=0.6) or get_close_matches(given.upper(), names, n=3, cutoff=0.6)
    there_are = ", ".join(names[:15]) + (", …" if len(names) > 15 else "")
    return BadValue(
        f'"{given}" is no {what} that the holiday list knows.',
        f"Did you mean {' or '.join(near)}?" if near else f"There are: {there_are or 'none'}.",
    )


def _english(country: str) -> str | None:
    """The country's own English if the library has it, else American; None if it speaks one language only."""
    spoken = holidays.country_holidays(country, years=()).supported_languages
    return next((language for language in (f"en_{country}", "en_GB", "en_US") if language in spoken), None)


def _tidy(name: str) -> str:
    """The names of a date, each once: "Boxing Day; Christmas Day (observed)"."""
    return "; ".join(dict.fromkeys(part.strip() for part in name.split(";") if part.strip()))
