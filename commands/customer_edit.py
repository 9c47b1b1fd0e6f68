"""/customer edit: names, addresses and the rest; what is not named stays as it is."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

from bot.cards import Card, Strong, Tone, say
from bot.domain.customers import Customer
from bot.domain.customers import address as mail_address
from bot.domain.customers import domain as mail_domain
from bot.domain.errors import BadValue
from bot.domain.hours import zone_named
from bot.domain.moments import day
from bot.domain.people import Role
from bot.ports import UnitOfWork
from commands.customer_changes import note, save
from commands.naming import full_name
from commands.partner_values import kept_as, partner_named
from commands.record import today
from commands.spec import BLANK, Caller, Text, command

NONE = "none"


@command(
    "customer edit",
    role=Role.LEAD,
    customer="Which customer",
    name="The full name",
    mail="All their mail addresses, with commas, the one to write to first; “none” for none",
    domain="All their mail domains, with commas; “none” for none",
    zone="Their time zone; “none” for the desk's",
    installed="The day their server was installed; “none” for none",
    partner="Their partner of the Partner Network; “none” for none",
    examples=(
        "customer edit acme --mail bob@acme.example,it@acme.example",
        'customer edit acme --partner "Fixers Inc"',
    ),
)
def customer_edit(
    caller: Caller,
    work: UnitOfWork,
    *,
    customer: Customer,
    name: Text = BLANK,
    mail: tuple[str, ...] = (),
    domain: tuple[str, ...] = (),
    zone: str = "",
    installed: str = "",
    partner: str = "",
) -> Card:
    """Change a customer's name, addresses, zone, installation day or partner."""
    changes: dict[str, Any] = {}
    if name:
        changes["name"] = full_name(name, work)
    if mail:
        changes["addresses"] = () if _none(*mail) else tuple(dict.fromkeys(map(mail_address, mail)))
    if domain:
        changes["domains"] = frozenset() if _none(*domain) else frozenset(map(mail_domain, domain))
    if zone:
        changes["zone"] = "" if _none(zone) else zone_named(zone).key
    if installed:
        changes["installed_on"] = None if _none(installed) else day(installed, today(work, caller.now))
    if partner:
        changes["partner"] = "" if _none(partner) else kept_as(partner_named(work, partner))
    if not changes:
        raise BadValue("Nothing was given to change.", "For example: /customer edit acme --mail bob@acme.example")
    after = replace(customer, **changes)
    changed = [f.name for f in fields(Customer) if getattr(customer, f.name) != getattr(after, f.name)]
    if not changed:
        return say(f"{after.name} is so already.", data={"customer": after.id, "changed": []})
    save(caller, work, customer, after)
    was = {name: _plain(getattr(customer, name)) for name in changed}
    now = {name: _plain(getattr(after, name)) for name in changed}
    note(caller, work, after, "edited", was=was, now=now)
    told = "; ".join(f"{_TITLES[name]}: {_shown(now[name])} (was {_shown(was[name])})" for name in changed)
    return say(
        Strong(after.name), f" is changed. {told}.", tone=Tone.GOOD, data={"customer": after.id, "changed": changed}
    )


_TITLES = {
    "name": "name",
    "addresses": "mail",
    "domains": "domains",
    "zone": "time zone",
    "installed_on": "installed",
    "partner": "partner",
}


def _none(*words: str) -> bool:
    return [word.casefold() for word in words] == [NONE]


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: Any) -> str:
    return (", ".join(value) if isinstance(value, list) else value) or NONE
