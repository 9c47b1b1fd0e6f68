"""The table of the API: each operation once, with what it needs and answers. Routes and OpenAPI are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from adapters.web.api import deeds, models


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked. `subject` is what the path names; `body` and `query` what else is sent."""

    method: str
    path: str
    name: str
    summary: str
    scope: str
    deed: deeds.Deed
    answer: type[BaseModel]
    subject: str = ""
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    troubles: tuple[int, ...] = ()

    @property
    def writes(self) -> bool:
        return self.method == "POST"


HOME = "/api/v1"
DOCUMENT = "/openapi.json"
NUMBER, CUSTOMER = "number", "id"

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
        subject=NUMBER,
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
        subject=NUMBER,
        body=models.NewMessage,
        status=201,
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
        subject=NUMBER,
        body=models.Closing,
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
        subject=CUSTOMER,
        troubles=(404,),
    ),
)
