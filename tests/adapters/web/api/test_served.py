"""A desk that is set up for it serves the API, and tells a webhook of what came in by it."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from aiohttp import ClientSession

from bot.api_keys import SCOPES, new_token
from bot.clocks import MovableClock
from bot.ports.intake import ApiKey
from bot.settings import Settings
from bot.signing import digest_of
from bot.wiring import build
from tests.adapters.web.test_pagers_served import Listens
from tests.adapters.webhook.receiver import SECRET, receiving
from tests.town import MONDAY_TEN, Town


def test_what_comes_in_by_the_api_goes_out_by_webhook(settled: Town, tmp_path: Path) -> None:
    shutil.copytree(settled.folder, tmp_path / "desk")
    token = new_token()
    key = ApiKey(token.id, "shop", digest_of(token.secret), frozenset(SCOPES), MONDAY_TEN, "zoe")

    async def story() -> None:
        async with receiving() as receiver:
            web = {"api": True, "port": 0, "public_url": "https://desk.example.com"}
            hook = {"url": receiver.url(), "secret": SECRET, "inside": True}
            settings = Settings.model_validate({"data": tmp_path / "desk", "web": web, "webhooks": {"shop": hook}})
            house = build(settings, MovableClock(MONDAY_TEN), ("console",))
            house.database.write(lambda work: work.keys.add(key))
            listens = Listens()
            runtime = house.served({}, listens)
            runtime.start()
            try:
                await asyncio.wait_for(listens.heard.wait(), 60)
                at = runtime.health()["web"].words.rpartition(":")[2]
                url, headers = f"http://127.0.0.1:{at}/api/v1/tickets", {"Authorization": f"Bearer {token.text}"}
                asked = {"subject": "printer on fire", "customer": "acme"}
                async with ClientSession(headers=headers) as session, session.post(url, json=asked) as answer:
                    assert answer.status == 201
                await asyncio.wait_for(receiver.told.wait(), 60)
            finally:
                await runtime.stop()
                house.close()
            assert receiver.types == ["ticket.opened"]
            assert receiver.heard[0]["data"]["ticket"]["customer"] == "acme"

    asyncio.run(story())
