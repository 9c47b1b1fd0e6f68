"""Run by Alembic: migrate on the connection that `storage.migrate` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from storage import intake_tables, oncall_tables

# One collection; each module adds its tables to it when it is loaded.
METADATA = (intake_tables.metadata, oncall_tables.metadata)[0]

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
