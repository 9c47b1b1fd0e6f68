"""`thirdline init`: the files of a desk, with comments, to be edited; what is there already is left alone."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from bot.cli.printing import say
from bot.domain.errors import BadValue
from bot.oncall.file import shipped_text
from bot.settings import FILE, read_settings

SETTINGS = """\
# Settings of this desk. Each line below shows what holds if you leave it out; take away the # to change it.
# The environment wins over this file: THIRDLINE_LOG_LEVEL=INFO, THIRDLINE_CHANNELS__ALERTS="#fire".
# `thirdline doctor` looks at the result.

# SQLite in this folder, or a PostgreSQL of yours. A password is better off in
# THIRDLINE_DATABASE, or in a file of its own, than here.
# database = "postgresql://desk@localhost/desk"
# database_file = "secrets/database"

# The policy lies beside this file, in policy.toml; or say where.
# policy = "/etc/thirdline/policy.toml"
# So does the on-call plan, in oncall.toml.
# oncall = "/etc/thirdline/oncall.toml"

# Who the desk speaks for in letters and pages.
# company = "Support"

# How much goes to thirdline.log: DEBUG, INFO, WARNING or ERROR.
# log_level = "WARNING"

[channels] # Where the desk speaks.
# desk = "#desk" # The cards of the tickets.
# alerts = "#alerts" # Warnings and breaches.

[channels.alerts_by_level] # A level's alerts may have a channel of their own.
# III = "#alerts-urgent"

# Slack: `thirdline init slack` sets the app up, step by step, and writes the section [slack]; or take these lines in.
# [slack]
# bot_token_file = "secrets/slack-bot-token" # From OAuth & Permissions: xoxb-… Or THIRDLINE_SLACK__BOT_TOKEN.
# app_token_file = "secrets/slack-app-token" # For Socket Mode, which needs no public address: xapp-…
# mode = "socket" # Or "http", for several desks on one PostgreSQL; that needs the signing secret and [web].
# signing_secret_file = "secrets/slack-signing-secret" # From Basic Information.
# team = "here" # Whom an alert calls that nobody owns: a user group's id or @handle, here, channel or none.
# members = "staff" # What members of the desk channel may do, where it is private: staff, viewer or none.
# roles = {staff = "@support"} # Or give roles by user group.
# emoji = {open = "ticket", claim = "eyes", close = "white_check_mark", urgent = "rotating_light"} # on = false: none.
# files = {copies = false, max_mb = 25} # Copy files into this folder, since Slack's links die.

# Discord: `thirdline init discord` does the same; both may be there at once.
# [discord]
# token_file = "secrets/discord-token" # From the Developer Portal → Bot. Or THIRDLINE_DISCORD__TOKEN.
# server = 1301234567890123456 # The server's id.
# channels = {desk = "#tickets", alerts = "#alerts"} # Where they differ from [channels]; the desk's may be a forum.
# team = "here" # Whom an alert calls that nobody owns: a role's id or name, here, everyone or none.
# members = "staff" # What those may do who see the desk channel, where it is private: staff, viewer or none.
# roles = {staff = "Support"} # Or give roles by role.
# notes = true # Messages in a ticket's thread are notes; that needs the Message Content intent.
# locks = false # Lock the thread of a closed ticket.
# commands = "server" # Or "global": slash commands in direct messages, too.

# The telephone: `thirdline init phone` asks for what it needs and checks it with the provider.
# [phone]
# provider = "twilio" # Or "signalwire" (with api_url and signing_key_file), or "telnyx" (application, public_key).
# account = "AC0123456789abcdef0123456789abcdef"
# token_file = "secrets/phone-token" # Or THIRDLINE_PHONE__TOKEN. former_token_file beside it, while tokens change.
# number = "+14165550100" # Where calls and texts come from.
# public_url = "https://desk.example.com" # Where the provider reaches this desk.
# countries = ["CA", "US"] # Who may be called. Jamaica is "JM" and no part of "US", though it is +1 as well.
# rings = 25 # Seconds: shorter than most mailboxes wait.
# calls_per_second = 1.0 # What the provider takes; more would wait where nobody sees it.
# second = {provider = "twilio", account = "AC…", token_file = "secrets/second", number = "+1…"} # Steps in.

# Mail: `thirdline init email` tries both sign-ins and writes this.
# [email]
# host = "smtp.example.com" # Letters to customers, and pages by mail. port = 587, security = "starttls".
# user = "support@example.com"
# password_file = "secrets/email-password" # Or [email.oauth], for Microsoft and Google: docs/mail.md.
# sender = "ACME Support <support@example.com>"
# trusted = ["mx.example.com"] # The names under which your own mail server says whether a sender is who they say.
# undo = 10 # Seconds in which a reply can be taken back.
# receipts = true # Tell who opens a ticket by mail its number and by when they will hear.
# plus = true # Whether support+x@example.com arrives: then each ticket has an address of its own.
# [email.boxes.support] # A mailbox that customers write to; any number of them.
# host = "imap.example.com" # port = 993, security = "tls".
# user = "support@example.com"
# password_file = "secrets/email-password"
# address = "support@example.com"

# Other systems that are told of tickets, signed: docs/api.md.
# [webhooks.status]
# url = "https://status.example.com/hooks/desk"
# secret_file = "secrets/webhook-status"

[web] # The desk's one HTTP server. `thirdline init web` opens its doors.
# host = "127.0.0.1" # Leave it there, behind a proxy that speaks HTTPS.
# port = 8080
# public_url = "https://desk.example.com" # Where others reach it: pages, sign-in links, calendars of the rota.
# health = false
# customers = false # The customers' page, at /support.
# staff = false # The desk's page, at /desk: /desk page gives a link.
# api = false # The REST API, at /api/v1: thirdline key add makes a key.
# proxies = 0 # How many proxies of yours stand before it and add to X-Forwarded-For.
# upload_mb = 10 # What a customer may attach to one message.

[backups] # The daily copy of an SQLite database, in the folder backups.
# daily = true
# keep = 7
"""


def init(data: Path | None) -> int:
    """Write the three files where there are none, and say what to do next."""
    folder = read_settings(data=data).data
    policy = resources.files("bot.policy").joinpath("policy.toml").read_text(encoding="utf-8")
    files = {FILE: SETTINGS, "policy.toml": policy, "oncall.toml": shipped_text()}
    for path, text in ((folder / name, text) for name, text in files.items()):
        say(f"wrote {path}" if _written(path, text) else f"kept  {path}, which was there already")
    option = f" --data {data}" if data else ""
    say(f"Next: edit them, then look at the result with `thirdline doctor{option}`,")
    say(f"and open the desk with `thirdline run{option}`.")
    return 0


def _written(path: Path, text: str) -> bool:
    """Whether the file was written; False when it existed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        if path.is_file():
            return False
        raise BadValue(f"{path} is in the way: it is no file.") from None
    except OSError as error:
        raise BadValue(f"{path} cannot be written: {error.strerror}.", "Name another folder with --data.") from None
    return True
