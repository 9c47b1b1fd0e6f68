"""How far a mailbox is read, as a value that outlives the process: which messages are done, owed, or under way.

The mark is the truth, not what the mail program shows: a message that a person has opened first is still taken, as its
UID lies above the mark. UIDs only grow (RFC 3501, 2.3.1.1), for as long as the folder's UIDVALIDITY stays the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

TRIES = 3
"""After so many a message is put aside, and the others go on."""


@dataclass(frozen=True, slots=True)
class Progress:
    """All up to the UID `mark` is done, but for those in `owed`: each with how often it was tried on its own or failed.

    `trying` are under way: where the process ends meanwhile, one of them may be why, and they are tried one by one.
    `unfiled` were taken, and the server does not know yet. `since` (aware) is the date of the newest message when the
    mailbox was first looked at: what is older and was read then is nobody's ticket, whatever its UID becomes. `failing`
    are some that failed in a row, and none was taken since: as many as it takes to know that the fault is the desk's.
    """

    validity: int
    mark: int
    since: datetime
    owed: Mapping[int, int] = field(default_factory=dict)
    trying: tuple[int, ...] = ()
    unfiled: tuple[int, ...] = ()
    failing: tuple[int, ...] = ()

    def begins(self, uids: Iterable[int]) -> Progress:
        return replace(self, trying=tuple(sorted(uids)))

    def begins_alone(self, uid: int) -> Progress:
        """The try counts before it is made: if it ends the process, it was one."""
        return replace(self, owed={**self.owed, uid: self.owed.get(uid, 0) + 1}, trying=(uid,))

    def interrupted(self, uid: int) -> Progress:
        """The message was not to blame: that try does not count."""
        return replace(self, owed={**self.owed, uid: max(0, self.owed.get(uid, 0) - 1)}, trying=())

    def failed(self, uid: int) -> Progress:
        return replace(self, owed={**self.owed, uid: self.owed.get(uid, 0) + 1})

    def owes(self, uids: Iterable[int]) -> Progress:
        """Those are still to be taken, though the mark moves past them."""
        return replace(self, owed={**dict.fromkeys(uids, 0), **self.owed})

    def done(self, uids: Collection[int]) -> Progress:
        owed = {uid: tries for uid, tries in self.owed.items() if uid not in uids}
        return replace(self, owed=owed, trying=tuple(uid for uid in self.trying if uid not in uids))

    def past(self, uid: int) -> Progress:
        return replace(self, mark=max(self.mark, uid))


def as_fact(progress: Progress) -> dict[str, Any]:
    """Plain JSON values."""
    return {
        "validity": progress.validity,
        "mark": progress.mark,
        "since": progress.since.isoformat(),
        "owed": {str(uid): tries for uid, tries in progress.owed.items()},
        "trying": list(progress.trying),
        "unfiled": list(progress.unfiled),
        "failing": list(progress.failing),
    }


def from_fact(fact: Any) -> Progress | None:
    """None where nothing was kept yet."""
    if not fact:
        return None
    return Progress(
        validity=fact["validity"],
        mark=fact["mark"],
        since=datetime.fromisoformat(fact["since"]),
        owed={int(uid): tries for uid, tries in fact["owed"].items()},
        trying=tuple(fact["trying"]),
        unfiled=tuple(fact["unfiled"]),
        failing=tuple(fact.get("failing", ())),
    )
