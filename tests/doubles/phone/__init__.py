"""A telephone network on loopback, with a provider's REST API before it: it checks every request, fetches our markup
with valid signatures, and plays people who hear it and press keys.

What the provider takes (`contract.toml`) was condensed from the parameters that its published description of the
2010-04-01 API and its pages about the markup name.
"""

from tests.doubles.phone.network import FORGED, OTHER_ACCOUNT, UNSIGNED, Manners, Network, Somebody
from tests.doubles.phone.people import Person, Press, Voicemail
from tests.doubles.phone.records import Call, Request, Sent, Text

__all__ = [
    "FORGED",
    "OTHER_ACCOUNT",
    "UNSIGNED",
    "Call",
    "Manners",
    "Network",
    "Person",
    "Press",
    "Request",
    "Sent",
    "Somebody",
    "Text",
    "Voicemail",
]
