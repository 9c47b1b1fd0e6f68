"""Two replicas and an import at once: each warning is told once, none is lost, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from bot.domain.customers import Customer, Subscription
from bot.ports import UnitOfWork
from commands.arming import arm, rearm_all, subject_of
from commands.reminders import sweep_reminders
from tests.town import Town

MANY = 120


def test_two_replicas_tell_each_warning_once_while_customers_are_saved_and_armed_anew(
    tmp_path: Path, postgres_url: str
) -> None:
    one, other = Town(tmp_path / "one", database=postgres_url), Town(tmp_path / "other", database=postgres_url)
    now = one.clock.now()
    begun = date(2026, 1, 1)
    last = date(2026, 10, 5) + timedelta(days=7)
    customers = [
        Customer(f"c{number}", f"C {number}", subscriptions=(Subscription("gateway", "II", begun, last),))
        for number in range(MANY)
    ]

    def save(work: UnitOfWork, some: list[Customer]) -> None:
        for customer in some:
            work.customers.save(customer)
            arm(work, None, customer, now)

    one.database.write(lambda work: save(work, customers))
    later = now + timedelta(hours=1)

    def sweeps(town: Town) -> None:
        while sweep_reminders(town.database, later):
            pass

    def renews(town: Town) -> None:
        for customer in reversed(customers):
            town.database.write(lambda work, of=customer: save(work, [work.customers.get(of.id)]))  # type: ignore[misc]

    tasks = [
        threading.Thread(target=sweeps, args=(one,)),
        threading.Thread(target=sweeps, args=(other,)),
        threading.Thread(target=rearm_all, args=(one.database, now, 901)),
        threading.Thread(target=rearm_all, args=(other.database, now, 902)),
        threading.Thread(target=renews, args=(other,)),
    ]
    for task in tasks:
        task.start()
    for task in tasks:
        task.join()
    sweeps(one)
    told = Counter(line.partition(":")[0] for line in one.hears("#desk"))
    assert told == {customer.name: 1 for customer in customers}
    ahead = one.database.read(lambda work: {len(work.reminders.of(subject_of(each))) for each in customers})
    assert ahead == {1}, "The warning of the last day is to come."
    one.close()
    other.close()
