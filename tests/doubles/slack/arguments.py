"""What each method of the Web API takes, needs and is allowed for: the table that every call is checked against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Method:
    """`needs` are required, `takes` are optional arguments; one of `scopes` must be granted ("" for none needed)."""

    needs: frozenset[str]
    takes: frozenset[str]
    scopes: tuple[str, ...] = ("",)
    app_token: bool = False


def _method(needs: str = "", takes: str = "", scopes: str = "", app_token: bool = False) -> Method:
    return Method(frozenset(needs.split()), frozenset(takes.split()), tuple(scopes.split()) or ("",), app_token)


_POST = "text attachments blocks thread_ts link_names parse username icon_emoji icon_url as_user markdown_text"
_READ = "channels:read groups:read im:read mpim:read"
_HISTORY = "channels:history groups:history im:history mpim:history"
_PAGE = "cursor limit"

METHODS: Mapping[str, Method] = {
    "auth.test": _method("", "team_id"),
    "apps.connections.open": _method(app_token=True),
    "bots.info": _method("", "bot team_id", "users:read"),
    "chat.postMessage": _method(
        "channel", f"{_POST} reply_broadcast unfurl_links unfurl_media mrkdwn metadata container_id", "chat:write"
    ),
    "chat.update": _method(
        "channel ts",
        "text attachments blocks as_user file_ids link_names parse reply_broadcast metadata markdown_text",
        "chat:write",
    ),
    "chat.postEphemeral": _method("channel user", _POST, "chat:write"),
    "chat.delete": _method("channel ts", "as_user", "chat:write"),
    "chat.getPermalink": _method("channel message_ts"),
    "views.open": _method("view", "trigger_id interactivity_pointer"),
    "views.push": _method("view", "trigger_id interactivity_pointer"),
    "views.update": _method("view", "view_id external_id hash"),
    "views.publish": _method("user_id view", "hash"),
    "conversations.info": _method("channel", "include_locale include_num_members", _READ),
    "conversations.list": _method("", f"{_PAGE} exclude_archived team_id types", _READ),
    "conversations.history": _method("channel", f"{_PAGE} inclusive include_all_metadata latest oldest", _HISTORY),
    "conversations.replies": _method("channel ts", f"{_PAGE} inclusive include_all_metadata latest oldest", _HISTORY),
    "conversations.open": _method("", "channel return_im users", "im:write mpim:write channels:manage groups:write"),
    "conversations.members": _method("channel", _PAGE, _READ),
    "conversations.join": _method("channel", "", "channels:join"),
    "users.conversations": _method("", f"{_PAGE} exclude_archived team_id types user", _READ),
    "users.info": _method("user", "include_locale", "users:read"),
    "users.list": _method("", f"{_PAGE} include_locale team_id", "users:read"),
    "usergroups.list": _method("", "include_count include_disabled include_users team_id", "usergroups:read"),
    "usergroups.users.list": _method("usergroup", "include_disabled team_id", "usergroups:read"),
    "reactions.add": _method("channel name timestamp", "", "reactions:write"),
    "reactions.remove": _method("name", "channel file file_comment timestamp", "reactions:write"),
    "reactions.get": _method("", "channel file file_comment full timestamp", "reactions:read"),
    "files.info": _method("file", "count cursor limit page", "files:read"),
    "team.info": _method("", "team domain include_slackbot_availability", "team:read"),
}

ALL_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)

# A message is dropped from the flow of events where the app may not read that kind of channel.
EVENT_SCOPES: Mapping[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "subteam_members_changed": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "subteam_created": ("usergroups:read",),
    "user_change": ("users:read",),
    "team_join": ("users:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channel": ("channels:history",),
    "message.group": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
}
