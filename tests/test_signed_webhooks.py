"""Webhooks are signed as Standard Webhooks has it: its own example, and what is no key."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.webhooks import key_of, signed


def test_the_example_of_its_libraries_comes_out() -> None:
    """From the reference libraries' tests."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(st.binary(min_size=24, max_size=64))
def test_every_key_of_a_fair_length_will_do(key: bytes) -> None:
    assert key_of(f"whsec_{b64encode(key).decode()}") == key


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!!", "whsec_c2hvcnQ=", "a" * 40, "whsec_" + "A" * 100])
def test_what_is_no_key_is_said_to_be_none(secret: str) -> None:
    with pytest.raises(ValueError, match="openssl rand"):
        key_of(secret)
