"""Told by the clock: which promises are at risk or broken, which waits and snoozes are over.

A timer is only a reason to look: the ticket's clocks are computed anew, and what is due is told once, in the commit
that remembers it. Cost follows what is due, never what is open.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from bot.cards import TEAM, Card, Mention, When
from bot.domain import agenda
from bot.domain.history import Deed
from bot.domain.policy import ClockKind
from bot.domain.sla import BREACH, Clock, Stage
from bot.domain.ticket import Ticket
from bot.ports import ALERTS, Database, Kind, News, Speaker, Timer, UnitOfWork, Urgency
from commands.alert_card import Missed, alert_of, digest_card
from commands.doubted_words import only_believed
from commands.page_decisions import alert_decision, decided
from commands.paging import on_alert
from commands.record import record
from commands.spec import CLOCK, Caller

BATCH = 100
"""Timers in one transaction: many for speed, and few enough that a page need not wait long for its turn to write."""
PATIENCE = 10
CLOCKS = {kind.value: kind for kind in ClockKind}

Away = tuple[datetime, datetime]

log = logging.getLogger(__name__)


def clock_caller(now: datetime) -> Caller:
    """The one who speaks when time alone is the reason."""
    return Caller(None, Speaker(CLOCK, CLOCK, place=CLOCK), now)


def sweep(
    database: Database, now: datetime, away: Away | None = None, between: Callable[[], object] = lambda: None
) -> int:
    """Do all that is due by now and return how many timers that was. `away`: when the desk was not running. `between`
    is called after each batch, for what must not wait until all of them are done.

    Timers are taken in batches, a transaction each. A batch that fails is done again one timer at a time, so that
    one bad row never stops the round: it is named in the log and put off. Where one after the other fails the trouble
    is not the rows', and the round ends; the next one tries again.
    """
    done = 0
    before: Sequence[Timer] = ()
    while True:
        try:
            before = database.write(partial(_batch, now=now, away=away, most=BATCH, before=before))
        except Exception:
            log.exception("A batch of due timers failed; doing them one by one.")
            return done + _one_by_one(database, now, away)
        done += len(before)
        if not before:
            return done
        between()


def _one_by_one(database: Database, now: datetime, away: Away | None) -> int:
    done = failed = 0
    before: Sequence[Timer] = ()
    while failed < PATIENCE:
        try:
            before = database.write(partial(_batch, now=now, away=away, most=1, before=before))
            if not before:
                return done
        except Exception as error:
            failed += 1
            log.error("One due timer failed and is put off: %s: %s", type(error).__name__, error)
            database.write(lambda work: work.tickets.put_off(now))
        else:
            failed = 0
        done += 1
    log.error("%d due timers failed one after the other; the round ends here.", failed)
    return done


def _batch(
    work: UnitOfWork, *, now: datetime, away: Away | None, most: int, before: Sequence[Timer]
) -> Sequence[Timer]:
    """Do what is due, and return which timers that was. `before` are those of the last batch: the same ones again were
    armed in the past, and the round would never end."""
    due = work.tickets.timers_due(now, most)
    timers = [timer for timer, _ in due]
    if timers and timers == before:
        raise RuntimeError(f"#{timers[0].ticket} is still due after what was due was done: {timers[0]}")
    missed: list[Missed] = []
    caller = clock_caller(now)
    for timer, ticket in due:
        # An earlier timer of this batch may have changed the ticket; the unit of work knows the newest.
        missed += _look(caller, work, timer, work.tickets.get(ticket.number), away)
    if missed and away is not None:
        first = missed[0]
        key = f"digest:{int(away[0].timestamp())}:{first.ticket.number}:{first.clock.kind}:{first.stage.name}"
        card = digest_card(work, away, missed, now)
        urgency = Urgency.BREACH if any(one.stage.breached for one in missed) else Urgency.WARNING
        work.outbox.post(News(Kind.DIGEST, ALERTS, card, key, urgency))
    return timers


def _look(caller: Caller, work: UnitOfWork, timer: Timer, ticket: Ticket, away: Away | None) -> Sequence[Missed]:
    """Look again at the timer's reason, and act or do nothing. Returns what belongs into the digest."""
    now = caller.now
    if timer.kind == agenda.WAIT and ticket.wait_until is not None and ticket.wait_until <= now:
        _waited(caller, work, ticket)
    elif timer.kind == agenda.SNOOZE and ticket.snoozed_until is not None and ticket.snoozed_until <= now:
        record(caller, work, ticket, Deed.SNOOZED)
        _remind(work, ticket, "The snooze is over", now)
    elif timer.kind in CLOCKS:
        clock = ticket.clock(CLOCKS[timer.kind])
        stages = () if clock is None else _due(work, clock, ticket, now)
        if clock is not None and stages:
            return _tell(caller, work, ticket, clock, stages, away)
        _rearm(work, ticket)
    else:
        _rearm(work, ticket)
    return ()


def _due(work: UnitOfWork, clock: Clock, ticket: Ticket, now: datetime) -> tuple[Stage, ...]:
    return work.promises.stages_due(clock, work.promises.policy.level(ticket.level), now)


def _rearm(work: UnitOfWork, ticket: Ticket) -> None:
    work.tickets.rearm(ticket.number, agenda.due(ticket, work.promises), agenda.timers(ticket, work.promises))


def _tell(
    caller: Caller, work: UnitOfWork, ticket: Ticket, clock: Clock, stages: Sequence[Stage], away: Away | None
) -> Sequence[Missed]:
    """Remember every stage that has come, and tell the gravest; what came while the desk was away is for the digest."""
    told = [stage for stage in stages if away and away[0] < stage.at <= away[1]]
    fresh = [stage for stage in stages if stage not in told and not _quiet(work, ticket, clock, stage)]
    gravest = _gravest(fresh)
    # Somebody is called also for what came while the desk was away: only the telling waits for the digest.
    calls = _gravest([*told, *fresh])
    decision = alert_decision(work, ticket, calls, caller.now) if calls else None
    decision = only_believed(work, decision, ticket, clock)
    data: dict[str, Any] = {
        "clock": clock.kind.value,
        "told": stages[-1].number + 1,
        "stages": [[stage.name, int(stage.at.timestamp())] for stage in stages],
        "posted": gravest.name if gravest else ("digest" if told else ""),
    } | decided(decision)
    after = record(caller, work, ticket, Deed.ALERTED, alone=gravest is None, **data)
    if gravest is not None:
        # With its instant: the same stage comes again when a change of level moved the promise away.
        key = f"alert:{ticket.number}:{clock.kind}:{int(gravest.at.timestamp())}:{gravest.name}"
        urgency = Urgency.BREACH if gravest.breached else Urgency.WARNING
        alert = alert_of(after, clock, gravest)
        work.outbox.post(News(Kind.ALERT, f"{ALERTS}/{ticket.level}", alert, key, urgency, ticket.number))
    if calls is not None:
        on_alert(work, work.tickets.get(ticket.number), calls, caller.now, decision)
    return [Missed(after, clock, stage) for stage in told]


def _gravest(stages: Sequence[Stage]) -> Stage | None:
    """The breach, or else the last."""
    return next((stage for stage in stages if stage.name == BREACH), stages[-1] if stages else None)


def _quiet(work: UnitOfWork, ticket: Ticket, clock: Clock, stage: Stage) -> bool:
    """A snooze silences warnings and reminders, never the breach; who acted since the last one is left alone."""
    if stage.name == BREACH:
        return False
    if ticket.snoozed_until is not None and stage.at < ticket.snoozed_until:
        return True
    if not stage.breached or ticket.acted_at is None:
        return False
    before = work.promises.stage(clock, work.promises.policy.level(ticket.level), stage.number - 1)
    return before is not None and ticket.acted_at > before.at


def _waited(caller: Caller, work: UnitOfWork, ticket: Ticket) -> None:
    after = record(caller, work, ticket, Deed.RESUMED, "The wait is over")
    _remind(work, after, "The wait for the customer is over and the clock runs again", caller.now)


def _remind(work: UnitOfWork, ticket: Ticket, why: str, now: datetime) -> None:
    """Tell the owner directly, or the desk when nobody holds the ticket."""
    owner = work.people.get(ticket.owner) if ticket.owner else None
    to = f"@{owner.id}" if owner and not owner.is_away(now) else ALERTS
    who = () if to != ALERTS else (" ", Mention(TEAM))
    due = agenda.due(ticket, work.promises)
    until = () if due is None else (", due " if due >= now else ", was due ", When(due))
    line = (f"{why}: #{ticket.number} {ticket.subject}", *until, *who)
    work.outbox.post(
        News(Kind.NOTICE, to, Card(lines=(line,), ticket=ticket.number), f"over:{ticket.number}:{ticket.seq}")
    )
