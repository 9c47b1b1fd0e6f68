"""What `thirdline doctor` looks at in the rota: promises that nobody would keep, and people who do not count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cli.checks import Check, Verdict
from bot.cli.house import option_of
from bot.domain.entitlement import entitlement
from bot.domain.errors import Refusal
from bot.domain.policy import Way
from bot.oncall.file import oncall_at
from bot.ports import Database, UnitOfWork
from bot.settings import Settings
from bot.views.wording import listed
from commands.coverage import Gap, cure, cure_words, doubt, gaps
from commands.oncall_rota import Rota, leads_of
from commands.record import today

AHEAD = timedelta(days=14)
_SHOWN = 4
_NAME = "rota"


def rota(settings: Settings, base: Database, now: datetime) -> Iterator[Check]:
    """Whether everything that was promised for the next two weeks is covered, by people with a verified phone."""
    yield from base.read(lambda work: list(_looked_at(settings, work, now)))


def alarm(settings: Settings, base: Database) -> Iterator[Check]:
    """Whether a telephone can ring at all, and whether the alarm that comes when nobody answers wakes anybody."""
    if not base.read(lambda work: bool(work.rota.plan().schedules)):
        return
    if settings.phone is None:
        found = "people are on call, and no telephone provider is set up: phones ring in the desk's own terminal alone"
        yield Check("phone", Verdict.WARN, found, "thirdline init phone")
    yield from base.read(lambda work: list(_leads(work)))


def _leads(work: UnitOfWork) -> Iterator[Check]:
    contacts = work.contacts.all()
    people = {one.id: one for one in work.people.all()}
    for person in leads_of(work):
        if words := doubt(people.get(person), contacts.get(person, ())):
            found = f"{people[person].name}{words}, and is to be woken when nobody answers"
            mend = cure(person, people.get(person), contacts.get(person, ()))
            yield Check(_NAME, Verdict.WARN, found, f"{cure_words([mend])}. Or name others as leads in oncall.toml.")


def _looked_at(settings: Settings, work: UnitOfWork, now: datetime) -> Iterator[Check]:
    written = [*_on_file(settings, work)]
    yield from written
    ahead = Rota(work, now, now + AHEAD)
    if not ahead.schedules:
        if not written:
            yield _nobody(work, now)
        return
    zone = ZoneInfo(work.promises.policy.zone)
    found = gaps(work, now, now + AHEAD)
    for gap in found[:_SHOWN]:
        yield Check(_NAME, Verdict.WARN, _words(gap, zone), "/oncall override puts somebody in.")
    if len(found) > _SHOWN:
        yield Check(_NAME, Verdict.WARN, f"and {len(found) - _SHOWN} more gaps", "/oncall gaps lists them all.")
    if not found:
        yield Check(_NAME, Verdict.OK, f"covered for the next {AHEAD.days} days by {listed(ahead.schedules)}")
    yield from _people(ahead, work)


def _on_file(settings: Settings, work: UnitOfWork) -> Iterator[Check]:
    """The operator's plan as it is written now, where another one is in force."""
    path = settings.oncall_path
    try:
        written = oncall_at(path, work.promises.policy)
    except Refusal as refusal:
        cure = f"{refusal.hint} Mend it: the next start refuses it; the plan before is in force till then.".strip()
        yield Check(_NAME, Verdict.FAIL, refusal.text, cure)
        return
    kept = work.rota.plan()
    if written == kept or not (written.schedules or kept.schedules):
        return
    if not kept.schedules:
        plan = f"{path} holds a plan ({listed(written.schedules)})"
        found = f"nobody is called yet: {plan} that is taken on at the next start"
    elif not written.schedules:
        found = f"{path or settings.data / 'oncall.toml'} holds no plan any more: the next start calls nobody"
    else:
        found = f"{path} was changed: the plan before is in force until the next start, or the daily look"
    again = f"Start the desk again: thirdline run{option_of(settings.data)}, or serve."
    yield Check(_NAME, Verdict.WARN, found, again if written.schedules else "Write it again: thirdline init oncall")


def _nobody(work: UnitOfWork, now: datetime) -> Check:
    found = "there is no on-call schedule: nobody is called"
    policy, day = work.promises.policy, today(work, now)
    owed = next((one for one in work.customers.all() if Way.TELEPHONE in entitlement(one, policy, day).ways), None)
    if owed is None:
        return Check(_NAME, Verdict.OK, found)
    return Check(_NAME, Verdict.WARN, f"{found}, and {owed.name} is owed the telephone", "thirdline init oncall")


def _words(gap: Gap, zone: ZoneInfo) -> str:
    start, end = gap.start.astimezone(zone), gap.end.astimezone(zone)
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%a %-d %b %H:%M}"
    return f"{gap.what} is uncovered on {start:%a %-d %b %H:%M} - {until}: {gap.why}"


def _people(ahead: Rota, work: UnitOfWork) -> Iterator[Check]:
    """Who takes turns and does not count."""
    contacts = work.contacts.all()
    members = dict.fromkeys(person for name in ahead.schedules for person in ahead.members(name))
    for person in members:
        if words := doubt(ahead.people.get(person), contacts.get(person, ())):
            mend = cure(person, ahead.people.get(person), contacts.get(person, ()))
            yield Check(_NAME, Verdict.WARN, f"{ahead.name(person)}{words}", f"{cure_words([mend])}.")
