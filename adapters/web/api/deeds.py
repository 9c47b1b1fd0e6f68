"""What each operation of the API does, within one transaction: intake does it, here is only who may and for whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from adapters.web.api.cursors import below, change_before, cursor_after, cursor_after_change
from adapters.web.api.customers import customer_named
from adapters.web.api.models import UNRESOLVED, Closing, FileSent, NewMessage, NewTicket, Rating, Search, Sender
from adapters.web.api.problems import Problem, no_ticket
from adapters.web.api.repeats import Answer
from adapters.web.pages.file_names import disposition, told_type
from bot.domain.attachments import Attachment
from bot.domain.customers import Customer
from bot.domain.errors import BadValue, Conflict, NotFound
from bot.domain.ticket import OPEN_STATES, State, Ticket
from bot.filing import Filing
from bot.ports import CopyState, TicketFilter, UnitOfWork
from bot.ports.intake import ApiKey
from commands.intake import Words, close_for, open_for, rate_for, say_for
from commands.tickets_for_api import entitlement_data, messages_data, ticket_data

WAY = "api"
REVALIDATE = "private, no-cache"
UNDONE_WITHIN = timedelta(seconds=300)
"""The longest time in which a reply can be taken back, by the setting of it."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was understood. `path` is what its path names: a ticket's number, a customer; `home` is the API's
    path; `known` the ETags that the asker has; `filing` is where files lie."""

    key: ApiKey
    now: datetime
    home: str
    filing: Filing
    path: Mapping[str, str] = field(default_factory=dict)
    asked: Any = None
    files: tuple[Attachment, ...] = ()
    known: frozenset[str] = frozenset()


Deed = Callable[[UnitOfWork, Call], Answer]


def open_ticket(work: UnitOfWork, call: Call) -> Answer:
    asked: NewTicket = call.asked
    customer = _customer_of(work, call, asked.customer)
    if customer is None and asked.sender is None:
        raise BadValue("Nobody says whose the ticket is.", "Give “customer”, or “from” with a mail address.")
    words = _words(call, asked.sender, asked.text, customer)
    category = _category(work, asked.category)
    ticket = open_for(work, replace(words, subject=asked.subject, category=category), call.now)
    return _told(work, call, ticket, 201)


def add_message(work: UnitOfWork, call: Call) -> Answer:
    asked: NewMessage = call.asked
    ticket = _ticket(work, call)
    if not asked.text.strip() and not call.files:
        raise BadValue("There are no words and no files.", "Give “text”, “files” or both.")
    words = _words(call, asked.sender, asked.text, None)
    return _told(work, call, say_for(work, words, ticket.number, call.now), 201)


def close_ticket(work: UnitOfWork, call: Call) -> Answer:
    asked: Closing = call.asked
    ticket = _ticket(work, call)
    words = _words(call, asked.sender, asked.text, None)
    return _told(work, call, close_for(work, words, ticket.number, call.now), 200)


def add_file(work: UnitOfWork, call: Call) -> Answer:
    asked: FileSent = call.asked
    ticket = _ticket(work, call)
    if not call.files[0].size:
        raise BadValue("The body is empty.", "Send the file as it is.")
    sender = Sender(address=asked.sender) if asked.sender is not None else None
    return _told(work, call, say_for(work, _words(call, sender, "", None), ticket.number, call.now), 201)


def rate_ticket(work: UnitOfWork, call: Call) -> Answer:
    asked: Rating = call.asked
    ticket = _ticket(work, call)
    if ticket.merged_into is not None:
        raise Conflict(f"Ticket {ticket.number} is a part of {ticket.merged_into} now.", "Rate that one.")
    words = _words(call, asked.sender, asked.text, None)
    return _told(work, call, rate_for(work, words, ticket.number, asked.rating, call.now), 200)


def read_file(work: UnitOfWork, call: Call) -> Answer:
    """A file of what customer and support said, as whoever reads the ticket sees it."""
    number = _ticket(work, call, follow=False).number
    message, file = (_whole(call.path[name]) for name in ("message", "file"))
    said = {one["id"]: one["files"] for one in messages_data(work.tickets.history(number), call.now)}
    copies = {one.key: one for one in work.files.of_ticket(number) if one.state is CopyState.COPIED}
    copy = copies.get((message, file)) if 1 <= file <= len(said.get(message, ())) else None
    if copy is None:
        raise Problem(404, "not_found", "There is no such file, or the desk has no copy of it.")
    headers = {"Content-Disposition": disposition(copy.name), "Content-Type": told_type(copy.type)}
    return Answer(200, None, headers, call.filing.path(copy.path))


def read_ticket(work: UnitOfWork, call: Call) -> Answer:
    ticket = _ticket(work, call, follow=False)
    data = ticket_data(ticket, work.promises)
    said = None
    # A reply is told only once it cannot be taken back: until then the ticket changes without its history.
    if ticket.changed_at is not None and call.now - ticket.changed_at <= UNDONE_WITHIN:
        said = messages_data(work.tickets.history(ticket.number), call.now)
    tag = f'"{ticket.number}-{ticket.seq}-{data["due_at"] or ""}-{"" if said is None else len(said)}"'
    headers = {"ETag": tag, "Cache-Control": REVALIDATE}
    if call.known & {tag, "*"}:
        return Answer(304, None, headers)
    if said is None:
        said = messages_data(work.tickets.history(ticket.number), call.now)
    return Answer(200, {**data, "messages": said}, headers)


def list_tickets(work: UnitOfWork, call: Call) -> Answer:
    asked: Search = call.asked
    named = asked.customer
    every = TicketFilter(
        states=_states(asked.state),
        customer=customer_named(work, call.key, named).id if named is not None else call.key.customer or None,
        text=asked.q or "",
        in_subject=True,
        limit=asked.limit + 1,
    )
    found = work.tickets.find(_page(every, asked))
    shown = found[: asked.limit]
    more = _cursor(shown[-1], asked) if len(found) > len(shown) else None
    return Answer(200, {"tickets": [ticket_data(one, work.promises) for one in shown], "next": more}, {})


def read_entitlement(work: UnitOfWork, call: Call) -> Answer:
    customer = customer_named(work, call.key, call.path["id"], 404)
    return Answer(200, entitlement_data(work, customer, call.now), {})


def _states(asked: str | None) -> frozenset[State]:
    if asked is None:
        return frozenset()
    return OPEN_STATES if asked == UNRESOLVED else frozenset({State(asked)})


def _page(every: TicketFilter, asked: Search) -> TicketFilter:
    """The page that the cursor leads to, in the order of the list. What has changed comes in the order of its changes:
    so nothing that changes meanwhile is passed over, and an index has it at hand. Raises Problem."""
    if asked.updated_since is None:
        return replace(every, order="newest", below=below(asked.cursor) if asked.cursor is not None else None)
    after = change_before(asked.cursor) if asked.cursor is not None else None
    return replace(every, order="changed", changed_from=asked.updated_since, after=after)


def _cursor(last: Ticket, asked: Search) -> str:
    if asked.updated_since is None:
        return cursor_after(last.number)
    return cursor_after_change(last.changed_at or last.opened_at, last.number)


def _ticket(work: UnitOfWork, call: Call, *, follow: bool = True) -> Ticket:
    """The ticket that the path names, if the key may see it, and whatever it was merged into. Raises Problem."""
    number = _whole(call.path["number"])
    try:
        ticket = asked = work.tickets.get(number)
        while follow and ticket.merged_into is not None:
            ticket = work.tickets.get(ticket.merged_into)
    except NotFound:
        raise no_ticket(number) from None
    if call.key.customer and {asked.customer, ticket.customer} != {call.key.customer}:
        raise no_ticket(number)
    return asked


def _whole(text: str) -> int:
    """A number in a path, 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _customer_of(work: UnitOfWork, call: Call, named: str | None) -> Customer | None:
    """Whose the ticket is to be, by the key or by name. Raises Problem for one that there is not for the key."""
    wanted = named or call.key.customer
    return customer_named(work, call.key, wanted) if wanted else None


def _category(work: UnitOfWork, given: str) -> str:
    known = work.promises.policy.categories
    if given and given not in known:
        raise BadValue(f"There is no category “{given}”.", f"There are: {', '.join(known)}.")
    return given


def _words(call: Call, sender: Sender | None, text: str, customer: Customer | None) -> Words:
    address = sender.address.lower() if sender is not None else ""
    name = (sender.name if sender is not None else "") or address or call.key.name
    return Words(WAY, address, text, name=name, files=call.files, customer=customer)


def _told(work: UnitOfWork, call: Call, ticket: Ticket, status: int) -> Answer:
    headers = {"Location": f"{call.home}/tickets/{ticket.number}"} if status == 201 else {}
    return Answer(status, ticket_data(ticket, work.promises), headers)
