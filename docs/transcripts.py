"""Plays the transcripts of a page on the real product, so that what a reader sees is what they will get.

`python -m docs.transcripts docs/*.md README.md` writes each page anew with today's answers. On a page, a fenced block
marked `console` is played: lines that begin with `you> ` or another prompt of the desk are typed into one desk for the
whole page (its clock stands still at the time that `<!-- desk: 2026-10-09 17:30 -->` names), and lines that begin with
`$ ` into a shell in a folder that is empty at first.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BEGINS = re.compile(r"<!-- desk: (.+?) -->")
DESK = re.compile(r"^([a-z]\w*(?: #\d+)?> |  [a-z ]+ \(.+?\): ?)(.*)$")
SHELL = re.compile(r"^\$ (.*)$")
WIDTH = "100"


def replayed(page: str) -> str:
    """The page with the answers that its transcripts get today. Raises ValueError where one cannot be played.

    A refused line is no failure here: a page may show a refusal, and whoever changes one sees it in the page.
    """
    blocks = [match[1] for match in BLOCK.finditer(page)]
    with TemporaryDirectory(prefix="thirdline-page-") as folder:
        answers = _desk([typed for block in blocks for typed in _typed(block, DESK)], _begins(page), Path(folder))
        played = iter([_played(block, answers, Path(folder)) for block in blocks])
        return BLOCK.sub(lambda match: f"```console\n{next(played)}```", page)


def _begins(page: str) -> str:
    found = BEGINS.search(page)
    return found[1] if found else "2026-10-09 17:30"


def _typed(block: str, prompt: re.Pattern[str]) -> list[str]:
    return [match[match.lastindex or 0] for line in block.splitlines() if (match := prompt.match(line))]


def _played(block: str, answers: Iterator[str], folder: Path) -> str:
    if block.startswith("$ "):
        return "".join(f"$ {line}\n{_shell(line, folder)}" for line in _typed(block, SHELL))
    typed = _typed(block, DESK)
    if not typed:
        raise ValueError(f"Nothing is typed in this block: {block[:60]!r}")
    return "".join(next(answers) for _ in typed)


def _desk(lines: list[str], begins: str, folder: Path) -> Iterator[str]:
    """The transcript, cut into what was typed and what the desk answered to it."""
    if not lines:
        return
    words = [sys.executable, "-m", "bot", "demo", "--empty", "--at", begins]
    out = _run(words, folder, "\n".join(lines) + "\n", errors=subprocess.PIPE).splitlines(keepends=True)
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


def _shell(line: str, folder: Path) -> str:
    return _run(["bash", "-c", line], folder)


def _run(words: list[str], folder: Path, typed: str = "", errors: int = subprocess.STDOUT) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(  # noqa: S603  the lines are those of our own pages
        words,
        input=typed,
        stdout=subprocess.PIPE,
        stderr=errors,
        encoding="utf-8",
        cwd=folder,
        env=environment(COLUMNS=WIDTH, NO_COLOR="1", PATH=path),
        timeout=100,
        check=False,
    )
    if done.returncode not in (0, 1, 2):
        raise ValueError(f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr or ''}")
    return done.stdout


def environment(**more: str) -> dict[str, str]:
    """This process's environment without anything that would steer the desk or its colours; our own code first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("THIRDLINE_")}
    steers = ("NO_COLOR", "FORCE_COLOR", "LC_ALL")
    ours = {"PYTHONPATH": str(Path(__file__).parents[1]), "LC_ALL": "C.UTF-8"}
    return {name: value for name, value in kept.items() if name not in steers} | ours | more


def main(pages: list[str]) -> None:
    """Write each page anew."""
    for name in pages:
        page = Path(name)
        page.write_text(replayed(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
