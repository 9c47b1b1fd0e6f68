"""What strangers send to break, flood or fool the reader; the big ones are made when they are asked for."""

from __future__ import annotations

import base64
import io
import zipfile

from tests.adapters.email.corpus.people import PDF, PNG
from tests.adapters.email.corpus.sample import Sample, file, letter, letter_of, mixed, part

RLO = "\u202e"


def samples() -> list[Sample]:
    return [*_headers(), *_names(), *_large(), *_broken(), *_slow()]


def zip_bomb() -> bytes:
    """A ZIP file a thousandth the size of what is in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros", bytes(20_000_000))
    return made.getvalue()


def nested(depth: int) -> bytes:
    """A text within so many multiparts."""
    found = part("Deep.")
    for level in range(depth):
        mark = f"=_{level}".encode()
        found = b'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n%s\n--%s--' % (mark, mark, found, mark)
    return letter("x").rstrip().rpartition(b"\r\n\r\n")[0] + b"\r\n" + found


def _headers() -> list[Sample]:
    def word(text: str) -> str:
        return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="

    return [
        Sample(
            "line ends in an encoded subject",
            letter(Subject=word("Fire\r\nBcc: all@customer.example\r\n\r\nhello")),
            subject="Fire Bcc: all@customer.example hello",
        ),
        Sample(
            "line ends in an encoded name",
            letter(From_=f"{word('Kim' + chr(10) + 'X: y')} <kim@customer.example>"),
            sender="kim@customer.example",
        ),
        Sample(
            "an address in an encoded name",
            letter(From_=f"{word('boss@desk.example>')} <eve@evil.example>"),
            sender="eve@evil.example",
        ),
        Sample(
            "an encoded word as the address",
            letter(From_=f"Eve <{word('boss@desk.example')}>"),
            sender="",
            machine="no sender",
        ),
        Sample("NULs", letter("It\0 burns.\0", Subject="Fi\0re"), "It burns.", "Fire"),
        Sample(
            "marks that turn the direction",
            letter(f"It {RLO}burns.", Subject=f"Fire{RLO}erif\u2066\u200f"),
            "It burns.",
            "Fireerif",
        ),
        Sample(
            "escapes for terminals",
            letter("\x1b[31mIt burns.\x07", Subject="\x1b]0;x\x07Fire"),
            "[31mIt burns.",
            "]0;xFire",
        ),
        Sample("lone surrogates in UTF-8", letter(b"It burns\xed\xa0\x80."), None),
        Sample(
            "a subject of a million letters",
            letter(Subject="a" * 1_000_000),
            "It burns.",
            left_out=("headers",),
            sender="kim@customer.example",
        ),
        Sample("200,000 headers", letter(more=["X: y"] * 200_000), None, left_out=("headers",), machine="no sender"),
        Sample("a thousand authors", letter(From_=", ".join(f"a{n}@x.example" for n in range(1000)))),
        Sample("comments within comments", letter(From_="(" * 20_000 + " kim@customer.example"), machine="no sender"),
        Sample("a reference of a megabyte", letter(References="<a@b> " * 30_000)),
        Sample("parameters without end", letter(Content_Type="text/plain" + ';a="' * 20_000)),
        Sample("a parameter with a huge number", letter(Content_Type=f"text/plain; charset*{'9' * 900}*=x")),
        Sample("a date that is none", letter(Date="Tue, 99 Foo 99999999999999 99:99:99 +9999999999")),
    ]


def _names() -> list[Sample]:
    def named(name: str, kept: str) -> Sample:
        return Sample(
            f"a file called {name[:40]!r}",
            letter_of(part("x"), file(PDF, "application/pdf", name)),
            "x",
            files=((kept, "application/pdf"),),
        )

    return [
        named("../../etc/passwd", "passwd"),
        named("..\\\\..\\\\boot.ini", "boot.ini"),
        named("/etc/cron.d/x", "x"),
        named("C:\\\\Windows\\\\evil.exe", "evil.exe"),
        named("..", "file-1.pdf"),
        named("CON.pdf", "_CON.pdf"),
        named("nul", "_nul"),
        named(f"invoice{RLO}fdp.exe", "invoicefdp.exe"),
        named("a\x00b\x1b.pdf", "ab.pdf"),
        named("<script>alert(1)<.pdf", "_script_alert(1)_.pdf"),
        named("a" * 3000 + ".pdf", "a" * 196 + ".pdf"),
        named("火" * 300 + ".pdf", "火" * 78 + ".pdf"),
        named("=?utf-8?Q?=2E=2E=2Fshadow?=", "shadow"),
        named("evil. . .", "evil"),
    ]


def _large() -> list[Sample]:
    many = letter_of(*([part("spam " * 10)] * 10_000))
    files = letter_of(part("See."), *[file(PNG, "image/png", f"{n}.png") for n in range(60)])
    return [
        Sample("10,000 parts", many, None, left_out=("more than 100 parts",)),
        Sample("1,000 multiparts in one another", nested(1000), "", left_out=("nested more than 10 deep",)),
        Sample(
            "60 files",
            files,
            "See.",
            files=tuple((f"{n}.png", "image/png") for n in range(50)),
            left_out=("10 more files",),
        ),
        Sample(
            "a ZIP bomb is only stored",
            letter_of(part("x"), file(zip_bomb(), "application/zip", "b.zip")),
            "x",
            files=(("b.zip", "application/zip"),),
        ),
        Sample("a text of 300,000 letters", letter("word " * 60_000), None, left_out=("longer than 100,000",)),
        Sample("tags without end", letter(b"<div>" * 50_000 + b"It burns.", Content_Type="text/html"), "It burns."),
        Sample(
            "tables in tables", letter(b"<table><tr><td>" * 3_000 + b"It burns.", Content_Type="text/html"), "It burns."
        ),
        Sample(
            "a message within a message within …",
            _russian_dolls(),
            None,
            files=(("The printer is on fire.eml", "message/rfc822"),),
        ),
    ]


def _russian_dolls() -> bytes:
    found = letter("Innermost")
    for _ in range(30):
        found = letter(found, Content_Type="message/rfc822")
    return found


def _broken() -> list[Sample]:
    return [
        Sample("missing everything", b"hello", machine="no sender", subject="", text="hello"),
        Sample("bytes", bytes(range(256)) * 4, machine="no sender"),
        Sample(
            "a boundary that is a dash",
            letter(b"---\n\nIt burns.\n-----\n", Content_Type="multipart/mixed; boundary=-"),
            "It burns.",
        ),
        Sample(
            "a boundary within another's",
            letter_of(mixed(part("Inner."), boundary="=_b12"), part("Outer.")),
            "Inner.\n\nOuter.",
        ),
        Sample("an encoding that does not exist", letter(Content_Transfer_Encoding="rot13"), "It burns."),
        Sample("base64 that is none", letter("It burns!", Content_Transfer_Encoding="base64"), None),
        Sample(
            "a multipart that is its own part",
            letter(
                b"--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--",
                Content_Type="multipart/mixed; boundary=b",
            ),
            None,
        ),
    ]


def _slow() -> list[Sample]:
    """A megabyte each of what makes expressions and parsers take their time."""
    million = 1_000_000
    floods: tuple[str, ...] = (
        "On a ",
        "On a\n",
        "From: \n",
        "> ",
        " \n",
        "CAUTION: mail ",
        "\nDisclaimer: mail",
        "Sent from my ",
        "Thanks, a b c d\n",
    )
    floods += ("--\n", "_", "x:\n> a\n", "Am schrieb ", "Le a écrit", "2026年1月1日(a) 1:11 ", "On a wrote:\n> ", "- ")
    tags = (
        "<div>",
        "<b>",
        "<table>",
        "<a href=http://x.example>",
        "<",
        "&",
        "<!--",
        "<p a=b ",
        "<blockquote>",
        "<ul><li>x",
        "<svg><p>",
    )
    texts = [(flood, letter(flood * (million // len(flood)))) for flood in floods]
    pages = [(tag, letter(tag * (million // len(tag)), Content_Type="text/html")) for tag in tags]
    cut = ("longer than 100,000",)
    return [
        *[Sample(f"a megabyte of {flood!r}", raw, None, left_out=cut) for flood, raw in texts],
        *[Sample(f"a megabyte of {tag!r} as HTML", raw, None, left_out=cut) for tag, raw in pages],
        Sample(
            "99 pages, each of nested tags",
            letter_of(*[part(b"<div>" * 11_000, "text/html") for _ in range(99)]),
            "",
            left_out=cut,
        ),
        Sample(
            "a million lines that are nearly a boundary",
            letter(b"\n--bx" * million, Content_Type="multipart/mixed; boundary=b"),
            None,
            left_out=cut,
        ),
        Sample("escaped quotes in many senders", letter(more=["From: " + '"\\' * 4_000] * 25), machine="no sender"),
        Sample("brackets in many recipients", letter(more=["To: " + "[" * 9_000] * 25)),
    ]
