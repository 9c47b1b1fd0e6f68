"""/customer add: somebody new to whom support is owed."""

from __future__ import annotations

from datetime import date

from bot.cards import Card, Strong, Tone, say
from bot.domain.customers import Customer
from bot.domain.customers import address as mail_address
from bot.domain.customers import domain as mail_domain
from bot.domain.hours import zone_named
from bot.domain.people import Role
from bot.domain.short_names import slug
from bot.ports import UnitOfWork
from bot.ports.intake import Partner
from commands.customer_changes import add, note
from commands.naming import customer_of_id, full_name, must_be_only_name, new_id
from commands.partner_values import kept_as
from commands.spec import Caller, Text, command

_SAME_NAME = "To change it: /customer edit {id}. Another one of the same name needs an --id of its own."


@command(
    "customer add",
    role=Role.LEAD,
    name="The full name",
    mail="Mail addresses, with commas, the one to write to first",
    domain="Mail domains whose every address is theirs, with commas",
    zone="Their time zone, such as America/Toronto",
    installed="The day their server was installed, for the installation plan",
    id="The short name people type; made from the full name if you give none",
    partner="Their partner of the Partner Network",
    examples=(
        "customer add Brightside Studios --mail ann@brightside.example --domain brightside.example",
        'customer add "Corner Shop" --id corner --installed 2026-11-02 --zone America/Toronto',
    ),
)
def customer_add(
    caller: Caller,
    work: UnitOfWork,
    *,
    name: Text,
    mail: tuple[str, ...] = (),
    domain: tuple[str, ...] = (),
    zone: str = "",
    installed: date | None = None,
    id: str = "",
    partner: Partner | None = None,
) -> Card:
    """Add a customer."""
    title = full_name(name, work)
    if not id:
        must_be_only_name(title, work.customers.search(title), _SAME_NAME)
    customer = Customer(
        id=new_id(id, slug(title), "customer", lambda wanted: customer_of_id(work, wanted)),
        name=title,
        addresses=tuple(dict.fromkeys(map(mail_address, mail))),
        domains=frozenset(map(mail_domain, domain)),
        zone=zone_named(zone).key if zone else "",
        installed_on=installed,
        partner=kept_as(partner) if partner else "",
    )
    add(caller, work, customer)
    note(caller, work, customer, "added", name=title)
    return say(
        Strong(customer.name),
        f" is a customer now: {customer.id}. Next: /customer subscribe {customer.id} --product NAME --level LEVEL",
        tone=Tone.GOOD,
        data={"customer": customer.id, "name": customer.name},
    )
