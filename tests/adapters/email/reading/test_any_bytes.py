"""Whatever bytes arrive: the reader says that they are unreadable, or reads them within its promises."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.email.reading.limits import Limits, Unreadable
from adapters.email.reading.message import read_mail
from tests.adapters.email.corpus import hostile, machines, people
from tests.adapters.email.corpus.sample import OWN
from tests.adapters.email.reading.promises import broken_promises

SMALL = Limits(whole=200_000, headers=4_000, parts=5, depth=2, files=2, file=1_000, text=500)
SEEDS = [
    sample.raw for sample in (*people.samples(), *machines.samples(), *hostile.samples()) if len(sample.raw) < 5_000
]

# Words that mean something to a reader of mail: bytes by chance hit none of them.
PIECES = st.sampled_from(
    [
        b"From: ",
        b"a@b.example",
        b"<",
        b">",
        b"\r\n",
        b"\n\n",
        b"\r",
        b"\0",
        b"\xff\xfe",
        b"=?utf-8?B?",
        b"?=",
        b"=?x?q?",
        b"Content-Type: ",
        b"multipart/mixed",
        b"multipart/alternative",
        b"multipart/report",
        b"; boundary=",
        b"b",
        b"--b",
        b"--b--",
        b"text/html",
        b"text/plain; charset=",
        b"utf-16",
        b"hz",
        b"utf-7",
        b"iso-2022-kr",
        b"message/rfc822",
        b"message/delivery-status",
        b"Content-Transfer-Encoding: ",
        b"base64",
        b"x-uuencode",
        b"begin 644 x\n",
        b"=0D=0A",
        b"Content-Disposition: attachment; filename*0*=",
        b"filename=",
        b"''%00",
        b"Subject: ",
        b"Message-ID: <",
        b"References: ",
        b"Date: ",
        b"Mon, 1 Jan 0001 00:00:00 +2359",
        b"Received: from x by y",
        b"Authentication-Results: mx.desk.example; ",
        b"dmarc=pass",
        b"(",
        b'"',
        b"\\",
        b";",
        b"=",
        b"> ",
        b"On x wrote:\n",
        b"-- \n",
        b"<p>",
        b"<a href='http://x'>",
        b"&#x0;",
        b"&#55296;",
        b"&#8238;",
        b"Final-Recipient: rfc822; ",
        b"Action: failed\n",
        b"X-Failed-Recipients: ",
        b"To: ",
        b"format=flowed",
        "\u202e\u2028\u0130".encode(),
        b"text/calendar",
        b"\xed\xa0\x80",
    ]
)


def holds(raw: bytes) -> None:
    try:
        mail = read_mail(raw, own=OWN, limits=SMALL)
    except Unreadable as refused:
        assert refused.text  # noqa: PT017 - either outcome is well; there is no third
        return
    assert broken_promises(mail, SMALL) == []


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes(raw: bytes) -> None:
    holds(raw)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(PIECES, st.binary(max_size=6)), max_size=60))
def test_any_bytes_that_look_like_mail(pieces: list[bytes]) -> None:
    holds(b"".join(pieces))


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(PIECES, st.binary(max_size=6))), max_size=8),
)
@example(b"From: kim@customer.example\r\nAuto-Submitted: au\0to-generated\r\n\r\nYour ticket\r\n", [])
def test_messages_of_the_corpus_with_pieces_taken_out_and_put_in(
    raw: bytes, changes: list[tuple[float, int, bytes]]
) -> None:
    for place, taken, put in changes:
        at = int(place * len(raw))
        raw = raw[:at] + put + raw[at + taken :]
    holds(raw)
