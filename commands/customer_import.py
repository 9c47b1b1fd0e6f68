"""/customer import: customers from CSV, with a verdict on every line; all or nothing unless told otherwise."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from bot.cards import Card, Line, Strong, Tone
from bot.customer_csv import Incoming, Reading, read
from bot.domain.errors import Refusal
from bot.domain.people import Role
from bot.ports import UnitOfWork
from bot.views.wording import listed
from commands.customer_changes import add, note, save
from commands.spec import Caller, Text, command

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: `saved` is False when a refused line kept all of it out."""

    reading: Reading
    saved: bool
    added: int = 0
    changed: int = 0
    followed: tuple[Line, ...] = ()


@command(
    "customer import",
    role=Role.LEAD,
    text="CSV lines, the first one naming the columns, as /customer export writes them",
    partial="Take the good lines even if others are refused",
    examples=("customer import name,mail\nCorner Shop,owner@corner.example",),
)
def customer_import(caller: Caller, work: UnitOfWork, *, text: Text, partial: bool = False) -> Card:
    """Import customers from CSV lines: all of them, or none if a line is refused."""
    return report(import_lines(caller, work, io.StringIO(text, newline=""), partial=partial))


def import_lines(caller: Caller, work: UnitOfWork, lines: Iterable[str], *, partial: bool = False) -> Imported:
    """Read and save in this transaction. Raises BadValue where the file cannot be understood at all."""
    known: set[str] = set()
    owners: dict[str, str] = {}
    for customer in work.customers.all():
        known.add(customer.id)
        owners.update(dict.fromkeys((*customer.addresses, *customer.domains), customer.id))
    reading = read(lines, work.promises.policy)
    reading = reading.without(dict(_refusals(reading.customers, known, owners)))
    if not reading.customers or (reading.refused and not partial):
        return Imported(reading, False)
    added = changed = 0
    followed: list[Line] = []
    for incoming in reading.customers:
        before = work.customers.get(incoming.id) if incoming.id in known else None
        after = incoming.onto(before)
        if after == before:
            continue
        added, changed = added + (before is None), changed + (before is not None)
        if before is None:
            add(caller, work, after)
        elif line := save(caller, work, before, after):
            followed.append((f"{after.name}: ", *line))
        had = before.phone_credits if before else 0
        credits = {"credits": after.phone_credits, "had": had} if after.phone_credits != had else {}
        note(caller, work, after, "imported", line=incoming.lines[0], **credits)
    return Imported(reading, True, added, changed, tuple(followed))


def _refusals(customers: Iterable[Incoming], known: set[str], owners: dict[str, str]) -> Iterable[tuple[str, str]]:
    """Why the desk cannot take some of them: reasons by id."""
    for incoming in customers:
        try:
            after = incoming.onto(None) if incoming.id not in known else None
        except Refusal as refusal:
            yield incoming.id, refusal.text
            continue
        wanted = {*after.addresses, *after.domains} if after else _named(incoming)
        held = sorted(name for name in wanted if owners.get(name, incoming.id) != incoming.id)
        if held:
            yield incoming.id, f"{held[0]} belongs to {owners[held[0]]} already."


def _named(incoming: Incoming) -> frozenset[str]:
    return frozenset(incoming.values.get("addresses", ())) | frozenset(incoming.values.get("domains", ()))


def report(imported: Imported) -> Card:
    """What was taken and refused, line by line; `data` has every line."""
    refused = imported.reading.refused
    verdicts = imported.reading.verdicts
    data = {
        "saved": imported.saved,
        "added": imported.added,
        "changed": imported.changed,
        "lines": [{"line": v.line, "id": v.id, "took": imported.saved and v.took, "why": v.why} for v in verdicts],
    }
    lines: list[Line] = [(f"Line {v.line}{f' ({v.id})' if v.id else ''}: {v.why}",) for v in refused[:_SHOWN]]
    if len(refused) > _SHOWN:
        lines.append((f"… and {len(refused) - _SHOWN:,} more refused lines.",))
    if not imported.saved:
        taken = len(verdicts) - len(refused)
        lines.append((_hint(taken),))
        title = f"Nothing was imported: {len(refused):,} of {_lines(len(verdicts))} refused."
        return Card((Strong(title),), lines=tuple(lines), tone=Tone.REFUSAL, data=data | {"error": title})
    same = len(imported.reading.customers) - imported.added - imported.changed
    counts = ((imported.added, "added"), (imported.changed, "changed"), (same, "as they were"))
    done = listed(f"{count:,} {what}" for count, what in counts if count)
    numbers = listed(f"{v.line:,}" for v in verdicts[:_SHOWN] if v.took)
    beyond = " and on" if len(verdicts) > _SHOWN else ""
    lines.insert(0, (f"Taken: line{'s' * (len(verdicts) - len(refused) != 1)} {numbers}{beyond}.",))
    tone = Tone.WARNING if refused else Tone.GOOD
    followed = imported.followed[:_SHOWN]
    return Card((Strong(f"Customers: {done}."),), lines=(*lines, *followed), tone=tone, data=data)


def _lines(count: int) -> str:
    return f"{count:,} line{'s' * (count != 1)} {'is' if count == 1 else 'are'}"


def _hint(taken: int) -> str:
    if not taken:
        return "Mend them and send it again."
    good = "the good one" if taken == 1 else f"the {taken:,} good ones"
    return f"Mend them and send it again, or take {good}: --partial"
