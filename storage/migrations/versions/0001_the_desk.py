"""The first schema: tickets with their history, timers and words, customers, staff, outbox and memory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TERM = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    # The words of tickets: FTS5 keeps no text (the events have it) and splits only where we put a space.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5(words, content='', columnsize=0, detail='none', tokenize='ascii')"
        )
    else:
        op.execute("CREATE SEQUENCE ticket_numbers")
        op.execute(
            "CREATE TABLE search (ticket bigint NOT NULL, position bigint NOT NULL, words tsvector NOT NULL, "
            "PRIMARY KEY (ticket, position))"
        )
        op.execute("CREATE INDEX search_words ON search USING gin (words)")
        op.execute("CREATE INDEX search_subjects ON search USING gin (words) WHERE position = 0")
    op.create_table(
        "customers",
        sa.Column("id", TERM, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("addresses", sa.Text(), nullable=False),
        sa.Column("domains", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("installed_on", sa.Text(), nullable=True),
        sa.Column("phone_credits", sa.Integer(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("subscriptions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "holidays",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("frozen_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("holidays_of_year", "holidays", ["list", "year"], unique=True)
    op.create_table(
        "journal",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("journal_by_subject", "journal", ["subject", "id"])
    op.create_table(
        "policies",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_requests_at", "requests", ["at"])
    op.create_table(
        "shown_cards",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "place", "key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("accounts", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("away_since", NUMBER, nullable=True),
        sa.Column("away_until", NUMBER, nullable=True),
        sa.Column("managed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "tickets",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("opened_at", NUMBER, nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("owned_since", NUMBER, nullable=True),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("watchers", sa.Text(), nullable=False),
        sa.Column("clocks", sa.Text(), nullable=False),
        sa.Column("responded_at", NUMBER, nullable=True),
        sa.Column("wait_until", NUMBER, nullable=True),
        sa.Column("snoozed_until", NUMBER, nullable=True),
        sa.Column("acted_at", NUMBER, nullable=True),
        sa.Column("closed_at", NUMBER, nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("merged_into", NUMBER, nullable=True),
        sa.Column("phone_credit", sa.Boolean(), nullable=False),
        sa.Column("changed_at", NUMBER, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("due", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("tickets_by_category", "tickets", ["category", "due", "number"])
    op.create_index("tickets_by_customer", "tickets", ["customer", "opened_at"])
    op.create_index("tickets_by_due", "tickets", ["due", "number"])
    op.create_index("tickets_by_level", "tickets", ["level", "due", "number"])
    op.create_index("tickets_by_opening", "tickets", ["opened_at"])
    op.create_index("tickets_by_owner", "tickets", ["owner", "due", "number"])
    op.create_index("tickets_by_priority", "tickets", ["priority", "due", "number"])
    op.create_index("tickets_by_state", "tickets", ["state", "due", "number"])
    op.create_index(
        "tickets_open_by_owner",
        "tickets",
        ["owner", "due", "number"],
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "tickets_open",
        "tickets",
        ["number"],
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "customer_terms",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("term", TERM, nullable=False),
        sa.Column("customer", TERM, nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("kind", "term", "customer"),
        sqlite_with_rowid=False,
    )
    op.create_index("customer_terms_by_customer", "customer_terms", ["customer"])
    op.create_index(
        "customer_terms_unique",
        "customer_terms",
        ["kind", "term"],
        unique=True,
        sqlite_where=sa.text("kind IN ('address', 'domain')"),
        postgresql_where=sa.text("kind IN ('address', 'domain')"),
    )
    op.create_table(
        "events",
        sa.Column("ticket", NUMBER, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"]),
        sa.PrimaryKeyConstraint("ticket", "seq"),
        sqlite_with_rowid=False,
    )
    ends_promises = sa.text("deed IN ('assigned', 'called', 'claimed', 'closed', 'remote', 'replied')")
    op.create_index("events_ending", "events", ["at"], sqlite_where=ends_promises, postgresql_where=ends_promises)
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("ticket", NUMBER, nullable=True),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", NUMBER, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_by_ticket", "outbox", ["ticket"])
    op.create_index(
        "outbox_cards_under_way",
        "outbox",
        ["platform", "place", "key"],
        sqlite_where=sa.text("kind = 'card' AND state IN ('sending', 'ambiguous')"),
        postgresql_where=sa.text("kind = 'card' AND state IN ('sending', 'ambiguous')"),
    )
    op.create_index(
        "outbox_ended",
        "outbox",
        ["state", "ended_at"],
        sqlite_where=sa.text("due IS NULL"),
        postgresql_where=sa.text("due IS NULL"),
    )
    op.create_index(
        "outbox_one_card_waits",
        "outbox",
        ["platform", "place", "key"],
        unique=True,
        sqlite_where=sa.text("kind = 'card' AND state = 'planned'"),
        postgresql_where=sa.text("kind = 'card' AND state = 'planned'"),
    )
    op.create_index(
        "outbox_said_once",
        "outbox",
        ["platform", "place", "key"],
        unique=True,
        sqlite_where=sa.text("kind <> 'card'"),
        postgresql_where=sa.text("kind <> 'card'"),
    )
    op.create_index(
        "outbox_waiting",
        "outbox",
        ["platform", "urgency", "due", "id", "place"],
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_table(
        "staff_accounts",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("platform", "account"),
    )
    op.create_index("ix_staff_accounts_staff", "staff_accounts", ["staff"])
    op.create_table(
        "file_copies",
        sa.Column("ticket", NUMBER, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", NUMBER),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"]),
        sa.PrimaryKeyConstraint("ticket", "seq", "number"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "file_copies_wanted",
        "file_copies",
        ["platform", "due"],
        sqlite_where=sa.text("due IS NOT NULL"),
        postgresql_where=sa.text("due IS NOT NULL"),
    )
    op.create_table(
        "ticket_messages",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ticket_messages_by_ref", "ticket_messages", ["platform", "ref"], unique=True)
    op.create_index("ticket_messages_by_ticket", "ticket_messages", ["ticket", "platform", "id"])
    op.create_table(
        "ticket_tags",
        sa.Column("tag", TERM, nullable=False),
        sa.Column("ticket", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"]),
        sa.PrimaryKeyConstraint("tag", "ticket"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "timers",
        sa.Column("ticket", NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.number"]),
        sa.PrimaryKeyConstraint("ticket", "kind"),
        sqlite_with_rowid=False,
    )
    op.create_index("timers_by_due", "timers", ["due", "ticket", "kind"])
