"""Whatever is sent, the answer is a clear one: a problem with its status, a sentence and what to do instead."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from tests.adapters.web.api.serving import Api

WHOLE = b'{"subject":"x","customer":"acme"}'


def problem(reply: Any, status: int, code: str) -> Any:
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json"), reply.body
    told = reply.data
    assert (told["status"], told["code"], bool(told["detail"])) == (status, code, True), told
    return told


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "invalid"),
        (b"{", 400, "bad_json"),
        (b"[]", 422, "invalid"),
        (b'"subject"', 422, "invalid"),
        (b"null", 422, "invalid"),
        (b"[" * 100_000, 400, "bad_json"),
        (b'{"subject":' + b"[" * 5_000 + b"]" * 5_000 + b"}", 400, "bad_json"),
        (b'{"subject":"\xff","customer":"acme"}', 400, "bad_json"),
        (b'{"subject":"\\ud800","customer":"acme"}', 400, "bad_json"),
        (b'{"subject":"a\\u0000b","customer":"acme"}', 422, "invalid"),
        (b'{"subject":"x","customer":"a\\u0000b"}', 422, "invalid"),
        (b'{"subject":"x","customer":"acme","text":"\\u0000"}', 422, "invalid"),
        (b'{"subject":" \\n ","customer":"acme"}', 422, "invalid"),
        (b'{"subject":NaN}', 422, "invalid"),
        (b'{"subject":1' + b"0" * 400 + b"}", 422, "invalid"),
        (b'{"subject":"x","from":{"address":"nobody"}}', 422, "invalid"),
        (b'{"subject":"x","from":{"address":"a@b\\r\\nBcc: c@d"}}', 422, "invalid"),
        (b'{"subject":"x","customer":"acme","category":"nonsense"}', 422, "bad_value"),
        (b'{"subject":"' + b"x" * 1001 + b'"}', 422, "invalid"),
    ],
)
def test_a_body_that_is_none_is_refused(shared: Api, body: bytes, status: int, code: str) -> None:
    problem(shared.send("POST", "/tickets", body), status, code)


def test_a_field_that_is_not_known_is_named_with_what_was_probably_meant(shared: Api) -> None:
    told = problem(shared.post("/tickets", {"subjekt": "x", "customer": "acme"}), 422, "invalid")
    assert {"pointer": "#/subjekt", "detail": "There is nothing of that name. Did you mean subject?"} in told["errors"]
    assert {"pointer": "#/subject", "detail": "It is missing."} in told["errors"]
    told = problem(shared.post("/tickets", {"subject": "x", "from": {"adress": "a@b.example"}}), 422, "invalid")
    assert {"pointer": "#/from/adress", "detail": "There is nothing of that name. Did you mean address?"} in told[
        "errors"
    ]
    told = problem(shared.post("/tickets/1/messages", {"files": [{"nam": "x", "content": ""}]}), 422, "invalid")
    assert any(one["detail"].endswith("Did you mean name?") for one in told["errors"])
    told = problem(shared.get("/tickets?statte=open"), 422, "invalid")
    assert told["detail"] == "?statte: There is nothing of that name. Did you mean state?"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1.0",
        "limit=-1",
        "limit=" + "9" * 400,
        "state=gone",
        "updated_since=yesterday",
        "updated_since=0",
        "updated_since=2026-10-09",
        "updated_since=2026-10-09T17:30:00",
        "updated_since=2026-02-31T17:30:00Z",
        "updated_since=0001-01-01T00:00:00Z",
        "updated_since=9999-12-31T23:59:59-23:00",
        "cursor=",
        "cursor=x",
        "cursor=bjA",
        "cursor=%00",
        "q=%00",
        "customer=a%00b",
        "q=x&q=y",
        "q=" + "x" * 201,
        "q=" + "+".join("abcdefghijklm"),
    ],
)
def test_a_parameter_that_is_none_is_refused(shared: Api, query: str) -> None:
    reply = shared.get(f"/tickets?{query}")
    assert reply.status == 422, reply.body


@pytest.mark.parametrize(
    "query", ["q=%FF", "q=%ED%A0%80", "q=%25%27%22*", "customer=nix", "state=closed&limit=100", ""]
)
def test_odd_words_find_nothing_and_break_nothing(shared: Api, query: str) -> None:
    assert shared.get(f"/tickets?{query}").status in (200, 422)


@pytest.mark.parametrize(
    "number", ["0", "-1", "abc", "9" * 19, "9" * 30, "9" * 5000, "1.0", "%00", "%2e%2e", "1%20", "+1", "٣", "0x1"]
)
def test_a_number_that_no_ticket_has_is_not_found(shared: Api, number: str) -> None:
    from urllib.parse import quote

    for method, path in (("GET", ""), ("POST", "/close"), ("POST", "/messages")):
        body = b'{"text":"x"}' if method == "POST" else None
        reply = shared.send(method, f"/tickets/{quote(number, safe='%+')}{path}", body)
        assert reply.status in (400, 404), reply.body


def test_other_methods_and_addresses_are_told_apart(shared: Api) -> None:
    told = shared.send("DELETE", "/tickets/1")
    problem(told, 405, "method")
    assert told.headers["allow"] == "GET, HEAD"
    assert shared.send("PUT", "/tickets").headers["allow"] == "GET, HEAD, POST"
    for path in ("/api", "/api/", "/api/v1", "/api/v1/nowhere", "/api/v2/tickets", "/api/v1/tickets/"):
        problem(shared.get(path), 404, "not_found")
    head = shared.send("HEAD", "/tickets")
    assert (head.status, head.body) == (200, b"")


def test_the_form_of_body_and_answer_is_json(shared: Api) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", ""):
        problem(shared.send("POST", "/tickets", WHOLE, headers={"Content-Type": kind}), 415, "not_json")
    problem(shared.send("POST", "/tickets", WHOLE, headers={"Content-Encoding": "gzip"}), 415, "encoded")
    assert (
        shared.send("POST", "/tickets", WHOLE, headers={"Content-Type": "application/json; charset=UTF-8"}).status
        == 201
    )
    for accept in ("text/html", "application/json;q=0", "image/*, text/*;q=0.5"):
        problem(shared.get("/tickets", headers={"Accept": accept}), 406, "not_acceptable")
    for accept in ("*/*", "application/*", "text/html, application/json;q=0.1"):
        assert shared.get("/tickets", headers={"Accept": accept}).status == 200


def test_a_body_that_is_too_large_is_refused_before_it_is_read(api: Api) -> None:
    huge = {"Content-Length": str(10**12)}
    problem(api.send("POST", "/tickets", b"{}", headers=huge), 413, "too_large")
    assert api.send("POST", "/tickets", b"{}", headers=huge, token="tl_aaaaaaaaaa_" + "x" * 43).status == 401
    text = json.dumps({"subject": "x", "customer": "acme", "text": "é" * 90_000}).encode()
    assert api.send("POST", "/tickets", text).status == 201, "As long as a text may be."
    problem(api.send("POST", "/tickets/1/close", b'{"text":"' + b"x" * 1_000_001 + b'"}'), 413, "too_large")


def test_a_body_without_a_length_ends_at_the_limit(shared: Api) -> None:
    lines = f"POST /api/v1/tickets/1/close HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {shared.token}\r\n"
    lines += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", shared.port), 20) as line:
        line.sendall(lines.encode())
        chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
        try:
            for _ in range(40):
                line.sendall(chunk)
        except OSError:
            pass  # It has heard enough.
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_answers_are_for_nobody_elses_cache_and_are_what_they_say(shared: Api) -> None:
    for reply in (shared.get("/tickets"), shared.get("/nowhere")):
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["x-content-type-options"] == "nosniff"


def test_hostile_words_come_back_as_they_were(shared: Api) -> None:
    words = '<script>alert(1)</script> \u202e {{7*7}} ${x} ";DROP TABLE tickets;-- \U0001f525'
    opened = shared.post("/tickets", {"subject": words, "text": words, "customer": "brightside"})
    assert opened.status == 201
    told = shared.get(f"/tickets/{opened.data['number']}").data
    assert (told["subject"], told["messages"][0]["text"]) == (words, words)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"subject":"x","files":[' + b"{}," * 250_000 + b"{}]}", id="a quarter of a million files"),
        pytest.param(b"{" + b",".join(b'"k%d":1' % one for one in range(80_000)) + b"}", id="80,000 fields"),
        pytest.param(b'{"subject":[' + b"[1]," * 60 + b"[1]]}", id="60 subjects"),
    ],
)
def test_a_body_that_is_built_to_be_slow_is_refused_before_it_is_looked_at_closely(shared: Api, body: bytes) -> None:
    """A sentence for each of a million mistakes would hold up everybody whom the desk serves."""
    problem(shared.send("POST", "/tickets", body), 422, "too_many_parts")


def test_a_text_may_be_full_of_commas_and_braces(shared: Api) -> None:
    text = "{[,]}" * 20_000
    assert shared.post("/tickets", {"subject": "x", "customer": "acme", "text": text}).status == 201


@pytest.mark.parametrize("id", ["nix", "%00", "a%0Ab", "%C2%85", "%FF", "x" * 500])
def test_a_customer_that_cannot_be_is_one_that_there_is_not(either_api: Api, id: str) -> None:
    problem(either_api.get(f"/customers/{id}/entitlement"), 404, "not_found")
