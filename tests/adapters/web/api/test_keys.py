"""Keys: what each may do and see, and that nothing tells a wrong one from one that never was."""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import product

import pytest

from bot.api_keys import SCOPES, new_token, token_from
from bot.redaction import redacted
from tests.adapters.web.api.serving import Api, served

OPERATIONS = {
    ("POST", "/tickets", "tickets:write"): b'{"subject":"x","customer":"acme"}',
    ("GET", "/tickets", "tickets:read"): None,
    ("GET", "/tickets/1", "tickets:read"): None,
    ("POST", "/tickets/1/messages", "tickets:write"): b'{"text":"x"}',
    ("POST", "/tickets/1/files?name=a.txt", "tickets:write"): b"abc",
    ("GET", "/tickets/1/messages/1/files/1", "tickets:read"): None,
    ("POST", "/tickets/1/close", "tickets:write"): b"{}",
    ("POST", "/tickets/1/rating", "tickets:write"): b'{"rating":5}',
    ("GET", "/customers/acme/entitlement", "customers:read"): None,
}


@pytest.fixture(scope="module")
def house(shared: Api) -> Api:
    file = {"name": "a.txt", "content": "YWJj"}
    assert shared.post("/tickets", {"subject": "the first", "customer": "acme", "files": [file]}).status == 201
    return shared


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_does_what_its_scopes_name_and_nothing_else(house: Api, scope: str) -> None:
    token = house.key(scope, name=f"only {scope}")
    for (method, path, needed), body in OPERATIONS.items():
        reply = house.send(method, path, body, token=token)
        if needed == scope:
            assert reply.status in (200, 201), reply.body
        else:
            assert (reply.status, reply.data["code"]) == (403, "scope")
            assert f'scope="{needed}"' in reply.headers["www-authenticate"]


def test_a_key_for_one_customer_sees_nothing_of_the_others(either_api: Api) -> None:
    api = either_api
    api.post("/tickets", {"subject": "acme's", "customer": "acme"})
    api.post("/tickets", {"subject": "brightside's", "customer": "brightside"})
    token = api.key(name="acme's shop", customer="acme")
    unseen, missing = api.get("/tickets/2", token=token), api.get("/tickets/77", token=token)
    assert (unseen.status, missing.status) == (404, 404)
    assert unseen.body.replace(b"2", b"77") == missing.body
    assert api.post("/tickets/2/messages", {"text": "hi"}, token=token).status == 404
    assert api.post("/tickets/2/close", token=token).status == 404
    assert [one["number"] for one in api.get("/tickets", token=token).data["tickets"]] == [1]
    theirs, nobodys = (api.get(f"/tickets?customer={name}", token=token) for name in ("brightside", "brightsid"))
    assert (theirs.status, nobodys.status, theirs.data["hint"], nobodys.data["hint"]) == (422, 422, "", "")
    for name in ("acme", "it@acme.example", "ACME%20Ltd"):
        assert [one["number"] for one in api.get(f"/tickets?customer={name}", token=token).data["tickets"]] == [1]
    assert api.get("/customers/brightsid/entitlement", token=token).data["hint"] == ""
    assert api.get("/customers/brightside/entitlement", token=token).status == 404
    assert api.get("/customers/acme/entitlement", token=token).status == 200
    refused = api.post("/tickets", {"subject": "x", "customer": "brightside"}, token=token)
    unknown = api.post("/tickets", {"subject": "x", "customer": "nix"}, token=token)
    assert refused.status == unknown.status == 422
    assert refused.data["detail"].replace("brightside", "nix") == unknown.data["detail"]
    opened = api.post("/tickets", {"subject": "x", "from": {"address": "hello@brightside.example"}}, token=token)
    assert opened.data["customer"] == "acme", "The key says whose it is."


def test_a_key_for_one_customer_does_not_reach_anothers_through_a_merge(api: Api) -> None:
    api.post("/tickets", {"subject": "acme's", "customer": "acme"})
    api.post("/tickets", {"subject": "brightside's", "customer": "brightside"})
    api.town.does("ann", "/ticket merge 1 2 --force")
    token = api.key(name="acme's shop", customer="acme")
    assert api.post("/tickets/1/messages", {"text": "hi"}, token=token).status == 404


def test_no_key_a_wrong_one_an_unknown_one_and_a_revoked_one_open_nothing(api: Api) -> None:
    good = token_from(api.token)
    assert good is not None
    wrong = f"tl_{good.id}_{'x' * 43}"
    unknown = f"tl_aaaaaaaaaa_{good.secret}"
    answers = {api.get("/tickets", token=token).body for token in (wrong, unknown, "tl_", "tl_x_y", "secret")}
    assert len(answers) == 1
    assert api.get("/tickets", token="").headers["www-authenticate"] == 'Bearer realm="thirdline"'
    assert api.get("/tickets", headers={"Authorization": f"Basic {good.text}"}, token="").status == 401

    now = api.town.clock.now()
    key = api.town.database.read(lambda work: work.keys.get(good.id))
    assert key is not None
    api.town.database.write(lambda work: work.keys.save(replace(key, revoked_at=now)))
    revoked = api.get("/tickets")
    assert revoked.status == 401
    assert {revoked.body} == answers
    assert 'error="invalid_token"' in revoked.headers["www-authenticate"]


def test_who_guesses_is_turned_away_and_who_has_a_key_goes_on_beside_them(api: Api) -> None:
    assert api.get("/tickets").status == 200
    statuses = [api.get("/tickets", token=f"tl_aaaaaaaaaa_{number:043}").status for number in range(22)]
    assert statuses == [401] * 20 + [429] * 2
    assert api.get("/tickets").status == 200, "The same address, with a key that was right before."
    assert api.get("/tickets", token=api.key(name="new")).status == 429, "Nobody looks at it yet."
    api.town.clock.forward(minutes=1)
    assert api.get("/tickets", token=api.key(name="newer")).status == 200


def test_who_shows_no_key_at_all_is_turned_away_in_the_same_way(api: Api) -> None:
    statuses = [api.get("/tickets", token="").status for _ in range(22)]
    assert statuses == [401] * 20 + [429] * 2


def test_the_last_use_is_kept_to_the_minute(either_api: Api) -> None:
    api = either_api
    token = token_from(api.token)
    assert token is not None

    def used() -> object:
        key = api.town.database.read(lambda work: work.keys.get(token.id))
        return key and key.used_at

    assert used() is None
    first = api.town.clock.now()
    api.get("/tickets")
    api.town.clock.forward(seconds=59)
    api.get("/tickets")
    assert used() == first
    api.town.clock.forward(seconds=1)
    api.post("/tickets", {"subject": "x", "customer": "acme"})
    assert used() == api.town.clock.now()


def test_a_key_has_so_many_requests_a_minute_and_hears_how_many_are_left(api: Api) -> None:
    with served(api.town, api.token, api_rate=3) as slow:
        token = slow.key(name="slow")
        replies = [slow.get("/tickets", token=token) for _ in range(4)]
        assert [one.status for one in replies] == [200, 200, 200, 429]
        assert replies[0].headers["ratelimit-policy"] == '"key";q=3;w=60'
        assert [one.headers["ratelimit"] for one in replies] == [
            '"key";r=2;t=20',
            '"key";r=1;t=40',
            '"key";r=0;t=60',
            '"key";r=0;t=60',
        ]
        assert replies[3].headers["retry-after"] == "20"
        assert slow.get("/tickets", token=slow.key(name="another")).status == 200
        slow.town.clock.forward(seconds=20)
        assert slow.get("/tickets", token=token).status == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/tickets", b"{", 400),
        ("POST", "/tickets", b'{"subject":1}', 422),
        ("GET", "/tickets?limit=0", None, 422),
        ("POST", "/tickets", b'{"subject":"' + b"x" * 1_100_000 + b'"}', 422),
        ("POST", "/tickets/1/files", b"abc", 422),
        ("GET", "/customers/acme/entitlement", None, 403),
        ("GET", "/tickets/99", None, 404),
    ],
    ids=["no JSON", "invalid", "no such parameter", "large and invalid", "no name", "beyond its scopes", "not there"],
)
def test_what_is_refused_costs_as_much(api: Api, method: str, path: str, body: bytes | None, status: int) -> None:
    with served(api.town, api.token, api_rate=3) as slow:
        token = slow.key("tickets:read", "tickets:write", name="slow")
        replies = [slow.send(method, path, body, token=token) for _ in range(4)]
        assert [one.status for one in replies] == [status] * 3 + [429]
        assert replies[0].headers["ratelimit"] == '"key";r=2;t=20'
        assert slow.get("/tickets", token=token).status == 429


def test_a_wrong_key_spends_nothing_of_the_right_one_and_learns_nothing_of_the_body(api: Api) -> None:
    with served(api.town, api.token, api_rate=3) as slow:
        good = token_from(slow.token)
        assert good is not None
        wrong = f"tl_{good.id}_{'x' * 43}"
        assert [slow.send("POST", "/tickets", b"{", token=wrong).status for _ in range(5)] == [401] * 5
        assert slow.get("/tickets").headers["ratelimit"] == '"key";r=2;t=20'


def test_addresses_that_lead_nowhere_cost_their_client(api: Api) -> None:
    with served(api.town, api.token, api_rate=3) as slow:
        found = [slow.get(path, token="").status for path in ("/nowhere", "/openapi.json", "/nowhere", "/openapi.json")]
        assert found == [404, 200, 404, 429]
        assert slow.get("/tickets").status == 200
        slow.town.clock.forward(seconds=20)
        assert slow.get("/nowhere").status == 404


def test_nothing_of_a_key_is_in_a_log_or_an_answer(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = api.token.rpartition("_")[2]
    told = [api.get("/tickets"), api.get("/tickets/9"), api.post("/tickets", {"subjekt": api.token})]
    told += [api.get(path, token=api.token + "x") for path in ("/tickets", "/nowhere")]
    assert not [one for one in told if secret.encode() in one.body]
    assert secret not in caplog.text


@pytest.mark.parametrize(("method", "path"), [*product(["GET", "POST"], ["/tickets", "/tickets/1", "/customers/x/y"])])
def test_without_a_key_nothing_is_told(house: Api, method: str, path: str) -> None:
    assert house.send(method, path, token="").status in (401, 404, 405)


def test_a_use_that_is_noted_late_does_not_give_a_revoked_key_back(either_api: Api) -> None:
    """A replica may have read the key before it was revoked, and note its use afterwards."""
    database, now = either_api.town.database, either_api.town.clock.now()
    token = token_from(either_api.token)
    assert token is not None
    key = database.read(lambda work: work.keys.get(token.id))
    assert key is not None
    database.write(lambda work: work.keys.save(replace(key, revoked_at=now)))
    database.write(lambda work: work.keys.used(token.id, now))
    assert either_api.get("/tickets").status == 401


def test_a_key_in_a_log_is_struck_out() -> None:
    text = new_token().text
    assert redacted(f"Authorization: Bearer {text} was sent") == f"Authorization: Bearer {text[:13]}_*** was sent"
