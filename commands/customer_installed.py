"""/customer installed: the server is installed, and the installation plan begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.cards import Card, Line, Strong, Tone, When
from bot.domain.customers import Customer
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.views.customer_card import installation_words
from commands.arming import INSTALLATION, subject_of
from commands.customer_changes import note, save
from commands.record import today
from commands.spec import Caller, command


@command(
    "customer installed",
    role=Role.LEAD,
    customer="Which customer",
    day="Day 0 of the plan; today if you give none",
    examples=("customer installed acme", "customer installed acme 2026-10-01"),
)
def customer_installed(caller: Caller, work: UnitOfWork, *, customer: Customer, day: date | None = None) -> Card:
    """Say when a customer's server was installed: their installation plan begins."""
    now = today(work, caller.now)
    after = replace(customer, installed_on=day or now)
    if after != customer:
        save(caller, work, customer, after)
        was = customer.installed_on.isoformat() if customer.installed_on else None
        note(caller, work, after, "installed", was=was, now=(day or now).isoformat())
    told = installation_words(after, work.promises.policy, now) or "The policy has no installation plan"
    due = (one.at for one in work.reminders.of(subject_of(after)) if one.kind == INSTALLATION)
    at = next(due, None)
    lines: tuple[Line, ...] = ((Strong(after.name), f": {told}."),)
    if at is not None:
        lines += (("The desk is next told of it ", When(at), f": /customer plan {after.id}"),)
    data = {"customer": after.id, "installed": (day or now).isoformat()}
    return Card(lines=lines, tone=Tone.GOOD, data=data)
