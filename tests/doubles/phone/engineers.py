"""The engineers of the town, who can be called, and the on-call plan that names them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.contacts import CALL, TEXT, Contact
from bot.domain.people import Role, Staff
from bot.ports import UnitOfWork
from tests.doubles.phone.network import Network
from tests.town import CUSTOMERS, STAFF

PUBLIC = "https://desk.northwind.example"
KIM, SAM, LEA = "+14165550199", "+14165550188", "+14165550177"
NUMBERS: Mapping[str, str] = {"kim": KIM, "sam": SAM, "lea": LEA}
ENGINEERS = (
    Staff("kim", "Kim", Role.STAFF, {"console": "kim", "slack": "U0KIM"}),
    Staff("sam", "Sam", Role.STAFF, {"console": "sam", "slack": "U0SAM"}),
)

PLAN = """
important = ["III"]
leads = ["lea"]

[self_test]
on = false

[schedules.level3]
zone = "America/Toronto"

[[schedules.level3.layers]]
name = "week"
people = ["kim", "sam"]
turn = "1 week"
first = 2026-10-05
at = "09:00"

[escalations.level3]
rounds = 2
ack = "20m"
loud = "10m"

[[escalations.level3.steps]]
call = ["schedule:level3"]
wait = "5m"

[[escalations.level3.steps]]
call = ["@sam"]
wait = "5m"

[[pages]]
name = "worst cases"
on = "opened"
levels = ["III"]
escalation = "level3"

[[pages]]
name = "too late"
on = "breach"
levels = ["III"]
escalation = "level3"

[[pages]]
name = "asked for"
on = "staff"
escalation = "level3"

[[pages]]
name = "hotline"
on = "hotline"
escalation = "level3"
"""


def phone_settings(phones: Network, **otherwise: Any) -> dict[str, Any]:
    """What the desk must be told of this network."""
    own = {
        "provider": phones.state.dialect,
        "account": phones.account,
        "token": phones.token,
        "number": phones.number,
        "api_url": phones.api_url,
        "public_url": PUBLIC,
        "calls_per_second": 100,
    }
    return own | ({"public_key": phones.public_key} if phones.state.dialect == "telnyx" else {}) | otherwise


def move_in(work: UnitOfWork, now: datetime) -> None:
    """The town's people and customers, and the engineers Kim and Sam; they and Lea can be called and sent texts."""
    for staff in (*STAFF, *ENGINEERS):
        work.people.save(staff)
    for customer in CUSTOMERS:
        work.customers.save(customer)
    for person, number in NUMBERS.items():
        for kind in (CALL, TEXT):
            work.contacts.save(Contact(0, person, kind, number, verified_at=now))
