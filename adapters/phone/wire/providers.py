"""Providers by the name that the settings give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters.phone.wire.provider import PhoneProvider
from adapters.phone.wire.requests import PATIENCE
from adapters.phone.wire.signalwire import SignalWire
from adapters.phone.wire.telnyx import Telnyx
from adapters.phone.wire.twilio import Twilio
from bot.settings import PhoneAccount

PROVIDERS: Mapping[str, Callable[[PhoneAccount, float], PhoneProvider]] = {
    "twilio": Twilio,
    "signalwire": SignalWire,
    "telnyx": Telnyx,
}


def provider_of(account: PhoneAccount, patience: float = PATIENCE) -> PhoneProvider:
    """Raises Refusal where something is missing that this provider needs."""
    return PROVIDERS[account.provider](account, patience)
