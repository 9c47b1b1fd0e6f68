"""The PINs of the hotline: made, told once, kept as a hash, and tried a few times only.

A caller's number proves nothing (anybody can send any), so a PIN alone says which customer calls. It is random, of
eight digits; a keyed hash finds whose it is and a slow salted one is what is kept of it.

Three wrong ones a call, five an hour from one number; then no PIN is believed from it for that hour. Callers whose
number is withheld cannot be told apart: they have twenty an hour together, so that one who mistypes, or who guesses,
does not soon keep all of them out. Guessing through that takes centuries: 20 an hour of 100 million.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cards import TEAM, Card, Mention, Tone
from bot.domain.customers import Customer
from bot.domain.errors import Conflict
from bot.ports import ALERTS, Kind, News, UnitOfWork, Urgency
from bot.ports.oncall import Pin

DIGITS = 8
TRIES = 3
"""Wrong PINs in one call, after which it goes on without one."""
TRIES_OF_NUMBER = 5
"""Wrong PINs from one number within an hour, after which none is believed from it."""
TRIES_OF_WITHHELD = 20
"""The same for all withheld numbers together."""
TRIES_OF_ALL = 50
"""Wrong PINs from everybody within an hour, at which the desk is told: somebody is guessing."""
WITHIN = timedelta(hours=1)

KEY = "hotline.key"
WRONG = "hotline.wrong"

_ROUNDS = 20_000
_SALT = 16


def make_pin(work: UnitOfWork, customer: Customer, now: datetime) -> str:
    """A new PIN in place of the old one. It is told once, and kept nowhere as such."""
    for _ in range(20):
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        salt = secrets.token_bytes(_SALT)
        try:
            work.calls.set_pin(Pin(customer.id, _digest(digits, salt), now), _lookup(work, digits))
        except Conflict:
            continue
        return digits
    raise Conflict("No free PIN was found.", "Try again.")


def customer_of_pin(work: UnitOfWork, digits: str, number: str, now: datetime) -> Customer | None:
    """Whose PIN that is; None where it is nobody's, or this number has guessed too often."""
    if _guessed(work, number, now):
        return None
    pin = work.calls.pin_by_lookup(_lookup(work, digits)) if len(digits) == DIGITS and digits.isdigit() else None
    salt = bytes.fromhex(pin.digest[: 2 * _SALT]) if pin is not None else b"\x00" * _SALT
    digest = _digest(digits, salt)
    if pin is not None and hmac.compare_digest(pin.digest, digest):
        return work.customers.get(pin.customer)
    _wrong(work, number, now)
    return None


def _digest(digits: str, salt: bytes) -> str:
    return salt.hex() + hashlib.pbkdf2_hmac("sha256", digits.encode(), salt, _ROUNDS).hex()


def _lookup(work: UnitOfWork, digits: str) -> str:
    key = work.memory.fact(KEY) or work.memory.first_fact(KEY, secrets.token_hex(32))
    return hmac.new(bytes.fromhex(key), digits.encode(), hashlib.sha256).hexdigest()


def _lately(work: UnitOfWork, now: datetime) -> Sequence[tuple[float, str]]:
    since = (now - WITHIN).timestamp()
    return [(at, who) for at, who in work.memory.fact(WRONG) or () if at > since]


def _guessed(work: UnitOfWork, number: str, now: datetime) -> bool:
    most = TRIES_OF_NUMBER if number else TRIES_OF_WITHHELD
    return sum(who == number for _, who in _lately(work, now)) >= most


def _wrong(work: UnitOfWork, number: str, now: datetime) -> None:
    # Never more of them than the alarm needs, however many call.
    tries = [*_lately(work, now), (now.timestamp(), number)][-4 * TRIES_OF_ALL :]
    work.memory.set_fact(WRONG, tries)
    if len(tries) >= TRIES_OF_ALL:
        told = f"Somebody may be guessing PINs on the hotline: {len(tries)} wrong ones within an hour. "
        card = Card(lines=((told, Mention(TEAM)),), tone=Tone.WARNING)
        work.outbox.post(News(Kind.ALERT, ALERTS, card, f"guessing:{now:%Y%m%d%H}", Urgency.WARNING))
