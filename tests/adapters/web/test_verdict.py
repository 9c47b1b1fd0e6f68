"""The page behind the link in a closing letter: for that closing alone, for whoever has the letter, and no more told
than the letter said."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.history import Deed
from bot.signing import signer_of
from commands.letters import verdict_page
from tests.adapters.web.browsing import Served, served
from tests.town import Town


def closed(town: Town) -> str:
    """Open a ticket and close it; the path of the link in its closing letter."""
    town.does("bob", 'ticket open "printer on fire" --customer acme --text "a secret"')
    return closes(town)


def closes(town: Town) -> str:
    town.does("bob", "ticket close 1 solved")
    return town.database.read(lambda work: verdict_page("", signer_of(work), 1, town.ticket(1).seq))


def test_not_solved_opens_the_ticket_again_with_the_customers_words(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        link = closed(web.town)
        seen = await web.browser().get(link)
        assert seen.page.headings[0] == "#1 printer on fire"
        assert "secret" not in seen.text
        assert "ACME" not in seen.text
        assert web.town.ticket(1).closed, "Looking changes nothing."
        seen = await web.browser().sends(link, {"verdict": "not solved", "words": "thanks"})
        assert "#1 is open again" in seen.words
        ticket = web.town.ticket(1)
        assert not ticket.closed, "It says thanks, and that it is not solved."
        assert [event.deed.value for event in web.town.history(1)][-2:] == ["said", "reopened"]
        assert "This ticket is open again" in (await web.browser().get(link)).words

    served(tmp_path, story)


def test_a_rating_is_chosen_in_the_letter_and_sent_by_the_button(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        link = closed(web.town)
        browser = web.browser()
        seen = await browser.get(f"{link}?stars=4")
        assert 'value="4" required checked' in seen.text
        assert web.town.ticket(1).rating == 0
        hidden = seen.page.hidden(link)
        await browser.posts(link, {**hidden, "verdict": "rate", "stars": "4", "words": "well done"})
        assert web.town.ticket(1).rating == 4
        assert web.town.ticket(1).closed
        for stars in ("0", "6", "x", "", "٤"):
            assert (await browser.posts(link, {**hidden, "verdict": "rate", "stars": stars})).status == 400

    served(tmp_path, story)


def test_twenty_presses_of_the_button_are_one_rating(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        link = closed(web.town)
        browser = web.browser()
        rate = {**(await browser.get(link)).page.hidden(link), "verdict": "rate", "stars": "4"}
        sent = await asyncio.gather(*(browser.posts(link, rate) for _ in range(20)))
        assert {seen.status for seen in sent} == {200}
        await browser.posts(link, {**rate, "stars": "5"})
        ratings = [event.data["rating"] for event in web.town.history(1) if event.deed is Deed.RATED]
        assert ratings == [4, 5], "The last word counts."

    served(tmp_path, story)


def test_the_link_of_an_earlier_closing_judges_no_later_one(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        first = closed(web.town)
        browser = web.browser()
        hidden = (await browser.get(first)).page.hidden(first)
        web.town.does("bob", "ticket reopen 1")
        again = closes(web.town)
        assert "closed another time" in (await browser.get(first)).words
        await browser.posts(first, {**hidden, "verdict": "not solved"})
        assert web.town.ticket(1).closed
        await browser.sends(again, {"verdict": "not solved"})
        assert not web.town.ticket(1).closed

    served(tmp_path, story)


def test_a_link_that_was_never_made_leads_nowhere(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        link = closed(web.town)
        *_, seq, mark = link.split("/")
        other = mark[:-1] + ("a" if mark[-1] != "a" else "b")
        for path in (
            f"/t/2/{seq}/{mark}",
            f"/t/1/1/{mark}",
            f"/t/x/{seq}/{mark}",
            f"/t/1/{seq}/{other}",
            f"/t/1/{seq}/{'é' * 20}",
            f"/t/1/{seq}/x",
            f"/t/1/{seq}",
        ):
            assert (await web.browser().get(path)).status == 404, path

    served(tmp_path, story)


def test_guessing_marks_is_slow(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        statuses = [(await web.browser().get(f"/t/1/2/{'a' * 20}")).status for _ in range(62)]
        assert statuses == [404] * 60 + [429] * 2

    served(tmp_path, story)
