"""`python -m tests.doubles.phone.sip.handset KEY`: a telephone that answers, listens for half a second of speech,
presses the key, and stays until the other side hangs up. It never speaks."""

from __future__ import annotations

import asyncio
import sys

import baresip

from tests.doubles.phone.sip.process import Order, obey, on_a_port, tell
from tests.doubles.phone.sip.tones import RATE, Ear

_ENOUGH = 0.5


async def take(call: baresip.Call, key: str) -> None:
    await call.answer()
    await call.wait_established()
    tell(answered=True)
    ear, pressed = Ear(), False
    while call.state is baresip.CallState.ESTABLISHED:
        try:
            ear.hears(call.audio.read(RATE))
        except (baresip.AudioNotActive, baresip.AudioRestarted):
            ear.hears(b"")
        if not pressed and ear.seconds >= _ENOUGH:
            pressed = True
            await call.send_dtmf(key)
            tell(pressed=key)
        await asyncio.sleep(0.02)
    tell(closed=True, heard=round(ear.seconds, 2))


async def main(key: str) -> None:
    calls: set[asyncio.Task[None]] = set()
    async with on_a_port("kim") as agent:
        agent.on_incoming(lambda call: calls.add(asyncio.ensure_future(take(call, key))))

        async def nothing(order: Order) -> None:
            """It takes no orders."""

        await obey(nothing)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
