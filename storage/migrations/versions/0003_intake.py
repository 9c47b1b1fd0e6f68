"""Intake: mail that came in, API keys, sign-ins and sessions, partners, reminders; a ticket's rating and sender."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TERM = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.add_column("tickets", sa.Column("rating", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("unverified", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("tickets_by_change", "tickets", ["changed_at", "number"])
    op.create_index("file_copies_by_path", "file_copies", ["path"])
    op.create_table(
        "mails",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("received_at", NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ticket", NUMBER, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("receipt", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("mails_by_message_id", "mails", ["message_id"], unique=True)
    op.create_index("mails_by_sender", "mails", ["sender", "received_at"])
    op.create_index("mails_by_time", "mails", ["received_at", "state"])
    op.create_index("mails_opened", "mails", ["received_at"], **_where("state = 'taken' AND seq = 1"))
    op.create_index("mails_dropped", "mails", ["id"], **_where("state = 'dropped'"))
    op.create_index("mails_held", "mails", ["id", "size"], **_where("state = 'held'"))
    op.create_index("mails_passing", "mails", ["size"], **_where("state IN ('dropped', 'bounce', 'refused')"))
    op.create_index("mails_by_path", "mails", ["path"])
    op.create_index("mails_of_ticket", "mails", ["ticket", "id"], **_where("ticket IS NOT NULL"))
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("used_at", NUMBER, nullable=True),
        sa.Column("revoked_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("api_keys_by_name", "api_keys", ["name"], unique=True, **_where("revoked_at IS NULL"))
    op.create_table(
        "passes",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("expires_at", NUMBER, nullable=False),
        sa.Column("used_at", NUMBER, nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("passes_by_end", "passes", ["expires_at"])
    op.create_index("passes_of_subject", "passes", ["kind", "subject", "made_at"])
    op.create_table(
        "partners",
        sa.Column("id", TERM, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("offers", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("left_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "reminders",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("first_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("subject", "kind"),
        sqlite_with_rowid=False,
    )
    op.create_index("reminders_by_time", "reminders", ["at", "subject", "kind"])
