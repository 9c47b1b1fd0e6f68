"""What is said of a mail server that does not let the desk in: in words, and what mends it."""

from __future__ import annotations

import ssl

from bot.domain.errors import Refusal

_NO_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
"""What OpenSSL calls an answer that is no TLS at all, by its release."""


class WrongPassword(Refusal):
    """The server is there and does not take the account with its password or token."""


def tls_words(error: ssl.SSLError) -> str:
    """Why there is no secure connection."""
    if error.reason in _NO_TLS:
        return "that port does not speak TLS"
    return str(getattr(error, "verify_message", "") or error.reason or "it speaks no TLS")


def tls_cure(error: ssl.SSLError) -> str:
    """What mends it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            "The host must be the certificate's. Is it private or self-signed? Stop, and type "
            "SSL_CERT_FILE=/path/ca.pem before thirdline, also for serve, run and doctor (docs/mail.md)."
        )
    if error.reason in _NO_TLS:
        return 'security = "starttls", or another port.'
    return "Look at its host, port and security."
