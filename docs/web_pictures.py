"""Takes pictures of the desk's pages with a real browser: `python -m docs.web_pictures [FOLDER]`.

Without a browser on this machine the pictures stay as they are; fonts differ from machine to machine, so no test
compares them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from docs.png import small
from docs.web_scene import CHROMIUM, CUSTOMER, WebScene, chromium, web_scene

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: who looks at which page, through a window of that size."""

    file: str
    who: str
    path: str
    width: int
    height: int
    colours: Literal["light", "dark"] = "light"


SHOTS = (
    Shot("web-home.png", CUSTOMER, "/support", 390, 800),
    Shot("web-ticket.png", CUSTOMER, "/support/tickets/1", 390, 800, "dark"),
    Shot("web-board.png", "ann", "/desk", 1100, 720),
    Shot("web-desk-ticket.png", "ann", "/desk/tickets/1", 1200, 860),
)


def take(folder: Path, shots: Sequence[Shot] = SHOTS) -> None:
    """Write the pictures into that folder."""
    with (
        TemporaryDirectory(prefix="thirdline-picture-") as data,
        web_scene(Path(data)) as scene,
        sync_playwright() as on,
    ):
        browser = on.chromium.launch(executable_path=chromium(), args=list(CHROMIUM))
        for shot in shots:
            _take(browser, scene, shot, folder)
        browser.close()


def _take(browser: Browser, scene: WebScene, shot: Shot, folder: Path) -> None:
    window = ViewportSize(width=shot.width, height=shot.height)
    context = browser.new_context(viewport=window, color_scheme=shot.colours)
    page = context.new_page()
    page.goto(scene.entrance(shot.who))
    page.get_by_role("button", name="Sign in").click()
    page.goto(scene.url + shot.path)
    (folder / shot.file).write_bytes(small(page.screenshot()))
    context.close()


if __name__ == "__main__":
    if chromium():
        take(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    else:
        sys.stderr.write("There is no Chromium on this machine: the pictures of the pages stay as they are.\n")
