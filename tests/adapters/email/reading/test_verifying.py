"""Whether a sender was verified: our server's word, first of all, and nobody else's."""

from __future__ import annotations

import pytest

from adapters.email.reading.limits import Limits, Own
from adapters.email.reading.message import read_mail
from bot.domain.mail import Verified
from tests.adapters.email.corpus.sample import letter

OUR = "Authentication-Results: mx.desk.example; "
BY_US = "Received: from mx.customer.example (192.0.2.1) by mx.desk.example with ESMTPS"
BY_STORE = "Received: from mx.desk.example by store.desk.example with LMTP"
BY_OTHERS = "Received: from laptop by mx.customer.example with ESMTPSA"
PROVED = "dkim=pass header.d=customer.example; dmarc=pass header.from=customer.example"
FORGED = "spf=fail smtp.mailfrom=eve@evil.example; dmarc=fail (p=none) header.from=customer.example"

DESK = Own(trusted=("mx.desk.example",))
GOOGLE = Own(trusted=("mx.google.com",))
MICROSOFT = Own(trusted=("*.outlook.com", "*.office365.com"))


def verdict(*above: str, own: Own = DESK, author: str = "Kim <kim@customer.example>") -> Verified:
    return read_mail(letter(more=above, From_=author), own=own, limits=Limits()).verified


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        (PROVED, Verified.YES),
        (FORGED, Verified.NO),
        ("dmarc=pass header.from=other.example", Verified.NO),
        ("dmarc=pass", Verified.YES),
        ("dmarc=none header.from=customer.example; dkim=pass header.d=customer.example", Verified.YES),
        ("dkim=pass header.i=@mail.customer.example", Verified.YES),
        ("dkim=pass header.d=evil.example", Verified.NO),
        ("dkim=fail header.d=customer.example; spf=pass smtp.mailfrom=bounce@mail.customer.example", Verified.YES),
        ("spf=pass smtp.helo=customer.example", Verified.NO),
        ("dmarc=fail; dkim=pass header.d=customer.example", Verified.NO),
        ("dkim=pass header.d=example", Verified.NO),
        ("dkim=none; spf=none; dmarc=none", Verified.NO),
        ("dmarc=temperror; dkim=temperror", Verified.UNKNOWN),
        ("none", Verified.UNKNOWN),
        ("iprev=pass policy.iprev=192.0.2.1", Verified.UNKNOWN),
        ("spf=fail (dmarc=pass; says (the (sender))) smtp.mailfrom=x@evil.example", Verified.NO),
        ('spf=fail reason="; dmarc=pass header.from=customer.example" smtp.mailfrom=x@evil.example', Verified.NO),
        ('spf=fail reason="a\\"; dmarc=pass header.from=customer.example"', Verified.NO),
        ("x-dmarc=pass header.from=customer.example; dmarc=fail", Verified.NO),
    ],
)
def test_what_our_server_found_decides(findings: str, expected: Verified) -> None:
    assert verdict(OUR + findings, BY_US) is expected


def test_without_a_word_of_ours_nobody_knows() -> None:
    assert verdict() is Verified.UNKNOWN
    assert verdict("Authentication-Results: mx.evil.example; " + PROVED) is Verified.UNKNOWN
    assert verdict(OUR + PROVED, own=Own()) is Verified.UNKNOWN


def test_our_name_in_another_version_or_in_capitals_is_ours() -> None:
    assert verdict("Authentication-Results: MX.Desk.Example 1; " + PROVED) is Verified.YES


def test_a_forged_word_below_ours_does_not_count() -> None:
    assert verdict(OUR + FORGED, BY_US, OUR + PROVED) is Verified.NO
    assert verdict(OUR + FORGED, OUR + PROVED) is Verified.NO


def test_a_word_below_a_strangers_server_does_not_count() -> None:
    assert verdict(BY_US, BY_OTHERS, OUR + PROVED) is Verified.UNKNOWN


def test_a_word_below_a_strangers_word_does_not_count() -> None:
    assert verdict("Authentication-Results: mx.evil.example; dmarc=fail", OUR + PROVED) is Verified.UNKNOWN


def test_ours_may_stand_below_the_lines_of_our_own_servers() -> None:
    assert verdict(BY_STORE, BY_US, OUR + PROVED, BY_OTHERS) is Verified.YES


def test_a_name_that_ends_like_ours_is_not_ours() -> None:
    assert verdict("Authentication-Results: evil-mx.desk.example; " + PROVED) is Verified.UNKNOWN
    assert (
        verdict("Authentication-Results: evilmx.example; " + PROVED, own=Own(trusted=("*.mx.example",)))
        is Verified.UNKNOWN
    )


def test_several_authors_are_never_verified() -> None:
    assert verdict(OUR + PROVED, author="kim@customer.example, eve@evil.example") is Verified.NO


def test_google_writes_below_its_own_lines() -> None:
    above = (
        "Delivered-To: support@desk.example",
        "Received: by 2002:a05:6402:1::1 with SMTP id abc; Mon, 23 Nov 2026 01:00:00 -0800",
        "ARC-Authentication-Results: i=1; mx.google.com; dmarc=fail",
        "Received: from mx.customer.example by mx.google.com with ESMTPS id x",
        "Authentication-Results: mx.google.com; dkim=pass header.i=@customer.example header.s=a header.b=b; "
        "dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=customer.example",
        BY_OTHERS,
    )
    assert verdict(*above, own=GOOGLE) is Verified.YES


def test_microsoft_names_no_server_but_stands_above_its_own_line() -> None:
    own_steps = (
        "Received: from AM0P1.eurprd01.prod.outlook.com by VI1P1.eurprd01.prod.outlook.com with HTTPS",
        "Received: from DB1EUR01.eop-EUR01.prod.protection.outlook.com by AM0P1.outlook.office365.com with SMTP",
    )
    found = (
        "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=customer.example; "
        "dkim=pass (signature was verified) header.d=customer.example;dmarc=pass action=none "
        "header.from=customer.example;compauth=pass reason=100"
    )
    border = (
        "Received: from mx.customer.example (192.0.2.1) by DB1EUR01.mail.protection.outlook.com with Microsoft SMTP"
    )
    assert verdict(*own_steps, found, border, own=MICROSOFT) is Verified.YES
    assert verdict(*own_steps, border, found, BY_OTHERS, own=MICROSOFT) is Verified.UNKNOWN
    assert verdict(found, BY_US, own=DESK) is Verified.YES
    assert verdict(found, BY_OTHERS, own=MICROSOFT) is Verified.UNKNOWN
