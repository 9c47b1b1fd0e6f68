"""Short names: whatever a full name looks like, what people type is plain, unique and means only one thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.customers import address, domain
from bot.domain.errors import BadValue
from bot.domain.short_names import LONGEST, RESERVED, free_name, short_name, slug


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("ACME Ltd", "acme-ltd"),
        ("  Café Müller & Co. ", "cafe-muller-co"),
        ("Straße 7", "strasse-7"),
        ("@everyone <!channel> =cmd()", "everyone-channel-cmd"),
        ("株式会社", ""),
        ("---", ""),
        ("a" * 31 + " b", "a" * 31),
    ],
)
def test_a_short_name_is_made_of_the_letters_of_the_name(name: str, made: str) -> None:
    assert slug(name) == made


@given(st.text())
def test_what_is_made_of_any_name_is_a_short_name(name: str) -> None:
    made = slug(name)
    assert slug(made) == made
    if made and made not in RESERVED:
        assert short_name(made) == made


@given(st.text(), st.sets(st.sampled_from(("acme", "acme-2", "acme-3", "customer-1", "a" * LONGEST))))
def test_a_free_name_is_free_and_means_nothing_else(name: str, taken: set[str]) -> None:
    for wanted in (slug(name), "acme", "a" * LONGEST, "team"):
        found = free_name(wanted, "customer", taken.__contains__)
        assert found not in taken
        assert short_name(found) == found


@pytest.mark.parametrize("text", ["", "a b", "-a", "a-", "a--b", "ä", "a" * 33, "a/b", *sorted(RESERVED)])
def test_what_is_no_short_name_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        short_name(text)


@pytest.mark.parametrize("text", ["a@b", "ann.o'neil+x@mail.example", "ä@müller.example", " Ann@Example.COM "])
def test_addresses_are_taken_in_lower_case(text: str) -> None:
    assert address(text) == text.strip().lower()


@pytest.mark.parametrize(
    "text", ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b..c", "a@-b", "<a@b>", "a@b\nc", "a@b,c@d"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="is not a mail address"):
        address(text)


@pytest.mark.parametrize("text", ["", "@", "a b", "http://x", "x/y", ".x", "x.", "a@b", "x" * 254])
def test_what_is_no_domain_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="is not a mail domain"):
        domain(text)
    assert domain("@Example.COM") == "example.com"
