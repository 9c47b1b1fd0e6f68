"""A letter's template: words with gaps, and nothing that could reach into the desk, hang it or fill its memory.

An operator may write anything into one. So it may show values, choose and go through a list, and no more: no calls, no
sums, no variables, no attributes but those of the values, which are plain JSON.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import SandboxedEnvironment

from bot.views.wording import listed

LONGEST = 20_000
"""Characters of a template."""
MOST = 200_000
"""Characters that one may make."""
ITEMS = 200
"""Items of a list that one goes through."""
SUBJECT = "Subject:"

_FILTERS = ("upper", "lower", "capitalize", "trim", "default", "length", "first", "last")
_TESTS = ("defined", "undefined", "none")
_IN_LOOPS = frozenset({"first", "last", "index"})
_FEW = "few of"
"""A filter that no template can name: a name has no space."""
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem),
    *(nodes.If, nodes.CondExpr, nodes.For, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Filter, nodes.Test),
)
_GAPS = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a template, and in which line; None where that cannot be told."""

    line: int | None
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text


class BadTemplate(Exception):
    """The template will not do."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in words: `subject` may still be of any length and `body` has its paragraphs apart."""

    subject: str
    body: str


class Reader:
    """Reads templates and fills them in."""

    def __init__(self) -> None:
        self._environment = _Careful(
            undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, optimized=False
        )
        # To read one takes ten times as long as to fill it in, and a desk has few of them.
        self._made = lru_cache(maxsize=64)(self._read)

    def write(self, source: str, values: Mapping[str, Any]) -> Written:
        """The letter with these values. Raises BadTemplate."""
        first, _, rest = source.replace("\r\n", "\n").partition("\n")
        if not first.startswith(SUBJECT):
            raise BadTemplate(Mistake(1, f"the first line is “{SUBJECT} …”"))
        if len(source) > LONGEST:
            raise BadTemplate(Mistake(None, f"it is longer than {LONGEST} characters"))
        subject = self._filled(first.removeprefix(SUBJECT), values).strip()
        # The line that the subject had stays, so that mistakes are told with the lines that an editor shows.
        body = _GAPS.sub("\n\n", self._filled("\n" + rest, values)).strip()
        if not subject or not body:
            raise BadTemplate(Mistake(None, "it says nothing" if not body else "its subject is empty"))
        return Written(subject, body)

    def _read(self, source: str) -> Template:
        parsed = self._environment.parse(source)
        _must_be_plain(parsed)
        return self._environment.from_string(parsed)

    def _filled(self, source: str, values: Mapping[str, Any]) -> str:
        try:
            return _short(self._made(source).generate(dict(values)))
        except BadTemplate:
            raise
        except TemplateSyntaxError as error:
            raise BadTemplate(Mistake(error.lineno, error.message or "it cannot be read")) from error
        except Exception as error:  # Whatever a template does, it costs nobody a letter.
            told = str(error) or type(error).__name__
            raise BadTemplate(Mistake(_line_of(error), told.removeprefix("'dict object' "))) from error


class _Careful(SandboxedEnvironment):
    """A sandbox with nothing in it to play with."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.globals = {}
        self.filters = {name: self.filters[name] for name in _FILTERS} | {"listed": _listed, _FEW: _few}
        self.tests = {name: self.tests[name] for name in _TESTS}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, LoopContext) and attr in _IN_LOOPS

    def is_safe_callable(self, obj: Any) -> bool:
        return False


def _must_be_plain(template: nodes.Template) -> None:
    """Raises BadTemplate for what a letter has no need of; a list that is gone through is cut to so many items."""
    for node in _below(template):
        if not isinstance(node, _ALLOWED):
            what = "call anything" if isinstance(node, nodes.Call) else f"use “{type(node).__name__.lower()}”"
            raise BadTemplate(Mistake(node.lineno, f"a letter cannot {what}: it shows values, with if and for"))
        if isinstance(node, nodes.For):
            if node.recursive or any(isinstance(one, nodes.For) for one in _below(node)):
                raise BadTemplate(Mistake(node.lineno, "one “for” in another is too much for a letter"))
            node.iter = nodes.Filter(node.iter, _FEW, [], [], None, None, lineno=node.lineno)


def _below(node: nodes.Node) -> Iterator[nodes.Node]:
    for child in node.iter_child_nodes():
        yield child
        yield from _below(child)


def _few(value: Any) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise SecurityError("only a list can be gone through")
    return list(value[:ITEMS])


def _listed(value: Any) -> str:
    return listed(str(one) for one in _few(value))


def _short(parts: Iterable[str]) -> str:
    found: list[str] = []
    length = 0
    for part in parts:
        found.append(part)
        length += len(part)
        if length > MOST:
            raise BadTemplate(Mistake(None, f"it makes more than {MOST} characters"))
    return "".join(found)


def _line_of(error: Exception) -> int | None:
    lines = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename == "<template>"]
    return lines[-1] if lines else None
