"""Letters to customers over a real mail server: they thread, answer to the right address, and say when no person wrote
them; and no words of anybody's become a header."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import getaddresses
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.email.letter import MOST_BYTES, envelope_sender, letter
from adapters.email.server import MailServer
from bot.cards import Card, Strong
from bot.delivery import Delivery
from bot.domain.attachments import Attachment
from bot.domain.errors import Refusal
from bot.filing import FOLDER, Filing
from bot.ports import CannotDeliver, Kind, Parcel, ParcelState, Speaker, Urgency
from bot.settings import Email, OAuth
from bot.signing import Signer
from bot.ways import platform_class
from bot.wiring import letter_writer
from commands.drawing import draw
from tests.adapters.pagers import Paging
from tests.commands.mail_town import MailTown
from tests.doubles.mail.smtp import USER, Mailbox
from tests.doubles.mail.tokens import TokenServer
from tests.town import MONDAY_TEN, Town

JO = "jo@acme.example"
SENDER = Address("ACME Support", "support", "example.com")
SIGNER = Signer(b"of this desk")
SITE = "https://desk.example.com"
ROOT = SIGNER.message_id("root", 42, "example.com")
FIRST, SECOND = "token-1", "token-2"
BACK = SIGNER.reply_address("support@example.com", 42)
LINKS = [["It is not solved", f"{SITE}/t/42/7/abc"], ["5 of 5", f"{SITE}/t/42/7/abc?stars=5&x=<y>"]]


def mail(**rest: Any) -> dict[str, Any]:
    """What a drawn letter says to the mail adapter."""
    return {
        "message_id": SIGNER.message_id("a" * 32, 42, "example.com"),
        "in_reply_to": "<jo-2@acme.example>",
        "references": [ROOT, "<jo-1@acme.example>", "<jo-2@acme.example>"],
        "reply_to": SIGNER.reply_address("support@example.com", 42),
        "bounces": SIGNER.reply_address("support@example.com", 42),
        "auto": "",
        "links": [],
        "files": [],
        "loop": SIGNER.loop,
        **rest,
    }


def parcel(text: str = "Dear Jo,\n\nit is out.", subject: str = "Re: Mail [#42]", to: str = JO, **rest: Any) -> Parcel:
    card = Card(title=(Strong(subject),), lines=((text,),), ticket=42, data={"letter": "reply", "mail": mail(**rest)})
    return Parcel(
        7,
        Kind.LETTER,
        "email",
        f"mail:{to}",
        card,
        "reply:42:7",
        Urgency.REPLY,
        MONDAY_TEN,
        attempts=1,
        ticket=42,
        state=ParcelState.SENDING,
    )


def nothing(path: str) -> bytes:
    raise FileNotFoundError(path)


def written(one: Parcel) -> EmailMessage:
    """The letter as whoever gets it reads it."""
    found = message_from_bytes(letter(one, SENDER, nothing).as_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def words(found: EmailMessage, kind: str = "plain") -> str:
    part = found.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.fixture(scope="module")
def running() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def mailbox(running: Mailbox) -> Mailbox:
    running.letters.clear()
    running.answers.clear()
    return running


def server(mailbox: Mailbox, **rest: Any) -> MailServer:
    return MailServer(Email.model_validate(mailbox.settings(**rest)["email"]))


def goes(mailbox: Mailbox, one: Parcel, sender: Address = SENDER) -> EmailMessage:
    made = letter(one, sender, nothing)
    (to,) = made["To"].addresses
    server(mailbox).send(made, envelope_sender(one, sender), to.addr_spec, instead=sender.addr_spec)
    return mailbox.letters[-1]


# --- headers -----------------------------------------------------------------------------------------------------


def test_a_reply_threads_and_its_answer_finds_the_ticket(mailbox: Mailbox) -> None:
    found = goes(mailbox, parcel())
    assert (found["From"], found["To"], found["Subject"]) == (
        "ACME Support <support@example.com>",
        JO,
        "Re: Mail [#42]",
    )
    assert found["In-Reply-To"] == "<jo-2@acme.example>"
    assert found["References"].split() == [ROOT, "<jo-1@acme.example>", "<jo-2@acme.example>"]
    assert SIGNER.ticket_of(found["Message-ID"]) == 42
    assert SIGNER.ticket_of(found["Reply-To"]) == 42
    assert SIGNER.ticket_of(ROOT) == 42
    assert found["X-Envelope"] == f"{BACK} {JO}"


def test_long_names_of_messages_stay_names(mailbox: Mailbox) -> None:
    names = [f"<{'a' * 150}.{number}@{'b' * 60}.example>" for number in range(7)]
    found = goes(mailbox, parcel(references=names, in_reply_to=names[-1]))
    assert found["References"].split() == names
    assert found["In-Reply-To"] == names[-1]


def test_what_a_person_wrote_says_nothing_of_machines_but_would_be_known_again(mailbox: Mailbox) -> None:
    found = goes(mailbox, parcel())
    assert (found["Auto-Submitted"], found["X-Auto-Response-Suppress"], found["Precedence"]) == (None, None, None)
    assert found["X-Loop"] == SIGNER.loop


def test_what_nobody_wrote_says_so(mailbox: Mailbox) -> None:
    found = goes(mailbox, parcel(auto="auto-generated"))
    assert (found["Auto-Submitted"], found["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert found["X-Loop"] == SIGNER.loop
    assert found["X-Envelope"] == f"{BACK} {JO}"


@pytest.mark.parametrize(
    ("bounces", "sender", "hears"),
    [
        (BACK, "noreply@example.com", BACK),
        (BACK, "noreply@EXAMPLE.com", BACK),
        ("support@example.com", "noreply@example.com", "support@example.com"),
        (BACK, "noreply@other.example", "noreply@other.example"),
        ("süpport@example.com", "noreply@example.com", "noreply@example.com"),
        ("", "noreply@example.com", "noreply@example.com"),
    ],
)
def test_word_that_it_did_not_arrive_comes_to_the_mailbox_where_the_domain_is_the_senders_own(
    bounces: str, sender: str, hears: str
) -> None:
    assert envelope_sender(parcel(bounces=bounces), Address(addr_spec=sender)) == hears


def test_a_server_that_takes_mail_from_its_own_account_alone_gets_it_so() -> None:
    with Strict() as mailbox:
        assert goes(mailbox, parcel())["X-Envelope"] == f"support@example.com {JO}"


class Strict(Mailbox):
    """As a Postfix with reject_sender_login_mismatch: it says so once it hears whom the letter is for."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802  # aiosmtpd's name.
        if envelope.mail_from not in ("support@example.com", "pager@example.com"):
            return f"553 5.7.1 <{envelope.mail_from}>: Sender address rejected: not owned by user desk"
        return await super().handle_RCPT(server, session, envelope, address, options)


SALES = "sales@example.com"


@pytest.mark.parametrize(
    ("kind", "refused", "sender"),
    [
        (Mailbox, {}, SALES),
        (lambda: Strict(), {}, "pager@example.com"),
        (lambda: Signed(), {}, "pager@example.com"),
        (Mailbox, {"RCPT": "550 no such user"}, ""),
        (Mailbox, {"DATA": "451 busy"}, ""),
    ],
)
def test_a_letter_is_from_the_mailbox_that_its_ticket_came_by_where_the_server_lets_it(
    kind: Callable[[], Mailbox], refused: dict[str, str], sender: str, tmp_path: Path
) -> None:
    back = SIGNER.reply_address(SALES, 42)
    with kind() as mailbox, closing(Paging(tmp_path, "email", mailbox.settings())) as desk:
        mailbox.answers |= refused
        one = parcel(sender=SALES, reply_to=back, bounces=back)
        if not sender:
            with pytest.raises(CannotDeliver) as error:
                desk.delivers(one)
            assert error.value.permanent == ("RCPT" in refused)
            return
        desk.delivers(one)
        (found,) = mailbox.letters
        assert (found["From"], found["Reply-To"]) == (f"Support <{sender}>", back)


class Signed(Mailbox):
    """As Microsoft's: it takes a letter in no other name than its account's."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name.
        if b"<pager@example.com>" not in envelope.content.partition(b"\r\nTo:")[0]:
            return "554 5.2.252 SendAsDenied"
        return await super().handle_DATA(server, session, envelope)


def test_a_server_that_looks_at_a_letter_for_long_is_waited_for() -> None:
    with Thorough() as mailbox:
        settings = Email.model_validate(mailbox.settings()["email"])
        assert not _lost_at_the_end(MailServer(settings, limit=0.2, limit_at_the_end=60))
        assert len(mailbox.letters) == 1
        assert _lost_at_the_end(MailServer(settings, limit=0.2, limit_at_the_end=0.2))


def _lost_at_the_end(server: MailServer) -> bool:
    """Whether the server, once it had the whole letter, was left before it answered. Where an earlier step was slow,
    which a busy machine may be, the letter is sent again."""
    made = letter(parcel(), SENDER, nothing)
    while True:
        try:
            server.send(made, SENDER.addr_spec, JO)
        except CannotDeliver as error:
            if error.unknown:
                return True
        else:
            return False


class Thorough(Mailbox):
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name.
        await asyncio.sleep(0.6)
        return await super().handle_DATA(server, session, envelope)


def test_nobody_hears_that_a_receipt_did_not_arrive(mailbox: Mailbox) -> None:
    found = goes(mailbox, parcel(auto="auto-replied"))
    assert found["Auto-Submitted"] == "auto-replied"
    assert found["X-Envelope"] == f"<> {JO}"


def test_a_server_that_takes_no_mail_from_nobody_gets_it_from_the_desk() -> None:
    with Particular() as mailbox:
        found = goes(mailbox, parcel(auto="auto-replied"))
        assert found["X-Envelope"] == f"support@example.com {JO}"
        mailbox.answers["MAIL"] = "451 Busy"
        with pytest.raises(CannotDeliver) as busy:
            goes(mailbox, parcel(auto="auto-replied"))
        assert not busy.value.permanent


class Particular(Mailbox):
    """As Amazon's: it wants to know who sends."""

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802  # aiosmtpd's name.
        if address == "<>":
            return "501 Invalid MAIL FROM address provided"
        return await super().handle_MAIL(server, session, envelope, address, options)


def test_the_same_parcel_is_the_same_letter_whenever_it_is_sent() -> None:
    assert written(parcel())["Message-ID"] == written(replace(parcel(), attempts=9))["Message-ID"]


class Forgetful(Mailbox):
    """It takes the letter and is gone before it says so."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs_up_after_data = True


def test_a_letter_that_nobody_knows_to_have_arrived_is_sent_once_more_and_a_page_until_it_has(tmp_path: Path) -> None:
    with Forgetful() as mailbox:
        desk = Paging(tmp_path, "email", mailbox.settings())
        desk.start()
        again = replace(parcel(), state=ParcelState.AMBIGUOUS)
        for one, permanent in ((parcel(), False), (again, True), (replace(again, kind=Kind.PAGE), False)):
            with pytest.raises(CannotDeliver) as lost:
                desk.delivers(one)
            assert lost.value.permanent is permanent
        desk.close()


# --- addresses ----------------------------------------------------------------------------------------------------


def test_a_domain_of_other_letters_is_written_as_mail_servers_look_it_up(mailbox: Mailbox) -> None:
    assert goes(mailbox, parcel(to="jo@bücher.example"))["To"] == "jo@xn--bcher-kva.example"


def test_a_name_of_other_letters_needs_a_server_that_takes_it(mailbox: Mailbox) -> None:
    with Mailbox(utf8=True) as modern:
        found = goes(modern, parcel(to="jörg@bücher.example", subject="Re: Käse [#42]"))
    assert found["X-Envelope"] == f"{BACK} jörg@xn--bcher-kva.example"
    assert (found["To"], found["Subject"]) == ("jörg@xn--bcher-kva.example", "Re: Käse [#42]")
    with pytest.raises(CannotDeliver) as refused:
        goes(mailbox, parcel(to="jörg@bücher.example"))
    assert refused.value.permanent


@pytest.mark.parametrize(
    "to", ["", "jo", "Jo <jo@acme.example>", "jo@acme.example, x@y.example", "jo@acme.example\r\nRCPT"]
)
def test_what_is_no_address_gets_nothing(to: str) -> None:
    with pytest.raises(CannotDeliver) as refused:
        letter(parcel(to=to), SENDER, nothing)
    assert refused.value.permanent


# --- what it says ------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a mail program would draw, and all that it would have to fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name == "href"]
        self.fetched += [str(value) for name, value in attrs if name in ("src", "background", "action")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "body" in self.open:
            self.words.append(data)


def test_the_page_is_one_column_for_day_and_night_and_fetches_nothing() -> None:
    text = "Dear Jo,\n\nit is <b>out</b> & over.\nhttps://evil.example/?a=1&b=2\n\nIt is not solved: " + LINKS[0][1]
    source = words(written(parcel(f"{text}\n5 of 5: {LINKS[1][1]}", links=LINKS)), "html")
    page = Page(source)
    assert page.links == ["https://evil.example/?a=1&b=2", LINKS[0][1], LINKS[1][1]]
    assert page.fetched == []
    assert set(page.tags) <= {"html", "head", "meta", "title", "style", "body", "div", "p", "a"}
    assert page.open == []
    assert "it is <b>out</b> & over.\nhttps://evil.example/?a=1&b=2" in "".join(page.words)
    for sign in ("color-scheme", "width=device-width", "16px", "max-width", "&lt;b&gt;"):
        assert sign in source
    assert all(f"{label}: {link}" in words(written(parcel(f"{text}\n5 of 5: {LINKS[1][1]}"))) for label, link in LINKS)


def test_dots_and_long_lines_arrive_as_they_were_written(mailbox: Mailbox) -> None:
    text = ".\n..\n" + "x" * 5000 + "\n" + "é" * 3000 + "\n.\nQUIT"
    found = goes(mailbox, parcel(text))
    assert words(found).rstrip("\n") == text
    assert "x" * 5000 in words(found, "html")


# --- files -------------------------------------------------------------------------------------------------------


def test_files_that_are_there_go_with_it_and_the_others_are_named() -> None:
    def read(path: str) -> bytes:
        if path == "gone":
            raise Refusal("That file is not here any more.")
        return b"x" * (MOST_BYTES if path == "large" else 3)

    files = [
        {"name": "spool\r\n.log", "type": "text/plain", "path": "small"},
        {"name": "../Übersicht.html", "type": "text/html; x\r\ny", "path": "small"},
        {"name": "mail.eml", "type": "message/rfc822", "path": "small"},
        {"name": "core.dump", "type": "application/x-core", "path": "large"},
        {"name": "gone.txt", "type": "text/plain", "path": "gone"},
    ]
    made = letter(parcel(files=files), SENDER, read)
    found = message_from_bytes(made.as_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    came = [
        (one.get_filename(), one.get_content_type(), one.get_content_disposition()) for one in found.iter_attachments()
    ]
    assert came == [
        ("spool .log", "text/plain", "attachment"),
        ("../Übersicht.html", "application/octet-stream", "attachment"),
        ("mail.eml", "application/octet-stream", "attachment"),
    ]
    assert "Not attached, ask us for it: core.dump, gone.txt" in words(found)
    assert "Not attached, ask us for it: core.dump, gone.txt" in words(found, "html")


def test_addresses_in_the_words_lead_where_they_say_and_nowhere_else() -> None:
    said = 'See https://docs.example.com/a?b=1&c=2. Or (http://x.example/y)! javascript:alert(1) https://"onclick=x'
    page = Page(words(written(parcel(said)), "html"))
    assert page.links == ["https://docs.example.com/a?b=1&c=2", "http://x.example/y"]
    assert said in "".join(page.words)


# --- whatever anybody wrote -------------------------------------------------------------------------------------

OURS = {
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Reply-To", "X-Loop"),
    *("MIME-Version", "Content-Type"),
}


@given(st.text(max_size=400), st.text(max_size=2000))
def test_whatever_it_says_it_is_a_letter_with_our_headers_alone(subject: str, text: str) -> None:
    raw = letter(parcel(text, subject), SENDER, nothing).as_bytes()
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert set(found.keys()) == OURS
    assert len(found.keys()) == len(OURS)
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert [part.get_content_type() for part in found.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert not any(part.defects for part in found.walk())
    assert [address for _, address in getaddresses([str(found["To"])])] == [JO]


@pytest.mark.parametrize(
    "text", ["x\r\nBcc: y@z.example\r\n\r\nHello", "\u202eevil\u2066", "é" * 10_000, "\x00\ud800", ""]
)
def test_a_hostile_subject_is_only_a_subject(mailbox: Mailbox, text: str) -> None:
    found = goes(mailbox, parcel(subject=text))
    assert found["Bcc"] is None
    assert found["Subject"]
    assert len(found["Subject"]) <= 250
    assert found["Subject"].isprintable()
    assert found["X-Envelope"] == f"{BACK} {JO}"


# --- access tokens -----------------------------------------------------------------------------------------------


def test_an_access_token_opens_the_server_and_a_new_one_is_got_when_it_does_not(mailbox: Mailbox) -> None:
    with TokenServer() as tokens:
        mailbox.token = SECOND
        settings = mailbox.settings(password=None, oauth=OAuth.model_validate(tokens.settings()))
        mail_server = MailServer(Email.model_validate(settings["email"]))
        made = letter(parcel(), SENDER, nothing)
        with pytest.raises(CannotDeliver, match="refuses the access token") as refused:
            mail_server.send(made, SENDER.addr_spec, JO)
        assert (refused.value.alone, refused.value.permanent) == (True, False)
        for _ in range(2):
            mail_server.send(made, SENDER.addr_spec, JO)
        assert len(tokens.asked) == 2
        assert len(mailbox.letters) == 2
        mailbox.token = ""


def test_trouble_with_tokens_is_told_apart(mailbox: Mailbox) -> None:
    with TokenServer() as tokens:
        mailbox.token = FIRST
        settings = mailbox.settings(password=None, oauth=OAuth.model_validate(tokens.settings()))
        mail_server = MailServer(Email.model_validate(settings["email"]))
        tokens.status = 503
        with pytest.raises(ConnectionError, match="gives no token now"):
            mail_server.check()
        tokens.status, tokens.answer = 400, b'{"error": "invalid_client"}'
        with pytest.raises(Refusal, match="the application's id or secret is wrong"):
            mail_server.check()
        made = letter(parcel(), SENDER, nothing)
        with pytest.raises(CannotDeliver) as refused:
            mail_server.send(made, SENDER.addr_spec, JO)
        assert not refused.value.permanent
        mailbox.token = ""


def test_a_server_without_access_tokens_is_told_of() -> None:
    with TokenServer() as tokens, Mailbox(tokens=False) as old:
        settings = old.settings(user=USER, oauth=OAuth.model_validate(tokens.settings()))
        with pytest.raises(Refusal, match="takes no access tokens"):
            MailServer(Email.model_validate(settings["email"])).check()


# --- the whole way -----------------------------------------------------------------------------------------------


def test_a_reply_goes_the_whole_way_with_its_file_and_its_answer_would_find_home(
    mailbox: Mailbox, settled: Town, tmp_path: Path
) -> None:
    settled.copied(tmp_path / "desk").close()
    smtp: dict[str, Any] = {**mailbox.settings()["email"], "sender": "ACME Support <support@example.com>"}
    town = MailTown(tmp_path / "desk", **smtp)
    town.does("ann", "/ticket open printer on fire --customer acme")
    kept = Filing(tmp_path / "desk" / FOLDER).keep(b"#!/bin/sh")
    ann = Speaker("console", "ann", "Ann", files=(Attachment("fix.sh", size=9, type="text/plain", kept=kept),))
    town.desk.say(ann, "/ticket reply 1 Please run what is attached.")
    kind = platform_class(town.house.settings, "email")
    platform = kind(town.desk, town.house.settings, town.clock, lambda: None)

    drawn = partial(draw, writer=letter_writer(town.house.settings, town.house.routes))
    delivery = Delivery(town.database, {"email": platform.channel}, town.clock, drawn)
    assert asyncio.run(delivery.settle()) == 0
    town.clock.forward(seconds=10)
    assert asyncio.run(delivery.settle()) == 1
    (found,) = mailbox.letters
    assert (found["From"], found["To"]) == ("ACME Support <support@example.com>", "it@acme.example")
    assert words(found).startswith("Please run what is attached.\n\n#1 on your page: https://desk.example.com/support")
    assert [(one.get_filename(), one.get_content()) for one in found.iter_attachments()] == [("fix.sh", "#!/bin/sh")]
    assert all(town.signer.ticket_of(found[name]) == 1 for name in ("Message-ID", "Reply-To", "In-Reply-To"))
    parcels = town.database.read(lambda work: work.outbox.of_ticket(1))
    assert [(one.state, one.ref) for one in parcels if one.kind is Kind.LETTER] == [
        (ParcelState.SENT, found["Message-ID"])
    ]
    town.close()
