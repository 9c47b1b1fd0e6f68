"""A customer and a colleague at work in a browser: with the mouse and without scripts, and with the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bot.domain.history import Deed
from bot.domain.ticket import Ticket
from bot.ports import TicketFilter
from docs.web_scene import CUSTOMER, WebScene
from tests.adapters.web.browser.conftest import Opens, enters

pytestmark = pytest.mark.xdist_group("browser")
MOST_STEPS = 60


def newest(scene: WebScene) -> Ticket:
    wanted = TicketFilter(order="newest", limit=1)
    return scene.house.database.read(lambda work: work.tickets.find(wanted)[0])


def tabs_to(page: Page, name: str, *, backwards: bool = False) -> None:
    """Press the tabulator until the element of that name has the focus, as somebody without a mouse does."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.evaluate(_NAMED) == name:
            return
    raise AssertionError(f"The keyboard does not reach {name!r} on {page.url}")


_NAMED = """() => {
    const one = document.activeElement;
    const words = one.labels && one.labels.length ? one.labels[0].innerText : one.innerText || one.value || "";
    return words.trim().split("\\n")[0];
}"""


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_a_customer_opens_answers_closes_and_rates(opens: Opens, scene: WebScene, scripts: bool) -> None:
    page = opens(java_script_enabled=scripts, viewport={"width": 390, "height": 800})
    enters(page, scene, CUSTOMER)
    page.get_by_role("link", name="Open a ticket").first.click()
    page.get_by_label("What is wrong, in a sentence").fill("The printer burns <b>again</b>")
    page.get_by_label("What happened").fill("Since noon.")
    page.get_by_label("Files").set_input_files({"name": "log.txt", "mimeType": "text/plain", "buffer": b"E42"})
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The printer burns <b>again</b>")
    ticket = newest(scene)
    with page.expect_download() as started:
        page.get_by_role("link", name="log.txt").click()
    assert started.value.suggested_filename == "log.txt"
    page.get_by_label("Your words").fill("It is out now.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("It is out now.")).to_be_visible()
    page.get_by_role("button", name="It is solved, close the ticket").click()
    page.get_by_label("5").check()
    page.get_by_role("button", name="Rate").click()
    expect(page.get_by_text("You gave us 5 of 5")).to_be_visible()
    after = scene.house.database.read(lambda work: work.tickets.get(ticket.number))
    assert (after.closed, after.rating) == (True, 5)


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_a_colleague_finds_a_ticket_and_answers_it(opens: Opens, scene: WebScene, scripts: bool) -> None:
    page = opens(java_script_enabled=scripts)
    enters(page, scene, "ann")
    page.get_by_label("Words").fill("mail server")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="#1 Mail server down").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mail server down")
    words = f"The disk is larger now, {'with' if scripts else 'without'} scripts."
    page.get_by_label("Reply").fill(words)
    page.get_by_role("button", name="Reply #1").click()
    expect(page.get_by_role("status")).to_contain_text("Your reply")
    page.get_by_role("link", name="Ticket #1").click()
    expect(page.get_by_text(words)).to_be_visible()
    last = scene.house.database.read(lambda work: work.tickets.history(1))[-1]
    assert (last.deed, last.by, last.source, last.data["text"]) == (Deed.REPLIED, "ann", "web", words)


def test_a_customer_needs_no_mouse(opens: Opens, scene: WebScene) -> None:
    page = opens()
    page.goto(scene.entrance(CUSTOMER))
    tabs_to(page, "Sign in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Support for ACME")
    page.keyboard.press("Tab")
    assert page.evaluate(_NAMED) == "Skip to the content"
    page.keyboard.press("Enter")
    tabs_to(page, "Open a ticket")
    page.keyboard.press("Enter")
    page.wait_for_url("**/support/new")
    tabs_to(page, "What is wrong, in a sentence")
    page.keyboard.type("No mouse here")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("No mouse here")
    tabs_to(page, "Your words")
    page.keyboard.type("It works without.")
    tabs_to(page, "Send")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It works without.")).to_be_visible()
    tabs_to(page, "It is solved, close the ticket")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How did we do?")).to_be_visible()
    tabs_to(page, "1")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    tabs_to(page, "Rate")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You gave us 4 of 5")).to_be_visible()
    assert newest(scene).rating == 4


def test_a_colleague_needs_no_mouse(opens: Opens, scene: WebScene) -> None:
    page = opens()
    page.goto(scene.entrance("bob"))
    tabs_to(page, "Sign in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Open tickets")
    tabs_to(page, "#6 Certificate runs out next week")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/tickets/6")
    tabs_to(page, "Note What the desk should know")
    page.keyboard.type("Renewed by hand.")
    tabs_to(page, "Note #6")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("The desk answers")
    last = scene.house.database.read(lambda work: work.tickets.history(6))[-1]
    assert (last.deed, last.by, last.data["text"]) == (Deed.NOTED, "bob", "Renewed by hand.")


def test_the_board_renews_itself_but_not_under_somebodys_fingers(opens: Opens, scene: WebScene) -> None:
    page = opens()
    page.clock.install()
    enters(page, scene, "ann")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Open tickets")
    page.get_by_label("Words").fill("half a wo")
    scene.says("bob", '/ticket open "Just came in" --customer acme')
    page.clock.run_for(31_000)
    expect(page.get_by_role("link", name="Just came in")).to_be_visible()
    expect(page.get_by_label("Words")).to_have_value("half a wo")
    page.get_by_role("link", name="Just came in").focus()
    scene.says("bob", '/ticket open "Came later" --customer acme')
    page.clock.run_for(31_000)
    expect(page.get_by_role("link", name="Just came in")).to_be_focused()
    page.get_by_label("Words").focus()
    page.clock.run_for(31_000)
    expect(page.get_by_role("link", name="Came later")).to_be_visible()


def test_going_back_and_loading_again_does_nothing_twice(opens: Opens, scene: WebScene) -> None:
    page = opens()
    enters(page, scene, "ann")
    page.get_by_label("A command, as in chat").fill("ticket note 2 only once")
    page.get_by_role("button", name="Say it").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.reload()
    expect(page.get_by_role("status")).to_be_visible()
    history = scene.house.database.read(lambda work: work.tickets.history(2))
    assert sum(event.data.get("text") == "only once" for event in history) == 1
