"""A message that is too large, cut to what can be read of it: its headers and its first whole parts, with a note.

No file is cut in half, and a ticket is opened in any case: whoever sent it hears of us, and a person can look at the
rest in the mailbox.
"""

from __future__ import annotations

from email.parser import BytesHeaderParser
from email.policy import compat32

BEGINNING = 2 * 1024 * 1024
"""Bytes that are fetched of such a message."""

_MB = 1024 * 1024


def cut(beginning: bytes, size: int, most: int) -> bytes:
    """A whole message made of the `beginning` of one of `size` bytes, where `most` are read."""
    note = (
        f"[This message has {size / _MB:.0f} MB, and the desk reads {most / _MB:.0f} MB at most: only its beginning is "
        "here. All of it lies in the mailbox.]"
    )
    # Its headers alone: the library would weigh each line of a crooked body against each boundary, for minutes.
    message = BytesHeaderParser(policy=compat32).parsebytes(beginning)
    boundary = message.get_boundary()
    head, gap, body = _parted(beginning)
    if message.get_content_maintype() == "multipart" and boundary:
        mark = b"--" + boundary.encode("ascii", "replace")
        # What follows its last line may be cut; without any such line nothing is whole.
        whole = body[: max(0, body.rfind(b"\n" + mark) + 1)]
        part = b"Content-Type: text/plain; charset=us-ascii\r\n\r\n" + note.encode()
        return head + gap + whole + mark + b"\r\n" + part + b"\r\n" + mark + b"--\r\n"
    if message.get_content_type() == "text/plain" and _is_plain(str(message.get("Content-Transfer-Encoding", ""))):
        return head + gap + body[: body.rfind(b"\n") + 1] + b"\r\n" + note.encode() + b"\r\n"
    # One part that is no text of its own: a file, or HTML that may end within a tag.
    for name in ("Content-Type", "Content-Transfer-Encoding", "Content-Disposition"):
        del message[name]
    message["Content-Type"] = "text/plain; charset=us-ascii"
    message.set_payload(note + "\r\n")
    return message.as_bytes()


def _is_plain(encoding: str) -> bool:
    return encoding.strip().lower() in ("", "7bit", "8bit", "quoted-printable")


def _parted(raw: bytes) -> tuple[bytes, bytes, bytes]:
    for gap in (b"\r\n\r\n", b"\n\n"):
        if gap in raw:
            return raw.partition(gap)
    return raw.rstrip(b"\r\n"), b"\r\n\r\n", b""
