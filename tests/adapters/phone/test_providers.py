"""Providers: what each is asked in its own way, and what it tells, read into one vocabulary."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from adapters.phone.wire.provider import CallOrder, Hook, PhoneProvider, Told
from adapters.phone.wire.providers import PROVIDERS, provider_of
from adapters.phone.wire.troubles import Fault, ProviderError
from adapters.phone.wire.values import caller, instant, machine, status
from bot.domain.errors import Refusal
from bot.settings import PhoneAccount
from tests.adapters.phone.exchange import PATIENCE, Exchange
from tests.storage.desk import START

KIM = "+14165550199"
ORDER = CallOrder(KIM, "https://d.example/status", "https://d.example/start", machine_url="https://d.example/machine")
T = TypeVar("T")


def account(provider: str, url: str = "http://127.0.0.1:1", **rest: Any) -> PhoneAccount:
    given: dict[str, Any] = {
        "provider": provider,
        "account": "AC1",
        "token": SecretStr("token"),
        "number": "+14165550100",
        "api_url": url,
        "public_key": "AAAA",
    }
    return PhoneAccount.model_validate(given | rest)


def asked(kind: str, deed: Callable[[PhoneProvider, Exchange], Awaitable[T]], **rest: Any) -> T:
    async def inside() -> T:
        async with Exchange() as exchange:
            provider = provider_of(account(kind, f"http://127.0.0.1:{exchange.port}/v2", **rest), PATIENCE)
            await provider.open()
            try:
                return await deed(provider, exchange)
            finally:
                await provider.close()

    return asyncio.run(inside())


def test_signalwire_is_asked_as_twilio_is_at_an_address_of_its_own() -> None:
    async def deed(provider: PhoneProvider, exchange: Exchange) -> None:
        assert await provider.call(ORDER) == "CAAC1"
        assert exchange.asked == [("POST", "/v2/Accounts/AC1/Calls.json")]
        assert exchange.calls[0]["Url"] == ORDER.url

    asked("signalwire", deed)
    with pytest.raises(Refusal, match="api_url"):
        provider_of(account("signalwire", ""))


def test_telnyx_is_asked_in_json_with_its_application() -> None:
    async def deed(provider: PhoneProvider, exchange: Exchange) -> None:
        assert await provider.call(ORDER) == "CAAC1"
        assert exchange.asked == [("POST", "/v2/texml/Accounts/AC1/Calls")]
        placed = exchange.calls[0]
        assert placed["ApplicationSid"] == "app1"
        assert placed["StatusCallbackEvent"] == "initiated ringing answered completed"
        assert placed["AsyncAmd"] is True
        assert "Timeout" not in placed
        await provider.cut("CAAC1")
        await provider.redirect("CAAC1", "https://d.example/room")
        assert exchange.updates == [
            ("CAAC1", {"Status": "completed"}),
            ("CAAC1", {"Url": "https://d.example/room", "Method": "POST"}),
        ]

    asked("telnyx", deed, application="app1")
    with pytest.raises(Refusal, match="public_key"):
        provider_of(account("telnyx", public_key=""))


def test_telnyx_texts_by_its_messaging_api_and_lists_none() -> None:
    async def deed(provider: PhoneProvider, exchange: Exchange) -> None:
        assert await provider.text(KIM, "Hello", "https://d.example/status") == "SMAC1"
        assert exchange.asked[0] == ("POST", "/v2/messages")
        assert {name: exchange.texts[0][name] for name in ("from", "to", "text", "webhook_url")} == {
            "from": "+14165550100",
            "to": KIM,
            "text": "Hello",
            "webhook_url": "https://d.example/status",
        }
        with pytest.raises(ProviderError) as never:
            await provider.texts_to(KIM, START)
        assert never.value.fault is Fault.SETTINGS

    asked("telnyx", deed)


@pytest.mark.parametrize("kind", ["twilio", "signalwire", "telnyx"])
def test_a_call_and_those_to_a_number_are_found_again(kind: str) -> None:
    async def deed(provider: PhoneProvider, exchange: Exchange) -> None:
        ref = await provider.call(ORDER)
        exchange.calls[0] |= {"status": "in-progress", "seconds": "7"}
        known = await provider.look(ref)
        assert (known.status, known.to, known.seconds, known.over) == ("in-progress", KIM, 7, False)
        assert [one.ref for one in await provider.calls_to(KIM, START)] == [ref]
        assert await provider.calls_to(KIM, START.replace(hour=16)) == []
        assert await provider.calls_to("+14165550188", START) == []

    asked(kind, deed)


@pytest.mark.parametrize("kind", ["twilio", "signalwire"])
def test_the_account_and_its_number_are_told(kind: str) -> None:
    async def deed(provider: PhoneProvider, exchange: Exchange) -> None:
        exchange.standing = {"friendly_name": "Desk", "status": "suspended", "type": "Trial"}
        standing = await provider.standing()
        assert (standing.name, standing.status, standing.trial) == ("Desk", "suspended", True)
        assert standing.at is not None
        assert await provider.line() is None
        exchange.lines = [
            {"phone_number": "+14165550100", "capabilities": {"voice": True, "sms": False}, "voice_url": "https://v"}
        ]
        line = await provider.line()
        assert line is not None
        assert (line.voice, line.texts, line.voice_url, line.text_url) == (True, False, "https://v", "")

    asked(kind, deed)


# --- what they tell ---------------------------------------------------------------------------------------------------


def told(kind: str, **form: str) -> Told:
    body = urlencode(form).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return provider_of(account(kind)).read(Hook("https://d.example/", headers, body))


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
def test_a_calls_status_is_read(kind: str) -> None:
    said = told(
        kind,
        CallSid="CA1",
        AccountSid="AC1",
        From="+14165550100",
        To=KIM,
        CallStatus="no-answer",
        SequenceNumber="3",
        SipResponseCode="480",
        CallDuration="0",
        Timestamp="Mon, 02 Mar 2026 15:00:05 +0000",
        Direction="outbound-api",
    )
    assert said == Told(
        ref="CA1",
        account="AC1",
        sender="+14165550100",
        to=KIM,
        status="no-answer",
        sequence=3,
        seconds=0,
        sip_code="480",
        at=datetime(2026, 3, 2, 15, 0, 5, tzinfo=UTC),
    )


def test_keys_that_were_pressed_are_no_keys_that_were_not() -> None:
    assert told("twilio", CallSid="CA1", Digits="1").keys == "1"
    assert told("twilio", CallSid="CA1", Digits="").keys == ""
    assert told("twilio", CallSid="CA1").keys is None


def test_a_text_in_a_withheld_caller_and_a_recording_are_read() -> None:
    said = told("twilio", MessageSid="SM1", From=KIM, To="+14165550100", Body="482913 ", SmsStatus="received")
    assert (said.ref, said.words, said.inbound, said.status) == ("SM1", "482913 ", True, "received")
    failed = told("twilio", MessageSid="SM1", MessageStatus="undelivered", ErrorCode="30006", To=KIM)
    assert (failed.status, failed.error, failed.inbound) == ("undelivered", "30006", False)
    assert told("twilio", CallSid="CA1", From="anonymous", Direction="inbound").sender == ""
    left = told("twilio", CallSid="CA1", RecordingSid="RE1", RecordingUrl="https://r", RecordingDuration="12")
    assert (left.recording_ref, left.recording, left.seconds) == ("RE1", "https://r", 12)
    assert told("twilio", CallSid="CA1", DialCallStatus="answered").dialled == "in-progress"


def test_telnyx_tells_of_texts_in_json() -> None:
    payload = {
        "id": "m1",
        "direction": "inbound",
        "from": {"phone_number": KIM},
        "to": [{"phone_number": "+14165550100", "status": "webhook_delivered"}],
        "text": "482913",
    }
    data = {"event_type": "message.received", "occurred_at": "2026-03-02T15:00:05.1+00:00", "payload": payload}
    hook = Hook("https://d.example/", {"content-type": "application/json"}, json.dumps({"data": data}).encode())
    said = provider_of(account("telnyx")).read(hook)
    assert (said.ref, said.sender, said.to, said.words, said.inbound) == ("m1", KIM, "+14165550100", "482913", True)
    payload |= {"direction": "outbound", "to": [{"status": "delivery_failed"}], "errors": [{"code": "40300"}]}
    hook = Hook("https://d.example/", {"content-type": "application/json"}, json.dumps({"data": data}).encode())
    said = provider_of(account("telnyx")).read(hook)
    assert (said.status, said.error, said.inbound) == ("undelivered", "40300", False)


@given(st.sampled_from(sorted(PROVIDERS)), st.binary(max_size=300), st.sampled_from(["application/json", "", "x/y"]))
def test_whatever_comes_in_is_read_without_a_fault(kind: str, body: bytes, content: str) -> None:
    assert isinstance(provider_of(account(kind)).read(Hook("https://d/", {"content-type": content}, body)), Told)


@given(st.text(max_size=30))
def test_any_word_for_an_instant_a_state_or_a_caller_is_read(text: str) -> None:
    at = instant(text)
    assert at is None or at.tzinfo is not None
    assert all(isinstance(one, str) for one in (status(text), machine(text), caller(text)))


def test_both_ways_to_write_an_instant_mean_the_same() -> None:
    expected = datetime(2021, 4, 28, 21, 51, 18, 731479, UTC)
    assert instant("2021-04-28 21:51:18.731479Z") == expected
    assert instant("Wed, 28 Apr 2021 21:51:18 +0000") == expected.replace(microsecond=0)
    assert instant("Wed, 28 Apr 2021 23:51:18 +0200") == expected.replace(microsecond=0)
    assert instant(None) is None
