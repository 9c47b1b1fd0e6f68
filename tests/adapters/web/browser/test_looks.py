"""Every page by axe-core's rules: light and dark, on a small phone and on a desk; and nothing sticks out of a phone."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from bot.ports import UnitOfWork
from bot.signing import signer_of
from commands.letters import verdict_page
from docs.web_scene import CUSTOMER, WebScene
from tests.adapters.web.browser.conftest import Opens, enters

pytestmark = pytest.mark.xdist_group("browser")
PHONE, DESK = ViewportSize(width=320, height=640), ViewportSize(width=1200, height=800)
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CUSTOMERS = (
    "/support",
    "/support/tickets",
    "/support/tickets/1",
    "/support/tickets/3",
    "/support/new",
    "/support/policy",
    "/support/nowhere",
)
STAFF = (
    "/desk",
    "/desk?text=nothing+fits",
    "/desk/tickets/1",
    "/desk/tickets/3?all=yes",
    "/desk/do?command=ticket+close&asks=resolution,reason&v.ticket=1",
    "/desk/rota",
    "/desk/reports",
    "/desk/nowhere",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize(
    ("who", "pages"),
    [(CUSTOMER, ("/support/sign-in", *CUSTOMERS)), ("ann", ("/desk/sign-in", *STAFF))],
    ids=["customers", "staff"],
)
def test_no_page_breaks_a_rule_of_accessibility(
    opens: Opens, scene: WebScene, who: str, pages: tuple[str, ...]
) -> None:
    page = opens(reduced_motion="reduce")  # Or colours are judged half-way from light to dark.
    page.goto(pages[0])
    faults = _faults(page, "light")
    page.goto(scene.entrance(who))
    faults += _faults(page, "light")
    page.get_by_role("button", name="Sign in").click()
    for path in pages[1:]:
        page.goto(path)
        for colours in COLOURS:
            page.emulate_media(color_scheme=colours)
            for window in (PHONE, DESK):
                page.set_viewport_size(window)
                faults += _faults(page, f"{colours}, {window['width']} px")
    assert faults == []


def test_pages_from_letters_and_pages_that_refuse_break_no_rule_either(opens: Opens, scene: WebScene) -> None:
    page = opens(viewport=PHONE)

    def verdict(work: UnitOfWork) -> str:
        return verdict_page("", signer_of(work), 3, work.tickets.get(3).seq)

    link = scene.house.database.write(verdict)
    faults: list[str] = []
    for path in (f"{link}?stars=4", f"{link}x", "/support/sign-in/over", "/desk/sign-in/over"):
        page.goto(path)
        faults += _faults(page, "from a letter")
    page.goto("/support/sign-in")
    page.get_by_label("Your mail address").fill("nobody")
    page.get_by_role("button", name="Send me a link").click()
    page.get_by_role("alert").wait_for()
    faults += _faults(page, "no address")
    page.get_by_label("Your mail address").fill("it@nobody.example")
    page.get_by_role("button", name="Send me a link").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    faults += _faults(page, "asked for a link")
    enters(page, scene, CUSTOMER)
    page.goto("/support/new")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("alert").wait_for()
    faults += _faults(page, "nothing filled in")
    assert faults == []


def test_a_script_that_came_into_a_page_would_not_run(browser: Browser, scene: WebScene) -> None:
    page = browser.new_page(base_url=scene.url)
    enters(page, scene, CUSTOMER)
    with page.expect_console_message(lambda told: "Content Security Policy" in told.text):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=document.title=1>')")
    assert page.title() != "1"
    page.close()


def _faults(page: Page, how: str) -> list[str]:
    found = Axe().run(page, options={**RULES, "resultTypes": ["violations"]}).response["violations"]
    faults = [f"{page.url} ({how}): {one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append(f"{page.url} ({how}): wider than the window")
    return faults


def test_lists_show_all_of_a_ticket_at_any_width(opens: Opens, scene: WebScene) -> None:
    """The columns that matter most stood beyond the edge of a phone."""
    for who, path, least in ((CUSTOMER, "/support/tickets", 4), ("ann", "/desk", 6)):
        page = opens()
        enters(page, scene, who)
        page.goto(path)
        for width in (320, 500, 768, 769, 1000, 1024):
            page.set_viewport_size(ViewportSize(width=width, height=800))
            cells = (
                page.locator("table.stack tbody tr")
                .first.get_by_role("cell")
                .or_(page.locator("table.stack tbody tr").first.get_by_role("rowheader"))
            )
            assert cells.count() == least, (path, width)
            for box in (one.bounding_box() for one in cells.all()):
                assert box is not None, (path, width)
                assert 0 <= box["x"] < box["x"] + box["width"] <= width, (path, width)


def test_text_twice_as_large_hides_nothing(opens: Opens, scene: WebScene) -> None:
    """WCAG 1.4.4 and 1.4.10: 640 pixels at 200 % are 320."""
    page = opens(viewport={"width": 320, "height": 256}, device_scale_factor=4)
    enters(page, scene, "ann")
    for path in STAFF:
        page.goto(path)
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), path
