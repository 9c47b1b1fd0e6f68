"""Plays the transcripts of a page on the real product, so that what a reader sees is what they will get.

`make docs` writes each page anew with today's answers. On a page, a fenced block marked `console` is played: lines
that begin with `you> ` or another prompt of the desk are typed into one desk for the whole page (its clock stands still
at the time that `<!-- desk: 2026-10-09 17:30 -->` names), and lines that begin with `$ ` into a shell in a folder that
is empty at first. A block marked `python` whose first line is `# path/of/a_file.py` is put into a scratch copy of the
code, and the page is played on that.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BEGINS = re.compile(r"<!-- desk: (.+?) -->")
DESK = re.compile(r"^([a-z]\w*(?: #\d+)?> |  [a-z ]+ \(.+?\): ?)(.*)$")
SHELL = re.compile(r"^\$ (.*)$")
FILE = re.compile(r"^```python\n# (\S+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "commands", "adapters", "storage")
WIDTH = "100"


def replayed(page: str) -> str:
    """The page with the answers that its transcripts get today. Raises ValueError where one cannot be played.

    A refused line is no failure here: a page may show a refusal, and whoever changes one sees it in the page.
    """
    blocks = [match[1] for match in BLOCK.finditer(page)]
    with TemporaryDirectory(prefix="thirdline-page-") as scratch, TemporaryDirectory(prefix="thirdline-page-") as empty:
        shop = Shop(Path(empty), _code(page, Path(scratch)))
        answers = shop.desk([typed for block in blocks for typed in _typed(block, DESK)], _begins(page))
        played = iter([_played(block, answers, shop) for block in blocks])
        return BLOCK.sub(lambda match: f"```console\n{next(played)}```", page)


def _begins(page: str) -> str:
    found = BEGINS.search(page)
    return found[1] if found else "2026-10-09 17:30"


def _typed(block: str, prompt: re.Pattern[str]) -> list[str]:
    return [match[match.lastindex or 0] for line in block.splitlines() if (match := prompt.match(line))]


def _code(page: str, scratch: Path) -> Path:
    """Where the code lies: ours, or a copy with the files that the page adds."""
    files = FILE.findall(page)
    if not files:
        return ROOT
    for package in PACKAGES:
        copytree(ROOT / package, scratch / package, ignore=ignore_patterns("__pycache__"))
    for name, text in files:
        (scratch / name).parent.mkdir(parents=True, exist_ok=True)
        (scratch / name).write_text(text, encoding="utf-8")
    return scratch


def _played(block: str, answers: Iterator[str], shop: Shop) -> str:
    if block.startswith("$ "):
        return "".join(f"$ {line}\n{shop.run(['bash', '-c', line])}" for line in _typed(block, SHELL))
    typed = _typed(block, DESK)
    if not typed:
        raise ValueError(f"Nothing is typed in this block: {block[:60]!r}")
    return "".join(next(answers) for _ in typed)


@dataclass(frozen=True, slots=True)
class Shop:
    """Where lines are tried out: a folder to work in, and the code to run."""

    folder: Path
    code: Path

    def desk(self, lines: list[str], begins: str) -> Iterator[str]:
        """A desk's transcript, cut into what was typed and what was answered to it."""
        if not lines:
            return
        words = [sys.executable, "-m", "bot", "demo", "--empty", "--at", begins]
        out = self.run(words, "\n".join(lines) + "\n", errors=subprocess.PIPE).splitlines(keepends=True)
        starts, at = [], 0
        for line in lines:
            while at < len(out) and not ((found := DESK.match(out[at])) and found[2].strip() == line.strip()):
                at += 1
            if at == len(out):
                raise ValueError(f"The desk did not get to the line {line!r}:\n{''.join(out)}")
            starts.append(at)
            at += 1
        for start, end in zip(starts, [*starts[1:], len(out)], strict=True):
            yield "".join(row.rstrip() + "\n" for row in out[start:end])

    def run(self, words: list[str], typed: str = "", errors: int = subprocess.STDOUT) -> str:
        """What a process writes."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        done = subprocess.run(  # noqa: S603  the lines are those of our own pages
            words,
            input=typed,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            cwd=self.folder,
            env=environment(COLUMNS=WIDTH, NO_COLOR="1", PATH=path, PYTHONPATH=str(self.code)),
            timeout=100,
            check=False,
        )
        if done.returncode not in (0, 1, 2):
            raise ValueError(f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr or ''}")
        return done.stdout


def environment(**more: str) -> dict[str, str]:
    """This process's environment without anything that would steer the desk or its colours; our own code first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("THIRDLINE_")}
    steers = ("NO_COLOR", "FORCE_COLOR")
    ours = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return {name: value for name, value in kept.items() if name not in steers} | ours | more


def main(pages: list[str]) -> None:
    """Write each page anew."""
    for name in pages:
        page = Path(name)
        page.write_text(replayed(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
