"""`thirdline policy show` and `policy check`: the page, and whether a file holds together."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path

from bot.cli.drawing import show as draw
from bot.cli.library import installed
from bot.cli.printing import say, say_json
from bot.clocks import SystemClock
from bot.domain.errors import BadValue
from bot.domain.policy_data import policy_to_json
from bot.policy.file import PolicyError, policy_at
from bot.policy.page import level_page, policy_page
from bot.settings import read_settings

REFUSED = 2


def show(level: str | None, file: Path | None, data: Path | None, as_json: bool) -> int:
    """The page a customer would read, of that file or else of the policy that the next `thirdline run` takes."""
    policy = policy_at(file or read_settings(data=data).policy_path, installed().known)
    card = level_page(policy, policy.level(level)) if level else policy_page(policy)
    if as_json:
        say_json(dict(card.data))
    else:
        draw(card, SystemClock(), policy.zone)
    return 0


def check(file: Path, as_json: bool) -> int:
    """Whether the file holds together; every mistake with its line."""
    try:
        policy = policy_at(file, installed().known)
    except PolicyError as error:
        if not as_json:
            raise
        say_json({"ok": False, "mistakes": [asdict(mistake) for mistake in error.mistakes]})
        return REFUSED
    except BadValue as error:
        if not as_json:
            raise
        say_json({"ok": False, "mistakes": [{"line": None, "text": error.text, "hint": error.hint}]})
        return REFUSED
    if as_json:
        say_json({"ok": True, "policy": json.loads(policy_to_json(policy))})
        return 0
    levels = ", ".join(level.title for level in policy.levels)
    say(f"{file} holds together: “{policy.name}” of {policy.effective}, with {levels}.")
    say(f"See it as a customer would: thirdline policy show --file {shlex.quote(str(file))}")
    return 0
