"""Sample values of each letter: what a template is tried with before a customer ever sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TICKET = {"number": 42, "subject": "Mail is slow", "level": "III"}
SITE = "https://desk.example.com"
_COMMON: Mapping[str, Any] = {
    "ticket": _TICKET,
    "ticket_page": f"{SITE}/support/tickets/42",
    "page": f"{SITE}/support",
    "site": SITE,
    "to": "jo@acme.example",
    "subject": "Re: Mail is slow",
    "numbered": False,
    "text": "Dear Jo,\n\nthe queue is empty again.",
}
_OF: Mapping[str, Mapping[str, Any]] = {
    "reply": {"by": "Ann", "left_out": ["spool.log"]},
    "receipt": {
        "customer": "ACME Ltd",
        "promise": "You will hear from us by Tuesday 13 October at 11:30 (Eastern time), "
        "because Monday is Thanksgiving Day.",
        "hours": "We are closed now and open again on Tuesday 13 October at 10:00 (Eastern time). "
        "Until then we look in for what cannot wait.",
        "standing": "Your subscription ended on 30 September 2026. For now we go on as before: please renew it soon.",
    },
    "closed": {
        "resolution": "Solved",
        "not_solved": f"{SITE}/t/42/7/abc",
        "ratings": [{"stars": stars, "link": f"{SITE}/t/42/7/abc?stars={stars}"} for stars in range(5, 0, -1)],
    },
    "expiry": {
        "subject": "Your support for gateway 5.2 ends in 7 days",
        "customer": "ACME Ltd",
        "products": "gateway 5.2",
        "level": "Level III",
        "ways": "e-mail, remote access, telephone",
        "last": "31 Mar 2027",
        "when": "in 7 days",
        "over": False,
        "grace_days": 14,
        "grace_until": "14 Apr 2027",
        "then_level": "Level I",
        "then_ways": "e-mail",
        "then_scope": "what the web administration tool can configure",
        "referred": False,
        "partner": "Northwind",
        "loses_telephone": True,
    },
    "installation": {
        "subject": "Day 7 of 30 of your installation plan",
        "customer": "ACME Ltd",
        "over": False,
        "title": "Mail flows",
        "day": 7,
        "days": 30,
        "last": "31 Oct 2026",
        "level": "Level III",
        "ways": "e-mail, remote access, telephone",
        "in_scope": "customised modifications of the core software",
        "out_of_scope": "what no level covers",
        "partner": "Northwind",
    },
    "referred": {
        "customer": "ACME Ltd",
        "partner": "Northwind",
        "offers": "Mail servers, by the hour",
        "contact": "+1 416 555 0142",
        "handed_over": True,
        "level": "Level I",
        "in_scope": "what the web administration tool can configure",
        "out_of_scope": "anything else",
        "open": False,
        "expired": False,
    },
    "handover": {
        "partner": "Northwind",
        "customer": "ACME Ltd",
        "address": "jo@acme.example",
        "words": ["Mail is slow since the night.", "It is all of it."],
    },
    "solved": {"partner": "Northwind", "path": "/t/42/7/abc", "open": False},
    "sign_in": {"link": f"{SITE}/in/abc", "minutes": 15},
}


def sample(name: str) -> Mapping[str, Any]:
    """Values as the letter of that name has them."""
    return {**_COMMON, **_OF.get(name, {})}
