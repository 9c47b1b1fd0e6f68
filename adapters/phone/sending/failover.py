"""Failover: two accounts as one. What the first will not take goes to the second at once, and nothing rings twice
because of it where that can be helped.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from adapters.phone.wire.provider import PhoneProvider
from adapters.phone.wire.troubles import Fault, ProviderError

TRIPS = 2
"""Failures one after the other after which an account is asked last."""
REST = 60.0
"""Seconds until it is asked first again. One more failure then sends it back."""
TRIES = 2
"""How often an account that cannot be reached is asked for one parcel."""

Place = Callable[[PhoneProvider], Awaitable[str]]
"""Places a call or sends a text; returns the provider's name of it."""
Find = Callable[[str, PhoneProvider], Awaitable[str | None]]
"""Looks whether an account (by its name) has it already; None where it has not. Raises ProviderError."""

log = logging.getLogger(__name__)


class Breaker:
    """Whether an account works, by what it did last. `seconds` is a clock that only goes forward."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._failures = 0
        self._until = 0.0
        self.trouble = ""

    @property
    def is_open(self) -> bool:
        """Whether the account is better asked last."""
        return self._failures >= TRIPS and self._seconds() < self._until

    def failed(self, why: str) -> None:
        self._failures += 1
        self.trouble = why
        if self._failures >= TRIPS:
            self._until = self._seconds() + REST

    def well(self) -> None:
        self._failures, self.trouble = 0, ""


class Accounts:
    """The accounts by name, the first one preferred. A ref is "NAME:" and the provider's own name."""

    def __init__(self, providers: Mapping[str, PhoneProvider], seconds: Callable[[], float] = time.monotonic) -> None:
        self.providers = dict(providers)
        self.breakers = {name: Breaker(seconds) for name in providers}

    def of(self, ref: str) -> tuple[PhoneProvider, str] | None:
        """The account of a ref, and the provider's own name; None for one of an account that is gone."""
        name, _, own = ref.partition(":")
        provider = self.providers.get(name)
        return (provider, own) if provider is not None and own else None

    def alone(self, name: str) -> Accounts | None:
        """That account without the others, for a call that no other one can make; None for one that is not set up."""
        if name not in self.providers:
            return None
        found = Accounts({name: self.providers[name]})
        found.breakers[name] = self.breakers[name]
        return found

    async def submit(self, place: Place, find: Find) -> str:
        """Place it with the first account that takes it; returns its ref. Raises ProviderError: UNKNOWN where one of
        them may have taken it."""
        troubles: list[ProviderError] = []
        for name in self._order():
            try:
                return await self._with(name, place, find, troubles)
            except ProviderError as error:
                troubles.append(error)
                log.warning("The telephone account “%s” failed: %s", name, error.in_words)
                if error.fault is Fault.NUMBER:
                    break  # Another account would reach the same telephone.
        raise _told(troubles)

    async def _with(self, name: str, place: Place, find: Find, troubles: list[ProviderError]) -> str:
        provider, breaker = self.providers[name], self.breakers[name]
        for last in (*[False] * (TRIES - 1), True):
            try:
                own = await place(provider)
            except ProviderError as error:
                if error.fault not in (Fault.NUMBER, Fault.LATER):
                    breaker.failed(error.in_words)
                if error.fault is Fault.UNKNOWN and len(self.providers) > 1:
                    found = await self._reconciled(name, find)
                    if found:
                        breaker.well()
                        return f"{name}:{found}"
                if last or error.fault is not Fault.AWAY:
                    raise
                troubles.append(error)
            else:
                breaker.well()
                return f"{name}:{own}"
        raise AssertionError("The last try returns or raises.")

    async def find(self, find: Find) -> str | None:
        """Whether one of the accounts has it already: its ref. Raises ProviderError where one that could tell does not
        answer, and there is no other one to turn to."""
        silent: ProviderError | None = None
        for name, provider in self.providers.items():
            try:
                found = await find(name, provider)
            except ProviderError as error:
                if error.fault in (Fault.SETTINGS, Fault.NUMBER):  # It will never tell.
                    log.warning("Whether “%s” has it already cannot be told: %s", name, error.in_words)
                else:
                    silent = error
                    self.breakers[name].failed(error.in_words)
            else:
                if found:
                    return f"{name}:{found}"
        if silent is not None and len(self.providers) == 1:
            raise silent
        if silent is not None:
            log.warning("One account does not tell whether it has it already; it goes out again, rather twice.")
        return None

    async def _reconciled(self, name: str, find: Find) -> str | None:
        """Whether the account has taken what it did not answer."""
        try:
            return await find(name, self.providers[name])
        except ProviderError as error:
            log.warning("The telephone account “%s” does not tell what it took: %s", name, error.in_words)
            return None

    def _order(self) -> Sequence[str]:
        """Those that work first; among equals as they were named."""
        return sorted(self.providers, key=lambda name: self.breakers[name].is_open)


def _told(troubles: Sequence[ProviderError]) -> ProviderError:
    """What came of all of it: unknown if any of them may have taken it, and hopeless only if all of them are."""
    if len(troubles) == 1:
        return troubles[0]
    for fault in (Fault.NUMBER, Fault.UNKNOWN, Fault.LATER, Fault.AWAY):
        found = [error for error in troubles if error.fault is fault]
        if found and not (fault is Fault.NUMBER and any(error.fault is Fault.UNKNOWN for error in troubles)):
            reasons = "; ".join(dict.fromkeys(error.reason for error in troubles))
            waits = [error.retry_after for error in troubles if error.retry_after]
            return ProviderError(
                fault, reasons, found[0].cure, code=found[0].code, retry_after=min(waits, default=None)
            )
    return troubles[0]
