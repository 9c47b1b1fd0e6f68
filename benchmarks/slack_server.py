"""What the Slack benchmark loads: a server of one kind in a process and on a core of its own.

    python -m benchmarks.slack_server KIND FOLDER [CORE]

It prints its port. KIND is "desk" (a slash command that commits a ticket), or bare Bolt with an empty handler:
"default", or "quick" (process_before_response); "bound" is the quick one with a handler that commits the same rows.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import SecretStr
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.hearing.counter import Counter
from adapters.slack.hearing.http import PATH, HttpDoor
from adapters.slack.hearing.listening import listen, make_app
from adapters.slack.wire.clients import Clients
from benchmarks.cores import stay_on
from benchmarks.slack import CUSTOMERS, PERSON, SECRET, TOKEN
from benchmarks.slack_bound import Rows
from bot.clocks import SystemClock
from bot.counter import Roster
from bot.domain.customers import Customer
from bot.domain.people import Role, Staff
from bot.ports import Speaker, UnitOfWork
from bot.settings import Settings, Slack
from bot.ways import platforms_of
from bot.wiring import House, build

_SLACK = Slack(
    bot_token=SecretStr(TOKEN), signing_secret=SecretStr(SECRET), mode="http", api_url="http://127.0.0.1:9/api/"
)
IDENTITY = {"team_id": "T0TEAM", "user_id": "U0BOT", "bot_id": "B0BOT"}


async def nothing() -> None:
    """An empty handler's work."""


def bare(quick: bool, work: Callable[[], Awaitable[None]] = nothing) -> AsyncApp:
    """Bolt with an empty handler, or one that does this work; it, too, is spared asking Slack who it is."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T0TEAM", bot_user_id="U0BOT", bot_id="B0BOT", bot_token=TOKEN
        )

    app = AsyncApp(client=AsyncWebClient(), authorize=authorize, signing_secret=SECRET, process_before_response=quick)

    async def handler(ack: Any) -> None:
        await work()
        await ack()

    app.command("/ticket")(handler)
    return app


def bound(folder: Path) -> AsyncApp:
    """Quick Bolt that writes what the desk writes, and does nothing else."""
    speaker = Speaker("slack", PERSON, "ann", "#desk")
    return bare(True, Rows(_house(folder), folder / "thirdline.db", speaker).write)


async def desk(folder: Path) -> HttpDoor:
    """The desk's own door as `thirdline serve` has it, on a new SQLite file."""
    house = _house(folder)
    clients = Clients(_SLACK)
    await clients.open()
    counter = Counter(house.desk, clients.asking, Roster(house.database, "slack", "here"))
    counter.speakers.changed({"id": PERSON, "name": "ann", "tz": "America/Toronto"})
    await counter.start()
    app = make_app(clients.asking, IDENTITY, SECRET)
    door = HttpDoor(house.clock)
    door.open(app, listen(app, counter).answer, SECRET)
    return door


def _house(folder: Path) -> House:
    whole = Settings(data=folder, slack=_SLACK)
    house = build(whole, SystemClock(), platforms_of(whole, terminal=False))
    house.database.write(_move_in)
    return house


def _move_in(work: UnitOfWork) -> None:
    work.people.save(Staff("ann", "Ann", Role.STAFF, {"slack": PERSON}))
    for number in range(CUSTOMERS):
        work.customers.save(Customer(f"c{number}", f"Customer {number}"))


def _hearing(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return events


async def serve(kind: str, folder: Path) -> None:
    """Answer until the process is ended."""
    server = web.Application()
    if kind == "desk":
        server.router.add_routes((await desk(folder)).routes())
    else:
        server.router.add_post(PATH, _hearing(bound(folder) if kind == "bound" else bare(kind == "quick")))
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    gc.freeze()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def main(arguments: Sequence[str]) -> None:
    kind, folder, *core = arguments
    if core:
        stay_on(int(core[0]))
    asyncio.run(serve(kind, Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
