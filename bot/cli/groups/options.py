"""What the groups of the command line share: how one is made, and the options that mean the same in each."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup


class _Words(TyperGroup):
    """Says which words there are where none is like the one that was typed; one that is like it is named by Typer."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        if not get_close_matches(args[0], self.commands, n=1):
            ctx.fail(f"No such command {args[0]!r}. There are: {', '.join(self.commands)}.")
        return super().resolve_command(ctx, args)


def new_group(help: str, epilog: str = "") -> typer.Typer:
    """A group of commands, or the whole command line: without a word after it, it shows its help."""
    # Rich help takes longer to load than all the rest, and plain help reads the same in a pipe.
    return typer.Typer(
        cls=_Words,
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
