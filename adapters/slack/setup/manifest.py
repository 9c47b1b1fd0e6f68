"""The manifest: what the app is in Slack, made from the catalogue, with the reason of everything it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.domain.errors import BadValue
from commands.spec import Command

PATH = "/slack/events"
"""Where Slack's requests arrive in HTTP mode; one address takes them all."""

MESSAGE_SHORTCUT = "open_ticket"
GLOBAL_SHORTCUT = "new_ticket"

SCOPES: Mapping[str, str] = {
    "commands": "slash commands and shortcuts",
    "chat:write": "ticket cards, alerts and answers, in channels that it was invited to",
    "app_mentions:read": "in a thread, where Slack runs no slash command: @Thirdline claim",
    "channels:history": "notes in a ticket's thread; whether a message whose fate is unknown has arrived",
    "groups:history": "the same in private channels, such as the desk's",
    "im:history": "tickets by direct message",
    "im:write": "warnings and answers to one person",
    "channels:read": "the channels' names, and who comes and goes",
    "groups:read": "the same in private channels; who belongs to the desk",
    "users:read": "names and time zones; guests, bots and deactivated accounts get nothing",
    "usergroups:read": "roles by user group, and mentions of the team",
    "reactions:read": "tickets by emoji",
    "reactions:write": "the ticket's state, shown on the message that it came from",
    "files:read": "files that belong to a ticket: name, size, type and link, and a copy where you want one",
}
"""The bot's scopes, each with what it is for. None is asked for in advance."""

EVENTS: Mapping[str, str] = {
    "app_mention": "@Thirdline in a channel or a thread",
    "app_home_opened": "the Home tab is drawn when somebody looks at it",
    "message.channels": "notes in a ticket's thread",
    "message.groups": "the same in private channels",
    "message.im": "direct messages",
    "reaction_added": "tickets by emoji",
    "member_joined_channel": "who belongs to the desk's private channel",
    "member_left_channel": "who has left it",
    "subteam_members_changed": "who belongs to a user group that stands for a role",
    "subteam_updated": "such a group was renamed or disabled",
    "team_join": "a new person, perhaps of such a group",
    "user_change": "a changed name or time zone, a deactivated account",
}
"""What Slack tells the bot of, each with what it is for."""

_TOLD = {
    "ticket": "Open, claim, answer and close tickets",
    "sla": "What is promised, until when, and whether it is kept",
    "customer": "Customers and what they are owed",
    "staff": "The people of the desk and what they may do",
    "oncall": "Who is on call, and when",
    "page": "Reach who is on call",
    "mail": "Mail that waits for a person to decide on",
    "partner": "The Partner Network",
    "desk": "Help, reports and settings of the desk",
}
# Slack shows the beginning of a hint: what is typed most comes first.
_FIRST = ("open", "claim", "reply", "wait", "close", "list", "show", "status", "now", "find", "add", "help")
_HINT = 1000


def manifest(catalogue: Mapping[str, Command], url: str | None = None) -> dict[str, Any]:
    """The manifest of the app whose slash commands are the first words of the catalogue.

    Without a URL, for Socket Mode. With the desk's public one ("https://desk.example"), for signed HTTP. Raises
    BadValue where no request could reach it.
    """
    address = None if url is None else request_url(url)
    return {
        "display_information": {
            "name": "Thirdline",
            "description": "The support desk in chat: tickets, promises in business time, alerts.",
            "background_color": "#1f3a4d",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Thirdline", "always_online": True},
            "shortcuts": [
                {
                    "name": "Open a ticket from this",
                    "type": "message",
                    "callback_id": MESSAGE_SHORTCUT,
                    "description": "Open a ticket from this message, with its author, link and files",
                },
                {
                    "name": "New ticket",
                    "type": "global",
                    "callback_id": GLOBAL_SHORTCUT,
                    "description": "Open a ticket from anywhere",
                },
            ],
            "slash_commands": [_command(word, catalogue, address) for word in slash_words(catalogue)],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": _at(address, "request_url") | {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True}
            | _at(address, "request_url")
            | _at(address, "message_menu_options_url"),
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def slash_words(catalogue: Iterable[str]) -> tuple[str, ...]:
    """The first words that a person types, each once. `help` is left to /desk: as /help it would be Slack's."""
    return tuple(dict.fromkeys(first for words in catalogue if (first := words.partition(" ")[0]) != "help"))


def request_url(url: str) -> str:
    """Where Slack sends its requests: the desk's address with our path. Raises BadValue."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.netloc or parts.query or parts.fragment or any(map(str.isspace, url)):
        raise BadValue(f"“{url}” is no address that Slack can reach.", "It looks like this: https://desk.example.com")
    path = parts.path.rstrip("/")
    return f"https://{parts.netloc}{path if path.endswith(PATH) else path + PATH}"


def _command(word: str, catalogue: Mapping[str, Command], address: str | None) -> dict[str, Any]:
    """`should_escape` makes Slack send people and channels as ids and not as names, which two may share."""
    verbs = [words.partition(" ")[2] for words in catalogue if words.partition(" ")[0] == word]
    verbs.sort(key=lambda verb: _FIRST.index(verb) if verb in _FIRST else len(_FIRST))
    whole = catalogue.get(word)
    told = _TOLD.get(word) or (whole.summary if whole else f"Everything about the {word}")
    hint = " | ".join(filter(None, verbs)) or (whole.usage.partition(" ")[2] if whole else "")
    return (
        {"command": f"/{word}"}
        | _at(address, "url")
        | {"description": told.rstrip(".")}
        | ({"usage_hint": hint if len(hint) <= _HINT else hint[: _HINT - 1] + "…"} if hint else {})
        | {"should_escape": True}
    )


def _at(address: str | None, name: str) -> dict[str, str]:
    return {} if address is None else {name: address}
