"""Word that a letter of ours did not arrive: as RFC 3464 wants it said, and as the usual servers say it without."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from adapters.email.reading.addresses import address, message_id, references
from adapters.email.reading.charsets import decoded
from adapters.email.reading.head import Head
from adapters.email.reading.parts import Part
from adapters.email.reading.words import clean, clean_line
from bot.domain.mail import Bounce

_LONGEST_WHY = 300
_LONGEST_REPORT = 100_000
_MOST_RECIPIENTS = 50
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global")

_ANGLED = re.compile(r"<([^<>\s@]{1,64}@[^<>\s@]{1,255})>")
_ID_LINE = re.compile(r"(?im)^[> \t]*message-id:[ \t]*(<[^<>\s]{1,500}>)")
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
# qmail's words, and those of its kin; then an address in angles with a colon, and the reason below.
_QMAIL = re.compile(r"(?i)^\W*hi\. this is the \S{1,60} program at |i'm afraid i wasn't able to deliver your message")
_QMAIL_RECIPIENT = re.compile(r"(?m)^<([^<>\s@]{1,64}@[^<>\s@]{1,255})>:[ \t]*\n((?:.+\n?){1,4})")
_EXCHANGE = re.compile(r"(?i)\bdid not reach the following recipient|\bdelivery has failed to these recipients")
_DELAYED = re.compile(r"(?i)\b(?:delayed|warning: message|will (?:continue|keep) trying|temporary error)\b")
_COPY = re.compile(r"(?i)^[- ]*(?:below this line is a copy|this is a copy of)")
_SERVERS = re.compile(r"(?i)(?:mailer[-_.]?daemon|mail-daemon|postmaster|microsoftexchange[0-9a-f]*)@")
_NAMED_SERVERS = re.compile(r"(?i)mailer-daemon|postmaster|mail ?delivery")


def bounce_of(head: Head, sender: str, leaves: Sequence[Part], text: str) -> Bounce | None:
    """What the report says of our letter; None for what is no report, or one of a letter that did arrive. Where it
    names several addresses the first that will never get it counts. What a person sends on, or quotes, of a server's
    report is that person's letter: who runs mail servers writes about little else."""
    if not _is_a_servers(head, sender):
        return None
    reports = [leaf for leaf in leaves if leaf.type in ("message/delivery-status", "message/global-delivery-status")]
    if reports:
        told = [found for report in reports for found in _recipients(report)]
        first = next((each for each in told if each[1]), told[0] if told else None)
    else:
        first = _untold(head, sender, text)
    if first is None:
        return None
    to, permanent, why = first
    of = _letter(head, leaves, text)
    if not of and not reports and sender.startswith("postmaster@"):
        return None  # The person of that name, about a letter that was not ours.
    return Bounce(of, to, permanent, clean_line(why, _LONGEST_WHY))


def _is_a_servers(head: Head, sender: str) -> bool:
    """Whether a server wrote it: by its form or its headers, or else by its name."""
    return (
        head.type == "multipart/report"
        or head.get("return-path").replace(" ", "") == "<>"
        or head.token("auto-submitted") not in ("", "no")
        or (_SERVERS.match(sender) if sender else _NAMED_SERVERS.search(head.get("from")[:200])) is not None
    )


def _recipients(report: Part) -> Iterator[tuple[str, bool, str]]:
    """Whom a delivery-status part tells of and could not reach: address, whether for good, why."""
    text = decoded(report.content()[:_LONGEST_REPORT]).replace("\r\n", "\n")
    for block in re.split(r"\n[ \t]*\n", text)[: _MOST_RECIPIENTS + 1]:
        said = Head.of(block.strip("\n").encode())[0]
        action, status = said.token("action"), said.token("status")
        if not (action or status) or action in ("delivered", "relayed", "expanded") or status.startswith("2"):
            continue
        to = said.get("final-recipient") or said.get("original-recipient")
        why = said.get("diagnostic-code").partition(";")[2] or said.get("diagnostic-code") or status
        # A server that says "failed" has given up, whatever kept it from delivering.
        permanent = action == "failed" or (action != "delayed" and status.startswith("5"))
        yield address(to.rpartition(";")[2].strip(" <>")), permanent, why or "The letter did not arrive."


def _untold(head: Head, sender: str, text: str) -> tuple[str, bool, str] | None:
    """The same of servers that write reports for people alone."""
    if failed := head.get("x-failed-recipients"):
        to = address(failed.split(",")[0])
        return to, True, _reason(text, to)
    if _QMAIL.search(text[:2000]):
        found = _QMAIL_RECIPIENT.search(text[:20_000])
        return (address(found[1]), True, found[2]) if found else ("", True, "The letter did not arrive.")
    subject = head.words("subject", 200)
    if _DELAYED.search(subject):
        return _named(text), False, subject
    if _EXCHANGE.search(text[:5000]) or _UNDELIVERED.search(subject):
        to = _named(text)
        return to, not _is_temporary(text), _reason(text, to)
    return None


_UNDELIVERED = re.compile(
    r"(?i)undeliver|delivery (?:has )?fail|fail(?:ure|ed).{0,30}deliver|returned mail|non[- ]?remis|unzustellbar|"
    r"delivery status notification|failure notice|mail delivery system|no se puede entregar|mancato recapito"
)


def _is_temporary(text: str) -> bool:
    status = _STATUS.search(text[:10_000])
    return status is not None and status[1] == "4"


def _named(text: str) -> str:
    """The first address that a report for people names."""
    before = text[:10_000]
    found = _ANGLED.search(before) or re.search(r"([^\s<>@,;:\"()]{1,64}@[^\s<>@,;:\"()]{1,255})", before)
    return address(found[1].strip(".'")) if found else ""


def _reason(text: str, to: str) -> str:
    """The line of a report that says why: one with a status or a reply code, or else what follows the address."""
    lines = [line.strip() for line in text[:10_000].split("\n")]
    end = next((at for at, line in enumerate(lines) if _COPY.match(line)), len(lines))
    lines = [line for line in lines[:end] if line]
    for line in lines:
        if _STATUS.search(line) or re.search(r"(?<![\d.])[45]\d\d[ -]", line):
            return line
    at = max((at for at, line in enumerate(lines) if to and to in line.lower()), default=None)
    after = lines[at + 1] if at is not None and at + 1 < len(lines) else ""
    return after or (lines[0] if lines else "The letter did not arrive.")


def _letter(head: Head, leaves: Sequence[Part], text: str) -> str:
    """The Message-ID of the letter: of the copy that came back, or as the report refers to it."""
    for leaf in leaves:
        if leaf.type in _RETURNED:
            returned = Head.of(leaf.content()[:_LONGEST_REPORT].lstrip().partition(b"\n\n")[0])[0]
            if id := message_id(returned):
                return id
            if found := _ID_LINE.search(clean(decoded(leaf.content()[:_LONGEST_REPORT]))):
                return found[1]
    if found := _ID_LINE.search(text):
        return found[1]
    return next(reversed(references(head)), "")
