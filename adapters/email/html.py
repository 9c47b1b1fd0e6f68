"""A letter's words as a page: one column that reads well on a phone, by day and by night, and that asks nothing of the
reader's mail program and nothing of the network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape

_PAGE = (
    '<!DOCTYPE html>\n<html><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    "<title>{title}</title><style>:root {{ color-scheme: light dark; }}</style></head>\n"
    '<body style="margin: 0; padding: 16px;">\n'
    "<div style=\"max-width: 36em; margin: 0 auto; font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, "
    'Helvetica, Arial, sans-serif; overflow-wrap: break-word;">\n{body}\n</div>\n</body></html>\n'
)
_PARAGRAPH = '<p dir="auto" style="margin: 0 0 1em; white-space: pre-wrap;">{}</p>'
_BUTTON = (
    '<a href="{link}" style="display: inline-block; margin: 0 8px 8px 0; padding: 8px 16px; border: 1px solid; '
    'border-radius: 8px; color: inherit; text-decoration: none;">{label}</a>'
)
# Up to where a sentence goes on: what is shown is where it leads, or nobody could see through it.
_ADDRESS = re.compile(r"https?://[^\s<>\"]{1,1990}[^\s<>\"'.,;:!?)\]}]")
_LINK = '<a href="{0}" style="color: inherit;">{0}</a>'
_APART = re.compile(r"\n[ \t]*\n")


def page_of(title: str, text: str, links: Sequence[tuple[str, str]]) -> str:
    """The text as HTML. A line “label: link” of one of the `links`, which are all of our own, becomes a button."""
    buttons = {f"{label}: {link}": _BUTTON.format(link=escape(link), label=escape(label)) for label, link in links}
    body = "\n".join(part for paragraph in _APART.split(text) for part in _parts(paragraph.strip("\n"), buttons))
    return _PAGE.format(title=escape(title), body=body)


def _parts(paragraph: str, buttons: Mapping[str, str]) -> Iterator[str]:
    """A paragraph, with those of its lines that are buttons beside each other."""
    words: list[str] = []
    drawn: list[str] = []
    for line in paragraph.split("\n"):
        if line in buttons:
            yield from _words(words)
            words = []
            drawn.append(buttons[line])
        else:
            yield from _row(drawn)
            drawn = []
            words.append(line)
    yield from _words(words)
    yield from _row(drawn)


def _words(lines: Sequence[str]) -> Iterator[str]:
    if any(line.strip() for line in lines):
        yield _PARAGRAPH.format(_linked("\n".join(lines)))


def _linked(text: str) -> str:
    """Addresses in the words lead there: not every mail program makes links of them."""
    made, at = "", 0
    for found in _ADDRESS.finditer(text):
        made += escape(text[at : found.start()]) + _LINK.format(escape(found[0]))
        at = found.end()
    return made + escape(text[at:])


def _row(buttons: Sequence[str]) -> Iterator[str]:
    if buttons:
        yield f'<p style="margin: 0 0 1em;">{"".join(buttons)}</p>'
