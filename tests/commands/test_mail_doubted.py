"""Mail dropped by a weak sign of a machine alone vanishes unseen no more: one line a day says how much there is."""

from __future__ import annotations

from adapters.email.reading.limits import Limits, Own
from adapters.email.reading.message import read_mail
from commands.reminders import sweep_reminders
from tests.commands.mails import STRANGER, arrives, letter_about, mail
from tests.town import Town


def told(town: Town) -> list[str]:
    sweep_reminders(town.database, town.clock.now())
    return [line for line in town.hears("#alerts") if "weak sign" in line]


def test_it_is_told_in_one_line_a_day(town: Town) -> None:
    for _ in range(3):
        arrives(town, mail(STRANGER, machine="its sender takes no answer (no-reply)", doubtful=True))
        town.clock.forward(hours=1)
    assert told(town) == []
    town.clock.forward(hours=21)
    (line,) = told(town)
    assert line.startswith("3 messages were dropped within a day by a weak sign of a machine alone")
    assert "/mail dropped" in line
    town.clock.forward(days=2)
    assert told(town) == []
    arrives(town, mail(STRANGER, machine="its subject is that of an automatic reply", doubtful=True))
    town.clock.forward(days=1)
    (line,) = told(town)
    assert line.startswith("1 message was dropped")


def test_strong_signs_stay_silent_and_so_does_what_a_ticket_says(town: Town) -> None:
    arrives(town, mail())
    arrives(town, mail(STRANGER, machine="it is an automatic reply"))
    arrives(town, mail(STRANGER, machine="no-reply", doubtful=True, references=(letter_about(town, 1),)))
    assert "automatic answer" in town.does("vic", "/ticket history 1")
    town.clock.forward(days=2)
    assert told(town) == []


def test_which_signs_are_weak() -> None:
    own, limits = Own(frozenset(), ()), Limits()

    def doubtful(*headers: str) -> tuple[bool, bool]:
        found = read_mail("\r\n".join((*headers, "", "Hello")).encode(), own=own, limits=limits)
        return bool(found.machine), found.doubtful

    assert doubtful("From: jo@acme.example", "Subject: fire") == (False, False)
    assert doubtful("From: no-reply@acme.example") == (True, True)
    assert doubtful("From: jo@acme.example", "Subject: Automatic reply: away") == (True, True)
    assert doubtful("From: no-reply@acme.example", "Auto-Submitted: auto-replied") == (True, False)
    assert doubtful("From: mailer-daemon@acme.example", "Subject: Automatic reply: away") == (True, False)
    assert doubtful("Subject: Automatic reply: away") == (True, False)
