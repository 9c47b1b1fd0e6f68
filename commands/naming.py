"""Names of customers and people as they are typed: on one line, short enough, with a short name that nobody has."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.domain.customers import Customer
from bot.domain.errors import BadValue, Conflict, NotFound
from bot.domain.people import Staff
from bot.domain.short_names import free_name, short_name, slug
from bot.ports import UnitOfWork
from bot.ports.intake import Partner


def full_name(text: str, work: UnitOfWork) -> str:
    """A name on one line that fits. Raises BadValue."""
    name, longest = " ".join(text.split()), work.promises.policy.limits.subject
    if len(name) > longest:
        raise BadValue(f"The name has {len(name):,} characters; the desk takes up to {longest:,}.")
    return name


def new_id(given: str, made: str, fallback: str, known: Callable[[str], Customer | Staff | Partner | None]) -> str:
    """The short name that was given, or one made from the full name. Raises BadValue, or Conflict if it is taken."""
    if not given:
        return free_name(made, fallback, lambda id: known(id) is not None)
    id = short_name(given)
    holder = known(id)
    if holder is not None:
        raise Conflict(f"{id} is {holder.name} already.", "Give another --id, or none and the desk makes one.")
    return id


def short_for(name: str, taken: Callable[[str], bool]) -> str:
    """What a person would be called for short: the first name where nobody has it yet, else the whole name."""
    first = slug(name.partition(" ")[0])
    return first if first and not taken(first) else slug(name)


def must_be_only_name(name: str, others: Iterable[Customer] | Iterable[Staff] | Iterable[Partner], hint: str) -> None:
    """Raises Conflict where one of the others answers to that name; "{id}" of the hint is whose it is."""
    for other in others:
        if name.casefold() in (other.name.casefold(), other.id):
            article = "an" if other.name[:1].casefold() in "aeiou" else "a"
            raise Conflict(f"There is {article} {other.name} already ({other.id}).", hint.format(id=other.id))


def customer_of_id(work: UnitOfWork, id: str) -> Customer | None:
    """The customer of that very short name, if there is one."""
    try:
        return work.customers.get(id)
    except NotFound:
        return None
