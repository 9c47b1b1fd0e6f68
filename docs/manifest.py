"""Writes the manifest of the Slack app, made from the catalogue: `python -m docs.manifest`."""

from __future__ import annotations

from pathlib import Path

from adapters.slack.setup.manifest_file import manifest_text
from commands import catalogue

FILE = Path(__file__).parents[1] / "manifest.yml"

if __name__ == "__main__":
    FILE.write_text(manifest_text(catalogue.build()), encoding="utf-8")
