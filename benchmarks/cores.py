"""Cores: load and server have one each, so that neither is measured waiting for the other."""

from __future__ import annotations

import os


def two_cores() -> tuple[int, int]:
    """One for the load and one for the server; the same where there is no other."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    return cores[0], cores[-1]


def stay_on(core: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
