"""A small reader of HTML that finds what no page of the desk may have: broken nesting, inputs without labels, two
headings of the first rank, scripts and styles in the page itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "col", "source", "wbr", "area", "base", "embed"})
_UNLABELLED = frozenset({"hidden", "submit", "button"})
_SECTIONS = ("h1", "h2", "h3", "h4")


@dataclass(slots=True)
class Form:
    """A form as a browser would send it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Checked(HTMLParser):
    """A page that was read: its faults, its forms, its links and its words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.headings: list[str] = []
        self.tags: Counter[str] = Counter()
        self._open: list[str] = []
        self._ids: Counter[str] = Counter()
        self._labelled: set[str] = set()
        self._inputs: list[tuple[str, str]] = []
        self._pointed: list[str] = []
        self._words: list[str] = []
        self._doctype = False

    @property
    def words(self) -> str:
        return " ".join(" ".join(self._words).split())

    def hidden(self, action: str) -> dict[str, str]:
        """What the form to that address sends by itself."""
        found = [form for form in self.forms if form.action == action]
        assert found, f"No form to {action}: {[form.action for form in self.forms]}"
        return dict(found[0].fields)

    def handle_decl(self, decl: str) -> None:
        self._doctype = decl.lower() == "doctype html"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        if len(told) != len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        for name in told:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"<{tag} {name}> is written into the page")
        if told.get("href", "").lower().startswith(("javascript:", "data:")):
            self.faults.append("a link that runs")
        if "id" in told:
            self._ids[told["id"]] += 1
        self._pointed += [
            word for name in ("aria-labelledby", "aria-describedby") for word in told.get(name, "").split()
        ]
        self._seen(tag, told)
        if tag not in _VOID:
            self._open.append(tag)

    def _seen(self, tag: str, told: dict[str, str]) -> None:
        match tag:
            case "html" if told.get("lang") is None:
                self.faults.append("no language")
            case "style":
                self.faults.append("a style in the page")
            case "script":
                self.loaded.append(told.get("src", ""))
                if not told.get("src"):
                    self.faults.append("a script in the page")
            case "link":
                self.loaded.append(told.get("href", ""))
            case "img":
                self.loaded.append(told.get("src", ""))
                if "alt" not in told:
                    self.faults.append("a picture without words")
            case "a":
                self.links.append(told.get("href", ""))
            case "form":
                self.forms.append(Form(told.get("action", ""), told.get("method", "get")))
            case "label":
                self._labelled.add(told.get("for", ""))
            case "input" | "select" | "textarea":
                self._input(tag, told)

    def _input(self, tag: str, told: dict[str, str]) -> None:
        kind = told.get("type", tag)
        if kind == "hidden" and self.forms:
            self.forms[-1].fields[told.get("name", "")] = told.get("value", "")
        if kind not in _UNLABELLED and "label" not in self._open and "aria-label" not in told:
            self._inputs.append((told.get("name", "?"), told.get("id", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            self.faults.append(f"</{tag}> closes nothing")
        elif not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> where {self._open[-1:]} is open")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self._words.append(data)
            if self._open[-1] in _SECTIONS:
                self.headings.append(data.strip())

    def finished(self) -> Checked:
        self.close()
        if not self._doctype:
            self.faults.append("no doctype")
        if self._open:
            self.faults.append(f"never closed: {self._open}")
        for tag in ("h1", "title", "main"):
            if self.tags[tag] != 1:
                self.faults.append(f"{self.tags[tag]} times <{tag}>")
        self.faults += [f"id {id} {times} times" for id, times in self._ids.items() if times > 1]
        self.faults += [f"input {name} has no label" for name, id in self._inputs if id not in self._labelled]
        pointed = [*self._pointed, *(one for one in self._labelled if one)]
        pointed += [link[1:] for link in self.links if link.startswith("#")]
        self.faults += [f"#{id} is nowhere" for id in pointed if id not in self._ids]
        return self


def checked(html: str) -> Checked:
    page = Checked()
    page.feed(html)
    return page.finished()
