"""`thirdline init`: settings and policy with comments, to be edited; what is there already is left alone."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from bot.cli.printing import say
from bot.domain.errors import BadValue
from bot.settings import FILE, read_settings

SETTINGS = """\
# Settings of this desk. Each line below shows what holds if you leave it out; take away the # to change it.
# The environment wins over this file: THIRDLINE_LOG_LEVEL=INFO, THIRDLINE_CHANNELS__ALERTS="#fire".
# `thirdline doctor` looks at the result.

# SQLite in this folder, or a PostgreSQL of yours. A password is better off in THIRDLINE_DATABASE than here.
# database = "postgresql://desk@localhost/desk"

# The policy lies beside this file, in policy.toml; or say where.
# policy = "/etc/thirdline/policy.toml"

# How much goes to thirdline.log: DEBUG, INFO, WARNING or ERROR.
# log_level = "WARNING"

[channels] # Where the desk speaks.
# desk = "#desk" # The cards of the tickets.
# alerts = "#alerts" # Warnings and breaches.

[channels.alerts_by_level] # A level's alerts may have a channel of their own.
# III = "#alerts-urgent"

[backups] # The daily copy of an SQLite database, in the folder backups.
# daily = true
# keep = 7
"""


def init(data: Path | None) -> int:
    """Write the two files where there are none, and say what to do next."""
    folder = read_settings(data=data).data
    policy = resources.files("bot.policy").joinpath("policy.toml").read_text(encoding="utf-8")
    for path, text in ((folder / FILE, SETTINGS), (folder / "policy.toml", policy)):
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
