"""The code that proves a contact: sent there, typed back, good once and not for long."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from bot.cards import Card, Strong, When
from bot.domain.contacts import CALL, EMAIL, SERVICE, TEXT, Contact
from bot.domain.errors import Conflict, NotFound, TooMuch
from bot.ports import ONLY, Kind, News, UnitOfWork, Urgency
from bot.views.ticket_card import iso

GOOD_FOR = timedelta(minutes=10)
TRIES = 5
"""Wrong ones, after which a new code is needed."""
AN_HOUR = 5
"""Codes that one person may have sent in an hour: each costs money and somebody's patience."""
DIGITS = 6

SENT = "codes sent"
VERIFY = "verify"
"""In the data of a parcel: the contact whose code it carries."""

_PLACES = {CALL: "phone:call", TEXT: "phone:text", EMAIL: "email"}
_LACKS = {
    CALL: "This desk has no telephone: the code cannot be sent.",
    TEXT: "This desk has no telephone: the code cannot be sent.",
    EMAIL: "This desk has no mail server: the code cannot be sent.",
    SERVICE: "This desk sends nothing to such services: the code cannot be sent.",
}
_CURES = {
    CALL: "An operator sets up [phone] in thirdline.toml.",
    TEXT: "An operator sets up [phone] in thirdline.toml.",
    EMAIL: "An operator sets up [email] in thirdline.toml.",
    SERVICE: "An operator sets apprise = true in thirdline.toml, with the apprise extra installed.",
}


def place_of(contact: Contact) -> str:
    """Where news to that contact goes, and nowhere else. A service's URL is a secret and not in it."""
    if contact.kind == SERVICE:
        return f"{ONLY}apprise:contact:{contact.id}"
    return f"{ONLY}{_PLACES[contact.kind]}:{contact.address}"


def send_code(work: UnitOfWork, contact: Contact, now: datetime) -> Contact:
    """Give the contact a new code and send it there. Raises TooMuch, or Conflict where no way leads there."""
    _count(work, contact.person, now)
    code = "".join(str(secrets.randbelow(10)) for _ in range(DIGITS))
    saved = work.contacts.save(replace(contact, code=code, code_until=now + GOOD_FOR, tries=0))
    key = f"verify:{saved.id}:{int(now.timestamp())}"
    card = Card(data={VERIFY: saved.id})
    if not work.outbox.post(News(Kind.PAGE, place_of(saved), card, key, Urgency.REPLY)):
        raise Conflict(_LACKS[contact.kind], _CURES[contact.kind])
    return saved


def _count(work: UnitOfWork, person: str, now: datetime) -> None:
    """Raises TooMuch for whoever has had too many codes within the hour."""
    since = (now - timedelta(hours=1)).timestamp()
    sent = {who: [at for at in times if at > since] for who, times in (work.memory.fact(SENT) or {}).items()}
    mine = sent.setdefault(person, [])
    if len(mine) >= AN_HOUR:
        raise TooMuch(f"{AN_HOUR} codes were sent for you within the hour.", "Try again later.")
    mine.append(now.timestamp())
    work.memory.set_fact(SENT, {who: times for who, times in sent.items() if times})


def draw_code(work: UnitOfWork, data: object, now: datetime) -> Card | None:
    """What a parcel with a code says when it is delivered; `data` is the parcel's VERIFY. None once the code is used,
    too old, or its contact gone: then nobody wants it any more.

    Text and e-mail are read from the card's lines and its data's "text", a call speaks "say".
    """
    try:
        contact = work.contacts.get(int(str(data)))
    except (NotFound, ValueError):
        return None
    if not contact.code or contact.code_until is None or contact.code_until <= now:
        return None
    code, until = contact.code, contact.code_until
    return Card(
        title=("Your code for the support desk",),
        lines=(
            ("Your code is ", Strong(code), "."),
            ("Type at the desk, before ", When(until, "time"), f": /oncall verify {code}"),
            ("If you did not ask for it, do nothing.",),
        ),
        data={
            VERIFY: contact.id,
            "contact": contact.id,
            "person": contact.person,
            "text": f"Thirdline: your code is {code}. Type /oncall verify {code}",
            "say": list(spoken_code(code, contact.language)),
            "language": contact.language,
            "voice": contact.voice,
            "subject": "Your code for the support desk",
            "until": iso(until),
        },
    )


def spoken_code(code: str, language: str) -> tuple[str, ...]:
    """Slowly enough to write down, twice."""
    digits = ", ".join(code)
    if language == "fr":
        return (
            "Ici Thirdline, le bureau d'assistance.",
            f"Votre code est: {digits}.",
            f"Je répète: {digits}.",
            "Tapez-le au bureau. Au revoir.",
        )
    return (
        "This is Thirdline, the support desk.",
        f"Your code is: {digits}.",
        f"Once more: {digits}.",
        "Type it at the desk. Good bye.",
    )
