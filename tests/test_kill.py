"""`kill -9` at any moment loses nothing that was answered, leaves nothing half done, and all news is told."""

from __future__ import annotations

import json
import signal
from collections import Counter
from pathlib import Path
from random import Random
from time import sleep

import pytest

from tests.doubles.desk_process import DeskProcess
from tests.lives import Life, Typed, must_be_on_record, tells_the_rest, words_on_record

pytestmark = pytest.mark.slow

LIVES = 12
KILLED_AT_ITS_START = 2
KILLED_AT_WORK = 6
"""12 lives of 8 kills, and 12 of the busy desk: 108 in all."""

BUSY_KILLS = 12
CALLERS = 24


@pytest.mark.parametrize("seed", range(LIVES))
def test_a_desk_that_is_killed_at_any_moment_loses_nothing(tmp_path: Path, seed: int) -> None:
    """Half of the desks go by the real clock; the others' is moved, so that alerts fall due in between."""
    life = Life(tmp_path / "desk", "run" if seed % 2 else "demo", seed)
    for _ in range(KILLED_AT_ITS_START):
        life.is_killed_while_it_starts()
        life.lost_nothing(tmp_path / "copy")
    life.is_set_up()
    for _ in range(KILLED_AT_WORK):
        life.works_until_it_is_ended(signal.SIGKILL)
        life.lost_nothing(tmp_path / "copy")
    life.told_everything()
    assert any(typed.done for typed in life.typed.values())


def test_a_busy_desk_that_is_killed_loses_nothing_and_a_request_that_is_repeated_is_done_once(tmp_path: Path) -> None:
    """Many callers share commits; what had no answer is said again under the same id, by whoever comes next."""
    folder, rng = tmp_path / "desk", Random(2026)
    setting_up = DeskProcess("run", "--data", folder)
    setting_up.types(["/customer add ACME --id acme --mail it@acme.example"])
    assert setting_up.end() == 0, setting_up.errors
    typed = {f"w{number}x": _request(number, rng) for number in range(900)}
    parcels: Counter[int] = Counter()
    for death in range(BUSY_KILLS + 1):
        open_ones = [json.dumps([word, one.line]) for word, one in typed.items() if one.done is None]
        process = DeskProcess(folder, str(CALLERS), module="tests.doubles.busy_writers")
        process.types(open_ones)
        if death < BUSY_KILLS:
            process.answers_within(rng.randint(1, 100))
            sleep(rng.uniform(0, 0.02))
            process.kill()
        else:
            assert process.end() == 0, process.errors
        parcels += _heard(process, typed)
        found = words_on_record(folder, tmp_path / "copy")
        for word, one in typed.items():
            must_be_on_record(one, found[word])
    assert all(one.done is not None for one in typed.values())
    opened = [one.ticket for one in typed.values() if "open" in one.line and one.done]
    assert len(opened) == len(set(opened))
    late = tells_the_rest(folder)
    for letter, _ in late.letters:
        assert 1 <= parcels[letter.id] + late.shown[letter.id] <= letter.attempts


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_desk_that_is_asked_to_stop_in_the_middle_of_a_script_ends_tidily(
    tmp_path: Path, number: signal.Signals
) -> None:
    """It says so by its exit code, has told all that it did, and leaves one whole file behind."""
    life = Life(tmp_path / "desk", "run", number)
    life.is_set_up()
    for _ in range(3):
        assert life.works_until_it_is_ended(number) in (0, 128 + number)
        assert [part.name for part in life.folder.glob("thirdline.db*")] == ["thirdline.db"]
        life.lost_nothing(tmp_path / "copy")
        assert life.in_flight() == 0
    life.told_everything()


def _request(number: int, rng: Random) -> Typed:
    word, ticket = f"w{number}x", rng.randint(1, number // 4 + 1)
    if number % 4 == 0:
        return Typed(f"/ticket open trouble --requester me@home.example --text {word}", 1)
    line, events = rng.choice(
        (
            (f"note {ticket} {word}", 1),
            (f"reply {ticket} {word}", 1),
            (f"reply {ticket} hello --wait --reason {word}", 2),
            (f"refer {ticket} --partner Fixers --reason {word}", 2),
        )
    )
    return Typed(f"/ticket {line}", events)


def _heard(process: DeskProcess, typed: dict[str, Typed]) -> Counter[int]:
    """Write down what was answered; returns how often each parcel was delivered."""
    delivered: Counter[int] = Counter()
    for answer in process.answers:
        if "parcel" in answer:
            delivered[answer["parcel"]] += 1
        else:
            one = typed[answer["request"]]
            one.done, one.ticket = answer["ok"], answer["ticket"]
    return delivered
