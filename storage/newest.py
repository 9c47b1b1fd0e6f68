"""The number of the newest schema, for whoever only tells it: asking a database needs a library, and this does not."""

from __future__ import annotations

SCHEMA = "0003"
"""The newest migration in storage/migrations/versions. Numbers are zero-padded, so they compare as words."""
