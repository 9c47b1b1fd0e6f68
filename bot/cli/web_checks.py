"""What `thirdline doctor` sees of the web server's doors: who finds them, how safely, and through which proxies."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import partial
from http.client import HTTPException
from ipaddress import ip_address
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from bot.cli.checks import Check, Looks, Verdict
from bot.filing import FOLDER
from bot.settings import Settings, Web

LIMIT = 5.0
"""Real seconds for an answer."""
DOORS = {"customers": "/support", "staff": "/desk", "api": "/api/v1"}
"""By the name of the setting: where it is, below the public address."""


def examined(settings: Settings) -> Iterator[tuple[str, Looks]]:
    """Everything to look at; nothing where no door is open."""
    web = settings.web
    if not any(getattr(web, door) for door in DOORS):
        return
    yield "web doors", partial(doors, settings)
    if not web.public_url:
        return
    yield "web encryption", partial(encryption, web)
    yield "web proxies", partial(proxies, web)
    yield "web uploads", partial(uploads, settings)
    yield "web reached", partial(reached, web)


def doors(settings: Settings) -> Iterator[Check]:
    """What is open, and where."""
    name, web = "web doors", settings.web
    on = [door for door in DOORS if getattr(web, door)]
    if not web.public_url:
        cure = 'Say in [web] where others reach the desk: public_url = "https://desk.example.com"'
        yield Check(name, Verdict.FAIL, f"{', '.join(on)}: on, and nobody would find the desk", cure)
        return
    if web.customers and settings.email is None:
        cure = "Set mail up: thirdline init email. The desk does not start before."
        yield Check(name, Verdict.FAIL, "customers sign in by a link in a mail, and no mail is set up", cure)
        return
    yield Check(name, Verdict.OK, ", ".join(f"{door} at {web.public_url}{DOORS[door]}" for door in on))


def encryption(web: Web) -> Iterator[Check]:
    """Without https whoever is on the way reads sign-in links and cookies."""
    name = "web encryption"
    if web.public_url.startswith("https://"):
        yield Check(name, Verdict.OK, "https: cookies are for this host alone, and never sent in the clear")
    elif _is_here(urlsplit(web.public_url).hostname or ""):
        yield Check(name, Verdict.OK, "http, on this machine alone")
    else:
        cure = "Put a proxy that speaks HTTPS before the desk, and say https:// in web.public_url."
        yield Check(name, Verdict.WARN, "http: sign-in links and cookies go in the clear", cure)


def proxies(web: Web) -> Iterator[Check]:
    """Whom limits count: with too few proxies all visitors are one, with too many anybody chooses who they are."""
    name = "web proxies"
    behind = web.public_url.startswith("https://")  # The desk itself speaks plain HTTP.
    if behind and not web.proxies:
        cure = "Set web.proxies to how many proxies of yours add to X-Forwarded-For: mostly 1."
        yield Check(name, Verdict.WARN, "none are counted: all visitors share one limit, as they come from one", cure)
    elif web.proxies and not _is_here(web.host):
        found = f"{web.proxies} believed, and {web.host}:{web.port} may be reached past them"
        cure = "Let nobody but your proxies reach that port, or any visitor can say what address they come from."
        yield Check(name, Verdict.WARN, found, cure)
    elif web.proxies and not behind:
        cure = "Set web.proxies = 0, unless one stands there: what it adds is believed."
        yield Check(name, Verdict.WARN, f"{web.proxies} believed, and public_url has none in front (http)", cure)
    else:
        yield Check(name, Verdict.OK, f"{web.proxies} believed" if web.proxies else "none")


def uploads(settings: Settings) -> Iterator[Check]:
    """Where files of customers are kept."""
    folder = settings.data / FOLDER
    there = folder if folder.exists() else settings.data
    if there.exists() and not os.access(there, os.W_OK | os.X_OK):
        yield Check("web uploads", Verdict.FAIL, f"{there} cannot be written to", "Look at its rights.")
        return
    yield Check("web uploads", Verdict.OK, f"{folder}, {settings.web.upload_mb} MB at once")


def reached(web: Web) -> Iterator[Check]:
    """Whether the public address leads to the desk, as seen from here. While the desk does not run nobody can say."""
    name = "web reached"
    if not _answers(f"http://{_host(web.host)}:{web.port}/health")[0]:
        yield Check(name, Verdict.OK, f"nothing listens on {web.host}:{web.port} now; `thirdline serve` does")
        return
    is_desk, said = _answers(f"{web.public_url}/health")
    if is_desk:
        yield Check(name, Verdict.OK, f"{web.public_url} leads to a desk")
        return
    cure = "Look at its name in DNS and at the proxy; some networks reach their own public address from outside only."
    yield Check(name, Verdict.WARN, f"{web.public_url}/health {said}, and the desk runs", cure)


def _answers(url: str) -> tuple[bool, str]:
    """Whether a desk answers there with its health, well or not; or else what happened."""
    try:
        with urlopen(Request(url, headers={"User-Agent": "thirdline doctor"}), timeout=LIMIT) as answer:  # noqa: S310  # The settings allow http and https alone.
            told = json.loads(answer.read(100_000))
    except HTTPError as error:
        with error:
            if error.code != 503:
                return False, f"answers with {error.code}"
            told = _read(error.read(100_000))
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        return False, f"cannot be reached from here ({type(reason).__name__})"
    except ValueError:
        told = None
    return (True, "") if isinstance(told, dict) and "rounds" in told else (False, "is answered by something else")


def _read(text: bytes) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _host(host: str) -> str:
    """Where a server that listens there is reached on this machine, as a URL has it."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return host if address.version == 4 else f"[{host}]"


def _is_here(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
