"""What people write: none of it may be taken for a machine's, and all of it must be read right."""

from __future__ import annotations

import base64

from tests.adapters.email.corpus.sample import Sample, file, letter, letter_of, mixed, part

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
PDF = b"%PDF-1.7\n" + bytes(32)
ICS = (
    "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nDTSTART:20261124T090000Z\n"
    "SUMMARY:Fire drill\nEND:VEVENT\nEND:VCALENDAR\n"
)
HTML = "text/html; charset=utf-8"


def samples() -> list[Sample]:
    return [*_plain(), *_charsets(), *_html(), *_replies(), *_files(), *_not_machines()]


def _plain() -> list[Sample]:
    flowed = "The printer \nis on fire, \nand so am I.\n\n> you \n> wrote\nYes.\n-- \nKim\n"
    return [
        Sample("plain", letter(), "It burns.", "The printer is on fire", "kim@customer.example"),
        Sample("no body", letter(""), ""),
        Sample("only headers, no blank line", letter("").rstrip(), "", "The printer is on fire"),
        Sample("a body and no subject", letter(without=["Subject"]), "It burns.", ""),
        Sample("line feeds alone", letter("a\nb").replace(b"\r\n", b"\n"), "a\nb"),
        Sample("carriage returns alone", letter("a\nb").replace(b"\r\n", b"\r"), "a\nb", "The printer is on fire"),
        Sample(
            "format=flowed",
            letter(flowed, Content_Type="text/plain; format=flowed"),
            "The printer is on fire, and so am I.\n\n> you wrote\nYes.",
        ),
        Sample(
            "format=flowed with DelSp",
            letter("Feuer \nwehr\n", Content_Type="text/plain; format=flowed; delsp=yes"),
            "Feuerwehr",
        ),
        Sample(
            "quoted-printable",
            letter("Caf=C3=A9 =E2=82=AC 5=\n0", Content_Transfer_Encoding="quoted-printable"),
            "Café € 50",
        ),
        Sample("base64", letter(base64.b64encode("Grüße".encode()), Content_Transfer_Encoding="BASE64"), "Grüße"),
        Sample(
            "base64 cut short",
            letter(base64.b64encode(b"It burns, hurry")[:-5], Content_Transfer_Encoding="base64"),
            "It burns, h",
        ),
        Sample("an old mbox line above", b"From kim Mon Nov 23\r\n" + letter(), "It burns.", "The printer is on fire"),
        Sample(
            "lines without a colon among the headers",
            letter(more=["X-A: b", "what is this", "X-C: d"]),
            "It burns.",
            sender="kim@customer.example",
        ),
        Sample("blank lines above", b"\r\n\r\n" + letter(), "It burns.", "The printer is on fire"),
        Sample("a type that is none", letter(Content_Type="nonsense"), "It burns."),
        Sample(
            "a multipart without parts", letter("It burns.", Content_Type="multipart/mixed; boundary=x"), "It burns."
        ),
        Sample(
            "a multipart that names no boundary",
            letter(b"--q1\n\nIt burns.\n--q1--\n", Content_Type="multipart/mixed"),
            "It burns.",
        ),
        Sample(
            "a multipart that nobody closed",
            letter(b"--b\n\nIt burns.\n", Content_Type="multipart/mixed; boundary=b"),
            "It burns.",
        ),
    ]


def _charsets() -> list[Sample]:
    def said(text: str, real: str, stated: str) -> bytes:
        return letter(text.encode(real), Content_Type=f"text/plain; charset={stated}", Content_Transfer_Encoding="8bit")

    return [
        Sample("windows-1252", said("“Grüße” – 5 €", "cp1252", "windows-1252"), "“Grüße” – 5 €"),
        Sample("Latin-1 that is Windows", said("“5 €”", "cp1252", "iso-8859-1"), "“5 €”"),
        Sample("UTF-8 called Latin-1", said("Grüße", "utf-8", "iso-8859-1"), "Grüße"),
        Sample("Latin-1 called UTF-8", said("Grüße", "latin-1", "utf-8"), "Grüße"),
        Sample("Latin-1 called ASCII", said("Grüße", "latin-1", "us-ascii"), "Grüße"),
        Sample("a charset that does not exist", said("Grüße", "utf-8", "x-klingon"), "Grüße"),
        Sample("a codec that is no charset", said("Feuer", "ascii", "punycode"), "Feuer"),
        Sample("ISO-2022-JP", said("プリンタが燃えています", "iso2022_jp", "iso-2022-jp"), "プリンタが燃えています"),
        Sample("Shift-JIS", said("プリンタ", "cp932", "Shift_JIS"), "プリンタ"),
        Sample("GB2312 that is GB18030", said("打印机着火了", "gb18030", "gb2312"), "打印机着火了"),
        Sample("KOI8-R", said("Принтер горит", "koi8-r", "koi8-r"), "Принтер горит"),
        Sample(
            "UTF-16",
            letter(
                base64.b64encode("It burns.".encode("utf-16")),
                Content_Type="text/plain; charset=utf-16",
                Content_Transfer_Encoding="base64",
            ),
            "It burns.",
        ),
        Sample(
            "encoded words, a letter cut in two",
            letter(Subject="=?utf-8?B?R3LDvA==?= =?UTF-8?Q?=C3?=\n =?utf-8?Q?=9Fe?= an alle"),
            subject="Grüße an alle",
        ),
        Sample(
            "encoded words of two charsets",
            letter(Subject="=?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?Q?_=E2=82=AC?="),
            subject="Grüße €",
        ),
        Sample("an encoded word that is broken", letter(Subject="=?utf-8?B?####?= fire"), subject="fire"),
        Sample("a subject in bare UTF-8", letter(Subject="Grüße"), subject="Grüße"),
        Sample("a subject in bare Latin-1", letter(Subject="Gr\udcfc\udcdfe"), subject="Grüße"),
        Sample(
            "backslashes in a subject stay",
            letter(Subject=r"C:\users\u0041 =?utf-8?q?caf=C3=A9?="),
            subject=r"C:\users\u0041 café",
        ),
    ]


def _html() -> list[Sample]:
    rich = part("<p>It <b>burns</b>.</p>", HTML)
    stub = part("Your mail client does not support HTML. Please view this message in a browser.")
    evil = (
        "<html><head><title>t</title><style>p{}</style><script>steal()</script></head><body onload=x()>"
        "<p>Look: <a href='https://evil.example/login'>https://bank.example</a>"
        "<img src='https://track.example/p.gif' width=1><img src=cid:1 alt='a picture'></p>"
        "<a href='javascript:alert(1)'>click</a><iframe src=//e.example>hidden</iframe></body></html>"
    )
    outlook = (
        "<table><tr><td>First<br>Second</td></tr><tr><td>Left</td><td>Right</td></tr></table>"
        "<ul><li>one</li><li>two_three*four</li></ul>"
    )
    return [
        Sample(
            "HTML alone",
            letter("<p>It&nbsp;burns &amp; hurts</p><p>Now</p>", Content_Type=HTML),
            "It burns & hurts\n\nNow",
        ),
        Sample(
            "the plain part is preferred",
            letter_of(part("It burns."), part("<p>else</p>", HTML), kind="alternative"),
            "It burns.",
        ),
        Sample("a plain part that is a stub", letter_of(stub, rich, kind="alternative"), "It burns."),
        Sample("an empty plain part", letter_of(part(" \n"), rich, kind="alternative"), "It burns."),
        Sample(
            "scripts, trackers and a link that lies",
            letter(evil, Content_Type=HTML),
            "Look: https://bank.example <https://evil.example/login>[a picture]\n\nclick",
            lacks=("steal", "track.example", "javascript", "hidden", "p{}"),
        ),
        Sample(
            "tables that lay out",
            letter(outlook, Content_Type=HTML),
            "First\nSecond\nLeft Right\n\n- one\n- two_three*four",
        ),
        Sample(
            "related pictures",
            letter_of(mixed(rich, file(PNG, "image/png", "logo.png", "inline"), kind="related", boundary="r")),
            "It burns.",
            files=(("logo.png", "image/png"),),
        ),
        Sample(
            "text, picture, text, as Apple sends it",
            letter_of(part("Above"), file(PNG, "image/png", "fire.png", "inline"), part("Below")),
            "Above\n\nBelow",
            files=(("fire.png", "image/png"),),
        ),
    ]


def _replies() -> list[Sample]:
    rule = "_" * 32
    outlook = f"It still burns.\n\n{rule}\nFrom: Support\nSent: Monday\nTo: Kim\nSubject: Fire\n\nCalm down."
    german = "Brennt noch.\n\nMit freundlichen Grüßen\nKim\n\nAm 23.11.2026 um 10:00 schrieb Support:\n> Ruhe.\n"
    french = (
        "Toujours en feu.\n\nLe 23 nov. 2026 à 10:00, Support <s@desk.example>\na écrit :\n\n> Du calme.\n>\n> Merci"
    )
    inline = "Hello, see below.\n\nOn Monday, Support wrote:\n> Is it hot?\nVery.\n> Is it loud?\nNo.\n"
    gmail = (
        "<div>Still burns</div><div class=gmail_quote><div>On Mon, Nov 23, 2026 at 10:00 AM Support &lt;s@d.example&gt;"
        " wrote:<br></div><blockquote>Calm down.</blockquote></div>"
    )
    return [
        Sample(
            "a reply above an English quote",
            letter("It burns.\n\nOn Mon, Nov 23, 2026 Support wrote:\n> Calm\n> down\n"),
            "It burns.",
        ),
        Sample("a reply from Outlook", letter(outlook), "It still burns."),
        Sample("a German reply", letter(german), "Brennt noch."),
        Sample("a French reply, its line of attribution broken", letter(french), "Toujours en feu."),
        Sample("a reply from Gmail in HTML", letter(gmail, Content_Type=HTML), "Still burns"),
        Sample(
            "a Swedish reply",
            letter("Det brinner.\n\nDen mån 23 nov. 2026 kl 10:00 skrev Support <s@d.example>:\n> Lugn\n"),
            "Det brinner.",
        ),
        Sample("answers between the quotes", letter(inline), inline.strip()),
        Sample(
            "an answer below the quote",
            letter("On Monday, Support wrote:\n> Is it hot?\n\nYes.\n"),
            "On Monday, Support wrote:\n> Is it hot?\n\nYes.",
        ),
        Sample("nothing but a quote", letter("> Is it hot?\n"), "> Is it hot?"),
        Sample("a signature below the quote", letter("Yes.\n\nOn Monday, A wrote:\n> Hot?\n\n-- \nKim\n"), "Yes."),
        Sample("a signature", letter("It burns.\n\n-- \nKim Roe\nFire Ltd\n"), "It burns."),
        Sample("a closing", letter("It burns.\n\nBest regards,\nKim\n"), "It burns."),
        Sample(
            "thanks that is no closing",
            letter("Hello.\nThanks, I tried that and it still burns.\nNow what?"),
            "Hello.\nThanks, I tried that and it still burns.\nNow what?",
        ),
        Sample(
            "paths, lists and data are no signature",
            letter("See\n/var/log/fire\n- one\n- two\nData: 5\nTake a look"),
            "See\n/var/log/fire\n- one\n- two\nData: 5\nTake a look",
        ),
        Sample(
            "what is forwarded stays",
            letter("FYI\n\nFrom: A\nSent: B\nTo: C\nSubject: D\n\nIt burns", Subject="FW: D"),
            "FYI\n\nFrom: A\nSent: B\nTo: C\nSubject: D\n\nIt burns",
        ),
        Sample("sent from a phone", letter("It burns.\n\nSent from my iPhone"), "It burns."),
    ]


def _files() -> list[Sample]:
    forwarded = part(letter("Inner", Subject="Old: fire/water"), "message/rfc822")
    utf8 = "attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf"
    return [
        Sample(
            "a file",
            letter_of(part("See."), file(PDF, "application/pdf", "plan.pdf")),
            "See.",
            files=(("plan.pdf", "application/pdf"),),
        ),
        Sample(
            "a type that lies",
            letter_of(part("See."), file(PDF, "image/png", "a.png"), file(b"hi", "image/png", "b.png")),
            "See.",
            files=(("a.png", "application/pdf"), ("b.png", "application/octet-stream")),
        ),
        Sample(
            "a file without a name",
            letter_of(part("See."), file(PNG, "image/png")),
            "See.",
            files=(("file-1.png", "image/png"),),
        ),
        Sample(
            "a name by RFC 2231",
            letter_of(part("x"), part(PDF, "application/pdf", f"Content-Disposition: {utf8}")),
            "x",
            files=(("Grüße.pdf", "application/pdf"),),
        ),
        Sample(
            "a name in encoded words",
            letter_of(part("x"), file(PDF, "application/pdf", "=?utf-8?Q?Gr=C3=BC=C3=9Fe.pdf?=")),
            "x",
            files=(("Grüße.pdf", "application/pdf"),),
        ),
        Sample(
            "a message in the message",
            letter_of(part("See."), forwarded),
            "See.",
            files=(("Old_ fire-water.eml", "message/rfc822"),),
        ),
        Sample(
            "a text file",
            letter_of(part("See."), file(b"log", "text/plain", "a.log")),
            "See.",
            files=(("a.log", "text/plain"),),
        ),
        Sample(
            "a file alone",
            letter(PDF, Content_Type="application/pdf; name=plan.pdf"),
            "",
            files=(("plan.pdf", "application/pdf"),),
        ),
        Sample(
            "an office file is a ZIP that says more",
            letter_of(part("x"), file(b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.x", "a.docx")),
            "x",
            files=(("a.docx", "application/vnd.openxmlformats-officedocument.x"),),
        ),
        Sample(
            "winmail.dat",
            letter_of(part("x"), file(b"\x78\x9f\x3e\x22abc", "application/ms-tnef", "winmail.dat")),
            "x",
            files=(("winmail.dat", "application/ms-tnef"),),
        ),
        Sample(
            "signed",
            letter_of(part("It burns."), file(b"0\x80", "application/pkcs7-signature", "smime.p7s"), kind="signed"),
            "It burns.",
            files=(("smime.p7s", "application/pkcs7-signature"),),
        ),
        Sample(
            "encrypted by PGP",
            letter_of(
                part("Version: 1", "application/pgp-encrypted"),
                part(
                    "-----BEGIN PGP MESSAGE-----",
                    "application/octet-stream",
                    "Content-Disposition: inline; filename=e.asc",
                ),
                kind="encrypted",
            ),
            "",
            files=(("file-1.bin", "application/octet-stream"), ("e.asc", "application/octet-stream")),
            left_out=("encrypted",),
        ),
        Sample(
            "encrypted by S/MIME",
            letter(
                base64.b64encode(b"0\x80\x06"),
                Content_Transfer_Encoding="base64",
                Content_Type="application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
            ),
            "",
            files=(("smime.p7m", "application/pkcs7-mime"),),
            left_out=("encrypted",),
        ),
    ]


def _not_machines() -> list[Sample]:
    invite = part(ICS, "text/calendar; method=REQUEST; charset=utf-8")
    ours = ["List-ID: <support.desk.example>", "List-Unsubscribe: <mailto:x@g.example>", "Precedence: list"]
    return [
        Sample(
            "an invitation",
            letter_of(part("Join us."), invite, kind="alternative"),
            "Join us.\n\n(An invitation came with it, as a calendar file.)",
            files=(("invitation.ics", "text/calendar"),),
        ),
        Sample(
            "an invitation and no words",
            letter(ICS, Content_Type="text/calendar; method=REQUEST"),
            "(An invitation came with it, as a calendar file.)",
            files=(("invitation.ics", "text/calendar"),),
        ),
        Sample("Exchange asks others to be quiet", letter(X_Auto_Response_Suppress="DR, OOF, AutoReply")),
        Sample("Exchange asks all to be quiet", letter(X_Auto_Response_Suppress="All")),
        Sample("sent by Amazon", letter(Feedback_ID="1.eu-west-1.abc:AmazonSES")),
        Sample("it says no itself", letter(Auto_Submitted="no")),
        Sample("of the first class", letter(Precedence="first-class")),
        Sample("an answer to an automatic reply", letter(Subject="Re: Automatic reply: fire")),
        Sample("about automatic replies", letter(Subject="Automatic reply does not work")),
        Sample("about the office", letter(Subject="Nobody is out of the office")),
        Sample("our own group's list headers", letter(more=ours)),
        Sample("another desk's X-Loop", letter(X_Loop="somebody@else.example")),
        Sample(
            "a name that is nearly a daemon's",
            letter(From_="Postmasters <postmasters@customer.example>"),
            sender="postmasters@customer.example",
        ),
        Sample("three authors", letter(From_="a@x.example, B <b@x.example>, c@x.example"), sender="a@x.example"),
        Sample(
            "a name that is an address", letter(From_="ann@good.example <eve@evil.example>"), sender="eve@evil.example"
        ),
        Sample(
            "a quoted name with everything",
            letter(From_='"Roe, Kim <x@y.example>" <kim@customer.example>'),
            sender="kim@customer.example",
        ),
        Sample(
            "From missing, Sender there",
            letter(without=["From"], Sender="kim@customer.example"),
            sender="kim@customer.example",
        ),
        Sample("capitals", letter(From_="KIM@Customer.EXAMPLE"), sender="kim@customer.example"),
        Sample(
            "a domain with letters of its own",
            letter(From_="Kim <kim@müller.example>"),
            sender="kim@xn--mller-kva.example",
        ),
    ]
