"""`thirdline init phone` and what `thirdline doctor` sees of a provider: checked, resumable, and no token is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import read_settings
from tests.cli.terminal import Ended, thirdline
from tests.doubles.phone.network import Network

URL = "https://desk.example.com"


@pytest.fixture
def phones() -> Iterator[Network]:
    """An account whose number leads to the desk."""
    with Network() as network:
        network.points_to(URL)
        yield network


@pytest.fixture
def options(phones: Network, tmp_path: Path) -> tuple[str, ...]:
    token = tmp_path / "given-token"
    token.write_text(phones.token + "\n")
    token.chmod(0o600)
    given = {"account": phones.account, "number": "+1 416 555 0100", "url": URL, "api-url": phones.api_url}
    return (
        "--provider",
        "twilio",
        "--token-file",
        str(token),
        *(word for name, value in given.items() for word in (f"--{name}", value)),
    )


def init(phones: Network, data: Path, *words: str) -> Ended:
    done = thirdline("init", "phone", "--data", data, *words)
    assert phones.token not in done.out + done.err
    assert "Traceback" not in done.err
    return done


def findings(data: Path) -> dict[str, dict[str, str]]:
    done = thirdline("doctor", "--data", data, "--json")
    assert "Traceback" not in done.err
    return {one["name"]: one for one in json.loads(done.out)["checks"] if one["name"].startswith("phone")}


def test_with_everything_given_the_telephone_is_checked_and_written(
    phones: Network, options: tuple[str, ...], tmp_path: Path
) -> None:
    data = tmp_path / "desk"
    done = init(phones, data, *options)
    assert done.code == 0, done.out + done.err
    assert "calls and sends texts" in done.out
    assert f"HTTP POST: {URL}/phone/call" in done.out
    phones.line.status_url = f"{URL}/phone/call/status"
    kept = read_settings(data=data).phone
    assert kept is not None
    assert (kept.account, kept.number, kept.public_url) == (phones.account, "+14165550100", URL)
    assert kept.token.get_secret_value() == phones.token
    assert phones.faults == []
    before = (data / "thirdline.toml").read_text()
    again = init(phones, data)
    assert again.code == 0, again.out + again.err
    assert (data / "thirdline.toml").read_text() == before
    assert all(one["verdict"] == "ok" for one in findings(data).values() if one["name"] != "phone health")
    assert phones.calls == []
    phones.line.status_url = ""
    told = thirdline("doctor", "--data", data).out
    assert f"“Call status changes” → HTTP POST, {URL}/phone/call/status" in told


def test_an_account_or_a_number_that_is_wrong_is_said_with_what_mends_it(
    phones: Network, options: tuple[str, ...], tmp_path: Path
) -> None:
    data = tmp_path / "desk"
    wrong = tmp_path / "wrong"
    wrong.write_text("0" * 32)
    done = init(phones, data, *options, "--token-file", str(wrong))
    assert done.code == 1
    assert "does not know the account or its token" in done.out
    done = init(phones, data, *options, "--number", "+14165550177")
    assert done.code == 1
    assert "no number of this account" in done.out
    done = init(phones, data, *options, "--number", "4165550177")
    assert "lacks its country code" in done.err
    done = init(phones, data, *options, "--provider", "plivo")
    assert "twilio, signalwire, telnyx" in done.err


def test_a_number_that_leads_elsewhere_is_told_with_what_to_type(
    phones: Network, options: tuple[str, ...], tmp_path: Path
) -> None:
    data = tmp_path / "desk"
    phones.line.voice_url, phones.line.text_url = "https://demo.twilio.com/welcome", ""
    done = init(phones, data, *options)
    assert done.code == 1
    assert f"Webhook, HTTP POST, {URL}/phone/call" in done.out
    assert f"Webhook, HTTP POST, {URL}/phone/text" in done.out
    assert read_settings(data=data).phone is not None
    found = findings(data)
    assert found["phone webhooks"]["verdict"] == "fail"
    assert found["phone address"]["verdict"] == "ok"


def test_an_address_that_is_not_encrypted_and_a_provider_that_is_away_are_told(
    phones: Network, options: tuple[str, ...], tmp_path: Path
) -> None:
    data = tmp_path / "desk"
    phones.points_to("http://desk.example.com")
    done = init(phones, data, *options, "--url", "http://desk.example.com/")
    assert done.code == 1
    assert "not encrypted" in done.out
    phones.down()
    found = findings(data)
    assert "cannot be reached" in found["phone"]["found"]
    assert "phone number" not in found


def test_without_a_person_it_says_what_it_lacks(tmp_path: Path) -> None:
    done = thirdline("init", "phone", "--data", tmp_path / "desk")
    assert done.code != 0
    assert "--account or THIRDLINE_PHONE__ACCOUNT" in done.err
