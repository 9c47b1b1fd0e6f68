"""A customer's card: what they are owed now, what they bought, and what comes next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bot.cards import Card, Choice, Line, Strong, Table, Tone
from bot.domain.customers import Customer, Subscription
from bot.domain.entitlement import Entitlement, Standing, entitlement, level_of, next_change
from bot.domain.phone_numbers import shown
from bot.domain.policy import Policy
from bot.views.wording import listed


def customer_card(customer: Customer, policy: Policy, today: date, open_tickets: int) -> Card:
    """The card as it is on that day of the policy's zone."""
    owed = entitlement(customer, policy, today)
    lines: list[Line] = [
        (f"Owed now: {owed_words(owed)}",),
        (f"In scope: {owed.level.in_scope}",),
        (f"Out of scope: {owed.level.out_of_scope}",),
        (next_words(customer, policy, today),),
        (installation_words(customer, policy, today),),
        (f"Per-incident telephone credits: {customer.phone_credits}. Open tickets: {open_tickets}.",),
        *_reached(customer),
    ]
    rows = tuple(_row(one, policy, today) for one in sorted(customer.subscriptions, key=lambda s: (s.end, s.start)))
    header = ("product", "level", "from", "until", "telephone", "now")
    me = {"customer": customer.id}
    return Card(
        title=(Strong(customer.name), "  ", customer.id),
        badge=f"{owed.standing} · {owed.level.title}",
        lines=tuple(line for line in lines if line[0]),
        table=Table(header, rows) if rows else None,
        choices=(
            Choice("Open a ticket…", "ticket open", me),
            Choice("Subscribe…", "customer subscribe", me, asks=("start", "end", "phone")),
        ),
        tone=Tone.PLAIN if owed.standing is Standing.ACTIVE else Tone.WARNING,
        data=customer_data(customer, policy, today) | {"open_tickets": open_tickets},
    )


def owed_words(owed: Entitlement) -> str:
    """ "Level II: e-mail, remote access, telephone (an option of the subscription)"."""
    option = " (an option of the subscription)" if owed.telephone_by == "option" else ""
    return f"{owed.level.title}: {owed.ways_in_words}{option}"


def next_words(customer: Customer, policy: Policy, today: date) -> str:
    """What changes next: "Expires in 12 days (after 5 Dec 2026), then 14 days of grace". Empty if nothing will."""
    change = next_change(customer, policy, today)
    if change is None:
        return "" if customer.subscriptions else "No subscription yet: /customer subscribe " + customer.id
    day, then = change
    now = entitlement(customer, policy, today)
    if then.standing is Standing.ACTIVE:
        return f"From {day:%-d %b %Y} ({in_days(day, today)}): {owed_words(then)}"
    last = day - timedelta(days=1)
    if now.standing is Standing.GRACE:
        return f"In grace until {last:%-d %b %Y}, {_left(last, today)}; then {then.standing}, {owed_words(then)}"
    expires = f"Expires {in_days(last, today)} (after {last:%-d %b %Y})"
    if then.standing is Standing.GRACE:
        return f"{expires}, then {_days(policy.grace_days)} of grace"
    return f"{expires}, then {owed_words(then)}"


def installation_words(customer: Customer, policy: Policy, today: date) -> str:
    """Where the customer is in the installation plan. Empty for those who have none."""
    if customer.installed_on is None:
        return ""
    day, days = (today - customer.installed_on).days, policy.installation_days
    if day < 0:
        return f"Installation plan: begins {in_days(customer.installed_on, today)} ({customer.installed_on:%-d %b %Y})"
    if day > days:
        return f"Installation plan: ended {in_days(customer.installed_on + timedelta(days=days), today)}"
    last = customer.installed_on + timedelta(days=days)
    return f"Installation plan: day {day} of {days}, until {last:%-d %b %Y}"


def in_days(day: date, today: date) -> str:
    """ "today", "tomorrow", "in 12 days", "12 days ago"."""
    days = (day - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return near.get(days) or (f"in {days:,} days" if days > 0 else f"{-days:,} days ago")


def customer_data(customer: Customer, policy: Policy, today: date) -> dict[str, Any]:
    """The customer for programs: plain JSON values, days in ISO 8601."""
    owed = entitlement(customer, policy, today)
    change = next_change(customer, policy, today)
    return {
        "customer": customer.id,
        "name": customer.name,
        "mail": list(customer.addresses),
        "domains": sorted(customer.domains),
        "phones": [shown(one) for one in customer.phones],
        "zone": customer.zone,
        "partner": customer.partner,
        "installed": customer.installed_on.isoformat() if customer.installed_on else None,
        "installation_day": owed.installation_day,
        "level": owed.level.name,
        "standing": owed.standing.value,
        "ways": sorted(way.value for way in owed.ways),
        "telephone_by": owed.telephone_by,
        "credits": customer.phone_credits,
        "changes": change[0].isoformat() if change else None,
        "subscriptions": [subscription_data(one) for one in customer.subscriptions],
    }


def subscription_data(one: Subscription) -> dict[str, Any]:
    """A subscription for programs and for the journal."""
    return {
        "product": one.product,
        "level": one.level,
        "start": one.start.isoformat(),
        "end": one.end.isoformat(),
        "phone": one.phone_option,
    }


def _row(one: Subscription, policy: Policy, today: date) -> tuple[Line, ...]:
    level = level_of(one, policy)
    known = level.title if level.name == one.level else f"{one.level} (not in the policy: served as {level.title})"
    state = "runs" if one.runs_on(today) else f"starts {in_days(one.start, today)}"
    if one.end < today:
        state = f"ended {in_days(one.end, today)}"
    phone = "option" if one.phone_option else ""
    cells = (one.product, known, f"{one.start:%-d %b %Y}", f"{one.end:%-d %b %Y}", phone, state)
    return tuple((cell,) for cell in cells)


def _reached(customer: Customer) -> list[Line]:
    parts = (
        ("Mail: ", listed(customer.addresses) + _first(customer)),
        ("Everybody at: ", listed(sorted(customer.domains))),
        ("Telephone: ", ", ".join(map(shown, customer.phones))),
        ("Time zone: ", customer.zone),
        ("Partner: ", customer.partner),
    )
    return [(f"{title}{text}",) for title, text in parts if text]


def _first(customer: Customer) -> str:
    """Which of several addresses is written to."""
    return f"; letters that answer nobody go to {customer.contact}" if len(customer.addresses) > 1 else ""


def _left(last: date, today: date) -> str:
    return f"{_days((last - today).days + 1)} left, today included"


def _days(number: int) -> str:
    return f"{number:,} day{'s' * (number != 1)}"
