"""The headers of every answer: what a browser may do with a page of ours is written here, and it is little."""

from __future__ import annotations

from collections.abc import Mapping

YEAR = 31_536_000

_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def page_headers(*, secure: bool, scripts: bool) -> Mapping[str, str]:
    """Of a page. `scripts` lets it load those of our own files, and fetch from us.

    Referrer-Policy is same-origin and not no-referrer: with that, browsers send "Origin: null" with our own forms, and
    nothing is told to other sites either way.
    """
    own = {"script-src": "'self'", "connect-src": "'self'"} if scripts else {}
    policy = "; ".join(f"{name} {value}" for name, value in (_POLICY | own).items())
    return _common(policy, secure) | {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}


def file_headers(*, secure: bool) -> Mapping[str, str]:
    """Of a file that a customer or a colleague sent: for keeping, never for showing."""
    kept = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
    return _common(_FILE_POLICY, secure) | kept


def static_headers(*, secure: bool) -> Mapping[str, str]:
    """Of a file of our own, whose name changes with its content."""
    kept = {"Cache-Control": f"public, max-age={YEAR}, immutable", "Referrer-Policy": "same-origin"}
    return _common(_FILE_POLICY, secure) | kept


def _common(policy: str, secure: bool) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "X-Robots-Tag": "noindex, nofollow",
    }
    return headers | ({"Strict-Transport-Security": f"max-age={YEAR}"} if secure else {})
