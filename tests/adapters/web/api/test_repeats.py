"""Idempotency-Key: however often and however quickly a request is repeated, it is done once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from bot.ports import Database, UnitOfWork
from commands.desk import Desk
from storage.errors import StorageTrouble
from tests.adapters.web.api.serving import Api, served
from tests.town import Town

T = TypeVar("T")

FIRE = {"subject": "printer on fire", "customer": "acme"}
KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}


def test_a_repeat_gets_the_first_answer_and_nothing_happens_again(either_api: Api) -> None:
    api = either_api
    first = api.post("/tickets", FIRE, headers=KEY)
    api.town.clock.forward(hours=1)
    again = api.post("/tickets", FIRE, headers=KEY)
    assert (again.status, again.body, again.headers["location"]) == (201, first.body, first.headers["location"])
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert len(api.town.tickets()) == 1
    bare = api.post("/tickets", FIRE, headers={"Idempotency-Key": KEY["Idempotency-Key"].strip('"')})
    assert bare.body == first.body


@pytest.mark.parametrize("path", ["/tickets/1/messages", "/tickets/1/close"])
def test_it_holds_for_what_is_done_on_a_ticket(api: Api, path: str) -> None:
    api.post("/tickets", FIRE)
    first, again = (api.post(path, {"text": "words"}, headers=KEY) for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)
    assert len(api.town.history(1)) == 2


def test_the_same_key_for_another_request_is_refused(api: Api) -> None:
    api.post("/tickets", FIRE, headers=KEY)
    for path, data in (("/tickets", {**FIRE, "subject": "another"}), ("/tickets/1/close", FIRE)):
        other = api.post(path, data if path == "/tickets" else {}, headers=KEY)
        assert (other.status, other.data["code"]) == (422, "idempotency_key_reused")
    assert len(api.town.tickets()) == 1


def test_each_api_key_has_names_of_its_own(api: Api) -> None:
    api.post("/tickets", FIRE, headers=KEY)
    assert api.post("/tickets", FIRE, headers=KEY, token=api.key(name="another")).data["number"] == 2


def test_what_was_refused_may_be_tried_again_with_the_same_key(api: Api) -> None:
    wrong = {"subject": "x", "customer": "nix"}
    assert api.post("/tickets", wrong, headers=KEY).status == 422
    assert api.post("/tickets", FIRE, headers=KEY).status == 201


def test_it_is_remembered_for_two_days(api: Api) -> None:
    api.post("/tickets", FIRE, headers=KEY)
    api.town.clock.forward(days=2, seconds=-1)
    api.town.database.write(lambda work: work.memory.prune(api.town.clock.now()))
    assert api.post("/tickets", FIRE, headers=KEY).data["number"] == 1
    api.town.clock.forward(seconds=2)
    api.town.database.write(lambda work: work.memory.prune(api.town.clock.now()))
    assert api.post("/tickets", FIRE, headers=KEY).data["number"] == 2


@pytest.mark.parametrize("wrong", ["", '""', '"a', "x" * 256, "a b", '"ü"', '"a"b"'])
def test_a_key_that_cannot_be_read_is_refused(shared: Api, wrong: str) -> None:
    reply = shared.post("/tickets", FIRE, headers={"Idempotency-Key": wrong})
    assert (reply.status, reply.data["code"]) == (400, "bad_idempotency_key")


def test_twenty_equal_requests_at_once_make_one_ticket(either_api: Api) -> None:
    api = either_api
    with ThreadPoolExecutor(20) as callers:
        replies = list(callers.map(lambda _: api.post("/tickets", FIRE, headers=KEY), range(20)))
    assert {one.status for one in replies} <= {201, 409}
    assert {one.data["number"] for one in replies if one.status == 201} == {1}
    assert all(one.headers["retry-after"] == "1" for one in replies if one.status == 409)
    assert len(api.town.tickets()) == 1


def test_nor_do_two_replicas_that_know_nothing_of_each_other(either_town: Town) -> None:
    with served(either_town) as one, served(either_town, one.token) as other, ThreadPoolExecutor(20) as callers:
        replies = list(callers.map(lambda n: (one, other)[n % 2].post("/tickets", FIRE, headers=KEY), range(20)))
    assert {reply.status for reply in replies} <= {201, 409}
    assert {reply.data["number"] for reply in replies if reply.status == 201} == {1}
    assert len(either_town.tickets()) == 1


class CutOff:
    """A database that is lost right behind a commit: it was saved, and nobody hears of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.read = database.read

    def write(self, deed: Callable[[UnitOfWork], T]) -> T:
        self._database.write(deed)
        raise StorageTrouble("The database server cannot be reached.")


def test_what_was_saved_although_nobody_heard_so_keeps_its_files(api: Api) -> None:
    town, file = api.town, {"name": "a.txt", "content": "YWJj"}
    cut_off = Desk(CutOff(town.database), town.desk.catalogue, town.clock)
    with served(town, api.token, desk=cut_off) as unlucky:
        assert unlucky.post("/tickets", {**FIRE, "files": [file]}, headers=KEY).status == 503
    again = api.post("/tickets", {**FIRE, "files": [file]}, headers=KEY)
    assert (again.status, again.headers["idempotency-replayed"]) == (201, "true")
    (copy,) = town.database.read(lambda work: work.files.of_ticket(1))
    assert (town.folder / "files" / copy.path).read_bytes() == b"abc"
