"""Signatures: Twilio's own validator and ours agree both ways; forged, stale and altered requests are refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from adapters.phone.wire.provider import Hook
from adapters.phone.wire.signatures import (
    form_of,
    signature,
    signed_by_signalwire,
    signed_by_telnyx,
    signed_by_twilio,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
URL = "https://desk.example.com/phone/page/secret/key/3"
FORM = {"CallSid": "CA1", "Digits": "1", "From": "+14165550199", "Body": "héllo & 1+1=2", "Empty": ""}

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FORMS = st.dictionaries(st.text(st.sampled_from("abcXYZ09"), min_size=1, max_size=8), WORDS, max_size=6)
URLS = st.sampled_from(
    [URL, "https://d.example:443/a?b=c%20d&e", "https://d.example:8443/a", "http://d.example/x", "http://[::1]:80/x"]
)


def hook(url: str, form: dict[str, str], name: str, value: str, **more: str) -> Hook:
    return Hook(url, {name: value, **more}, urlencode(form).encode())


@given(URLS, FORMS, WORDS)
def test_what_twilio_signs_we_take_and_what_we_sign_twilio_takes(url: str, form: dict[str, str], token: str) -> None:
    theirs = RequestValidator(token).compute_signature(url, form)
    assert signature(token, url, {name: [value] for name, value in form.items()}) == theirs
    if "[" not in url:  # Its validator cuts an IPv6 address at its first colon; ours does not.
        assert RequestValidator(token).validate(url, form, theirs)
    assert signed_by_twilio(hook(url, form, "x-twilio-signature", theirs), ["other", token])


@pytest.mark.parametrize("signed", ["https://d.example/a?b=1", "https://d.example:443/a?b=1"])
@pytest.mark.parametrize("called", ["https://d.example/a?b=1", "https://d.example:443/a?b=1"])
def test_the_port_may_be_signed_or_not(signed: str, called: str) -> None:
    given = RequestValidator("token").compute_signature(signed, FORM)
    assert signed_by_twilio(hook(called, FORM, "x-twilio-signature", given), ["token"])
    assert RequestValidator("token").validate(called, FORM, given)


def test_while_tokens_are_changed_both_count_and_no_third() -> None:
    given = RequestValidator("former").compute_signature(URL, FORM)
    request = hook(URL, FORM, "x-twilio-signature", given)
    assert signed_by_twilio(request, ["new", "former"])
    assert not signed_by_twilio(request, ["new"])
    assert not signed_by_twilio(request, [])


@pytest.mark.parametrize(
    "forged",
    [
        Hook(URL, {}, urlencode(FORM).encode()),
        hook(URL, FORM, "x-twilio-signature", ""),
        hook(URL, FORM, "x-twilio-signature", "bm9uZQ=="),
        hook(
            URL, {**FORM, "Digits": "2"}, "x-twilio-signature", signature("t", URL, {k: [v] for k, v in FORM.items()})
        ),
        hook(f"{URL}x", FORM, "x-twilio-signature", signature("t", URL, {k: [v] for k, v in FORM.items()})),
        hook("https://d:port/", FORM, "x-twilio-signature", "a"),
        hook(URL, FORM, "x-twilio-signature", "\udcff"),
    ],
)
def test_what_is_altered_or_unsigned_is_refused(forged: Hook) -> None:
    assert not signed_by_twilio(forged, ["t"])


def test_a_repeated_field_is_signed_with_each_value_once() -> None:
    body = b"A=2&A=1&A=2"
    expected = base64.b64encode(hmac.new(b"t", f"{URL}A1A2".encode(), "sha1").digest()).decode()
    assert signed_by_twilio(Hook(URL, {"x-twilio-signature": expected}, body), ["t"])


def test_json_is_proven_by_its_hash_in_the_address() -> None:
    body = '{"a": 1}'
    url = f"{URL}?bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    given = RequestValidator("t").compute_signature(url, {})
    headers = {"x-twilio-signature": given, "content-type": "application/json"}
    assert RequestValidator("t").validate(url, body, given)
    assert signed_by_twilio(Hook(url, headers, body.encode()), ["t"])
    assert not signed_by_twilio(Hook(url, headers, b'{"a": 2}'), ["t"])
    unhashed = RequestValidator("t").compute_signature(URL, {})
    assert not signed_by_twilio(Hook(URL, {**headers, "x-twilio-signature": unhashed}, body.encode()), ["t"])


def test_a_shared_key_signs_with_what_the_request_says() -> None:
    given = RequestValidator("shared").compute_signature(URL, FORM, "HMAC_SHA256")
    settings = {"x-twilio-webhooks-signature-settings": "key=k,algorithm=HMAC_SHA256"}
    assert signed_by_twilio(hook(URL, FORM, "x-twilio-signature", given, **settings), ["shared"])
    assert not signed_by_twilio(hook(URL, FORM, "x-twilio-signature", given), ["shared"])
    unknown = {"x-twilio-webhooks-signature-settings": "algorithm=NONE"}
    assert not signed_by_twilio(hook(URL, FORM, "x-twilio-signature", given, **unknown), ["shared"])


def test_signalwire_signs_forms_as_twilio_and_json_in_hexadecimal() -> None:
    form = signature("key", URL, {k: [v] for k, v in FORM.items()})
    assert signed_by_signalwire(hook(URL, FORM, "x-signalwire-signature", form), ["key"])
    assert not signed_by_signalwire(hook(URL, FORM, "x-twilio-signature", form), ["key"])
    body = b'{"event": 1}'
    given = hmac.new(b"key", URL.encode() + body, "sha1").hexdigest()
    headers = {"x-signalwire-signature": given, "content-type": "application/json"}
    assert signed_by_signalwire(Hook(URL, headers, body), ["other", "key"])
    assert not signed_by_signalwire(Hook(URL, headers, b"{}"), ["key"])


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = base64.b64encode(KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def telnyx(body: bytes, at: datetime) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    signed = base64.b64encode(KEY.sign(stamp.encode() + b"|" + body)).decode()
    return {"telnyx-signature-ed25519": signed, "telnyx-timestamp": stamp}


def test_telnyx_signs_body_and_time_and_neither_may_be_another() -> None:
    headers = telnyx(b"CallSid=v3:1", NOW)
    assert signed_by_telnyx(Hook(URL, headers, b"CallSid=v3:1"), PUBLIC, NOW + timedelta(minutes=4))
    assert not signed_by_telnyx(Hook(URL, headers, b"CallSid=v3:2"), PUBLIC, NOW)
    late = {**headers, "telnyx-timestamp": str(int(NOW.timestamp()) + 1)}
    assert not signed_by_telnyx(Hook(URL, late, b"CallSid=v3:1"), PUBLIC, NOW)


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_what_telnyx_signed_long_ago_or_ahead_is_a_replay(minutes: int) -> None:
    request = Hook(URL, telnyx(b"a=1", NOW), b"a=1")
    assert not signed_by_telnyx(request, PUBLIC, NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("header", ["", "no base64!", "YWJj"])
@pytest.mark.parametrize("public", [PUBLIC, "", "YWJj", "é"])
@pytest.mark.parametrize("stamp", ["", "soon", "٣", "9" * 40, str(int(NOW.timestamp()))])
def test_nonsense_is_refused_and_breaks_nothing(header: str, public: str, stamp: str) -> None:
    headers = {"telnyx-signature-ed25519": header, "telnyx-timestamp": stamp}
    assert not signed_by_telnyx(Hook(URL, headers, b"a=1"), public, NOW)


@given(st.binary(max_size=200))
def test_any_body_is_read_or_is_none(body: bytes) -> None:
    assert isinstance(form_of(Hook(URL, {}, body)), dict)
    signed_by_twilio(Hook(URL, {"x-twilio-signature": "a"}, body), ["t"])
    signed_by_signalwire(Hook(URL, {"x-signalwire-signature": "a"}, body), ["t"])
