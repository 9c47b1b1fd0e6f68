"""The channel to telephones over providers on loopback and a real database, for tests that run as one coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from pydantic import SecretStr

from adapters.phone.sending.channel import PhoneChannel
from adapters.phone.sending.failover import Accounts
from adapters.phone.wire.twilio import Twilio
from bot.cards import Card
from bot.domain.paging import Attempt
from bot.ports import Kind, Parcel, ParcelState, UnitOfWork, Urgency
from bot.settings import Phone
from storage.database import SqlDatabase
from tests.adapters.phone.exchange import PATIENCE, Exchange
from tests.storage.desk import START, HandClock, open_database, open_ticket
from tests.storage.paging import attempt, one_page

KIM, BO = "+14165550199", "+14165550188"
TOKEN = "0123456789abcdef0123456789abcdef"  # noqa: S105  # Of nothing.

T = TypeVar("T")


class Outgoing:
    """`main` and, where it is wanted, `second` are what the accounts talk to; `seconds` the breakers' clock."""

    def __init__(self, database: SqlDatabase, exchanges: Mapping[str, Exchange], **settings: Any) -> None:
        self.database, self.clock = database, HandClock()
        self.seconds = 0.0
        given = {"account": "AC1", "token": SecretStr("t"), "number": "+14165550100"}
        self.phone = Phone.model_validate({**given, "public_url": "https://desk.example.com", **settings})
        self.providers = {name: Twilio(one.account, PATIENCE) for name, one in exchanges.items()}
        self.accounts = Accounts(self.providers, lambda: self.seconds)
        self.channel = PhoneChannel(self.accounts, database, self.phone, self.clock)

    def attempt(self, **rest: Any) -> Attempt:
        """One that is kept, of a page of its own."""

        def deed(work: UnitOfWork) -> Attempt:
            ticket = open_ticket(work)
            return work.pages.add_attempt(attempt(one_page(work, ticket=ticket.number), **rest))

        return self.database.write(deed)

    def changed(self, attempt: Attempt) -> None:
        self.database.write(lambda work: work.pages.save_attempt(attempt))

    async def call(
        self, *, attempt: int = 0, state: ParcelState = ParcelState.SENDING, to: str = KIM, **data: Any
    ) -> str:
        return await self.deliver(f"call:{to}", state, attempt=attempt, page=1, **data)

    async def text(
        self, *, attempt: int = 0, state: ParcelState = ParcelState.SENDING, to: str = KIM, **data: Any
    ) -> str:
        words = {"text": "Level III: ACME, printer on fire. Reply 482913", "code": "482913", **data}
        return await self.deliver(f"text:{to}", state, attempt=attempt, page=1, **words)

    async def deliver(self, place: str, state: ParcelState = ParcelState.SENDING, **data: Any) -> str:
        card = Card(data={"token": TOKEN, "since": int(START.timestamp()), **data})
        return await self.channel.deliver(parcel(place, card, state))


def parcel(place: str, card: Card, state: ParcelState = ParcelState.SENDING) -> Parcel:
    return Parcel(7, Kind.PAGE, "phone", place, card, "page:1:1", Urgency.FIRST_PAGE, START, state=state)


def run(url: str | SqlDatabase, deed: Callable[..., Awaitable[T]], accounts: int = 1, **settings: Any) -> T:
    """Run `deed(outgoing, main)` or `deed(outgoing, main, second)` over that database."""

    async def inside() -> T:
        async with AsyncExitStack() as stack:
            main = await stack.enter_async_context(Exchange())
            second = await stack.enter_async_context(Exchange(prefix="AD", number="+14165550101"))
            exchanges = {"main": main, "second": second}
            database = open_database(url, HandClock()) if isinstance(url, str) else url
            if isinstance(url, str):
                stack.callback(database.close)
            outgoing = Outgoing(database, dict(list(exchanges.items())[:accounts]), **settings)
            for provider in outgoing.providers.values():
                await provider.open()
                stack.push_async_callback(provider.close)
            return await deed(outgoing, *list(exchanges.values())[:accounts])

    return asyncio.run(inside())
