"""The first page of a signed-in customer, and the policy in words."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from adapters.web.customer.guest import guest_at
from adapters.web.customer.standing import desk_now, stands
from adapters.web.customer.ticket_rows import rows
from adapters.web.pages.site import Room, Site
from adapters.web.pages.visit import Reply, Visit
from bot.domain.ticket import OPEN_STATES
from bot.policy.page import policy_page, week_words, zone_words
from bot.ports import TicketFilter, UnitOfWork
from commands.record import today

_SHOWN = 10


class Home:
    """What a customer sees first, and what the desk promises to everybody."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def rooms(self) -> Sequence[Room]:
        return (Room("/support", get=self.home), Room("/support/policy", get=self.policy))

    def home(self, visit: Visit) -> Reply:
        def page(work: UnitOfWork) -> Reply:
            guest, promises = guest_at(work, visit), work.promises
            policy, day = promises.policy, today(work, visit.now)
            wanted = TicketFilter(states=OPEN_STATES, customer=guest.customer.id, order="newest", limit=_SHOWN)
            found = work.tickets.find(wanted)
            return self._site.page(
                visit,
                "home.html",
                times=guest.times,
                customer=guest.customer,
                address=guest.address,
                stands=stands(guest.customer, policy, day),
                desk=desk_now(promises, visit.now),
                hours=f"{week_words(policy.weekly)}, {zone_words(policy.zone, day.year)}",
                tickets=rows(found, promises, visit.now),
                open_tickets=work.tickets.count(wanted),
            )

        return self._site.door.database.read(page)

    def policy(self, visit: Visit) -> Reply:
        def page(work: UnitOfWork) -> Reply:
            guest, promises = guest_at(work, visit), work.promises
            since = visit.now.astimezone(ZoneInfo(promises.policy.zone)).date()
            off = [(day, name) for day, name in promises.hours.hours.closed.items() if day >= since]
            card = policy_page(promises.policy, off)
            return self._site.page(visit, "policy.html", times=guest.times, card=card)

        return self._site.door.database.read(page)
