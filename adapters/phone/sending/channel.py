"""The channel to telephones: calls, texts, calls cut or led elsewhere; and that nothing rings twice needlessly.

Places: "call:+1…" and "text:+1…" reach a person, "dial:+1…" calls somebody for the hotline, "move:…" leads a live call
to another prompt, "cut:…" ends one. What a parcel needs is in its card's data, drawn at the moment of delivery.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from adapters.phone import PLATFORM
from adapters.phone.drawing.twiml import twiml
from adapters.phone.sending import records
from adapters.phone.sending.allowed import refusal_of
from adapters.phone.sending.failover import Accounts
from adapters.phone.wire.addresses import CALL, PAGE, START, Addresses
from adapters.phone.wire.provider import CallOrder, Known, PhoneProvider
from adapters.phone.wire.troubles import STOPPED, Fault, ProviderError, undelivered
from bot.flow import Flow, HangUp, Pause, Say
from bot.ports import CannotDeliver, Database, Parcel, ParcelState, UnitOfWork, WallClock
from bot.settings import Phone
from commands.page_text import stopped

MARGIN = timedelta(minutes=2)
"""The clocks of the desk and the provider need not agree. What is another attempt's is never taken for this one's."""
NOTHING = ""
"""The ref of what has left nothing behind."""

log = logging.getLogger(__name__)


class PhoneChannel:
    """The port `Channel`, and `Paced`."""

    platform = PLATFORM
    prompt = False

    def __init__(self, accounts: Accounts, database: Database, phone: Phone, clock: WallClock) -> None:
        self._accounts = accounts
        self._database = database
        self._phone = phone
        self._clock = clock
        self._addresses = Addresses(phone.public_url)

    def gap(self, parcel: Parcel) -> float:
        """Providers take so many calls a second and keep the rest waiting where nobody sees them; texts and cuts do not
        count."""
        return 1.0 / self._phone.calls_per_second if parcel.place.partition(":")[0] in ("call", "dial") else 0.0

    async def deliver(self, parcel: Parcel) -> str:
        """Returns the ref: which account, and the provider's name of the call or text. Raises CannotDeliver."""
        way, _, to = parcel.place.partition(":")
        data = parcel.card.data
        try:
            if way == "call":
                return await self._call(parcel, to, data)
            if way == "text":
                return await self._text(parcel, to, data)
            if way == "dial":
                return await self._dial(parcel, to, data)
            if way == "move":
                return await self._move(data)
            if way == "cut":
                return await self._cut(str(data.get("cut", "")))
        except ProviderError as error:
            if error.fault is Fault.SETTINGS:
                log.error("The telephone does not work: %s", error.in_words)
            if way == "text" and error.code in STOPPED:
                await asyncio.to_thread(self._database.write, partial(self._stopped, number=to))
            raise undelivered(error) from error
        raise CannotDeliver(f"a telephone cannot do “{way}”", permanent=True)

    # --- calls and texts ---------------------------------------------------------------------------------------

    async def _call(self, parcel: Parcel, to: str, data: Mapping[str, Any]) -> str:
        attempt = int(data.get("attempt") or 0)

        async def find(name: str, provider: PhoneProvider) -> str | None:
            return await self._found(name, await provider.calls_to(to, self._since(parcel, data)), attempt)

        if parcel.state is ParcelState.AMBIGUOUS or data.get("over"):
            known = await self._known(attempt) or await self._accounts.find(find)
            if data.get("over"):
                return await self._cut(known or NOTHING)
            if known:
                return known
        self._must_be_allowed(to)
        await self._must_not_be_too_often(attempt, data)

        async def place(provider: PhoneProvider) -> str:
            return await provider.call(self._order(provider, to, data))

        return await self._accounts.submit(place, find)

    async def _text(self, parcel: Parcel, to: str, data: Mapping[str, Any]) -> str:
        attempt, words, code = int(data.get("attempt") or 0), str(data.get("text", "")), str(data.get("code", ""))

        async def find(name: str, provider: PhoneProvider) -> str | None:
            known = await provider.texts_to(to, self._since(parcel, data))
            return await self._found(name, [one for one in known if _says(one.words, words, code)], attempt)

        if parcel.state is ParcelState.AMBIGUOUS or data.get("over"):
            known = await self._known(attempt) or (NOTHING if data.get("over") else await self._accounts.find(find))
            if known or data.get("over"):
                return known or NOTHING
        self._must_be_allowed(to)
        token = str(data.get("token", ""))
        status = self._addresses.status(PAGE, token) if token else ""

        async def place(provider: PhoneProvider) -> str:
            return await provider.text(to, words, status)

        return await self._accounts.submit(place, find)

    async def _dial(self, parcel: Parcel, to: str, data: Mapping[str, Any]) -> str:
        """For a room in which somebody is already it goes out by that one's account, as other accounts have rooms of
        their own."""
        call, account = int(data.get("call") or 0), str(data.get("account") or "")
        accounts = self._accounts.alone(account) if account else self._accounts
        if accounts is None:
            raise CannotDeliver("somebody waits on no account that is set up", permanent=True)

        async def find(name: str, provider: PhoneProvider) -> str | None:
            return await self._found(name, await provider.calls_to(to, self._since(parcel, data)), 0, call)

        if parcel.state is ParcelState.AMBIGUOUS:
            told = await asyncio.to_thread(self._database.read, lambda work: records.ref_of_call(work, call))
            known = told or await accounts.find(find)
            if known:
                return known
        self._must_be_allowed(to)
        token = str(data["token"])
        url = self._addresses.prompt(CALL, token, str(data.get("then") or START), int(data.get("turn") or 0))
        order = CallOrder(to, self._addresses.status(CALL, token), url, rings=self._phone.rings)

        async def place(provider: PhoneProvider) -> str:
            return await provider.call(order)

        return await accounts.submit(place, find)

    # --- live calls --------------------------------------------------------------------------------------------

    async def _cut(self, ref: str) -> str:
        """What is over already is what was wanted."""
        found = self._accounts.of(ref)
        if found is not None:
            provider, own = found
            await provider.cut(own)
        return ref

    async def _move(self, data: Mapping[str, Any]) -> str:
        ref = str(data.get("ref", ""))
        found = self._accounts.of(ref)
        if found is None:
            raise CannotDeliver("the call is not one of an account that is set up", permanent=True)
        provider, own = found
        kind = str(data.get("kind") or CALL)
        url = self._addresses.prompt(kind, str(data["token"]), str(data["then"]), int(data.get("turn") or 0))
        await provider.redirect(own, url)
        return ref

    # --- what a call is placed with ----------------------------------------------------------------------------

    def _order(self, provider: PhoneProvider, to: str, data: Mapping[str, Any]) -> CallOrder:
        token, say = str(data.get("token", "")), data.get("say") or ()
        status = self._addresses.status(PAGE, token) if token else ""
        if say:
            if not provider.takes_inline:
                raise ProviderError(
                    Fault.SETTINGS, f"{provider.name} cannot be told what to say in a call", "Send a text instead"
                )
            return CallOrder(to, status, markup=twiml(_spoken(say, data)), rings=self._phone.rings)
        machine = self._addresses.machine(PAGE, token) if self._phone.machines else ""
        return CallOrder(
            to, status, self._addresses.prompt(PAGE, token, START, 0), rings=self._phone.rings, machine_url=machine
        )

    def _must_be_allowed(self, number: str) -> None:
        refusal = refusal_of(number, self._phone.countries)
        if refusal:
            raise CannotDeliver(refusal, permanent=True)

    async def _must_not_be_too_often(self, attempt: int, data: Mapping[str, Any]) -> None:
        """Nothing holds back a call about a level that is promised the telephone, or about the worst cases."""
        if not data.get("capped") or not attempt:
            return
        now = self._clock.now()
        made = await asyncio.to_thread(self._database.read, lambda work: records.calls_in_an_hour(work, attempt, now))
        if made >= self._phone.calls_an_hour:
            reason = f"that person was called {made} times in an hour, and phone.calls_an_hour is the most"
            raise CannotDeliver(reason, permanent=True)

    def _stopped(self, work: UnitOfWork, number: str) -> None:
        """They have told their provider alone; the desk must not believe for long that it can text them."""
        stopped(work, number, "said STOP to the provider", self._clock.now())

    # --- what is there already ---------------------------------------------------------------------------------

    def _since(self, parcel: Parcel, data: Mapping[str, Any]) -> datetime:
        since = data.get("since")
        at = datetime.fromtimestamp(int(since), UTC) if since else parcel.created_at
        return at - MARGIN

    async def _known(self, attempt: int) -> str:
        """What a webhook has told since."""
        return (
            await asyncio.to_thread(self._database.read, lambda work: records.ref_of(work, attempt)) if attempt else ""
        )

    async def _found(self, name: str, known: Sequence[Known], attempt: int, call: int = 0) -> str | None:
        """The one among them that is nobody else's: rather one that is still under way."""
        refs = [one.ref for one in known if one.ref]
        if not refs:
            return None
        others = await asyncio.to_thread(
            self._database.read, lambda work: records.taken(work, name, refs, attempt, call)
        )
        ours = [one for one in known if one.ref and one.ref not in others]
        return next((one.ref for one in sorted(ours, key=lambda one: one.over)), None)


def _says(sent: str, words: str, code: str) -> bool:
    """Whether a text is this one: by its code, which is random, as what it says of the page may have changed since."""
    return code in sent if code else sent == words


def _spoken(say: Sequence[str], data: Mapping[str, Any]) -> Flow:
    """Sentences for somebody who only listens: twice, with a breath before and between."""
    language, voice = str(data.get("language") or "en"), str(data.get("voice") or "")
    once = [Say(str(one), language, voice) for one in say]
    return (Pause(), *once, Pause(), *once, HangUp())
