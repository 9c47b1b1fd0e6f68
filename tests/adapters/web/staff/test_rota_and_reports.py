"""The rota as a picture with the same facts in words, and reports as figures and bars."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from tests.adapters.web.browsing import Served
from tests.adapters.web.staff.at_desk import at_desk, colleague
from tests.commands.rota_town import with_rota


def test_where_there_is_no_schedule_that_is_said_once(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        seen = await (await colleague(web, "ann")).get("/desk/rota")
        assert seen.status == 200
        assert seen.words.count("There is no on-call schedule") == 1
        assert "img" not in seen.page.tags

    at_desk(tmp_path, story)


def test_who_is_on_call_is_a_picture_and_a_table(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        with_rota(web.town)
        ann = await colleague(web, "ann")
        seen = await ann.get("/desk/rota")
        assert seen.page.tags["img"] == 1
        assert seen.page.tags["table"] >= 1
        assert 'aria-current="page">Rota' in seen.text
        picture = await ann.get("/desk/rota.svg")
        assert picture.headers["Content-Type"].startswith("image/svg+xml")
        assert "default-src 'none'" in picture.headers["Content-Security-Policy"]
        assert "sandbox" in picture.headers["Content-Security-Policy"]
        drawn = ElementTree.fromstring(picture.content)  # noqa: S314  our own picture
        assert drawn.tag.endswith("svg")
        assert b"<script" not in picture.content

    at_desk(tmp_path, story)


def test_reports_are_figures_with_bars_that_need_not_be_seen(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        for number in range(3):
            web.town.does("bob", f"ticket open thing {number} --customer acme")
            web.town.does("bob", f"ticket reply {number + 1} done")
            web.town.does("bob", f"ticket close {number + 1} --resolution solved")
        ann = await colleague(web, "ann")
        seen = await ann.get("/desk/reports")
        assert seen.status == 200
        assert 'aria-hidden="true"' in seen.text
        assert seen.page.tags["table"] >= 2
        seen = await ann.get("/desk/reports?level=III&customer=acme&from=2026-10-01&until=2026-10-31")
        assert seen.status == 200
        for odd in (
            "from=yesterdayish",
            "customer=zebra",
            "level=IX",
            "from=2026-13-45",
            "until=%00",
            "month=smarch",
            "month=last&from=2026-10-01",
            "customer=%22%3E",
        ):
            seen = await ann.get(f"/desk/reports?{odd}")
            assert seen.status in (200, 400), odd
            assert "Something went wrong" not in seen.words
        seen = await ann.get("/desk/reports?month=last")
        assert seen.status == 200
        assert 'name="month" value="last"' in seen.text
        assert "Sep 2026" in seen.words
        assert 'value="yesterdayish"' in (await ann.get("/desk/reports?from=yesterdayish")).text

    at_desk(tmp_path, story)
