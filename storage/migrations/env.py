"""Run by Alembic: migrate on the connection that `storage.migrate` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from storage.intake_tables import mails
from storage.oncall_tables import pages

# One collection; each module adds its tables to it when it is loaded.
TABLES = (mails, pages)

context.configure(connection=context.config.attributes["connection"], target_metadata=TABLES[0].metadata)
context.run_migrations()
