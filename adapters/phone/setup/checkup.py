"""A look at a telephone account for whoever sets it up or asks what is wrong with it: each trouble with its cure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TypeVar

from adapters.phone.wire.provider import Line, PhoneProvider, Standing
from adapters.phone.wire.providers import provider_of
from adapters.phone.wire.troubles import ProviderError
from bot.domain.errors import Refusal
from bot.settings import PhoneAccount

SECONDS = 8.0
"""How long one question may take."""

T = TypeVar("T")


class Checkup:
    """The questions, each asked once. All of them raise Refusal, with cause and cure."""

    def __init__(self, account: PhoneAccount) -> None:
        self._account = account

    @property
    def name(self) -> str:
        return provider_of(self._account).name

    @cached_property
    def standing(self) -> Standing:
        """Whose account it is, and whether it works. Costs nothing and calls nobody."""
        return self._ask(lambda provider: provider.standing())

    @cached_property
    def line(self) -> Line | None:
        """The number as the account has it; None where it does not."""
        return self._ask(lambda provider: provider.line())

    def _ask(self, question: Callable[[PhoneProvider], Awaitable[T]]) -> T:
        async def asked() -> T:
            provider = provider_of(self._account, SECONDS)
            await provider.open()
            try:
                return await question(provider)
            finally:
                await provider.close()

        try:
            return asyncio.run(asked())
        except ProviderError as error:
            raise Refusal(f"{error.reason}.", f"{error.cure}." if error.cure else "") from None
