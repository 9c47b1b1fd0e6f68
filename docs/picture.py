"""Draws the picture of the terminal desk for the README, from a real conversation: `python -m docs.picture`."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from docs.transcripts import environment

PICTURE = Path(__file__).with_name("desk.svg")
BEGINS = "2026-10-09 17:30"
COLUMNS = 100
BEFORE = (
    '/customer add "ACME Ltd" --mail ops@acme.example',
    "/customer subscribe acme --product gateway --level III --end 2027-03-31",
    "/staff add Bob",
    "/as bob",
)
OPEN, WHY, MEANWHILE, TUESDAY, CLAIM = (
    '/ticket open "mail server down, queue growing" --customer acme',
    "/ticket why 1",
    "/time Tue 10:30",
    "/time Tue 10:45",
    "/ticket claim 1",
)
SCENE = (OPEN, WHY, MEANWHILE, TUESDAY, CLAIM)
UNSEEN = (MEANWHILE,)
THEME = TerminalTheme(
    (22, 27, 34),
    (201, 209, 217),
    # Black, red, green, yellow; blue, magenta, cyan, white.
    [
        *((72, 79, 88), (255, 123, 114), (86, 211, 100), (227, 179, 65)),
        *((121, 192, 255), (210, 168, 255), (86, 212, 221), (177, 186, 196)),
    ],
)
# Rich's own frame asks a distant host for a font; whoever looks at a page should not be reported there.
FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px/{line_height}px ui-monospace, Menlo, Consolas, monospace; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def picture() -> str:
    """The picture as SVG, always the same for the same desk."""
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )
    for line in _seen(_conversation()):
        console.print(Text.from_ansi(line), soft_wrap=True)
    return console.export_svg(title="Thirdline", theme=THEME, code_format=FRAME, unique_id="desk")


def _conversation() -> list[str]:
    """What the desk writes onto a terminal in colours, with the clock standing still but for /time."""
    with TemporaryDirectory(prefix="thirdline-picture-") as folder:
        done = subprocess.run(  # noqa: S603  the lines are those above
            [sys.executable, "-m", "bot", "demo", "--empty", "--at", BEGINS, "--data", folder],
            input="\n".join((*BEFORE, *SCENE)) + "\n",
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment(COLUMNS=str(COLUMNS), FORCE_COLOR="1", TERM="xterm-256color"),
            check=True,
        )
    return done.stdout.splitlines()


def _seen(lines: list[str]) -> Iterator[str]:
    """The scene, with room above each line that somebody types."""
    shown = False
    for line in lines:
        plain = Text.from_ansi(line).plain
        typed = next((said for said in SCENE if plain.endswith(f"> {said}")), None)
        shown = shown if typed is None else typed not in UNSEEN
        if shown and typed not in (None, OPEN):
            yield ""
        if shown:
            yield line if typed is None else f"\x1b[1m{plain}\x1b[0m"


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
