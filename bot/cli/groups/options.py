"""What the groups of the command line share: how one is made, and the options that mean the same in each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def new_group(help: str, epilog: str = "") -> typer.Typer:
    """A group of commands, or the whole command line: without a word after it, it shows its help."""
    # Rich help takes longer to load than all the rest, and plain help reads the same in a pipe.
    return typer.Typer(
        help=help,
        epilog=epilog or None,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    )


Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The data folder; ./data, if left out.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="For programs: JSON on standard output.")]
OutFile = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to; standard output, if left out.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]
