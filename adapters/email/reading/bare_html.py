"""The words of HTML that is too large or too crooked for the libraries: one pass, in time by its length."""

from __future__ import annotations

import html
import re

_MARK = re.compile(r"<(?=[a-zA-Z/!?])")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})([^<>]*)>?")
_HREF = re.compile(r"(?i)\bhref\s*=\s*[\"']?\s*((?:https?|mailto|tel):[^\s\"'<>]{1,2000})")
_BREAKS = {
    "p",
    "div",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "blockquote",
    "pre",
    "br",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
}

_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def bare_text(source: str, unsaid: frozenset[str]) -> str:
    """The words, a line for each block, an address after the words of its link. `unsaid` are the elements whose content
    nobody is meant to read."""
    found: list[str] = []
    link = ""
    at = 0
    lower = source.translate(_LOWER)  # Not .lower(): that changes the length of some letters.
    while at < len(source):
        mark = _MARK.search(source, at)
        if mark is None:
            found.append(source[at:])
            break
        start = mark.start()
        found.append(source[at:start])
        if source.startswith("<!--", start):
            at = _past(lower, "-->", start)
        elif (tag := _TAG.match(source, start)) is not None:
            closing, name = tag[1] == "/", tag[2].lower()
            at = tag.end()
            if name in unsaid and not closing:
                at = _past(lower, f"</{name}", at)
            elif name in _BREAKS:
                found.append("\n")
            elif name == "a":
                found.append(f" <{link}>" if link else "")
                href = None if closing else _HREF.search(tag[3][:4000])
                link = href[1] if href else ""
        else:
            end = source.find(">", start, start + 2000)
            at = end + 1 if end > 0 else start + 1
    return html.unescape("".join(found))


def _past(lower: str, mark: str, at: int) -> int:
    """Where what follows the mark begins: what nobody closed runs to the end, as in a browser."""
    found = lower.find(mark, at)
    return found + len(mark) if found >= 0 else len(lower)
