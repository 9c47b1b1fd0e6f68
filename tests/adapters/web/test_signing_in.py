"""Signing in by a link: it goes to known addresses alone, works once, and nobody can tell which addresses are known."""

from __future__ import annotations

from pathlib import Path

from tests.adapters.web.browsing import Served, served

KNOWN, UNKNOWN = "it@acme.example", "it@nobody.example"


def test_a_link_that_came_by_mail_signs_in(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        browser = await web.signed_in(KNOWN)
        assert "__Host-support" in browser.cookies

    served(tmp_path, story)
