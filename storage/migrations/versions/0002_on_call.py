"""Being on call: plan versions, changes of the rota, pages and attempts, contacts, calls; first pages go first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TERM = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    # The first page of all has got an urgency above every other, so all that there are move down by one.
    op.execute("UPDATE outbox SET urgency = urgency + 1")
    op.create_index(
        "outbox_pages_under_way",
        "outbox",
        ["platform", "place", "key"],
        **_where("kind = 'page' AND due IS NOT NULL"),
    )
    op.add_column("customers", sa.Column("phones", sa.Text(), nullable=False, server_default="[]"))
    op.create_table(
        "contact_plans",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("important", sa.Boolean(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", "important"),
    )
    op.create_table(
        "contacts",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("verified_at", NUMBER, nullable=True),
        sa.Column("tested_at", NUMBER, nullable=True),
        sa.Column("test_passed", sa.Boolean(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_until", NUMBER, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("contacts_by_address", "contacts", ["kind", "address", "id"])
    op.create_index("contacts_of_person", "contacts", ["person", "kind", "address"], unique=True)
    op.create_table(
        "cover_requests",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("start", NUMBER, nullable=False),
        sa.Column("end", NUMBER, nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("back_start", NUMBER, nullable=True),
        sa.Column("back_end", NUMBER, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("made_at", NUMBER, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("cover_requests_asked", "cover_requests", ["start", "id"], **_where("state = 'asked'"))
    op.create_table(
        "oncall_plans",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "overrides",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("start", NUMBER, nullable=False),
        sa.Column("end", NUMBER, nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("instead", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", NUMBER, nullable=True),
        sa.Column("dropped_by", sa.Text(), nullable=False),
        sa.Column("dropped_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("overrides_by_end", "overrides", ["end"], **_where("dropped_at IS NULL"))
    op.create_index("overrides_by_schedule", "overrides", ["schedule", "id"])
    op.create_table(
        "pages",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("started_at", NUMBER, nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("ticket", NUMBER, nullable=True),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("call", NUMBER, nullable=True),
        sa.Column("tickets", sa.Text(), nullable=False),
        sa.Column("deadline", NUMBER, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("due", NUMBER, nullable=True),
        sa.Column("loud_at", NUMBER, nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", NUMBER, nullable=True),
        sa.Column("acknowledged_via", sa.Text(), nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("repaged", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.number"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("pages_by_start", "pages", ["started_at", "id"])
    op.create_index("pages_due", "pages", ["due", "id"], **_where("due IS NOT NULL"))
    op.create_index("pages_live", "pages", ["started_at", "id"], **_where("state <> 'resolved'"))
    op.create_index("pages_open_of_customer", "pages", ["customer", "id"], **_where("state = 'open'"))
    op.create_table(
        "phone_calls",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("started_at", NUMBER, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("ticket", NUMBER, nullable=True),
        sa.Column("page", NUMBER, nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("due", NUMBER, nullable=True),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.number"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("phone_calls_by_ref", "phone_calls", ["provider", "ref", "id"], **_where("ref <> ''"))
    op.create_index("phone_calls_by_token", "phone_calls", ["token"], unique=True, **_where("token <> ''"))
    op.create_index("phone_calls_due", "phone_calls", ["due", "id"], **_where("due IS NOT NULL"))
    op.create_index("phone_calls_live", "phone_calls", ["started_at"], **_where("ended_at IS NULL AND ref <> ''"))
    op.create_index("phone_calls_of_ticket", "phone_calls", ["ticket", "id"], **_where("ticket IS NOT NULL"))
    op.create_table(
        "pins",
        sa.Column("customer", TERM, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("lookup", sa.Text(), nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("customer"),
    )
    op.create_index("pins_by_lookup", "pins", ["lookup"], unique=True)
    op.create_table(
        "attempts",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("page", NUMBER, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("planned_for", NUMBER, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("contact", NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due", NUMBER, nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("submitted_at", NUMBER, nullable=True),
        sa.Column("answered_at", NUMBER, nullable=True),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["page"],
            ["pages.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("attempts_by_code", "attempts", ["address", "code", "id"], **_where("code <> ''"))
    op.create_index("attempts_by_ref", "attempts", ["provider", "ref", "id"], **_where("ref <> ''"))
    op.create_index("attempts_by_token", "attempts", ["token"], unique=True, **_where("token <> ''"))
    op.create_index("attempts_due", "attempts", ["due", "id"], **_where("due IS NOT NULL"))
    op.create_index("attempts_of_page", "attempts", ["page", "id"])
    op.create_index("attempts_of_person", "attempts", ["person", "planned_for", "id"])
    op.create_table(
        "page_tickets",
        sa.Column("ticket", NUMBER, autoincrement=False, nullable=False),
        sa.Column("page", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["page"],
            ["pages.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.number"],
        ),
        sa.PrimaryKeyConstraint("ticket", "page"),
        sqlite_with_rowid=False,
    )
