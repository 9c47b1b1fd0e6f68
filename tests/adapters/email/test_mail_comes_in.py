"""Mailboxes of a running desk: all are read, whatever happens to one of them or to the letters that go out."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from adapters.email.boxes import own_of
from bot.ports import UnitOfWork
from bot.ports.intake import Mail
from bot.settings import Email, Mailbox
from tests.adapters.email.platform_of import Reading
from tests.adapters.email.test_intake import raw
from tests.databases import create_postgres
from tests.doubles.mail.dovecot import PROGRAM, Dovecot, is_installed
from tests.doubles.mail.imap import ImapServer
from tests.doubles.mail.smtp import PASSWORD
from tests.doubles.mail.smtp import Mailbox as Letterbox
from tests.town import MONDAY_TEN, Town


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    town = settled.copied(tmp_path / "desk")
    yield town
    town.close()


@pytest.fixture
def smtp() -> Iterator[Letterbox]:
    with Letterbox() as mailbox:
        yield mailbox


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


def test_every_mailbox_is_read_and_told_of_in_one_health(town: Town, smtp: Letterbox, imap: ImapServer) -> None:
    with ImapServer() as other:
        boxes = {"support": imap.settings(), "billing": other.settings(address="billing@example.com")}
        with Reading(town, smtp.settings()["email"], boxes) as desk:
            imap.deliver(raw(1))
            desk.starts()
            other.deliver(raw(2))
            desk.until(lambda: len(town.tickets()) == 2)
            desk.until(lambda: desk.platform.health().well)
            words = desk.platform.health().words
            assert "localhost takes mail; support: localhost is read" in words
            assert "; billing: localhost is read" in words
            assert desk.woken == 2
    found = town.database.read(lambda work: [work.mails.of_ticket(number)[0].mailbox for number in (1, 2)])
    assert sorted(found) == ["billing", "support"]


def test_a_mailbox_that_refuses_the_password_keeps_neither_the_others_nor_letters(
    town: Town, smtp: Letterbox, imap: ImapServer
) -> None:
    boxes = {"support": imap.settings(), "wrong": imap.settings(password=PASSWORD[::-1])}
    with Reading(town, smtp.settings()["email"], boxes) as desk:
        desk.starts()
        imap.deliver(raw())
        desk.until(town.tickets)
        desk.until(lambda: "refuses" in desk.platform.health().words)
        health = desk.platform.health()
        assert not health.well
        assert "localhost takes mail" in health.words
        assert "wrong: localhost refuses desk or the password" in health.words
        assert PASSWORD[::-1] not in health.words


def test_a_mailbox_that_cannot_be_set_up_so_keeps_nobody_either(town: Town, smtp: Letterbox, imap: ImapServer) -> None:
    boxes = {"wrong": imap.settings(aside="INBOX"), "support": imap.settings()}
    with Reading(town, smtp.settings()["email"], boxes) as desk:
        imap.deliver(raw())
        desk.starts()
        desk.until(town.tickets)
        assert "puts aside what it cannot read into the folder that it reads" in desk.platform.health().words


def test_mail_is_read_while_no_letter_can_go_out(town: Town, smtp: Letterbox, imap: ImapServer) -> None:
    smtp.down()
    with Reading(town, smtp.settings()["email"], {"support": imap.settings()}) as desk:
        with pytest.raises(ConnectionError):
            desk.starts()
        imap.deliver(raw())
        desk.until(town.tickets)
        with pytest.raises(ConnectionError):
            desk.starts()
        smtp.up()
        desk.starts()
        desk.until(lambda: desk.platform.health().well)


def test_what_cannot_be_read_lies_aside_and_is_told_in_the_alerts_channel(
    town: Town, smtp: Letterbox, imap: ImapServer
) -> None:
    with Reading(town, smtp.settings()["email"], {"support": imap.settings()}) as desk:
        imap.deliver(b"\r\n \r\n")
        imap.deliver(raw())
        desk.starts()
        desk.until(lambda: len(imap.folders.get("Thirdline-aside", imap.folders["INBOX"]).messages) == 1)
        desk.until(town.tickets)
    (told,) = town.hears("#alerts")
    assert "could not be read in 3 tries" in told


def test_of_several_desks_over_one_database_one_reads_a_mailbox(
    settled_on_postgres: str, tmp_path: Path, smtp: Letterbox, imap: ImapServer
) -> None:
    town = Town(tmp_path / "desk", MONDAY_TEN, create_postgres(settled_on_postgres, "mail_desks", "settled"))
    boxes = {"support": imap.settings(poll=5)}
    with Reading(town, smtp.settings()["email"], boxes) as one, Reading(town, smtp.settings()["email"], boxes) as other:
        one.starts()
        one.until(lambda: "is read" in one.platform.health().words)
        other.starts()
        other.until(lambda: "another desk reads it" in other.platform.health().words)
        assert imap.sign_ins == 1
        imap.deliver(raw())
        one.until(town.tickets)
    assert one.woken + other.woken == 1
    # Both have stopped, and a desk that stops leaves the mailbox to others at once.
    with Reading(town, smtp.settings()["email"], boxes) as third:
        third.starts()
        third.until(lambda: "is read" in third.platform.health().words)
    town.close()


def test_what_comes_from_an_address_of_ours_is_our_own_however_it_is_written() -> None:
    email = Email(
        host="smtp.example.com",
        sender="Support <Pager@Bücher.example>",
        boxes={"support": Mailbox(host="imap.example.com", user="desk", address="Support@Bücher.example")},
    )
    own = own_of(email, "mark")
    assert own.is_ours("support@xn--bcher-kva.example")
    assert own.is_ours("pager+t1.abc@xn--bcher-kva.example")


def test_the_address_of_a_mailbox_is_an_address_alone() -> None:
    with pytest.raises(ValueError, match="is not a mail address"):
        Mailbox(host="imap.example.com", user="desk", address="Support <support@example.com>")


def test_a_desk_that_ends_in_the_middle_of_a_real_mailbox_loses_and_doubles_none(town: Town, smtp: Letterbox) -> None:
    number = 60
    if not is_installed():
        why = f"NOT TESTED over a real mail server: {PROGRAM} is missing (apt-get install dovecot-imapd)"
        warnings.warn(pytest.PytestWarning(why), stacklevel=1)
        pytest.skip(why)
    with Dovecot() as dovecot:
        for one in range(number):
            dovecot.deliver("support", raw(one, f"p{one}@{'acme' if one % 4 else 'elsewhere'}.example"))
        email = {**smtp.settings()["email"], "hourly_all": 10_000}
        boxes = {"support": dovecot.settings("support")}

        def came() -> int:
            since = town.clock.now().replace(year=2000)
            opened = town.database.read(lambda work: work.mails.opened(since, 10 * number))
            return opened + len(town.database.read(lambda work: work.mails.held(10 * number)))

        for seen in (1, number // 3, number):
            with Reading(town, email, boxes) as desk:
                desk.starts()
                desk.until(partial(lambda wanted: came() >= wanted, seen))
        assert came() == number

    def of_tickets(work: UnitOfWork) -> list[Mail]:
        return [mail for one in town.tickets() for mail in work.mails.of_ticket(one.number)]

    held, taken = town.database.read(lambda work: (work.mails.held(1000), of_tickets(work)))
    assert len({mail.message_id for mail in (*held, *taken)}) == number
    assert len(town.tickets()) == len(taken) == 10, "Of the unverified in a minute; the others wait for a person."
