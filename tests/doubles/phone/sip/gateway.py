"""`python -m tests.doubles.phone.sip.gateway`: the network's way to SIP. Orders: dial (an address), speak
(seconds), hush, hang_up; each with the name of a `call`. News of it: ringing, answered, key, closed."""

from __future__ import annotations

import asyncio

import baresip

from tests.doubles.phone.sip.process import Order, obey, on_a_port, tell
from tests.doubles.phone.sip.tones import RATE, tone

_FRAME = RATE // 50 * 2


class Gateway:
    """The calls under way, by the network's name of them."""

    def __init__(self, agent: baresip.UserAgent) -> None:
        self._agent = agent
        self._calls: dict[str, baresip.Call] = {}
        self._speech: dict[str, bytes] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def order(self, order: Order) -> None:
        name = str(order["call"])
        if "dial" in order:
            task = asyncio.ensure_future(self._live(name, str(order["dial"])))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif "speak" in order:
            self._speech[name] = tone(float(order["speak"]))
        elif "hush" in order:
            self._speech[name] = b""
        elif "hang_up" in order and name in self._calls:
            await self._calls[name].hangup()

    async def _live(self, name: str, uri: str) -> None:
        call = await self._agent.dial(uri)
        self._calls[name] = call
        call.on_dtmf(lambda digit: tell(call=name, key=digit.digit))
        tell(call=name, ringing=True)
        try:
            await call.wait_established(60)
        except baresip.CallBusy:
            tell(call=name, closed="busy")
            return
        except baresip.BaresipError as error:
            tell(call=name, closed=type(error).__name__)
            return
        tell(call=name, answered=True)
        while call.state is baresip.CallState.ESTABLISHED:
            self._speak(call, name)
            await asyncio.sleep(0.02)
        tell(call=name, closed="hung up")

    def _speak(self, call: baresip.Call, name: str) -> None:
        """A little ahead of what is heard, and no more: a hush must be heard at once."""
        speech = self._speech.get(name, b"")
        try:
            while speech and call.audio.info().tx_buffered < 4 * _FRAME:
                call.audio.write(speech[:_FRAME])
                speech = speech[_FRAME:]
        except (baresip.AudioNotActive, baresip.AudioRestarted):
            return
        self._speech[name] = speech


async def main() -> None:
    async with on_a_port("network") as agent:
        await obey(Gateway(agent).order)


if __name__ == "__main__":
    asyncio.run(main())
