"""How long `thirdline --help` takes beside importing its command-line library alone, each in a process of its own.

python -m benchmarks.startup
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from statistics import median

from benchmarks.table import Row, paired, show

PASSES = 15
HELP = "import sys; sys.argv = ['thirdline', '--help']; from bot.__main__ import main; main()"


def run() -> list[Row]:
    """All measurements of this benchmark."""
    contenders = {
        "python -c pass": lambda: _python("pass"),
        "import typer": lambda: _python("import typer"),
        "thirdline --help": lambda: _python(HELP),
        "thirdline version": lambda: _python(HELP.replace("--help", "version")),
    }
    took = paired(contenders, PASSES)
    bare, *others = contenders
    rows = [Row(bare, median(took[bare]) * 1000, "ms")]
    for name in others:
        target = 2.0 if name == "thirdline --help" else None
        ratio = _times(took[name], took["import typer"]) if name != "import typer" else None
        rows.append(
            Row(name, median(took[name]) * 1000, "ms", ratio, "import typer" if ratio else "", target, at_most=True)
        )
    return rows


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def _times(ours: Sequence[float], theirs: Sequence[float]) -> float:
    return median(our / their for our, their in zip(ours, theirs, strict=True))


if __name__ == "__main__":
    print(show("Starting", run()))
