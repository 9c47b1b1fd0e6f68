"""Addresses, names of messages, limits and words, where a message alone does not show them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.email.reading.file_names import file_name
from adapters.email.reading.folding import folded
from adapters.email.reading.limits import Limits, Unreadable
from adapters.email.reading.message import read_mail
from adapters.email.reading.sniffing import type_of
from bot.domain.errors import Refusal
from bot.domain.mail import IncomingMail
from tests.adapters.email.corpus.people import PDF, PNG
from tests.adapters.email.corpus.sample import OWN, file, letter, letter_of, part


def read(raw: bytes, **limits: Any) -> IncomingMail:
    return read_mail(raw, own=OWN, limits=Limits(**limits))


# --- what cannot be read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [b"", b" \r\n\t\n"])
def test_an_empty_message_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read(raw)


def test_a_message_that_is_too_large_is_unreadable_and_a_person_may_be_told() -> None:
    with pytest.raises(Refusal, match=r"The message has 2 KB; 1 KB are the most that are read\."):
        read(letter("a" * 2_000), whole=1_000)


# --- who, to whom, about which ---------------------------------------------------------------------------------------


def test_everyone_it_was_sent_to_or_delivered_at_is_told_once() -> None:
    ours = ("support+t42.ABC@desk.example", "<help@desk.example>", "support@desk.example")
    more = [f"{name}: {who}" for name, who in zip(("Delivered-To", "X-Original-To", "Envelope-To"), ours, strict=True)]
    mail = read(letter(more=more, Cc="Ann <ann@x.example>, a group: b@x.example, c@x.example;"))
    assert set(mail.sent_to) == {
        "support+t42.abc@desk.example", "help@desk.example", "support@desk.example",
        "ann@x.example", "b@x.example", "c@x.example",
    }  # fmt: skip
    assert len(mail.sent_to) == 6


def test_the_message_that_it_answers_is_the_nearest() -> None:
    mail = read(letter(References="<a@x> <b@x>\n <c@x>", In_Reply_To="<b@x> (your letter of Monday)"))
    assert mail.references == ("<a@x>", "<c@x>", "<b@x>")


def test_of_many_references_the_nearest_are_kept() -> None:
    mail = read(letter(References=" ".join(f"<{n}@x>" for n in range(500))))
    assert mail.references == tuple(f"<{n}@x>" for n in range(450, 500))


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("<a@b>", "<a@b>"),
        ("a@b", "<a@b>"),
        ("< a@b >", "<a@b>"),
        (" <a@b> <c@d>", "<a@b>"),
        ("<with[brackets]!#@b>", "<with[brackets]!#@b>"),
    ],
)
def test_a_message_keeps_the_name_that_its_sender_gave_it(stated: str, expected: str) -> None:
    assert read(letter(Message_ID=stated)).message_id == expected


@pytest.mark.parametrize("stated", ["", "none", "<>", f"<{'a' * 5000}@b>", "<a\u202eb@c>"])
def test_a_message_without_a_name_is_given_the_same_one_each_time(stated: str) -> None:
    first = read(letter(Message_ID=stated, more=["Received: from a by b"])).message_id
    again = read(letter(Message_ID=stated, more=["Received: from c by d", "Delivered-To: x@y.example"])).message_id
    other = read(letter("Something else.", Message_ID=stated)).message_id
    assert first == again != other
    assert first.endswith("@no-message-id.invalid>")


def test_the_name_of_a_sender_is_decoded_after_its_address_was_found() -> None:
    mail = read(letter(From_="=?utf-8?Q?Kim_=22Boss=22_R=C3=B6e?= <kim@customer.example>"))
    assert (mail.name, mail.sender) == ('Kim "Boss" Röe', "kim@customer.example")


def test_a_date_is_told_in_utc() -> None:
    assert read(letter()).date == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert read(letter(Date="Mon, 23 Nov 2026 10:00:00 -0000")).date == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert read(letter(Date="yesterday")).date is None


# --- files and limits ------------------------------------------------------------------------------------------------


def test_a_file_that_is_too_large_is_told_by_name_and_size() -> None:
    mail = read(letter_of(part("See."), file(PDF * 100, "application/pdf", "plan.pdf")), file=1_000)
    assert mail.files == ()
    assert mail.left_out == ("plan.pdf (4 KB) was not kept: a file may have 1 KB.",)
    assert mail.text == "See."


def test_one_file_too_many_is_told() -> None:
    mail = read(letter_of(part("x"), file(PNG, "image/png", "a.png"), file(PNG, "image/png", "b.png")), files=1)
    assert [kept.name for kept in mail.files] == ["a.png"]
    assert mail.left_out == ("1 more file was not kept: 1 are the most.",)


def test_a_file_is_kept_byte_for_byte() -> None:
    content = bytes(range(256)) * 99
    assert read(letter_of(part("x"), file(content, "application/x-data", "a.bin"))).files[0].content == content


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    mail = read(letter("word " * 300), text=1_000)
    assert len(mail.whole) <= 1_000
    assert mail.left_out == ("The text is longer than 1,000 characters; its end was not kept.",)


def test_the_plain_part_that_says_nothing_is_still_in_the_whole() -> None:
    stub = "Please view this message in a browser."
    mail = read(letter_of(part(stub), part("<p>It burns.</p>", "text/html"), kind="alternative"))
    assert (mail.text, mail.whole) == ("It burns.", f"{stub}\n\nIt burns.")


@pytest.mark.parametrize("name", ["a.txt", "Grüße an alle.pdf", "a.tar.gz", "no ending", "火.png"])
def test_a_good_name_stays_as_it_is(name: str) -> None:
    assert file_name(name, "x") == name


@pytest.mark.parametrize(
    "content", [b"MZ" + bytes(100) + b"PE\0\0", b"<svg onload=x()>", b"  <!DOCTYPE HTML>", b"<script>"]
)
def test_what_could_run_is_not_called_a_picture(content: bytes) -> None:
    assert not type_of(content, "image/png").startswith("image/png")


# --- quotes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quote",
    [
        "On Mon, 23 Nov 2026 at 10:00, Support <s@desk.example> wrote:\n> Calm down.",
        "On Mon, 23 Nov 2026 at 10:00, Somebody With A Very Long Name\n<support@desk.example> wrote:\n\n> Calm down.",
        "Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Support <s@desk.example>:\n\n> Ruhe.",
        "Le lun. 23 nov. 2026 à 10:00, Support <s@desk.example> a écrit :\n\n> Du calme.",
        "El lun, 23 nov 2026 a las 10:00, Support (<s@desk.example>) escribió:\n\n> Calma.",
        "Il giorno lun 23 nov 2026 alle ore 10:00 Support <s@desk.example> ha scritto:\n\n> Calma.",
        "Op ma 23 nov 2026 om 10:00 schreef Support <s@desk.example>:\n\n> Kalm.",
        "pon., 23 lis 2026 o 10:00 Support <s@desk.example> napisał(a):\n\n> Spokój.",
        "23.11.2026, 10:00, Support <s@desk.example>:\n> Спокойно.",
        "-----Original Message-----\nFrom: Support\nSent: Monday\nTo: Kim\nSubject: Fire\n\nCalm down.",
        "-----Ursprüngliche Nachricht-----\nVon: Support\nGesendet: Montag\nAn: Kim\nBetreff: Feuer\n\nRuhe.",
        "De : Support\nEnvoyé : lundi\nÀ : Kim\nObjet : Feu\n\nDu calme.",
        "From: Support\nSent: Monday\nTo: Kim\nSubject: Fire\n\nCalm.\n\nOn Sunday, Kim wrote:\n> Help\n\nThanks",
    ],
)
def test_what_is_quoted_below_is_folded_in_the_usual_languages(quote: str) -> None:
    assert folded(f"It burns.\nStill.\n\n{quote}") == "It burns.\nStill."


@pytest.mark.parametrize(
    "whole",
    [
        "It said:\n> Error 5\nand then nothing.",
        "Hello,\n\nOn the printer there is fire.\nRegards to all",
        "The log says\n-- end --\nand stops.",
        "Best of all, it burns.\nReally.",
        "",
    ],
)
def test_what_only_looks_like_a_quote_or_a_signature_stays(whole: str) -> None:
    assert folded(whole) == whole
