"""A customer without access to the account writes on a holiday Monday and is answered on Tuesday from Discord: real
mailboxes, a real chat server's double, and the desk as a process between them."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.doubles.discord import Guild
from tests.doubles.discord.desk import DiscordDesk, read
from tests.doubles.discord.fixtures import ANN, DESK, account_of
from tests.doubles.mail.imap import ImapServer
from tests.doubles.mail.smtp import PASSWORD, USER, Mailbox

JO = "jo@acme.example"
SUPPORT = "support@desk.example"
MX = "mx.desk.example"


class Street:
    """Jo on one side, the desk's people on the other, and the post between them."""

    def __init__(self, folder: Path, discord: Guild, imap: ImapServer, smtp: Mailbox) -> None:
        self.imap, self.smtp = imap, smtp
        settings = {
            "COMPANY": "Thirdline Inc",
            "EMAIL__HOST": "localhost",
            "EMAIL__PORT": str(smtp.port),
            "EMAIL__SECURITY": "none",
            "EMAIL__USER": USER,
            "EMAIL__PASSWORD": PASSWORD,
            "EMAIL__SENDER": f"Support <{SUPPORT}>",
            "EMAIL__TRUSTED": f'["{MX}"]',
        }
        box = {name: str(value) for name, value in imap.settings(address=SUPPORT).items()}
        settings |= {f"EMAIL__BOXES__SUPPORT__{name.upper()}": value for name, value in box.items()}
        self.desk = DiscordDesk.alone(discord, folder, settings=settings)
        self._written = 0

    def writes(self, text: str, *, subject: str = "mail is slow", to: str = SUPPORT, answers: str = "") -> str:
        """Jo writes; the desk's mail server has looked at who sent it. Returns the Message-ID."""
        self._written += 1
        message = EmailMessage()
        message["Authentication-Results"] = f"{MX}; dmarc=pass header.from=acme.example"
        message["From"], message["To"], message["Subject"] = f"Jo Doe <{JO}>", to, subject
        message["Message-ID"] = f"<{self._written}@acme.example>"
        if answers:
            message["In-Reply-To"] = message["References"] = answers
        message.set_content(text)
        self.imap.deliver(message.as_bytes())
        return str(message["Message-ID"])

    def letter(self, number: int) -> EmailMessage:
        """The letter of that number that Jo has got, once it is there."""

        def came() -> EmailMessage | None:
            return self.smtp.letters[number - 1] if len(self.smtp.letters) >= number else None

        return self.desk.process.until(came, lambda: f"Letter {number} does not come: {self.smtp.letters}", 30)


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with Guild(granted=("message_content",)) as discord, ImapServer() as imap, Mailbox() as smtp:
        street = Street(tmp_path, discord, imap, smtp)
        with street.desk:
            yield street
        assert discord.faults == []
        street.desk.process.is_on_record()


def _words(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_letter_on_thanksgiving_is_answered_on_tuesday_from_discord(street: Street) -> None:
    desk = street.desk
    # Monday 12 October 2026 is Thanksgiving in Canada.
    desk.passes(days=7)
    first = street.writes("I cannot get into my account.\n\nThe queue grows since this morning.")
    card = read(desk.shows(1, "mail is slow", "ACME Ltd", "Claim"))
    assert f"Opened by {JO} by mail" in card
    assert "not verified" not in card

    receipt = street.letter(1)
    assert (receipt["To"], receipt["In-Reply-To"]) == (JO, first)
    assert receipt["Subject"] == "Re: mail is slow"
    assert "Tuesday" in _words(receipt)
    assert "Thanksgiving" in _words(receipt)
    assert receipt["Auto-Submitted"] == "auto-replied"

    desk.passes(days=1)
    desk.discord.slash(ANN, DESK, "ticket claim", {"ticket": "1"})
    desk.shows(1, "Held by Ann")
    desk.discord.slash(ANN, DESK, "ticket reply", {"ticket": "1", "text": "It was a full disk. It is quick again."})
    # The reply can be taken back for some seconds.
    desk.passes(seconds=30)
    answer = street.letter(2)
    assert answer["To"] == JO
    assert "It was a full disk." in _words(answer)
    assert first in answer["References"]
    assert answer["Auto-Submitted"] is None

    reply_to = answer["Reply-To"].addresses[0].addr_spec
    street.writes("Still slow here.\n\n> It was a full disk.", subject="Re: mail is slow", to=reply_to)
    told = read(desk.tells(account_of("ann"), "ACME Ltd wrote on #1 mail is slow"))
    assert "Still slow here." in told
    assert "full disk" not in told

    desk.discord.slash(ANN, DESK, "ticket close", {"ticket": "1", "resolution": "solved"})
    desk.shows(1, "Closed: solved")
    street.writes("Thanks!", subject="Re: mail is slow", answers=str(answer["Message-ID"]))
    history = desk.process.history
    desk.process.until(lambda: history(1).count("said") == 2, lambda: f"{history(1)}")
    assert history(1)[-2:] == ["closed", "said"]
    assert len(desk.process.cards(1, "discord")) == 1
