"""Settings: one TOML file, overridden by the environment, complete or refused with the name of what is wrong.

`thirdline.toml` lies in the data folder; `THIRDLINE_DATA` says where that is, and `THIRDLINE_CHANNELS__ALERTS` sets
`alerts` in `[channels]`, and so on for every setting. A secret may lie in a file of its own, which a setting names.
"""

from bot.settings.chats import Channels, OtherPlatform
from bot.settings.discord import Discord
from bot.settings.email import Email, Mailbox, OAuth
from bot.settings.phone import Phone, PhoneAccount
from bot.settings.reading import folder_of, read_settings
from bot.settings.slack import Slack, SlackEmoji, SlackFiles
from bot.settings.upkeep import Backups, Watch
from bot.settings.web import Web
from bot.settings.webhooks import Webhook
from bot.settings.whole import FILE, PREFIX, Settings
from bot.settings.words import SettingsError

__all__ = [
    "FILE",
    "PREFIX",
    "Backups",
    "Channels",
    "Discord",
    "Email",
    "Mailbox",
    "OAuth",
    "OtherPlatform",
    "Phone",
    "PhoneAccount",
    "Settings",
    "SettingsError",
    "Slack",
    "SlackEmoji",
    "SlackFiles",
    "Watch",
    "Web",
    "Webhook",
    "folder_of",
    "read_settings",
]
