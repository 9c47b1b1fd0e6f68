"""The pictures of Slack are drawn from the blocks of a real desk, and are those of today."""

from __future__ import annotations

import re

from docs.slack_picture import FOLDER, pictures


def test_the_pictures_are_what_the_desk_shows_today_and_ask_no_distant_host() -> None:
    """Renewed by: make docs"""
    for file, drawn in pictures().items():
        assert drawn == (FOLDER / file).read_text(encoding="utf-8"), file
        assert re.findall(r"https?://[^\"\s]+", drawn) == ["http://www.w3.org/2000/svg"]


def test_the_pictures_say_what_a_reader_of_the_page_should_know() -> None:
    said = {file: re.sub(r"<[^>]*>", "", drawn) for file, drawn in pictures().items()}
    assert "mail server down" in said["slack-card.svg"]
    assert "ops@acme.example" in said["slack-modal.svg"]
    assert "My tickets" in said["slack-home.svg"]
