"""What every section of the settings has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section in brackets. What it does not know is refused, and what it was read as stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)
