"""The tables. Instants are whole UTC seconds, JSON is text, and every question the ports ask has its index."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Sequence,
    Table,
    Text,
    false,
    text,
)
from sqlalchemy.types import TypeEngine

metadata = MetaData()

ENDS_PROMISES = "deed IN ('assigned', 'called', 'claimed', 'closed', 'remote', 'replied')"
"""The events that can end a promise of an answer, and say how it went."""


def whole() -> TypeEngine[int]:
    """64 bits on PostgreSQL; SQLite's INTEGER has them anyway, and only that name makes a row id."""
    return BigInteger().with_variant(Integer(), "sqlite")


def term() -> TypeEngine[str]:
    """Text compared by code point on every database, so that ranges of beginnings mean the same everywhere."""
    return Text().with_variant(Text(collation="C"), "postgresql")


ticket_numbers = Sequence("ticket_numbers", metadata=metadata)

tickets = Table(
    "tickets",
    metadata,
    Column("number", whole(), primary_key=True, autoincrement=False),
    Column("subject", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("opened_at", whole(), nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("customer", Text),
    Column("requester", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("owner", Text),
    Column("owned_since", whole()),
    Column("priority", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("watchers", Text, nullable=False),
    Column("clocks", Text, nullable=False),
    Column("responded_at", whole()),
    Column("wait_until", whole()),
    Column("snoozed_until", whole()),
    Column("acted_at", whole()),
    Column("closed_at", whole()),
    Column("resolution", Text, nullable=False),
    Column("partner", Text, nullable=False),
    Column("merged_into", whole()),
    Column("phone_credit", Boolean, nullable=False),
    Column("rating", Integer, nullable=False, server_default="0"),
    Column("unverified", Boolean, nullable=False, server_default=false()),
    Column("changed_at", whole()),
    Column("seq", Integer, nullable=False),
    # The earliest due time, or the end of time: only the index that lists are sorted by, never the truth.
    Column("due", whole(), nullable=False),
    Index("tickets_by_due", "due", "number"),
    Index("tickets_by_state", "state", "due", "number"),
    Index("tickets_by_owner", "owner", "due", "number"),
    Index("tickets_by_customer", "customer", "opened_at"),
    Index("tickets_by_level", "level", "due", "number"),
    Index("tickets_by_category", "category", "due", "number"),
    Index("tickets_by_priority", "priority", "due", "number"),
    Index("tickets_by_opening", "opened_at"),
    Index("tickets_by_change", "changed_at", "number"),
    # What somebody has in hand is asked for often, and is little beside all that they ever had.
    Index(
        "tickets_open_by_owner",
        "owner",
        "due",
        "number",
        sqlite_where=text("state <> 'closed'"),
        postgresql_where=text("state <> 'closed'"),
    ),
    Index(
        "tickets_open",
        "number",
        sqlite_where=text("state <> 'closed'"),
        postgresql_where=text("state <> 'closed'"),
    ),
)

events = Table(
    "events",
    metadata,
    Column("ticket", whole(), ForeignKey("tickets.number"), primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", whole(), nullable=False),
    Column("by", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("deed", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("events_ending", "at", sqlite_where=text(ENDS_PROMISES), postgresql_where=text(ENDS_PROMISES)),
    sqlite_with_rowid=False,
)

timers = Table(
    "timers",
    metadata,
    Column("ticket", whole(), ForeignKey("tickets.number"), primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("due", whole(), nullable=False),
    Index("timers_by_due", "due", "ticket", "kind"),
    sqlite_with_rowid=False,
)

ticket_tags = Table(
    "ticket_tags",
    metadata,
    Column("tag", term(), primary_key=True),
    Column("ticket", whole(), ForeignKey("tickets.number"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Messages on a platform that stand for a ticket: its cards, its alerts, and those that it was made of.
ticket_messages = Table(
    "ticket_messages",
    metadata,
    Column("id", whole(), primary_key=True, autoincrement=True),
    Column("platform", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("ticket", whole(), ForeignKey("tickets.number"), nullable=False),
    Column("what", Text, nullable=False),
    Index("ticket_messages_by_ref", "platform", "ref", unique=True),
    Index("ticket_messages_by_ticket", "ticket", "platform", "id"),
)

# Copies of files: those still wanted have a time at which somebody tries (again), or at which a lease ends.
file_copies = Table(
    "file_copies",
    metadata,
    Column("ticket", whole(), ForeignKey("tickets.number"), primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("platform", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due", whole()),
    Column("attempts", Integer, nullable=False),
    Column("path", Text, nullable=False),
    Column("error", Text, nullable=False),
    Index(
        "file_copies_wanted",
        "platform",
        "due",
        sqlite_where=text("due IS NOT NULL"),
        postgresql_where=text("due IS NOT NULL"),
    ),
    Index("file_copies_by_path", "path"),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", whole(), primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("card", Text, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("ticket", whole(), ForeignKey("tickets.number")),
    Column("created_at", whole(), nullable=False),
    Column("state", Text, nullable=False),
    # When somebody must look at it again: its time to go, or the end of the lease. Nothing once it has ended.
    Column("due", whole()),
    Column("attempts", Integer, nullable=False),
    Column("ref", Text),
    Column("error", Text, nullable=False),
    Column("ended_at", whole()),
    Index(
        "outbox_waiting",
        "platform",
        "urgency",
        "due",
        "id",
        "place",
        sqlite_where=text("due IS NOT NULL"),
        postgresql_where=text("due IS NOT NULL"),
    ),
    Index("outbox_by_ticket", "ticket"),
    Index(
        "outbox_ended",
        "state",
        "ended_at",
        sqlite_where=text("due IS NULL"),
        postgresql_where=text("due IS NULL"),
    ),
    Index(
        "outbox_said_once",
        "platform",
        "place",
        "key",
        unique=True,
        sqlite_where=text("kind <> 'card'"),
        postgresql_where=text("kind <> 'card'"),
    ),
    Index(
        "outbox_one_card_waits",
        "platform",
        "place",
        "key",
        unique=True,
        sqlite_where=text("kind = 'card' AND state = 'planned'"),
        postgresql_where=text("kind = 'card' AND state = 'planned'"),
    ),
    Index(
        "outbox_cards_under_way",
        "platform",
        "place",
        "key",
        sqlite_where=text("kind = 'card' AND state IN ('sending', 'ambiguous')"),
        postgresql_where=text("kind = 'card' AND state IN ('sending', 'ambiguous')"),
    ),
    Index(
        "outbox_pages_under_way",
        "platform",
        "place",
        "key",
        sqlite_where=text("kind = 'page' AND due IS NOT NULL"),
        postgresql_where=text("kind = 'page' AND due IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

shown_cards = Table(
    "shown_cards",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("ref", Text, nullable=False),
    sqlite_with_rowid=False,
)

customers = Table(
    "customers",
    metadata,
    Column("id", term(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("addresses", Text, nullable=False),
    Column("domains", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("installed_on", Text),
    Column("phone_credits", Integer, nullable=False),
    Column("partner", Text, nullable=False),
    Column("subscriptions", Text, nullable=False),
    Column("phones", Text, nullable=False, server_default="[]"),
)

# What a customer can be found by: kind "id", "name", "address", "domain", "phone", or "word" for single words of them
# all but the last.
customer_terms = Table(
    "customer_terms",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("term", term(), primary_key=True),
    Column("customer", term(), primary_key=True),
    ForeignKeyConstraint(["customer"], ["customers.id"], ondelete="CASCADE"),
    Index("customer_terms_by_customer", "customer"),
    Index(
        "customer_terms_unique",
        "kind",
        "term",
        unique=True,
        sqlite_where=text("kind IN ('address', 'domain')"),
        postgresql_where=text("kind IN ('address', 'domain')"),
    ),
    sqlite_with_rowid=False,
)

staff = Table(
    "staff",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Integer, nullable=False),
    Column("accounts", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("away_since", whole()),
    Column("away_until", whole()),
    Column("managed_by", Text, nullable=False),
)

staff_accounts = Table(
    "staff_accounts",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("staff", Text, ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", whole(), nullable=False, index=True),
    Column("answer", Text, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("id", whole(), primary_key=True, autoincrement=True),
    Column("at", whole(), nullable=False),
    Column("by", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("data", Text, nullable=False),
    Index("journal_by_subject", "subject", "id"),
    sqlite_autoincrement=True,
)

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

holidays = Table(
    "holidays",
    metadata,
    # A new id with every change: the highest one is the stamp by which a process sees that its calendar is old.
    Column("id", whole(), primary_key=True, autoincrement=True),
    Column("list", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("days", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("frozen_at", whole(), nullable=False),
    Index("holidays_of_year", "list", "year", unique=True),
    sqlite_autoincrement=True,
)

policies = Table(
    "policies",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=True),
    Column("at", whole(), nullable=False),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)
