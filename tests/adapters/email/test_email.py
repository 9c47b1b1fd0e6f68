"""Pages by mail: encrypted or not at all, to one address alone, and known to have arrived or not."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cards import Card, say
from bot.domain.errors import Refusal
from bot.ports import CannotDeliver, Kind, Parcel
from tests.adapters.email.ground import Ground
from tests.adapters.pagers import PAGE, Paging, page_for
from tests.doubles.mail.smtp import KIM, PASSWORD, Mailbox

GROUND = Ground()


def page(id: int = 1, card: Card = PAGE, **rest: Any) -> Parcel:
    return page_for(GROUND, id, card, **rest)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@contextmanager
def desk_with(
    mailbox: Mailbox, folder: Path, *, trust: ssl.SSLContext | None = None, every: float = 300.0, **settings: Any
) -> Iterator[Paging]:
    desk = Paging(folder, "email", mailbox.settings(**settings), trust=trust, every=every)
    try:
        yield desk
    finally:
        desk.close()


@pytest.fixture
def desk(mailbox: Mailbox, tmp_path: Path) -> Iterator[Paging]:
    with desk_with(mailbox, tmp_path) as desk:
        desk.start()
        yield desk


def until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not so():
        assert time.monotonic() < end
        time.sleep(0.01)


# --- the letter -------------------------------------------------------------------------------------------------


def test_a_letter_says_that_a_machine_wrote_it_and_goes_to_one_address(desk: Paging, mailbox: Mailbox) -> None:
    ref = desk.delivers(page())
    (letter,) = mailbox.letters
    assert (letter["From"], letter["To"]) == ("Support <pager@example.com>", KIM)
    assert letter["X-Envelope"] == f"pager@example.com {KIM}"
    assert (letter["Auto-Submitted"], letter["Importance"]) == ("auto-generated", "high")
    assert letter["Message-ID"] == ref
    assert letter["Date"].datetime == desk.clock.now()


def test_words_make_no_headers(desk: Paging, mailbox: Mailbox) -> None:
    title = "Fire\r\nBcc: mallory@example.com\n\nHello \u202e éà \U0001f525"
    desk.delivers(page(card=Card(title=(title,), lines=(("Subject: no\r\n.\r\nMAIL FROM:<x>",),))))
    (letter,) = mailbox.letters
    assert letter["Subject"] == "Fire Bcc: mallory@example.com Hello éà \U0001f525"
    assert letter["Bcc"] is None
    assert letter["X-Envelope"] == f"pager@example.com {KIM}"
    assert letter.get_content().splitlines() == ["Subject: no", ".", "MAIL FROM:<x>"]


@pytest.mark.parametrize(
    "place",
    [
        "",
        "kim",
        "kim@example.com, mallory@example.com",
        "kim@example.com\r\nRCPT TO:<mallory@example.com>",
        "Kim <k@x>",
    ],
)
def test_a_place_that_is_no_address_gets_nothing(desk: Paging, mailbox: Mailbox, place: str) -> None:
    with pytest.raises(CannotDeliver) as refused:
        desk.delivers(page(place=place))
    assert refused.value.permanent
    assert mailbox.letters == []


def test_what_follows_is_an_answer_to_what_was_sent(desk: Paging, mailbox: Mailbox) -> None:
    ref = desk.delivers(page())
    desk.delivers(page(2, say("Kim acknowledged at 02:14."), kind=Kind.CARD, ref=ref))
    first, second = mailbox.letters
    assert (second["In-Reply-To"], second["Importance"]) == (ref, None)
    assert second["Message-ID"] != first["Message-ID"]


# --- what comes of it -------------------------------------------------------------------------------------------


def test_a_letter_whose_receipt_was_lost_comes_again_by_the_same_name(desk: Paging, mailbox: Mailbox) -> None:
    mailbox.hangs_up_after_data = True
    with pytest.raises(CannotDeliver) as lost:
        desk.delivers(page())
    assert (lost.value.unknown, lost.value.permanent) == (True, False)
    mailbox.hangs_up_after_data = False
    desk.delivers(page())
    first, second = mailbox.letters
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "permanent"), [("554 5.7.1 Not from here", True), ("451 4.3.0 Busy", False)])
def test_each_step_may_be_refused_for_good_or_for_now(
    desk: Paging, mailbox: Mailbox, step: str, answer: str, permanent: bool
) -> None:
    mailbox.answers[step] = answer
    with pytest.raises(CannotDeliver) as refused:
        desk.delivers(page())
    assert (refused.value.permanent, refused.value.unknown) == (permanent, False)
    assert answer in refused.value.reason
    assert desk.platform.health().well is permanent


# --- the connection ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_what_is_to_be_encrypted_is(security: str, tls: ssl.SSLContext, trust: ssl.SSLContext, tmp_path: Path) -> None:
    with (
        Mailbox(tls=tls, wrapped=security == "tls") as mailbox,
        desk_with(mailbox, tmp_path, trust=trust, security=security) as desk,
    ):
        desk.start()
        desk.delivers(page())
        assert len(mailbox.letters) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_cannot_prove_its_name_gets_no_password(
    security: str, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    with (
        Mailbox(tls=tls, wrapped=security == "tls") as mailbox,
        desk_with(mailbox, tmp_path, security=security) as desk,
        pytest.raises(Refusal, match="self-signed certificate"),
    ):
        desk.start()


def test_nothing_goes_unencrypted_where_it_was_to_be(mailbox: Mailbox, tmp_path: Path) -> None:
    with desk_with(mailbox, tmp_path, security="starttls") as desk:
        with pytest.raises(Refusal, match="STARTTLS"):
            desk.start()
        with pytest.raises(CannotDeliver) as refused:
            desk.delivers(page())
    assert (refused.value.alone, refused.value.permanent) == (True, False)
    assert mailbox.letters == []


def test_a_server_that_speaks_no_tls_is_told_of_in_words(mailbox: Mailbox, tmp_path: Path) -> None:
    with (
        desk_with(mailbox, tmp_path, security="tls") as desk,
        pytest.raises(Refusal, match="email: no secure connection to localhost"),
    ):
        desk.start()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "another-word"}, "refuses the user or the password"),
        ({"user": "somebody"}, "refuses the user or the password"),
        ({"sender": "Support"}, "is no mail address to send from"),
    ],
)
def test_what_an_operator_must_mend_is_refused_with_the_cure(
    mailbox: Mailbox, tmp_path: Path, wrong: dict[str, Any], words: str
) -> None:
    with desk_with(mailbox, tmp_path, **wrong) as desk, pytest.raises(Refusal) as refused:
        desk.start()
    assert words in refused.value.text
    assert refused.value.text.startswith("email: ")
    assert "[email]" in refused.value.hint
    assert not any(secret in refused.value.text for secret in (PASSWORD, "another-word"))


def test_a_server_without_a_password_needs_none(mailbox: Mailbox, tmp_path: Path) -> None:
    with desk_with(mailbox, tmp_path, user="", password=None) as desk:
        desk.start()
        desk.delivers(page())
    assert len(mailbox.letters) == 1


def test_a_server_that_is_away_at_the_start_is_no_refusal(mailbox: Mailbox, tmp_path: Path) -> None:
    with desk_with(mailbox, tmp_path) as desk:
        mailbox.down()
        with pytest.raises(ConnectionError):
            desk.start()
        mailbox.up()
        desk.start()
        assert desk.platform.health().well


def test_trouble_is_known_before_somebody_must_be_paged(mailbox: Mailbox, tmp_path: Path) -> None:
    with desk_with(mailbox, tmp_path, every=0.02) as desk:
        desk.start()
        mailbox.down()
        until(lambda: not desk.platform.health().well)
        mailbox.up()
        until(lambda: desk.platform.health().well)


def test_the_same_page_by_two_desks_is_two_letters(desk: Paging, mailbox: Mailbox) -> None:
    one = page()
    desk.delivers(one)
    desk.delivers(replace(one, key="page:8:1"))
    first, second = mailbox.letters
    assert first["Message-ID"] != second["Message-ID"]
