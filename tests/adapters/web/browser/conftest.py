"""One browser and one desk on the web for each module; where there is no browser, that is said out loud."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from docs.web_scene import CHROMIUM, WebScene, chromium, web_scene

Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not chromium():
        why = "NOT TESTED in a real browser: chromium is missing (apt-get install chromium)"
        # In the summary of every run; elsewhere a warning is an error.
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(pytest.PytestWarning(why), stacklevel=1)
        pytest.skip(why)
    with sync_playwright() as on:
        made = on.chromium.launch(executable_path=chromium(), args=list(CHROMIUM))
        yield made
        made.close()


@pytest.fixture(scope="module")
def scene(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebScene]:
    """Nothing is built where no browser looks at it."""
    folder = tmp_path_factory.mktemp("desk")
    with web_scene(folder) as made:
        yield made
    shutil.rmtree(folder)


class Complaints:
    """What the browser writes onto its console, and what it asks of others: there must be nothing of either."""

    def __init__(self, scene: WebScene) -> None:
        self._scene = scene
        self.heard: list[str] = []

    def listen(self, page: Page) -> None:
        page.on("console", lambda message: self.heard.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.heard.append(f"error: {error}"))
        page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if not url.startswith(self._scene.url):
            self.heard.append(f"asked for {url}")


@pytest.fixture
def opens(browser: Browser, scene: WebScene) -> Iterator[Opens]:
    """Opens a window of its own; afterwards the browser must have had nothing to complain of."""
    complaints = Complaints(scene)
    with ExitStack() as stack:

        def open_window(**how: Any) -> Page:
            options = {"viewport": {"width": 1200, "height": 800}, "base_url": scene.url} | how
            context: BrowserContext = stack.enter_context(browser.new_context(**options))
            context.set_default_timeout(10_000)
            page = context.new_page()
            complaints.listen(page)
            return page

        yield open_window
    # A page that refuses has the status of a refusal, of which the browser tells as of a resource that failed.
    assert [one for one in complaints.heard if "status of 4" not in one] == []


def enters(page: Page, scene: WebScene, who: str) -> None:
    """Sign in by a link."""
    page.goto(scene.entrance(who))
    page.get_by_role("button", name="Sign in").click()
