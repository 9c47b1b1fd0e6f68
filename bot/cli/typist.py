"""Who types on the command line, for the journal."""

from __future__ import annotations

import getpass


def typist() -> str:
    """Their account's name on this machine; a container may run us as a number without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
