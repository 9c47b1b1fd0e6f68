"""Troubles: what Discord's refusals mean, with the cure, and whether a message may have been sent all the same."""

from __future__ import annotations

from collections.abc import Mapping

import discord
from aiohttp import ClientConnectorError, ClientError

from bot.below import AN_OPERATORS_PAUSE
from bot.ports import CannotDeliver

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE = 10003, 10008
NO_ACCESS, NO_PERMISSION = 50001, 50013
BAD_FORM, DEAD_TOKEN = 50035, 50027
THREAD_EXISTS, THREAD_LOCKED, THREAD_ARCHIVED = 160004, 160005, 50083


class Away(ConnectionError):
    """Nothing was sent, as there is no connection."""


class AnswerLost(ConnectionError):
    """It was sent once, and nobody knows what came of it."""


Trouble = discord.HTTPException | discord.RateLimited | ClientError | TimeoutError | OSError | ValueError
TROUBLES = (discord.HTTPException, discord.RateLimited, ClientError, TimeoutError, OSError, ValueError)
"""All that a request to Discord raises when it fails; ValueError for an answer that is none of Discord's."""

_PERMISSIONS = "In Discord: the channel → Edit Channel → Permissions. `thirdline init discord` lists what is needed"
_WORDS: Mapping[int, tuple[str, str]] = {
    NO_ACCESS: ("the bot does not see the place", f"{_PERMISSIONS}, View Channel first"),
    NO_PERMISSION: ("the bot lacks a permission there", _PERMISSIONS),
    UNKNOWN_CHANNEL: ("there is no such channel any more", "Name another in [discord.channels]"),
    THREAD_LOCKED: ("the thread is locked", "Give the bot the permission Manage Threads there"),
    THREAD_ARCHIVED: ("the thread is archived", "Give the bot the permission Manage Threads there"),
    40067: (
        "the forum wants a tag for each post, and has none that the desk may use",
        "Add the tags open, waiting and closed to the forum",
    ),
    160006: ("the server has as many active threads as Discord allows", "Archive some"),
    20026: ("Discord has flagged the bot", "See the Developer Portal"),
}
_FINAL: Mapping[int, str] = {
    50007: "the person takes no direct messages from the bot; they can allow them in the server's Privacy Settings",
    50278: "the person has left the server, so that the bot cannot write to them",
    10013: "there is no such person",
}
REFUSED_TOKEN = (
    "Discord does not know the token",
    "discord.com/developers/applications → your app → Bot → Reset Token, and put the new one into discord.token",
)


def code_of(error: BaseException) -> int:
    """Discord's own number for what is wrong; 0 when it said none."""
    return error.code if isinstance(error, discord.HTTPException) else 0


def status_of(error: BaseException) -> int:
    return error.status if isinstance(error, discord.HTTPException) else 0


def refuses_token(error: BaseException) -> bool:
    """Whether it is the bot's own token that is not taken; an interaction's has a code of its own."""
    return status_of(error) == 401 and code_of(error) != DEAD_TOKEN


def retry_after(error: BaseException) -> float | None:
    """The seconds that Discord asks us to wait; None if it does not."""
    if isinstance(error, discord.RateLimited):
        return max(1.0, error.retry_after)
    if status_of(error) != 429:
        return None
    told = error.response.headers.get("Retry-After", "") if isinstance(error, discord.HTTPException) else ""
    return max(1.0, float(told)) if told.replace(".", "", 1).isdigit() else AN_OPERATORS_PAUSE


def may_be_there(error: BaseException) -> bool:
    """Whether it may have been done although we were not told so."""
    if isinstance(error, discord.HTTPException):
        return error.status >= 500
    return not isinstance(error, discord.RateLimited | Away | ClientConnectorError)


def in_words(error: BaseException, where: str = "") -> tuple[str, str]:
    """What is wrong, and what mends it (which may be nothing but time)."""
    code, place = code_of(error), f" ({where})" if where else ""
    if refuses_token(error) or isinstance(error, discord.LoginFailure):
        return REFUSED_TOKEN
    if code in _FINAL:
        return _FINAL[code], ""
    if code in _WORDS:
        what, cure = _WORDS[code]
        return f"{what}{place}", cure
    if retry_after(error) is not None:
        return "Discord asks us to wait", ""
    if isinstance(error, AnswerLost):
        return f"Discord did not say what came of it{place}", ""
    if isinstance(error, discord.HTTPException):
        said = " ".join(error.text.split())[:200]
        return f"Discord says {error.status}{f' ({code})' if code else ''}{f': {said}' if said else ''}{place}", ""
    return f"Discord cannot be reached ({type(error).__name__})", ""


def undelivered(error: Trouble, where: str = "") -> CannotDeliver:
    """The trouble as delivery understands it: how long to wait, and whether the message must be looked for first."""
    pause = retry_after(error)
    if pause is not None:
        return CannotDeliver(f"Discord asks us to wait {pause:g} s", retry_after=pause)
    what, cure = in_words(error, where)
    if code_of(error) in _FINAL:
        return CannotDeliver(what, permanent=True)
    # Ten thousand refusals in ten minutes, and Discord hears nobody from this address for a while. A token that will
    # not do is one for all; of a place or a thread it is soon seen whether somebody has mended it.
    if cure or status_of(error) in (401, 403):
        told = f"{what}.{f' {cure}.' if cure else ''}"
        return CannotDeliver(told, retry_after=AN_OPERATORS_PAUSE, alone=not refuses_token(error))
    return CannotDeliver(what, unknown=may_be_there(error))
