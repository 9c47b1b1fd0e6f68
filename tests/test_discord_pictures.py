"""The picture of Discord is drawn from the messages of a real desk, and is that of today."""

from __future__ import annotations

import re

from docs.discord_picture import FOLDER, pictures


def test_the_picture_is_what_the_desk_shows_today_and_asks_no_distant_host() -> None:
    """Renewed by: make docs"""
    for file, drawn in pictures().items():
        assert drawn == (FOLDER / file).read_text(encoding="utf-8"), file
        assert re.findall(r"https?://[^\"\s]+", drawn) == ["http://www.w3.org/2000/svg"]
        said = re.sub(r"<[^>]*>", "", drawn)
        assert "mail server down" in said
        assert "First response" in said
        assert "More…" in said
