"""Whom limits count: what the operator's own proxies say, however they write it, and nobody else's word."""

from __future__ import annotations

import pytest

from adapters.web.pages.clients import client_address


@pytest.mark.parametrize(
    ("forwarded", "proxies", "client"),
    [
        (["203.0.113.9"], 1, "203.0.113.9"),
        (["10.1.1.1, 203.0.113.9"], 1, "203.0.113.9"),
        (["10.1.1.1", "203.0.113.9"], 1, "203.0.113.9"),
        (["10.1.1.1, 203.0.113.9, 192.0.2.7"], 2, "203.0.113.9"),
        (["203.0.113.9:52011"], 1, "203.0.113.9"),
        (["[2001:db8:1:2:3:4:5:6]:52011"], 1, "2001:db8:1:2::"),
        (["[2001:db8:1:2:3:4:5:6]"], 1, "2001:db8:1:2::"),
        (["2001:db8:1:2:ffff::1"], 1, "2001:db8:1:2::"),
        (["fe80::1%eth0"], 1, "fe80::"),
        (["::ffff:203.0.113.9"], 1, "203.0.113.9"),
        (["203.0.113.9"], 0, "192.0.2.1"),
        (["203.0.113.9"], 2, "192.0.2.1"),
        ([], 1, "192.0.2.1"),
        (["unknown"], 1, "192.0.2.1"),
        (["[]:80"], 1, "192.0.2.1"),
        (["203.0.113.9.5:80"], 1, "192.0.2.1"),
        (["٢٠٣.0.113.9"], 1, "192.0.2.1"),
    ],
)
def test_the_client_is_whom_our_own_proxies_saw(forwarded: list[str], proxies: int, client: str) -> None:
    assert client_address("192.0.2.1", forwarded, proxies) == client


def test_who_has_no_address_is_one_client_with_all_who_have_none() -> None:
    assert client_address(None, [], 1) == client_address("/run/desk.sock", ["x"], 1) == "unknown"
