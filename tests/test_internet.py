"""What is the internet's and what is not: whatever an address looks like, the desk's own network stays out of reach."""

from __future__ import annotations

import pytest

from bot.internet import of_internet


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "1.1.1.1"])
def test_hosts_of_the_internet_are_of_the_internet(address: str) -> None:
    assert of_internet(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104  an address to refuse, nothing is bound
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "192.0.0.192",
        "168.63.129.16",
        "fec0::1",
        "::ffff:168.63.129.16",
        "169.254.169.254",  # The clouds' metadata.
        "100.64.0.1",
        "192.0.0.170",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "fc00::1",
        "fd00:ec2::254",  # Metadata over IPv6.
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "2001:0:a00:1::1",
    ],
)
def test_everything_else_is_not(address: str) -> None:
    assert not of_internet(address)
