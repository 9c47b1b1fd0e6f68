"""The apprise library: one message to one service's address, blocking, and what came of it.

The address is a secret (most hold a token), so it is in no error and in no log, the library's own included.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection

import apprise

from adapters.apprise.inside import objection
from bot.cards import Card, Tone
from bot.ports import CannotDeliver
from bot.views.as_text import subject_of, text_of

LIMIT = 12.0
"""Real seconds that a service may take."""

_TYPES = {
    Tone.GOOD: apprise.NotifyType.SUCCESS,
    Tone.WARNING: apprise.NotifyType.WARNING,
    Tone.BREACH: apprise.NotifyType.FAILURE,
    Tone.REFUSAL: apprise.NotifyType.FAILURE,
}
# How the library's plugins say what an HTTP service has answered.
_ANSWERED = re.compile(r"\berror[=: ]+(\d{3})\b")
_LATER = frozenset({408, 425, 429})


def hush() -> None:
    """The library tells of addresses in its log, and what it calls puts their paths there: none of it is written.
    What a service has answered is taken from the result instead. Again changes nothing."""
    library = logging.getLogger("apprise")
    library.propagate = False
    library.setLevel(logging.WARNING)
    if not library.handlers:
        library.addHandler(logging.NullHandler())
    for name in ("urllib3", "requests"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.getEffectiveLevel(), logging.INFO))


def known(address: str) -> bool:
    """Whether that is the address of a service that the library knows."""
    return bool(_service(address))


def send(address: str, card: Card, inside: Collection[str] = ()) -> None:
    """Tell it; `inside` are the hosts that are not of the internet and may be told all the same. Raises
    CannotDeliver."""
    service = _service(address)
    if service is None:
        raise CannotDeliver("the service's address is none that the apprise library knows", permanent=True)
    if why := objection(address, inside):
        raise CannotDeliver(why, permanent=True)
    kind = _TYPES.get(card.tone, apprise.NotifyType.INFO)
    body = text_of(card)
    subject = subject_of(card)
    result = service.notify(body=body or subject, title=subject if body else "", notify_type=kind, timeout=LIMIT)
    if result.status is apprise.AppriseResultStatus.SUCCESS:
        return
    if result.status is apprise.AppriseResultStatus.TIMEOUT:
        raise CannotDeliver(f"the service did not answer within {LIMIT:g} s", unknown=True)
    answered = [int(code) for entry in result.logs() for code in _ANSWERED.findall(entry.message)]
    if not answered:
        raise CannotDeliver("the service could not be reached", unknown=True)
    # The address, or what it holds, is wrong; or the service is busy.
    hopeless = 400 <= answered[-1] < 500 and answered[-1] not in _LATER
    raise CannotDeliver(f"the service answered {answered[-1]}", permanent=hopeless)


def _service(address: str) -> apprise.Apprise | None:
    asset = apprise.AppriseAsset(app_id="Thirdline", app_desc="Thirdline", pgp_autogen=False, pem_autogen=False)
    found = apprise.Apprise(asset=asset)
    # A list would be told one after the other, and one of them could fail alone.
    return found if address.strip() and found.add(address) and len(found) == 1 else None
