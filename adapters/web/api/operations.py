"""The table of the API: each operation once, with what it needs and answers. Routes and OpenAPI are made from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from adapters.web.api import deeds, models


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked. `body` and `query` are what is sent beside the path; `takes_file`: the body is a
    file as it is. Without an `answer` a file is what is answered."""

    method: str
    path: str
    name: str
    summary: str
    scope: str
    deed: deeds.Deed
    answer: type[BaseModel] | None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    troubles: tuple[int, ...] = ()
    takes_file: bool = False

    @property
    def writes(self) -> bool:
        return self.method == "POST"

    @property
    def names(self) -> Sequence[str]:
        """What the path names."""
        return _NAMES.findall(self.path)


HOME = "/api/v1"
DOCUMENT = "/openapi.json"
CUSTOMER = "id"
"""In a path; whatever else it names is a number."""
_NAMES = re.compile(r"{(\w+)}")

OPERATIONS = (
    Operation(
        "POST",
        "/tickets",
        "openTicket",
        "Open a ticket",
        "tickets:write",
        deeds.open_ticket,
        models.Ticket,
        body=models.NewTicket,
        status=201,
    ),
    Operation(
        "GET",
        "/tickets",
        "listTickets",
        "List tickets and search for them, the newest first",
        "tickets:read",
        deeds.list_tickets,
        models.TicketPage,
        query=models.Search,
        troubles=(422,),
    ),
    Operation(
        "GET",
        "/tickets/{number}",
        "readTicket",
        "Read a ticket with what was said on it",
        "tickets:read",
        deeds.read_ticket,
        models.WholeTicket,
        troubles=(404,),
    ),
    Operation(
        "POST",
        "/tickets/{number}/messages",
        "addMessage",
        "Add what the customer says; a closed ticket is opened again, unless they only say thanks",
        "tickets:write",
        deeds.add_message,
        models.Ticket,
        body=models.NewMessage,
        status=201,
        troubles=(404,),
    ),
    Operation(
        "POST",
        "/tickets/{number}/files",
        "addFile",
        "Add a file that the customer sends, as it is: it is a message of its own",
        "tickets:write",
        deeds.add_file,
        models.Ticket,
        query=models.FileSent,
        status=201,
        troubles=(404,),
        takes_file=True,
    ),
    Operation(
        "GET",
        "/tickets/{number}/messages/{message}/files/{file}",
        "readFile",
        "Get a file that came with a message: a download, whatever it claims to be",
        "tickets:read",
        deeds.read_file,
        None,
        troubles=(404,),
    ),
    Operation(
        "POST",
        "/tickets/{number}/close",
        "closeTicket",
        "Close a ticket, as the customer says that it is solved",
        "tickets:write",
        deeds.close_ticket,
        models.Ticket,
        body=models.Closing,
        troubles=(404,),
    ),
    Operation(
        "POST",
        "/tickets/{number}/rating",
        "rateTicket",
        "Rate a closed ticket, as the customer does; the last word counts",
        "tickets:write",
        deeds.rate_ticket,
        models.Ticket,
        body=models.Rating,
        troubles=(404,),
    ),
    Operation(
        "GET",
        "/customers/{id}/entitlement",
        "readEntitlement",
        "What a customer is owed today, and whether the desk is open",
        "customers:read",
        deeds.read_entitlement,
        models.Entitlement,
        troubles=(404,),
    ),
)
