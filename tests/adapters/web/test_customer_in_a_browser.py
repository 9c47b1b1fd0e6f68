"""The customer's page in a real browser, without JavaScript and at 320 pixels: signed in, written, followed; and read
by axe-core, in the light and in the dark."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.web.browsing import Served, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ADDRESS = "ann@acme.example"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="NO BROWSER: Debian's chromium is not installed, pages are not driven."
    ),
]
playwright_api = pytest.importorskip("playwright.async_api", reason="NO BROWSER: playwright is not installed.")
axe_api = pytest.importorskip("axe_playwright_python.async_playwright", reason="NO BROWSER: axe-core is not installed.")


@asynccontextmanager
async def page_of(**options: Any) -> AsyncIterator[Any]:
    async with playwright_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(**options)
        try:
            page = await context.new_page()
            page.set_default_timeout(10_000)
            yield page
        finally:
            await browser.close()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def signs_in(web: Served, page: Any) -> str:
    """As far as the page behind the link; returns its path."""
    await page.goto(f"{web.base}/")
    await page.get_by_label("Your mail address").fill(ADDRESS)
    await page.get_by_role("button", name="Send me a link").click()
    await page.get_by_role("heading", name="Look into your mail").wait_for()
    path = (await web.link_to(ADDRESS)).removeprefix(web.base)
    await page.goto(web.base + path)
    return path


async def axe(page: Any) -> list[str]:
    """What axe-core finds; its script comes in past our policy, which lets none in."""
    found = await axe_api.Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    return [f"{one['id']}: {node['html'][:150]}" for one in found.response["violations"] for node in one["nodes"]]


def test_a_customer_signs_in_writes_and_rates_with_a_keyboard_and_no_script(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        async with page_of(java_script_enabled=False, viewport={"width": 320, "height": 640}) as page:
            await page.goto(f"{web.base}/")
            await page.keyboard.press("Tab")
            assert await page.locator(":focus").inner_text() == "Skip to the content"
            await signs_in(web, page)
            await page.get_by_role("button", name="Sign in").click()
            await page.get_by_role("link", name="Open a ticket").first.click()
            await page.get_by_label("What is wrong").fill("The gateway is down")
            await page.get_by_label("What happened").fill("Since noon.")
            await page.get_by_label("Files").set_input_files(
                {"name": "a.txt", "mimeType": "text/plain", "buffer": b"hi"}
            )
            await page.get_by_role("button", name="Send").click()
            await page.get_by_text("Your ticket is open").wait_for()
            async with page.expect_download() as coming:
                await page.get_by_role("link", name="a.txt").click()
            assert (await coming.value).suggested_filename == "a.txt"
            await page.get_by_label("Your words").fill("It still is.")
            await page.get_by_role("button", name="Send").click()
            await page.get_by_role("button", name="It is solved").click()
            await page.get_by_label("5", exact=True).check()
            await page.get_by_role("button", name="Rate").click()
            await page.get_by_text("You gave us 5 of 5").wait_for()
            await page.get_by_role("button", name="Sign out").click()
            await page.get_by_role("heading", name="Sign in").wait_for()
        assert web.town.ticket(1).rating == 5

    port = free_port()
    served(tmp_path, story, port=port, public_url=f"http://127.0.0.1:{port}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_small_phone(tmp_path: Path, scheme: str) -> None:
    async def story(web: Served) -> None:
        town = web.town
        town.does("lea", "customer edit acme --installed 2026-10-01 --zone Europe/Berlin")
        town.does("bob", 'ticket open "printer on fire" --customer acme')
        town.does(
            "bob", 'ticket reply 1 "Which one is it? Averylongwordwithoutanyspacesatallinittobreakthelayoutofaphone"'
        )
        town.does("bob", 'ticket open "mail is slow" --customer acme')
        town.does("bob", "ticket close 2 solved")
        async with page_of(color_scheme=scheme, viewport={"width": 320, "height": 640}, bypass_csp=True) as page:
            faults: list[str] = []
            page.on("console", lambda told: faults.append(told.text) if "status of 400" not in told.text else None)

            async def look(path: str) -> None:
                await page.goto(web.base + path)
                for fault in await axe(page):
                    faults.append(f"{path} {fault}")
                wide = await page.evaluate("document.documentElement.scrollWidth")
                if wide > 320:
                    faults.append(f"{path} is {wide} wide")

            await look("/support/sign-in")
            await look(await signs_in(web, page))
            await page.get_by_role("button", name="Sign in").click()
            for path in ("", "/tickets", "/tickets/1", "/tickets/2", "/new", "/policy"):
                await look(f"/support{path}")
            await page.goto(f"{web.base}/support/new")
            await page.get_by_role("button", name="Send").click()
            faults += await axe(page)
        assert not faults, "\n".join(faults)

    port = free_port()
    served(tmp_path, story, port=port, public_url=f"http://127.0.0.1:{port}")


def test_the_policy_of_the_pages_lets_no_script_in_and_reports_nothing_of_ours(tmp_path: Path) -> None:
    """In a real browser, with JavaScript and without going past the policy: no page breaks its own rules."""

    async def story(web: Served) -> None:
        async with page_of() as page:
            faults: list[str] = []
            page.on("console", lambda told: faults.append(told.text))
            await signs_in(web, page)
            await page.get_by_role("button", name="Sign in").click()
            await page.get_by_role("heading", name="Support for ACME Ltd").wait_for()
            assert not faults
            await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')")
            await asyncio.sleep(0)
            await page.wait_for_function("true")
            assert any("Content Security Policy" in one for one in faults)

    port = free_port()
    served(tmp_path, story, port=port, public_url=f"http://127.0.0.1:{port}")
