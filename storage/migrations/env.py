"""Run by Alembic: migrate on the connection that `storage.migrate` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from storage.oncall_tables import pages

context.configure(connection=context.config.attributes["connection"], target_metadata=pages.metadata)
context.run_migrations()
