"""HTML mail as text: nothing that runs, nothing fetched, and where a link really leads stands beside its words."""

from __future__ import annotations

import re
from typing import Any

import nh3
from bs4 import BeautifulSoup
from bs4.element import Tag
from markdownify import MarkdownConverter

from adapters.email.reading.bare_html import bare_text

LONGEST = 300_000
"""Characters of a message's HTML that are read: a long thread has some hundred thousand."""

_FEW_MARKS = 1_000
_MORE_MARKS = 5_000
_DEEPEST = 100

_TAGS = {"a", "blockquote", "br", "div", "hr", "img", "li", "ol", "p", "pre", "table", "td", "th", "tr", "ul"} | {
    f"h{n}" for n in range(1, 7)
}
_UNSAID = frozenset({"head", "iframe", "noscript", "object", "script", "style", "svg", "template", "title"})
_TAG = re.compile(r"<(/?)([a-z]+[1-6]?)")
_PICTURE = re.compile(r"data:[\w/+.-]{1,60};base64,[A-Za-z0-9+/=]*")
_VOID = {"br", "hr", "img"}


def without_pictures(source: str) -> str:
    """The HTML without the pictures that some mailers write into it letter by letter."""
    return _PICTURE.sub("", source).replace("\0", "")


def html_text(source: str) -> str:
    """The text of the HTML, quoted parts marked with ">"; never raises for what a stranger may write."""
    # The cleaner needs time by the square of how deep tags are nested, the converter a while for each entity.
    most = _FEW_MARKS + _MORE_MARKS * len(source) // LONGEST
    if source.count("<") > most or source.count("&") > most:
        return bare_text(source, _UNSAID)
    clean = nh3.clean(
        source,
        tags=_TAGS,
        clean_content_tags=set(_UNSAID),
        attributes={"a": {"href"}, "img": {"alt"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    if not _is_flat(clean):
        return bare_text(source, _UNSAID)
    return _Converter(escape_asterisks=False, escape_underscores=False, newline_style="backslash", bullets="-").convert(
        clean
    )


def _is_flat(clean: str) -> bool:
    """Whether its tags are so flat that the converter takes no harm; it works by recursion."""
    depth = most = 0
    for closing, name in _TAG.findall(clean):
        if name not in _VOID:
            depth += -1 if closing else 1
            most = max(most, depth)
    return most <= _DEEPEST


class _Converter(MarkdownConverter):
    """The library's, less the marks of Markdown: people read this as it is."""

    def convert_soup(self, soup: BeautifulSoup) -> str:
        # Mail uses tables to lay out whole letters: a row is lines, not a line.
        for found in soup.find_all(("td", "th")):
            found.name = "cell"
        for found in soup.find_all("tr"):
            found.name = "row"
        return str(super().convert_soup(soup))

    def convert_a(self, el: Tag, text: str, parent_tags: Any) -> str:
        address = str(el.get("href") or "").strip()
        said = text.strip()
        plain = address.removeprefix("mailto:").removeprefix("tel:")
        if not address or said in (address, plain) or plain.rstrip("/") == said.rstrip("/"):
            return text if said else plain
        return f"{said} <{plain}>" if said else ""

    def convert_br(self, el: Tag, text: str, parent_tags: Any) -> str:
        return "\n"

    def convert_img(self, el: Tag, text: str, parent_tags: Any) -> str:
        said = " ".join(str(el.get("alt") or "").split())
        return f"[{said}]" if said else ""

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: Any) -> str:  # noqa: N802 - the library's name
        return f"\n\n{text.strip()}\n\n"

    def convert_hr(self, el: Tag, text: str, parent_tags: Any) -> str:
        return "\n\n---\n\n"

    def convert_pre(self, el: Tag, text: str, parent_tags: Any) -> str:
        return f"\n\n{text}\n\n"

    def convert_cell(self, el: Tag, text: str, parent_tags: Any) -> str:
        said = text.strip("\n ")
        return f"\n{said}\n" if "\n" in said else f"{said} "

    def convert_row(self, el: Tag, text: str, parent_tags: Any) -> str:
        return f"\n{text.rstrip()}\n"

    def convert_table(self, el: Tag, text: str, parent_tags: Any) -> str:
        return f"\n\n{text.strip(chr(10))}\n\n"
