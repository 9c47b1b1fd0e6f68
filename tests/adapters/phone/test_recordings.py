"""Recordings: copied with the account's token, which nobody else is shown, and tried again until they are there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from adapters.phone.hearing.recordings import TRIES, Recordings
from adapters.phone.wire.telnyx import Telnyx
from adapters.phone.wire.twilio import Twilio
from bot.ports import Copy, CopyState
from bot.settings import PhoneAccount
from tests.town import Town

SOUND = b"ID3" + bytes(200_000)


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    town = settled.copied(tmp_path / "desk")
    town.does("bob", "/ticket open printer on fire --customer acme")
    yield town
    town.close()


class Library:
    """A provider that gives out recordings; `answers` is what it says, the last one again and again."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str]] = []

    async def give(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.headers.get("Authorization", "")))
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status == 307:
            return web.Response(status=307, headers={"Location": "http://elsewhere.example/RE1.mp3"})
        return web.Response(status=status, body=SOUND if status == 200 else b"")


def copied(town: Town, library: Library, looks: int = 1) -> Copy:
    """A recording is wanted, and looked for so often; what became of it."""

    async def deed() -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", library.give)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        account = PhoneAccount(account="AC1", token=SecretStr("t"), number="+14165550100", api_url=f"{base}/2010")
        wanted = Copy(1, 1, 1, "phone", "recording.mp3", "audio/mpeg", f"{base}/2010/Recordings/RE1")
        town.database.write(lambda work: work.files.want(wanted, town.clock.now()))
        recordings = Recordings({"main": Twilio(account)}, town.database, town.clock, town.folder)
        for _ in range(looks):
            assert await recordings.look() == 1
            town.clock.forward(hours=7)
        assert await recordings.look() == 0
        await runner.cleanup()
        await asyncio.sleep(0.01)  # What was closed just now lets go of its socket in the loop's next turns.

    asyncio.run(deed())
    (copy,) = town.database.read(lambda work: work.files.of_ticket(1))
    return copy


def test_a_recording_is_fetched_with_the_accounts_token_and_kept(town: Town) -> None:
    library = Library(200)
    copy = copied(town, library)
    assert (copy.state, copy.path) == (CopyState.COPIED, "1/1-1.mp3")
    assert (town.folder / "files" / copy.path).read_bytes() == SOUND
    ((path, token),) = library.asked
    assert path == "/2010/Recordings/RE1.mp3"
    assert token.startswith("Basic ")


def test_one_that_is_not_there_yet_is_tried_again(town: Town) -> None:
    assert copied(town, Library(404, 500, 200), looks=3).state is CopyState.COPIED


def test_one_that_cannot_be_had_is_given_up_and_says_why(town: Town) -> None:
    copy = copied(town, Library(404), looks=TRIES)
    assert (copy.state, copy.error) == (CopyState.FAILED, "the provider answered with the status 404")
    assert not list((town.folder / "files").rglob("*.part"))


def test_nothing_is_fetched_from_an_address_that_is_not_encrypted(town: Town) -> None:
    assert copied(town, Library(307), looks=TRIES).error == "it lies at an address that is not encrypted"


def test_the_token_is_shown_to_the_providers_own_host_alone() -> None:
    key = "A" * 43 + "="
    given = PhoneAccount(account="AC1", token=SecretStr("t"), number="+14165550100", public_key=key)
    for provider in (Twilio(given), Telnyx(given)):
        for url in ("https://s3.amazonaws.com/RE1.mp3", "https://api.twilio.com.evil.example/RE1"):
            assert provider.recording(url) is None
