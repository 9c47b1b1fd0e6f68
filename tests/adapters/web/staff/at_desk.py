"""Colleagues in browsers: signed in to the desk's page of a town on the web."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from bot.ports.intake import PassKind
from commands.visits import give_link
from tests.adapters.web.browsing import Browser, Seen, Served, served

COOKIE = "__Host-desk"
DO, SAY = "/desk/do", "/desk/say"


def at_desk(folder: Path, story: Callable[[Served], Coroutine[Any, Any, None]]) -> None:
    """Tell the story to a town whose staff and customers have their pages."""
    served(folder, story, customers=True, staff=True)


def link_for(web: Served, who: str) -> str:
    """A fresh sign-in link, as `/desk page` gives it."""
    now = web.town.clock.now()
    return "/desk/sign-in/" + web.town.database.write(lambda work: give_link(work, PassKind.STAFF_LINK, who, now))


async def colleague(web: Served, who: str) -> Browser:
    """A browser in which they are signed in."""
    browser = web.browser()
    await browser.sends(link_for(web, who), {})
    assert COOKIE in browser.cookies
    return browser


async def safe(browser: Browser, page: str = "/desk") -> dict[str, str]:
    """What a form of that page carries to prove that it is ours."""
    hidden = (await browser.get(page)).page.hidden(SAY if page == "/desk" else DO)
    return {name: hidden[name] for name in ("token", "nonce")}


async def does(browser: Browser, command: str, page: str = "/desk", **values: str) -> Seen:
    """Press a button of a command."""
    fields = {f"v.{name}": value for name, value in values.items() if name != "asks"}
    fields |= {"asks": values["asks"]} if "asks" in values else {}
    return await browser.posts(DO, {**await safe(browser, page), "command": command, **fields})


async def says(browser: Browser, line: str) -> Seen:
    return await browser.posts(SAY, {**await safe(browser), "line": line})
