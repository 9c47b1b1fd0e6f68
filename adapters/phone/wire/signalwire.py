"""SignalWire: its Compatibility API, which is Twilio's but for where it is and how it signs.

Documented: the API at https://SPACE.signalwire.com/api/laml/2010-04-01, basic authentication with project id and API
token, the header X-SignalWire-Signature with a signing key of the project's own, the parameters of calls and the verbs
of cXML. Its page for making a call names Url and ApplicationSid and no markup to say at once, so that is not used.
Not verified: whether it numbers its status callbacks (SequenceNumber).
"""

from __future__ import annotations

from datetime import datetime

from adapters.phone.wire.provider import Hook
from adapters.phone.wire.requests import PATIENCE
from adapters.phone.wire.signatures import signed_by_signalwire
from adapters.phone.wire.twilio import Twilio
from bot.domain.errors import Refusal
from bot.settings import PhoneAccount


class SignalWire(Twilio):
    """The port `PhoneProvider`."""

    name = "SignalWire"
    takes_inline = False

    def __init__(self, account: PhoneAccount, patience: float = PATIENCE) -> None:
        if not account.api_url:
            raise Refusal(
                "SignalWire needs phone.api_url.", "It is https://SPACE.signalwire.com/api/laml/2010-04-01, your space."
            )
        super().__init__(account, patience)

    def genuine(self, hook: Hook, now: datetime) -> bool:
        return signed_by_signalwire(hook, self.secrets)
