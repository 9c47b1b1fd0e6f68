"""Which customer a request means: exactly one, by short name, name, address or domain; a near miss is told as one."""

from __future__ import annotations

from adapters.web.api.problems import Problem, refused
from bot.domain.customers import Customer
from bot.domain.errors import BadValue, NotFound
from bot.ports import UnitOfWork
from bot.ports.intake import ApiKey


def customer_named(work: UnitOfWork, key: ApiKey, named: str, status: int = 422) -> Customer:
    """The one customer of that name. Raises Problem of that status, with those that are near as its hint: programs must
    not be led to whoever a beginning fits today. A key of one customer hears the same of all others, there or not."""
    if not named.isprintable():
        raise _unknown(named, "", status)
    if key.customer:
        own = _own(work, key)
        if own is None or not _is(own, named):
            raise _unknown(named, "", status)
        return own
    try:
        found = work.customers.of_address(named) if "@" in named else None
        found = found or work.customers.find(named)
    except NotFound as missed:
        raise _unknown(named, refused(missed).hint, status) from None
    except BadValue as several:
        raise _unknown(named, several.text, status) from None
    if "@" not in named and not _is(found, named):
        raise _unknown(named, f"Did you mean {found.id}?", status)
    return found


def _own(work: UnitOfWork, key: ApiKey) -> Customer | None:
    try:
        return work.customers.look(key.customer)
    except NotFound:
        return None


def _is(customer: Customer, named: str) -> bool:
    wanted = named.strip().casefold()
    if wanted in (customer.id.casefold(), customer.name.casefold()):
        return True
    return wanted in customer.addresses or wanted.rpartition("@")[2] in customer.domains


def _unknown(named: str, hint: str, status: int) -> Problem:
    code = "not_found" if status == 404 else "bad_value"
    return Problem(status, code, f"There is no customer “{named[:100]}”.", hint)
