"""What Slack takes as a manifest, in our own words: the parts that we use, with the limits of its published schema."""

from __future__ import annotations

from typing import Any


def _text(most: int, **more: Any) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": most, **more}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


def _list(items: Any, most: int, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": most, **more}


_YES_OR_NO = {"type": "boolean"}
_ADDRESS = _text(3000, pattern="^https?://")
_NAMES = _list(_text(50), 100, uniqueItems=True)

MANIFEST = _object(
    "display_information",
    display_information=_object(
        "name",
        name=_text(35),
        description=_text(140),
        background_color=_text(7, pattern="^#([0-9a-fA-F]{3}){1,2}$"),
        long_description={"type": "string", "minLength": 175, "maxLength": 4000},
    ),
    features=_object(
        app_home=_object(
            home_tab_enabled=_YES_OR_NO, messages_tab_enabled=_YES_OR_NO, messages_tab_read_only_enabled=_YES_OR_NO
        ),
        bot_user=_object("display_name", display_name=_text(80), always_online=_YES_OR_NO),
        shortcuts=_list(
            _object(
                "name",
                "type",
                "callback_id",
                "description",
                name=_text(24),
                type={"enum": ["message", "global"]},
                callback_id=_text(255),
                description=_text(150),
            ),
            10,
            minItems=1,
        ),
        slash_commands=_list(
            _object(
                "command",
                "description",
                command=_text(32, pattern="^/."),
                url=_ADDRESS,
                description=_text(2000),
                usage_hint=_text(1000),
                should_escape=_YES_OR_NO,
            ),
            50,
            minItems=1,
        ),
    ),
    oauth_config=_object(scopes=_object(bot=_list(_text(50), 255, uniqueItems=True))),
    settings=_object(
        event_subscriptions=_object(request_url=_ADDRESS, bot_events=_NAMES),
        interactivity=_object(
            "is_enabled", is_enabled=_YES_OR_NO, request_url=_ADDRESS, message_menu_options_url=_ADDRESS
        ),
        org_deploy_enabled=_YES_OR_NO,
        socket_mode_enabled=_YES_OR_NO,
        token_rotation_enabled=_YES_OR_NO,
    ),
)
