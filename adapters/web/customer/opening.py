"""Opening a ticket: what is in scope and by when they will hear is said before a word is written."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.web.customer.guest import Guest, guest_at
from adapters.web.customer.sending import Sending, words_of
from adapters.web.customer.standing import desk_now, forecast, stands
from adapters.web.pages.limits import Rate
from adapters.web.pages.site import Room, Site
from adapters.web.pages.visit import Reply, Turned, Visit
from bot.domain.attachments import Attachment
from bot.domain.errors import TooMuch
from bot.domain.policy import Policy
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from commands.intake import open_for
from commands.receipts import post_receipt
from commands.record import today

_AT = "/support/new"
_OPENING = Rate(30, 600)
_FLOOD = "You have opened many tickets. Wait a minute, or write on one that is open already."


class Opening:
    """The form, and what becomes of it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._sending = Sending(site.door)

    def rooms(self) -> Sequence[Room]:
        return (Room(_AT, get=self.ask, post=self.open, uploads=True, forms=_OPENING),)

    def ask(self, visit: Visit) -> Reply:
        return self._page(visit, {})

    def open(self, visit: Visit) -> Reply:
        policy = self._site.door.database.read(lambda work: work.promises.policy)
        problems = _problems(visit, policy)
        if problems:
            return self._page(visit, problems)
        form = visit.form

        def deed(work: UnitOfWork, guest: Guest, files: tuple[Attachment, ...]) -> Ticket:
            more = {"subject": form.line("subject"), "category": form.text("category")}
            ticket = open_for(work, words_of(guest, form.text("text"), files, **more), visit.now)
            if self._receipts:
                post_receipt(work, ticket, guest.address, visit.now)
            return ticket

        try:
            number = self._sending.once(visit, deed)
        except TooMuch:
            raise Turned(429, _FLOOD, headers={"Retry-After": "60"}) from None
        return self._site.go(f"/support/tickets/{number}?opened")

    @property
    def _receipts(self) -> bool:
        """Whether they are told by mail, too: by when they hear is then at hand without the page, and the ticket's
        letters have a first one that can be answered."""
        email = self._site.door.settings.email
        return email is not None and email.receipts

    def _page(self, visit: Visit, problems: dict[str, str]) -> Reply:
        def page(work: UnitOfWork) -> Reply:
            guest, promises = guest_at(work, visit), work.promises
            owed = stands(guest.customer, promises.policy, today(work, visit.now))
            return self._site.page(
                visit,
                "new.html",
                times=guest.times,
                status=400 if problems else 200,
                stands=owed,
                desk=desk_now(promises, visit.now),
                ahead=forecast(promises, owed.level, visit.now),
                categories=promises.policy.categories,
                limits=promises.policy.limits,
                problems=problems,
                typed={name: visit.form.text(name) for name in ("subject", "text", "category")},
            )

        return self._site.door.database.read(page)


def _problems(visit: Visit, policy: Policy) -> dict[str, str]:
    """What is wrong, by field."""
    form, found = visit.form, dict[str, str]()
    if not form.line("subject"):
        found["subject"] = "Say in a sentence what is wrong."
    elif len(form.line("subject")) > policy.limits.subject:
        found["subject"] = f"That is more than {policy.limits.subject} characters; say the rest below."
    if len(form.text("text")) > policy.limits.text:
        found["text"] = f"That is more than {policy.limits.text:,} characters. Send the rest as a file."
    if form.text("category") and form.text("category") not in policy.categories:
        found["category"] = "Choose one of these."
    return found
