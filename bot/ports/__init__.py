"""The seams: what the desk needs from storage and from the ways to people, in the desk's own words.

Those of paging are in `oncall`, those of the ways in for customers in `intake`.
"""

from bot.ports.channels import AtItsPace, CannotDeliver, Channel, Health, Outcome, Paced, Patient, Platform
from bot.ports.files import Copy, CopyState, Files
from bot.ports.memory import Entry, FrozenHolidays, Memory
from bot.ports.outbox import ALERTS, DESK, ONLY, THREAD_LINE, Kind, News, Outbox, Parcel, ParcelState, Urgency
from bot.ports.people import Customers, People, Speaker
from bot.ports.tickets import Anchor, Anchoring, PromiseEnd, TicketFilter, Tickets, Timer
from bot.ports.work import Database, UnitOfWork, WallClock

__all__ = [
    "ALERTS",
    "DESK",
    "ONLY",
    "THREAD_LINE",
    "Anchor",
    "Anchoring",
    "AtItsPace",
    "CannotDeliver",
    "Channel",
    "Copy",
    "CopyState",
    "Customers",
    "Database",
    "Entry",
    "Files",
    "FrozenHolidays",
    "Health",
    "Kind",
    "Memory",
    "News",
    "Outbox",
    "Outcome",
    "Paced",
    "Parcel",
    "ParcelState",
    "Patient",
    "People",
    "Platform",
    "PromiseEnd",
    "Speaker",
    "TicketFilter",
    "Tickets",
    "Timer",
    "UnitOfWork",
    "Urgency",
    "WallClock",
]
