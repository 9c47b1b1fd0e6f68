"""Visits: who may look at the desk's pages, by a link that is used once and a session that a browser then shows.

A secret is random, given out once, and kept as its digest alone. A link that goes by mail lies in the outbox, too, for
much longer than it works; it is never shown in chat. No library is needed to be let in.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.customers import Customer
from bot.ports import UnitOfWork
from bot.ports.intake import Pass, PassKind
from bot.signing import digest_of
from commands.letters import Letter, post_letter

LINKS_LAST = {PassKind.CUSTOMER_LINK: timedelta(minutes=15), PassKind.STAFF_LINK: timedelta(minutes=5)}
"""How long a link can be used: mail may be slow, chat is not."""
LINKS_AT_ONCE = 3
"""How many sign-in links one address is sent while the first of them still works: so whoever asks in their name shuts
nobody out, as those links are in their mail."""
SEEN_EVERY = timedelta(minutes=5)
"""How often a visit is written down at most: a read is not to become a write."""

_BYTES = 32


@dataclass(frozen=True, slots=True)
class Stay:
    """How long a session lasts: without a visit, and at the longest."""

    idle: timedelta
    longest: timedelta


STAYS = {
    PassKind.CUSTOMER: Stay(timedelta(days=7), timedelta(days=30)),
    PassKind.STAFF: Stay(timedelta(hours=12), timedelta(days=7)),
}
_SESSION_OF = {PassKind.CUSTOMER_LINK: PassKind.CUSTOMER, PassKind.STAFF_LINK: PassKind.STAFF}


def give_link(work: UnitOfWork, kind: PassKind, subject: str, now: datetime) -> str:
    """A new secret with which `subject` signs in once, for as long as `LINKS_LAST` says; `kind` is one of the two."""
    secret = secrets.token_urlsafe(_BYTES)
    work.passes.add(Pass(digest_of(secret), kind, subject, now, now + LINKS_LAST[kind]))
    return secret


def minutes_of(kind: PassKind) -> int:
    """How long a link of that kind can be used, as people are told."""
    return int(LINKS_LAST[kind].total_seconds()) // 60


def link_at(work: UnitOfWork, kind: PassKind, secret: str, now: datetime) -> Pass | None:
    """The link of that secret, while it can still be used. Looking uses nothing up: mail scanners look first."""
    found = work.passes.get(digest_of(secret))
    if found is None or found.kind is not kind or found.used_at is not None or found.expires_at <= now:
        return None
    return found


def sign_in(work: UnitOfWork, kind: PassKind, secret: str, now: datetime, before: str = "") -> str | None:
    """Use the link up; returns the secret of a new session, or None where the link will not do. `before` is the secret
    that the browser showed: that session ends, so that nobody keeps one which they planted."""
    link = link_at(work, kind, secret, now)
    if link is None or not work.passes.use(link.digest, now):
        return None
    sign_out(work, before)
    session = secrets.token_urlsafe(_BYTES)
    given, stay = _SESSION_OF[kind], STAYS[_SESSION_OF[kind]]
    work.passes.add(Pass(digest_of(session), given, link.subject, now, now + stay.idle))
    return session


def session_at(work: UnitOfWork, kind: PassKind, secret: str, now: datetime) -> Pass | None:
    """The session of that secret, while it lasts."""
    found = work.passes.get(digest_of(secret)) if secret else None
    if found is None or found.kind is not kind or min(found.expires_at, _last(found)) <= now:
        return None
    return found


def goes_on(session: Pass, now: datetime) -> Pass | None:
    """The session as it is after this visit, where that is worth writing down (`passes.save`)."""
    until = min(now + STAYS[session.kind].idle, _last(session))
    return replace(session, expires_at=until) if until - session.expires_at >= SEEN_EVERY else None


def sign_out(work: UnitOfWork, secret: str) -> None:
    """The session of that secret ends; nothing happens where there is none."""
    if secret:
        work.passes.drop(digest_of(secret))


def visitor(work: UnitOfWork, session: Pass) -> Customer | None:
    """Whose customer's page it is: that of the address that signed in, by the address itself or by its domain. None
    once it belongs to nobody any more. Everybody of a customer sees all of its tickets."""
    return work.customers.of_address(session.subject)


def write_link(work: UnitOfWork, address: str, at: str, now: datetime) -> bool:
    """Send a sign-in link to an address, if it is a customer's and has not been sent too many; returns whether. `at` is
    the address of the page that the secret is appended to."""
    if work.customers.of_address(address) is None:
        return False
    since = now - LINKS_LAST[PassKind.CUSTOMER_LINK]
    if work.passes.count(PassKind.CUSTOMER_LINK, address, since) >= LINKS_AT_ONCE:
        return False
    secret = give_link(work, PassKind.CUSTOMER_LINK, address, now)
    minutes = minutes_of(PassKind.CUSTOMER_LINK)
    values = {"link": f"{at}{secret}", "minutes": minutes}
    key = f"sign in:{digest_of(secret)[:20]}"
    subject, text = "Your sign-in link", f"It works once, for {minutes} minutes."
    post_letter(work, Letter.SIGN_IN, address, key, values, subject=subject, text=text)
    return True


def _last(session: Pass) -> datetime:
    return session.made_at + STAYS[session.kind].longest
