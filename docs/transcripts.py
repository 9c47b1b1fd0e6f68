"""Plays the transcripts of a page on the real product, so that what a reader sees is what they will get.

`make docs` writes each page anew with today's answers. On a page, a fenced block marked `console` is played: lines
that begin with `you> ` or another prompt of the desk are typed into one desk for the whole page (its clock stands still
at the time that `<!-- desk: 2026-10-09 17:30 -->` names), and lines that begin with `$ ` into a shell in a folder that
is empty at first. A block marked `python` whose first line is `# path/of/a_file.py` is put into a scratch copy of the
code, and the page is played on that. A block marked `toml` whose first line is `# oncall.toml` is the desk's on-call
plan, and lies in the shell's folder; `<!-- plan: docs/paging.md -->` takes that of another page. A code that the desk
makes up is shown as the one that the page has in its `/oncall verify`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Timer
from typing import IO

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BEGINS = re.compile(r"<!-- desk: (.+?) -->")
DESK = re.compile(r"^([a-z]\w*(?: #\d+)?> |  [a-z ]+ \(.+?\): ?)(.*)$")
SHELL = re.compile(r"^\$ (.*)$")
FILE = re.compile(r"^```python\n# (\S+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLAN = re.compile(r"^```toml\n(# oncall\.toml\n.*?)^```$", re.MULTILINE | re.DOTALL)
PLAN_OF = re.compile(r"<!-- plan: (\S+) -->")
VERIFY = re.compile(r"/oncall verify (\d{6})$")
CODE = re.compile(r"Your code is (\d{6})\.")
ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "commands", "adapters", "storage")
WIDTH = "100"
PATIENCE = 250
"""Seconds for one page's desk, and for one line in a shell."""


def replayed(page: str) -> str:
    """The page with the answers that its transcripts get today. Raises ValueError where one cannot be played.

    A refused line is no failure here: a page may show a refusal, and whoever changes one sees it in the page.
    """
    blocks = [match[1] for match in BLOCK.finditer(page)]
    with TemporaryDirectory(prefix="thirdline-page-") as scratch, TemporaryDirectory(prefix="thirdline-page-") as empty:
        shop, plan = Shop(Path(empty), _code(page, Path(scratch))), plan_of(page)
        if plan:
            (shop.folder / "oncall.toml").write_text(plan, encoding="utf-8")
        answers = shop.desk([typed for block in blocks for typed in _typed(block, DESK)], _begins(page), plan)
        played = iter([_played(block, answers, shop) for block in blocks])
        return BLOCK.sub(lambda match: f"```console\n{next(played)}```", page)


def _begins(page: str) -> str:
    found = BEGINS.search(page)
    return found[1] if found else "2026-10-09 17:30"


def plan_of(page: str) -> str:
    """The on-call plan that the page's desk has; empty where it has the one that ships."""
    named = PLAN_OF.search(page)
    found = PLAN.search((ROOT / named[1]).read_text(encoding="utf-8") if named else page)
    return found[1] if found else ""


def _typed(block: str, prompt: re.Pattern[str]) -> list[str]:
    return [match[match.lastindex or 0] for line in block.splitlines() if (match := prompt.match(line))]


def _code(page: str, scratch: Path) -> Path:
    """Where the code lies: ours, or a copy with the files that the page adds."""
    files = FILE.findall(page)
    if not files:
        return ROOT
    for package in PACKAGES:  # With what is compiled, but for what somebody else is writing just now.
        copytree(ROOT / package, scratch / package, ignore=ignore_patterns("*.pyc.*"))
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

    def desk(self, lines: list[str], begins: str, plan: str = "") -> Iterator[str]:
        """A desk's transcript, cut into what was typed and what was answered to it."""
        if not lines:
            return
        with TemporaryDirectory(prefix="thirdline-page-") as data:
            if plan:
                (Path(data) / "oncall.toml").write_text(plan, encoding="utf-8")
            words = [sys.executable, "-m", "bot", "demo", "--empty", "--at", begins, "--data", data]
            out = self._talk(words, lines).splitlines(keepends=True)
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

    def _talk(self, words: list[str], lines: list[str]) -> str:
        """What a desk says to the lines. A code that it made up is typed where the page has one, and shown as that."""
        with TemporaryFile() as errors, self._desk(words, errors) as desk:
            if desk.stdin is None or desk.stdout is None:
                raise ValueError("The desk has no ears or no mouth.")
            alarm, told, codes = Timer(PATIENCE, desk.kill), [], {}
            alarm.start()
            for line in lines:
                shown = VERIFY.search(line)
                if shown:
                    desk.stdin.flush()
                    told += _until_code(desk.stdout)
                    real = CODE.search(told[-1])
                    codes[shown[1]] = real[1] if real else shown[1]
                    line = line.replace(shown[1], codes[shown[1]])
                desk.stdin.write(f"{line}\n")
            desk.stdin.close()
            told += desk.stdout
            alarm.cancel()
        said = "".join(told)
        for shown_code, real_code in codes.items():
            said = said.replace(real_code, shown_code)
        return said

    def _desk(self, words: list[str], errors: IO[bytes]) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603  our own
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            cwd=self.folder,
            env=self._environment(),
        )

    def run(self, words: list[str]) -> str:
        """What a process writes."""
        done = subprocess.run(  # noqa: S603  the lines are those of our own pages
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            cwd=self.folder,
            env=self._environment(),
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode not in (0, 1, 2):
            raise ValueError(f"{words} ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        return environment(COLUMNS=WIDTH, NO_COLOR="1", PATH=path, PYTHONPATH=str(self.code))


def _until_code(out: Iterable[str]) -> list[str]:
    """What is said up to the line with a code; the desk has ended where there is none."""
    told: list[str] = []
    for row in out:
        told.append(row)
        if CODE.search(row):
            return told
    raise ValueError(f"The desk made up no code:\n{''.join(told)}")


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
