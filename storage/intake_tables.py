"""The tables of intake: mail that came in, API keys, sign-ins and sessions, partners, reminders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from storage.tables import metadata, term, whole


def _where(condition: str) -> dict[str, Any]:
    """Only these rows are in the index."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


PASSING = "state IN ('dropped', 'bounce', 'refused')"
"""Mail that nobody waits for."""

mails = Table(
    "mails",
    metadata,
    Column("id", whole(), primary_key=True, autoincrement=True),
    Column("message_id", Text, nullable=False),
    Column("mailbox", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("received_at", whole(), nullable=False),
    Column("state", Text, nullable=False),
    Column("ticket", whole(), ForeignKey("tickets.number")),
    Column("seq", Integer),
    Column("receipt", Boolean, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("size", whole(), nullable=False),
    Column("data", Text, nullable=False),
    Index("mails_by_message_id", "message_id", unique=True),
    Index("mails_by_sender", "sender", "received_at"),
    Index("mails_by_time", "received_at", "state"),
    Index("mails_opened", "received_at", **_where("state = 'taken' AND seq = 1")),
    Index("mails_dropped", "id", **_where("state = 'dropped'")),
    Index("mails_held", "id", "size", **_where("state = 'held'")),
    Index("mails_passing", "size", **_where(PASSING)),
    Index("mails_by_path", "path"),
    Index("mails_of_ticket", "ticket", "id", **_where("ticket IS NOT NULL")),
    sqlite_autoincrement=True,
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("made_at", whole(), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("used_at", whole()),
    Column("revoked_at", whole()),
    Index("api_keys_by_name", "name", unique=True, **_where("revoked_at IS NULL")),
)

passes = Table(
    "passes",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("made_at", whole(), nullable=False),
    Column("expires_at", whole(), nullable=False),
    Column("used_at", whole()),
    Column("data", Text, nullable=False),
    Index("passes_of_subject", "kind", "subject", "made_at"),
    Index("passes_by_end", "expires_at"),
)

partners = Table(
    "partners",
    metadata,
    Column("id", term(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("offers", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("left_at", whole()),
)

reminders = Table(
    "reminders",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("at", whole(), nullable=False),
    Column("first_at", whole()),
    Index("reminders_by_time", "at", "subject", "kind"),
    sqlite_with_rowid=False,
)
