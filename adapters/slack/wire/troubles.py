"""Troubles: what Slack's refusals mean, with the cure, and whether a message may have been sent all the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError

from bot.below import AN_OPERATORS_PAUSE
from bot.domain.errors import Refusal
from bot.ports import CannotDeliver

Trouble = SlackApiError | ClientError | TimeoutError | OSError | json.JSONDecodeError
TROUBLES = (SlackApiError, ClientError, TimeoutError, OSError, json.JSONDecodeError)
"""All that a call of Slack's Web API raises when it fails."""

_PAGE = "api.slack.com/apps → your app"
_REINSTALL = f"{_PAGE} → OAuth & Permissions → reinstall it and put the new token into slack.bot_token"

_WORDS: Mapping[str, tuple[str, str]] = {
    "invalid_auth": ("Slack does not know the token", _REINSTALL),
    "not_authed": ("Slack got no token", "Set slack.bot_token"),
    "account_inactive": ("the token belongs to an app or a workspace that is gone", _REINSTALL),
    "token_revoked": ("the token was revoked", _REINSTALL),
    "token_expired": ("the token has run out", f"{_PAGE} → OAuth & Permissions: turn token rotation off, reinstall"),
    "missing_scope": ("the token lacks a scope", f"{_PAGE} → OAuth & Permissions → add the scope → reinstall"),
    "not_allowed_token_type": (
        "this kind of token will not do",
        "slack.bot_token begins with xoxb-, app_token with xapp-",
    ),
    "channel_not_found": ("there is no such channel for the app", "In the channel type: /invite @Thirdline"),
    "not_in_channel": ("the app is not in the channel", "In the channel type: /invite @Thirdline"),
    "is_archived": ("the channel is archived", "Unarchive it, or name another in [channels]"),
    "restricted_action": ("the workspace does not let apps post there", "Ask a workspace admin to let the app post"),
    "ekm_access_denied": ("the workspace's admins have suspended posting", "Ask a workspace admin"),
    "team_access_not_granted": ("the app may not use this workspace", "Ask a workspace admin to approve the app"),
    "access_denied": ("Slack denies it", "Ask a workspace admin to approve the app"),
    "accesslimited": ("Slack limits this workspace", "Ask a workspace admin"),
    "two_factor_setup_required": ("the workspace asks for two-factor authentication", "Ask a workspace admin"),
}

_FINAL: Mapping[str, str] = {
    "user_not_found": "there is no such person in the workspace",
    "users_not_found": "there is no such person in the workspace",
    "user_disabled": "the person's Slack account is deactivated",
    "user_not_visible": "the app may not see that person",
    "cannot_dm_bot": "that account is a bot",
    "messages_tab_disabled": "the app takes no direct messages: turn on the Messages tab in App Home",
}

# Slack may have done it before it failed.
_UNSURE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
REFUSED_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type"}
)


def code_of(error: BaseException) -> str:
    """Slack's own word for what is wrong; empty when it said none."""
    return str(_data(error).get("error") or "")


def retry_after(error: BaseException) -> float | None:
    """The seconds that Slack asks us to wait; None if it does not."""
    response = getattr(error, "response", None)
    if getattr(response, "status_code", 0) != 429 and code_of(error) not in ("ratelimited", "rate_limited"):
        return None
    told = {name.lower(): value for name, value in (getattr(response, "headers", None) or {}).items()}
    try:
        return max(1.0, float(told.get("retry-after", 30)))
    except ValueError:
        return 30.0


def may_be_there(error: BaseException) -> bool:
    """Whether the message may have been written although we were not told so."""
    if isinstance(error, SlackApiError):
        status = getattr(error.response, "status_code", 200)
        return status >= 500 or code_of(error) in _UNSURE or (not code_of(error) and status != 429)
    return not isinstance(error, ClientConnectorError)


def in_words(error: BaseException, where: str = "") -> tuple[str, str]:
    """What is wrong, and what mends it (which may be nothing but time)."""
    code = code_of(error)
    if code in _WORDS:
        what, cure = _WORDS[code]
        needed = _data(error).get("needed", "") if code == "missing_scope" else ""
        return (f"{what}{f' ({needed})' if needed else ''}{f' ({where})' if where else ''}", cure)
    if code in _FINAL:
        return (_FINAL[code], "")
    if retry_after(error) is not None:
        return ("Slack asks us to wait", "")
    if code:
        return (f"Slack says {code}{f' ({where})' if where else ''}", "")
    if isinstance(error, SlackApiError):
        return (f"Slack answered with the status {getattr(error.response, 'status_code', '?')}", "")
    return (f"Slack cannot be reached ({type(error).__name__})", "")


def undelivered(error: Trouble, where: str = "") -> CannotDeliver:
    """The trouble as delivery understands it: how long to wait, and whether the message must be looked for first."""
    code = code_of(error)
    pause = retry_after(error)
    if pause is not None:
        return CannotDeliver(f"Slack asks us to wait {pause:g} s", retry_after=pause)
    what, cure = in_words(error, where)
    if code in _FINAL:
        return CannotDeliver(what, permanent=True)
    if code in _WORDS:
        # A token that will not do is one for all; of a place it is soon seen whether somebody has mended it.
        alone = code not in REFUSED_TOKEN
        return CannotDeliver(f"{what}. {cure}.", retry_after=AN_OPERATORS_PAUSE, alone=alone)
    return CannotDeliver(what, unknown=may_be_there(error))


def refusal(error: Trouble, which: str = "slack") -> Refusal:
    """The same trouble at the start, told to the operator."""
    what, cure = in_words(error)
    return Refusal(f"{which}: {what}.", f"{cure}." if cure else "")


def _data(error: BaseException) -> Mapping[str, Any]:
    """What Slack's answer says; an answer of a proxy in between says nothing."""
    data = getattr(getattr(error, "response", None), "data", None)
    return data if isinstance(data, dict) else {}
