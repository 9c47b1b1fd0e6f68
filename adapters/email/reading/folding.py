"""What was newly written, told from what is quoted below it and from the signature."""

from __future__ import annotations

import re
from functools import cache

from mailparser_reply.parser import EmailMessage

# Their expressions are weighed here: those of the other languages in the library take ordinary English for the start of
# a quote or of a signature ("/var/log", "Data: …", "Take a look").
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "cs", "ja", "ko", "zh")

# The library's expressions need time by the square of a line's length and worse of the text's; what they look for is
# short, and quotes begin early.
_MOST_LINES = 400
_LONGEST_LINE = 160

_SIGNED = re.compile(r"(?m)^--\s*$")
_DASHES = re.compile(r"[\s>*]*(?:[-_=]{3,}.*)?")
_FORWARDED = re.compile(
    r"(?im)^\W*(?:begin )?(?:forwarded message|weitergeleitete nachricht|message transf[ée]r[ée]|"
    r"mensaje reenviado|messaggio inoltrato|doorgestuurd bericht)\b"
)
_FORWARD_SUBJECT = re.compile(r"(?i)\s*(?:fwd?|wg|tr|rv|i|doorst)\s*:")

_MOST_SIGNATURE_LINES = 12
_MOST_CLOSING_WORDS = 5
_MOST_ATTRIBUTION_LINES = 3


def folded(whole: str, subject: str = "") -> str:
    """The new text of a message; all of it where nothing would be left, or where the answers stand between the
    quotes. What somebody forwards is what they want read, so it stays."""
    if _FORWARD_SUBJECT.match(subject):
        return whole
    lines = whole.split("\n")
    skeleton = [line.replace("\xa0", " ").strip()[:_LONGEST_LINE].rstrip() for line in lines[:_MOST_LINES]]
    if _FORWARDED.search("\n".join(skeleton)):
        return whole
    end = _quote_start(skeleton)
    if _answers_below(skeleton[end:]):
        return whole
    end = _signature_start(skeleton[:end])
    if end >= len(skeleton):
        return whole
    while end and _DASHES.fullmatch(skeleton[end - 1]):
        end -= 1
    kept = "\n".join(lines[:end]).strip()
    return kept or whole


def _quote_start(lines: list[str]) -> int:
    """The line where what is quoted begins."""
    found = _patterns()[0].search("\n".join(lines))
    end = _line_of(lines, found) if found else len(lines)
    return min(end, _trailing_quote(lines))


def _trailing_quote(lines: list[str]) -> int:
    """Where the lines marked ">" begin after which nothing else comes, with the line that says whose they are: it ends
    with a colon in every language."""
    end = _body_end(lines)
    start = end
    while start and (lines[start - 1].startswith(">") or not lines[start - 1]):
        start -= 1
    if not any(line.startswith(">") for line in lines[start:end]):
        return len(lines)
    at = start
    while at and lines[at - 1] and start - at < _MOST_ATTRIBUTION_LINES:
        at -= 1
    told = lines[at:start]
    return at if told and told[-1].endswith((":", "：")) and any(map(_names_somebody, told)) else start


def _names_somebody(line: str) -> bool:
    return "@" in line or re.search(r"\d{1,2}[:.]\d\d|\d{4}", line) is not None


def _answers_below(lines: list[str]) -> bool:
    """Whether anything is said after the first quoted line: answers between the quotes, or below them."""
    first = next((at for at, line in enumerate(lines) if line.startswith(">")), None)
    # Further down are older letters, quoted in their own ways.
    if first is None or sum(1 for line in lines[:first] if line) > _MOST_ATTRIBUTION_LINES:
        return False
    return any(line and not line.startswith(">") for line in lines[first : _body_end(lines)])


def _body_end(lines: list[str]) -> int:
    """The line of "-- " that ends what was written, or the end."""
    return next((at for at, line in enumerate(lines) if _SIGNED.match(line)), len(lines))


def _signature_start(lines: list[str]) -> int:
    """The line where the signature begins. The library takes "Thanks, I tried that" for one: here a closing is short,
    ends its sentence nowhere, and few lines follow."""
    text = "\n".join(lines)
    at = 0
    while found := _patterns()[1].search(text, at):
        start = _line_of(lines, found)
        while start < len(lines) and not lines[start]:
            start += 1
        if start < len(lines) and _closes(lines[start:]):
            return start
        at = len("\n".join(lines[: start + 1])) + 1
        if start >= len(lines) or at >= len(text):
            break
    return len(lines)


def _closes(lines: list[str]) -> bool:
    first = lines[0]
    if sum(1 for line in lines if line) > _MOST_SIGNATURE_LINES:
        return False
    if _SIGNED.match(first) or first.startswith("__"):
        return True
    return len(first.split()) <= _MOST_CLOSING_WORDS and not first.endswith((".", "?", ":", ";"))


def _line_of(lines: list[str], found: re.Match[str]) -> int:
    """The number of the line where a match begins, past the line ends that it begins with."""
    text = found.string
    at = found.start()
    while at < found.end() and text[at] == "\n":
        at += 1
    return text.count("\n", 0, at)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How a quote begins and how a signature does, as the library knows it."""
    message = EmailMessage("", languages=list(_LANGUAGES), keep_hyphen_lists=True)
    return message.HEADER_REGEX, message.SIGNATURE_REGEX
