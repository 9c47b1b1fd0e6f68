"""Keys to the HTTP API, sign-in links and sessions, in the database: digests alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, update

from bot.domain.errors import Conflict
from bot.ports.intake import ApiKey, Pass, PassKind
from storage.intake_tables import api_keys, passes
from storage.shapes import INSTANT, INSTANT_OR_NONE, JSON, Shape, word
from storage.transaction import AlreadyThere, Transaction
from storage.values import dump_words, epoch, load_words

PASSES_KEPT = timedelta(days=1)
MOST_AT_ONCE = 1000

_k = api_keys.c
_KEY = Shape(
    ApiKey,
    api_keys,
    {
        "scopes": (dump_words, load_words),
        "made_at": INSTANT,
        "used_at": INSTANT_OR_NONE,
        "revoked_at": INSTANT_OR_NONE,
    },
)
_GET_KEY = _KEY.select.where(_k.id == bindparam("id"))
_ALL_KEYS = _KEY.select.order_by(_k.name, _k.made_at)
_SAVE_KEY = (
    update(api_keys)
    .where(_k.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in ("name", "scopes", "customer", "used_at", "revoked_at")})
)
_USED = update(api_keys).where(_k.id == bindparam("of_id")).values(used_at=bindparam("now"))

_p = passes.c
_PASS = Shape(
    Pass,
    passes,
    {
        "kind": word(PassKind),
        "made_at": INSTANT,
        "expires_at": INSTANT,
        "used_at": INSTANT_OR_NONE,
        "data": JSON,
    },
)
_GET_PASS = _PASS.select.where(_p.digest == bindparam("digest"))
_of_digest = _p.digest == bindparam("of_digest")
_USE = update(passes).where(_of_digest, _p.used_at.is_(None)).values(used_at=bindparam("now"))
_SAVE_PASS = (
    update(passes).where(_of_digest).values({name: bindparam(name) for name in ("expires_at", "used_at", "data")})
)
_DROP = delete(passes).where(_of_digest)
_of_subject = (_p.kind == bindparam("of_kind"), _p.subject == bindparam("of_subject"))
_DROP_ALL = delete(passes).where(*_of_subject)
_COUNT = select(func.count()).where(*_of_subject, _p.made_at >= bindparam("since"))
_PRUNE = delete(passes).where(
    _p.digest.in_(select(_p.digest).where(_p.expires_at < bindparam("before")).limit(bindparam("most")))
)


class SqlKeys:
    """The port `Keys`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, key: ApiKey) -> None:
        try:
            self._transaction.write_rows(_KEY.insert, [_KEY.to_row(key)])
        except AlreadyThere as error:
            raise Conflict(f"There is a key “{key.name}” already.", "Give it another name.") from error

    def get(self, id: str) -> ApiKey | None:
        row = self._transaction.ask(_GET_KEY, {"id": id}).first()
        return None if row is None else _KEY.from_row(row)

    def all(self) -> Sequence[ApiKey]:
        return [_KEY.from_row(row) for row in self._transaction.ask(_ALL_KEYS)]

    def save(self, key: ApiKey) -> None:
        row = _KEY.to_row(key)
        changed = {name: row[name] for name in ("name", "scopes", "customer", "used_at", "revoked_at")}
        self._transaction.write(_SAVE_KEY, changed | {"of_id": key.id})

    def used(self, id: str, now: datetime) -> None:
        self._transaction.write(_USED, {"of_id": id, "now": epoch(now)})


class SqlPasses:
    """The port `Passes`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, given: Pass) -> None:
        self._transaction.write(_PASS.insert, _PASS.to_row(given))

    def get(self, digest: str) -> Pass | None:
        row = self._transaction.ask(_GET_PASS, {"digest": digest}).first()
        return None if row is None else _PASS.from_row(row)

    def use(self, digest: str, now: datetime) -> bool:
        return self._transaction.write(_USE, {"of_digest": digest, "now": epoch(now)}).rowcount == 1

    def save(self, given: Pass) -> None:
        row = _PASS.to_row(given)
        changed = {name: row[name] for name in ("expires_at", "used_at", "data")}
        self._transaction.write(_SAVE_PASS, changed | {"of_digest": given.digest})

    def drop(self, digest: str) -> None:
        self._transaction.write(_DROP, {"of_digest": digest})

    def drop_all(self, kind: PassKind, subject: str) -> int:
        return self._transaction.write(_DROP_ALL, {"of_kind": kind.value, "of_subject": subject}).rowcount

    def count(self, kind: PassKind, subject: str, since: datetime) -> int:
        values = {"of_kind": kind.value, "of_subject": subject, "since": epoch(since)}
        return int(self._transaction.ask(_COUNT, values).scalar_one())

    def prune(self, now: datetime) -> int:
        return self._transaction.write(_PRUNE, {"before": epoch(now - PASSES_KEPT), "most": MOST_AT_ONCE}).rowcount
