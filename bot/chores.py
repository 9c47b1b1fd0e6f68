"""The daily chores: what a desk that runs for years must do once a day, so that it neither stops nor fills up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import Refusal
from bot.domain.oncall import OnCall
from bot.domain.policy import Policy
from bot.domain.policy_data import policy_from_json
from bot.oncall.file import oncall_at
from bot.policy.adopting import changes
from bot.ports import Database, UnitOfWork
from bot.settings import Settings
from commands.arming import rearm_all
from commands.mail_forget import forget_mail
from commands.unfinished import drop_unfinished
from commands.webhook_lost import end_removed
from storage.maintenance import backup

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chores:
    """`follow` makes a policy the desk's, and `take_on` an on-call plan."""

    settings: Settings
    database: Database
    follow: Callable[[Policy], object]
    take_on: Callable[[OnCall], None]

    def __call__(self, now: datetime) -> bool:
        """Do them; returns whether all were done. One that fails is named in the log, and the others are done all the
        same."""
        well = True
        for chore in (
            self._freeze_ahead, self._rearm, self._look_at_the_plan, self._forget, self._forget_mail,
            self._drop_unfinished, self._end_removed, self._copy,
        ):  # fmt: skip
            try:
                chore(now)
            except Exception:
                log.exception("A daily chore failed.")
                well = False
        return well

    def _freeze_ahead(self, now: datetime) -> None:
        """The stored policy goes on, into years whose holidays are not frozen yet."""
        self.follow(self._policy())

    def _rearm(self, now: datetime) -> None:
        """What customers are reminded of follows the policy, where it changed since that was last done."""
        rearm_all(self.database, now, self.database.read(changes))

    def _look_at_the_plan(self, now: datetime) -> None:
        """The operator's on-call plan as it is today, against the people and levels of today."""
        self.take_on(oncall_at(self.settings.oncall_path, self._policy()))

    def _forget(self, now: datetime) -> None:
        """Requests and parcels that nobody will ask for any more; some in each transaction, until none is left."""
        while self.database.write(lambda work: work.memory.prune(now)):
            pass
        while self.database.write(lambda work: work.outbox.prune(now)):
            pass
        while self.database.write(lambda work: work.passes.prune(now)):
            pass

    def _forget_mail(self, now: datetime) -> None:
        """Messages and their files, once they are old enough."""
        forget_mail(self.database, self.settings.data, now)

    def _drop_unfinished(self, now: datetime) -> None:
        """Files that a stop left behind between their arrival and their commit."""
        drop_unfinished(self.database, self.settings.data, now)

    def _end_removed(self, now: datetime) -> None:
        """What waits for webhooks that the settings no longer have."""
        end_removed(self.database, self.settings.webhooks, now)

    def _copy(self, now: datetime) -> None:
        """The daily copy of a database that is ours to copy, unless today's is there; then the oldest go."""
        folder = self.settings.backup_folder
        target = folder / f"daily-{now:%Y%m%d}.db"
        if not self.settings.backups.daily or self.settings.database is not None or target.exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        for half in folder.glob("daily-*.db.*"):  # Of a desk that was killed while it copied.
            half.unlink(missing_ok=True)
        backup(self.settings.database_url, target)
        for old in sorted(folder.glob("daily-*.db"))[: -self.settings.backups.keep]:
            old.unlink(missing_ok=True)

    def _policy(self) -> Policy:
        return policy_from_json(self.database.read(_policy_text))


def _policy_text(work: UnitOfWork) -> str:
    stored = work.memory.policy()
    if stored is None:
        raise Refusal("The desk has no policy yet.", "thirdline run sets it up.")
    return stored[1]
