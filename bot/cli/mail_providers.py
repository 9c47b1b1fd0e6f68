"""Who runs a mailbox: the servers of the large providers, how they let programs in, and whose verdicts to believe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """`trusted` are the names under which it tells whether a sender is who they say; `password` says where a password
    for a program is made, "" where it takes none; `token_url` may hold a {tenant}."""

    name: str
    imap: str = ""
    smtp: str = ""
    trusted: tuple[str, ...] = ()
    password: str = ""
    token_url: str = ""
    scope: str = ""


GOOGLE = Provider(
    "google",
    imap="imap.gmail.com",
    smtp="smtp.gmail.com",
    trusted=("mx.google.com",),
    password="An app password: myaccount.google.com → Security → 2-Step Verification → App passwords",  # noqa: S106
    token_url="https://oauth2.googleapis.com/token",  # noqa: S106  # An address.
    scope="https://mail.google.com/",
)
MICROSOFT = Provider(
    "microsoft",
    imap="outlook.office365.com",
    smtp="smtp.office365.com",
    trusted=("*.outlook.com", "*.office365.com"),
    token_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",  # noqa: S106  # An address.
    scope="https://outlook.office365.com/.default",
)
OTHER = Provider("other", password="The password of the account, or one for programs if it has such")  # noqa: S106

PROVIDERS: Mapping[str, Provider] = {one.name: one for one in (GOOGLE, MICROSOFT, OTHER)}
_DOMAINS = {"gmail.com": GOOGLE, "googlemail.com": GOOGLE}


def provider_of(domain: str) -> Provider | None:
    """Whose a domain is; None where that cannot be told: a company's own may be run by anybody."""
    if domain.endswith(".onmicrosoft.com"):
        return MICROSOFT
    return _DOMAINS.get(domain)
