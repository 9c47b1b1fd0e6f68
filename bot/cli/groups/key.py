"""`thirdline key`: keys to the HTTP API."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.groups.options import Data, Json, new_group

key_app = new_group("Keys to the HTTP API.")


@key_app.command("add", epilog="Example: thirdline key add online-shop --scopes tickets:read,tickets:write")
def key_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who has it: a name of your own.")],
    scopes: Annotated[
        str,
        typer.Option("--scopes", metavar="SCOPES", help="What it is for: tickets:read, tickets:write, customers:read."),
    ],
    customer: Annotated[
        str,
        typer.Option(
            "--customer", metavar="CUSTOMER", help="Only this customer's tickets: the short name.", show_default=False
        ),
    ] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Make a key.

    It is shown once: the desk keeps no more than a digest of it."""
    from bot.cli.keys import add

    raise typer.Exit(add(name, scopes, customer, data, json))


@key_app.command("list", epilog="Example: thirdline key list --json")
def key_list(data: Data = None, json: Json = False) -> None:
    """List the keys, with their last use."""
    from bot.cli.keys import list_

    raise typer.Exit(list_(data, json))


@key_app.command("revoke", epilog="Example: thirdline key revoke online-shop")
def key_revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The key's name, or its id.")], data: Data = None
) -> None:
    """Take a key back: it opens nothing from now on."""
    from bot.cli.keys import revoke

    raise typer.Exit(revoke(name, data))
