"""The tables of being on call: plan versions, changes of the rota, pages with their attempts, contacts and calls.

People are named by their short names, as in the plan: a rota may name somebody whom the desk does not know yet.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, Table, Text, text

from storage.tables import metadata, term, whole


def _where(condition: str) -> dict[str, Any]:
    """Only these rows are in the index."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


oncall_plans = Table(
    "oncall_plans",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=True),
    Column("at", whole(), nullable=False),
    Column("text", Text, nullable=False),
    sqlite_autoincrement=True,
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", whole(), primary_key=True, autoincrement=True),
    Column("schedule", Text, nullable=False),
    Column("start", whole(), nullable=False),
    Column("end", whole(), nullable=False),
    Column("change", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("instead", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_at", whole()),
    Column("dropped_by", Text, nullable=False),
    Column("dropped_at", whole()),
    # What is over by then need not be looked at: most questions are about now and the days to come.
    Index("overrides_by_end", "end", **_where("dropped_at IS NULL")),
    Index("overrides_by_schedule", "schedule", "id"),
    sqlite_autoincrement=True,
)

cover_requests = Table(
    "cover_requests",
    metadata,
    Column("id", whole(), primary_key=True, autoincrement=True),
    Column("schedule", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("start", whole(), nullable=False),
    Column("end", whole(), nullable=False),
    Column("asked", Text, nullable=False),
    Column("back_start", whole()),
    Column("back_end", whole()),
    Column("state", Text, nullable=False),
    Column("taken_by", Text, nullable=False),
    Column("made_at", whole()),
    Column("reason", Text, nullable=False),
    Index("cover_requests_asked", "start", "id", **_where("state = 'asked'")),
    sqlite_autoincrement=True,
)

pages = Table(
    "pages",
    metadata,
    Column("id", whole(), primary_key=True, autoincrement=True),
    Column("reason", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("started_at", whole(), nullable=False),
    Column("started_by", Text, nullable=False),
    Column("ticket", whole(), ForeignKey("tickets.number")),
    Column("customer", Text),
    Column("level", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("call", whole()),
    Column("tickets", Text, nullable=False),
    Column("deadline", whole()),
    Column("state", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    # When the desk must look at it again. Nothing once it is resolved.
    Column("due", whole()),
    Column("loud_at", whole()),
    Column("acknowledged_by", Text, nullable=False),
    Column("acknowledged_at", whole()),
    Column("acknowledged_via", Text, nullable=False),
    Column("ended_at", whole()),
    Column("repaged", Integer, nullable=False),
    Index("pages_due", "due", "id", **_where("due IS NOT NULL")),
    Index("pages_live", "started_at", "id", **_where("state <> 'resolved'")),
    Index("pages_open_of_customer", "customer", "id", **_where("state = 'open'")),
    Index("pages_by_start", "started_at", "id"),
    sqlite_autoincrement=True,
)

# Every ticket that a page is about, the first as well as those that joined: how a ticket finds its pages.
page_tickets = Table(
    "page_tickets",
    metadata,
    Column("ticket", whole(), ForeignKey("tickets.number"), primary_key=True, autoincrement=False),
    Column("page", whole(), ForeignKey("pages.id"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", whole(), primary_key=True, autoincrement=True),
    Column("page", whole(), ForeignKey("pages.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("planned_for", whole(), nullable=False),
    Column("round", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("contact", whole(), nullable=False),
    Column("state", Text, nullable=False),
    # When somebody must look at it again: its time to go, or when something should have been heard of it.
    Column("due", whole()),
    Column("token", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("result", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("submitted_at", whole()),
    Column("answered_at", whole()),
    Column("ended_at", whole()),
    Index("attempts_of_page", "page", "id"),
    Index("attempts_due", "due", "id", **_where("due IS NOT NULL")),
    Index("attempts_by_token", "token", unique=True, **_where("token <> ''")),
    Index("attempts_by_code", "address", "code", "id", **_where("code <> ''")),
    Index("attempts_by_ref", "provider", "ref", "id", **_where("ref <> ''")),
    Index("attempts_of_person", "person", "planned_for", "id"),
    sqlite_autoincrement=True,
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", whole(), primary_key=True, autoincrement=True),
    Column("person", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("verified_at", whole()),
    Column("tested_at", whole()),
    Column("test_passed", Boolean),
    Column("refused", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("voice", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("code_until", whole()),
    Column("tries", Integer, nullable=False),
    Index("contacts_of_person", "person", "kind", "address", unique=True),
    Index("contacts_by_address", "kind", "address", "id"),
    sqlite_autoincrement=True,
)

contact_plans = Table(
    "contact_plans",
    metadata,
    Column("person", Text, primary_key=True),
    Column("important", Boolean, primary_key=True),
    Column("plan", Text, nullable=False),
)

phone_calls = Table(
    "phone_calls",
    metadata,
    Column("id", whole(), primary_key=True, autoincrement=True),
    Column("started_at", whole(), nullable=False),
    Column("number", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("customer", Text),
    Column("ticket", whole(), ForeignKey("tickets.number")),
    Column("page", whole()),
    Column("person", Text, nullable=False),
    Column("due", whole()),
    Column("ended_at", whole()),
    Column("data", Text, nullable=False),
    Index("phone_calls_due", "due", "id", **_where("due IS NOT NULL")),
    Index("phone_calls_by_token", "token", unique=True, **_where("token <> ''")),
    Index("phone_calls_by_ref", "provider", "ref", "id", **_where("ref <> ''")),
    Index("phone_calls_live", "started_at", **_where("ended_at IS NULL AND ref <> ''")),
    Index("phone_calls_of_ticket", "ticket", "id", **_where("ticket IS NOT NULL")),
    sqlite_autoincrement=True,
)

# Of a PIN there is nothing here but a salted digest, and a keyed hash that it is looked up by.
pins = Table(
    "pins",
    metadata,
    Column("customer", term(), primary_key=True),
    Column("digest", Text, nullable=False),
    Column("lookup", Text, nullable=False),
    Column("made_at", whole(), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("locked_until", whole()),
    ForeignKeyConstraint(["customer"], ["customers.id"], ondelete="CASCADE"),
    Index("pins_by_lookup", "lookup", unique=True),
)
