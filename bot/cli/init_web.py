"""`thirdline init web`: the doors of the desk's web server, where others reach it, and what stands before it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.cli import web_checks
from bot.cli.doctor import tried
from bot.cli.printing import say
from bot.cli.setting_up import Setup, walked, well
from bot.cli.toml_section import Value
from bot.domain.errors import BadValue, Refusal
from bot.settings import Settings, Web, read_settings
from bot.ways import chats_of

QUESTIONS = {
    "customers": "The customers' page: tickets, what they are owed, sign-in by mail",
    "staff": "The desk's page for staff: board, tickets, rota, reports",
    "api": "The REST API, for an online ticket system",
}
_YES, _NO = ("y", "yes", "true", "1"), ("n", "no", "false", "0")


@dataclass(frozen=True, slots=True)
class Given:
    """What stood on the command line; None is not given. `doors` are by the names of their settings."""

    url: str | None = None
    host: str | None = None
    port: int | None = None
    proxies: int | None = None
    doors: Mapping[str, bool | None] = field(default_factory=dict)


def init_web(data: Path | None, given: Given) -> int:
    """0 when all is well, 1 when something is left to do, 130 when somebody stopped it. Raises BadValue for what cannot
    be."""
    return walked("web", data, lambda: _Steps(data, given).run())


class _Steps:
    """One walk through the steps, over what the settings file and the environment say already."""

    def __init__(self, data: Path | None, given: Given) -> None:
        self.given = given
        self.setup = Setup("web", Web, data, {})

    def run(self) -> bool:
        say("The desk's web server, in three steps.")
        say("\n1. What it serves")
        values: dict[str, Value] = {door: self.door(door) for door in QUESTIONS}
        say("\n2. Where others reach it")
        values["public_url"] = url = self.url()
        say("\n3. Where it listens, and what stands before it")
        values |= {"host": self.given.host or self.setup.said("host"), "port": self.port()}
        values["proxies"] = self.proxies(url)
        settings = read_settings(data=self.setup.folder)
        fine = self.look(settings, values)
        self.setup.put({"web": _changed(self.setup, values)})
        self.say_goodbye(settings, values)
        return fine

    def door(self, door: str) -> bool:
        """Named, or asked for; what was on stays on."""
        told = self.given.doors.get(door)
        if told is not None:
            return told
        before = self.setup.said(door).lower() in _YES
        if not self.setup.person:
            return before
        return self.yes(f"{QUESTIONS[door]}", before)

    def yes(self, words: str, before: bool) -> bool:
        while True:
            typed = input(f"  {words}? [{'yes' if before else 'no'}] ").strip().lower()
            if typed in _YES or typed in _NO or not typed:
                return typed in _YES if typed else before
            say("  It is yes or no.")

    def url(self) -> str:
        here = f"http://127.0.0.1:{self.port()}"
        told = self.given.url or self.setup.said("public_url")
        if not told and not self.setup.person:
            raise Refusal(
                "The public address is missing.",
                f"--url https://desk.example.com gives it; for this machine alone, --url {here}.",
            )
        if not told:
            asked = "The public address (https://desk.example.com), or Enter for this machine alone"
            told = input(f"  {asked} [{here}]: ").strip() or here
        url = told.rstrip("/")
        if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url):
            raise BadValue(f"“{told}” is no address.", "It looks like this: https://desk.example.com")
        return url

    def port(self) -> int:
        return self.given.port if self.given.port is not None else int(self.setup.said("port"))

    def proxies(self, url: str) -> int:
        """How many are believed. Who speaks https stands before the desk, which speaks plain HTTP."""
        if self.given.proxies is not None:
            return self.given.proxies
        if "proxies" in self.setup.table:
            return int(self.setup.table["proxies"])
        usual = 1 if url.startswith("https://") else 0
        if not self.setup.person:
            return usual
        typed = input(f"  How many proxies of yours stand before it [{usual}]: ").strip() or str(usual)
        if not typed.isdigit() or int(typed) > 5:
            raise BadValue(f"“{typed}” is no number of proxies.", "0 to 5; mostly 1.")
        return int(typed)

    def look(self, settings: Settings, values: Mapping[str, Value]) -> bool:
        """What the doctor would say; the server itself runs once the desk does."""
        web = self.setup.settings_with(**values)
        looked = settings.model_copy(update={"web": web})
        fine = True
        for name, looks in web_checks.examined(looked):
            fine &= well(tried(name, looks))
        return fine

    def say_goodbye(self, settings: Settings, values: Mapping[str, Any]) -> None:
        option, url = self.setup.option, values["public_url"]
        # Without chat and without a page for staff there is nobody to serve, as `serve` says itself.
        verb = "serve" if values["staff"] or chats_of(settings) else "run"
        say(f"Open the desk: thirdline {verb}{option}. Then this answers: curl {url}/health")
        if values["customers"]:
            say(f"Customers sign in at {url}/support, by a link that is sent to their address.")
            if settings.email is None:
                say(f"  The desk does not start before it can send mail: thirdline init email{option}")
        if values["staff"]:
            say(f"Staff get in by a link: /desk page in chat, or thirdline desk-link NAME{option} here.")
        if values["api"]:
            say(f"A key for a program: thirdline key add NAME --scopes tickets:read,tickets:write{option}")
        say(f"Is it well? thirdline doctor{option}")


def _changed(setup: Setup[Web], values: Mapping[str, Value]) -> dict[str, Value | None]:
    """What the file does not say yet, or what would not hold without it."""
    defaults = {name: setup.model.model_fields[name].default for name in values}
    return {name: value for name, value in values.items() if setup.table.get(name, defaults[name]) != value}
