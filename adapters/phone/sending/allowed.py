"""Whom the desk may call: numbers of the countries that the operator allows, and never those that cost the caller.

Toll fraud calls dear numbers, and those of the Caribbean look like numbers of Canada and the USA: "+1" alone says
nothing, so a country counts as allowed only by its own name.
"""

from __future__ import annotations

from collections.abc import Collection

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

_DEAR = {
    PhoneNumberType.PREMIUM_RATE: "it costs the caller",
    PhoneNumberType.SHARED_COST: "it costs the caller",
    PhoneNumberType.UAN: "nobody knows what it costs",
    PhoneNumberType.PAGER: "it is a pager",
    PhoneNumberType.VOICEMAIL: "it is a mailbox",
}


def refusal_of(number: str, countries: Collection[str]) -> str:
    """Why that number (E.164) is not called, with the cure; empty where it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return f"{number} is no telephone number"
    country = phonenumbers.region_code_for_number(parsed) or ""
    if not country or country == "001":
        return f"{number} belongs to no country that is known"
    if country not in countries:
        named = ", ".join(countries) or "none"
        return f"{number} is in {country}, and phone.countries allows {named}. Add {country} there, if that is meant"
    kind = phonenumbers.number_type(parsed)
    return f"{number} is not called: {_DEAR[kind]}" if kind in _DEAR else ""
