"""`thirdline key`: keys to the HTTP API are given out, listed and taken back; a secret is shown once and never kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from bot.api_keys import SCOPES, new_token
from bot.cli.house import opened
from bot.cli.printing import mention, say, say_json
from bot.cli.typist import typist
from bot.domain.errors import BadValue, Conflict, NotFound
from bot.ports import Entry, UnitOfWork
from bot.ports.intake import ApiKey
from bot.signing import digest_of
from bot.views.ticket_card import iso

LONGEST_NAME = 80


def add(name: str, scopes: str, customer: str, data: Path | None, as_json: bool) -> int:
    """Make a key. Raises BadValue for a name or scope that is none, NotFound for such a customer, and Conflict where a
    key of that name counts."""
    called, wanted = _name(name), _scopes(scopes)
    token = new_token()
    with opened(data) as house:
        now, by = house.clock.now(), f"terminal:{typist()}"

        def deed(work: UnitOfWork) -> ApiKey:
            whose = work.customers.look(customer).id if customer else ""
            key = ApiKey(token.id, called, digest_of(token.secret), wanted, now, by, whose)
            work.keys.add(key)
            told = {"key": key.id, "scopes": sorted(wanted), "customer": whose}
            work.memory.journal(Entry(now, by, f"key:{key.id}", f"key “{called}” made", told))
            return key

        key = house.database.write(deed)
    if as_json:
        say_json({**_data(key), "token": token.text})
        return 0
    say(token.text)
    reach = f", for customer {key.customer} alone" if key.customer else ""
    mention(f"That is the key “{called}” ({', '.join(sorted(wanted))}{reach}). It is shown this once: keep it safe.")
    return 0


def list_(data: Path | None, as_json: bool) -> int:
    """All keys, by name; revoked ones, too."""
    with opened(data) as house:
        keys = house.database.read(lambda work: work.keys.all())
    if as_json:
        say_json([_data(key) for key in keys])
    for key in () if as_json else keys:
        say(_line(key))
    if not keys and not as_json:
        mention("There are no keys. Make one: thirdline key add NAME --scopes tickets:read,tickets:write")
    return 0


def revoke(name: str, data: Path | None) -> int:
    """Take a key back, by its name or id: from now on it opens nothing. Raises NotFound, and Conflict for one that was
    taken back before."""
    with opened(data) as house:
        now, by = house.clock.now(), f"terminal:{typist()}"

        def deed(work: UnitOfWork) -> ApiKey:
            key = _found(work.keys.all(), name)
            if key.revoked_at is not None:
                raise Conflict(f"The key “{key.name}” ({key.id}) was revoked {iso(key.revoked_at)}.")
            work.keys.save(replace(key, revoked_at=now))
            work.memory.journal(Entry(now, by, f"key:{key.id}", f"key “{key.name}” revoked"))
            return key

        key = house.database.write(deed)
    say(f"The key “{key.name}” ({key.id}) opens nothing any more.")
    return 0


def _found(keys: Sequence[ApiKey], name: str) -> ApiKey:
    """By id, or by name; one that counts before those that were revoked."""
    fitting = [key for key in keys if name in (key.id, key.name)]
    if not fitting:
        near = get_close_matches(name, [key.name for key in keys if key.revoked_at is None], n=1, cutoff=0.4)
        raise NotFound(f"There is no key “{name}”.", f"Did you mean {near[0]}?" if near else "See: thirdline key list")
    return next((key for key in fitting if key.revoked_at is None), fitting[0])


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadValue(f"“{text[:100]}” is no name for a key.", "Call it after who has it: online-shop")
    return name


def _scopes(text: str) -> frozenset[str]:
    wanted = frozenset(part for part in text.replace(",", " ").split() if part)
    unknown = sorted(wanted - set(SCOPES))
    if unknown or not wanted:
        what = f"There is no scope “{unknown[0]}”." if unknown else "A key without a scope opens nothing."
        raise BadValue(what, f"There are: {', '.join(SCOPES)}.")
    return wanted


def _line(key: ApiKey) -> str:
    used = f"last used {iso(key.used_at)}" if key.used_at else "never used"
    state = f"revoked {iso(key.revoked_at)}" if key.revoked_at else used
    reach = f" · {key.customer} alone" if key.customer else ""
    return f"{key.name}  {key.id}  {' '.join(sorted(key.scopes))}{reach} · made {iso(key.made_at)} · {state}"


def _data(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "customer": key.customer or None,
        "made_at": iso(key.made_at),
        "used_at": iso(key.used_at),
        "revoked_at": iso(key.revoked_at),
    }
