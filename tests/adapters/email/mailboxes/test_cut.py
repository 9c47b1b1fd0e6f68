"""A message that is too large opens a ticket with its beginning, and never a broken file."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest

from adapters.email.mailboxes.cut import cut

MB = 1024 * 1024


def large(*, html: bool = False) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "ann@acme.example"
    message["Subject"] = "Here is my log"
    message["Message-ID"] = "<1@acme.example>"
    message.set_content("The server is down.")
    if html:
        message.add_alternative("<p>The server is down.</p>", subtype="html")
    message.add_attachment(b"whole", maintype="application", subtype="pdf", filename="small.pdf")
    message.add_attachment(b"\0" * 30_000, maintype="application", subtype="zip", filename="large.zip")
    return message.as_bytes()


def parts(raw: bytes) -> dict[str, str]:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    assert message["Message-ID"] == "<1@acme.example>"
    found: dict[str, str] = {}
    for part in message.walk():
        assert isinstance(part, EmailMessage)
        if not part.is_multipart():
            content = part.get_content()
            found[part.get_filename() or f"{part.get_content_type()} {len(found)}"] = str(content).strip()
    return found


@pytest.mark.parametrize("html", [False, True])
def test_what_is_whole_is_kept_and_what_is_not_is_said(html: bool) -> None:
    found = parts(cut(large(html=html)[:10_000], 73 * MB, 25 * MB))
    assert found.pop("small.pdf") == "b'whole'"
    assert "large.zip" not in found
    assert next(iter(found.values())) == "The server is down."
    assert list(found.values())[-1].startswith("[This message has 73 MB, and the desk reads 25 MB at most")


@pytest.mark.parametrize("end", [150, 300, 400])
def test_a_message_cut_in_its_first_part_or_before_says_so_alone(end: int) -> None:
    raw = cut(large()[:end], 73 * MB, 25 * MB)
    assert b"This message has 73 MB" in raw
    assert b"Here is my log" in raw


def test_a_single_file_is_not_kept_in_half() -> None:
    raw = b"Subject: x\r\nMessage-ID: <1@acme.example>\r\nContent-Type: application/zip\r\n"
    raw += b"Content-Transfer-Encoding: base64\r\n\r\n" + b"AAAA" * 1000
    assert list(parts(cut(raw, 73 * MB, 25 * MB))) == ["text/plain 0"]


def test_a_long_text_ends_at_a_line() -> None:
    raw = b"Subject: x\r\nMessage-ID: <1@acme.example>\r\n\r\nfirst\r\nsecond\r\nthi"
    (text,) = parts(cut(raw, 73 * MB, 25 * MB)).values()
    assert text.splitlines()[:2] == ["first", "second"]
    assert "thi\n" not in text


ODD = [b"", b"\r\n", b"x" * 1000, b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n', b"Subject: \xff"]


@pytest.mark.parametrize("raw", ODD)
def test_anything_can_be_cut(raw: bytes) -> None:
    assert b"This message has 73 MB" in cut(raw, 73 * MB, 25 * MB)


def test_a_crooked_large_message_is_not_taken_apart_further_than_its_headers() -> None:
    """Nested so deep that the standard parser, which reads parts by recursion, gives up after minutes."""
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(2_000))
    made = cut(b"Subject: deep\r\n" + nested + b"--b0\r\nhalf", 30 * MB, 25 * MB)
    assert made.startswith(b"Subject: deep\r\n")
    assert made.rstrip().endswith(b"--b0--")
    assert b"All of it lies in the mailbox." in made
