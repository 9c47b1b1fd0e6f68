"""Once: a repeated event joins its first coming, and one that met a fault is not taken for done."""

from __future__ import annotations

import asyncio

import pytest

from bot.once import NotDone, Once
from bot.workers import Tasks


def test_what_comes_again_is_not_done_again() -> None:
    async def twice() -> list[str]:
        done: list[str] = []
        free = asyncio.Event()

        async def work() -> None:
            await free.wait()
            done.append("once")

        once = Once(Tasks())
        both = [asyncio.create_task(once.do("the same", work)) for _ in range(2)]
        await asyncio.sleep(0)
        free.set()
        await asyncio.gather(*both)
        await once.do("the same", work)
        return done

    assert asyncio.run(twice()) == ["once"]


def test_what_met_a_fault_is_said_to_be_undone_and_done_when_it_comes_again() -> None:
    async def at_last() -> list[str]:
        done: list[str] = []

        async def away() -> None:
            raise ConnectionError("the database is away")

        async def back() -> None:
            done.append("done")

        once = Once(Tasks())
        with pytest.raises(NotDone):
            await once.do("the same", away)
        await once.do("the same", back)
        return done

    assert asyncio.run(at_last()) == ["done"]


def test_what_takes_too_long_is_said_to_be_undone_and_goes_on() -> None:
    async def late() -> list[str]:
        done: list[str] = []
        free = asyncio.Event()

        async def work() -> None:
            await free.wait()
            done.append("once")

        tasks = Tasks()
        with pytest.raises(NotDone):
            await Once(tasks, patience=0.0).do("the same", work)
        free.set()
        await tasks.stop()
        return done

    assert asyncio.run(late()) == ["once"]
