"""An online ticket system opens, reads, answers, finds and closes tickets; what it sees is what customers may see."""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import quote, urlencode

import pytest

from bot.domain.attachments import Attachment
from bot.filing import Filing
from bot.ports import Speaker
from commands.spec import Caller
from commands.ticket_reply import ticket_reply_for
from tests.adapters.web.api.serving import Api, Reply, served
from tests.town import Town

FIRE = {"subject": "printer on fire", "text": "It smokes", "customer": "acme", "from": {"address": "It@Acme.example"}}


def test_a_ticket_lives_its_whole_life_through_the_api(either_api: Api) -> None:
    api = either_api
    opened = api.post("/tickets", FIRE)
    assert opened.status == 201
    assert opened.headers["location"] == "/api/v1/tickets/1"
    told = opened.data
    assert told | {"number": 1, "state": "new", "level": "III", "requester": "it@acme.example"} == told
    assert (told["opened_at"], told["due_at"]) == ("2026-10-05T14:00:00Z", "2026-10-05T17:00:00Z")
    api.town.does("ann", "/ticket reply 1 have you tried water")
    api.town.clock.forward(hours=1)
    assert api.post("/tickets/1/messages", {"text": "It swims now"}).status == 201
    closed = api.post("/tickets/1/close", {"text": "Dry again", "from": {"address": "it@acme.example"}})
    assert (closed.status, closed.data["state"], closed.data["resolution"]) == (200, "closed", "solved")
    said = api.get("/tickets/1").data["messages"]
    assert [(one["by"], one["text"]) for one in said] == [
        ("customer", "It smokes"),
        ("support", "have you tried water"),
        ("customer", "It swims now"),
        ("customer", "Dry again"),
    ]
    assert len(api.changes) == 3
    assert api.town.ticket(1).source == "api"


def test_a_closed_ticket_is_opened_again_by_what_the_customer_says_but_not_by_thanks(api: Api) -> None:
    api.post("/tickets", FIRE)
    assert api.post("/tickets/1/close").status == 200
    assert api.post("/tickets/1/messages", {"text": "thanks"}).data["state"] == "closed"
    assert api.post("/tickets/1/messages", {"text": "It burns again"}).data["state"] == "new"


def test_what_is_closed_cannot_be_closed_again(api: Api) -> None:
    api.post("/tickets", FIRE)
    api.post("/tickets/1/close")
    again = api.post("/tickets/1/close")
    assert (again.status, again.data["code"], again.data["detail"]) == (409, "conflict", "#1 is closed.")
    assert again.data["hint"] == "", "A hint for people at the desk is none for a program."
    assert "ratelimit" in again.headers


def test_the_customer_is_known_by_name_by_address_or_not_at_all(api: Api) -> None:
    by_address = api.post("/tickets", {"subject": "no mail", "from": {"address": "jo@acme.example", "name": "Jo"}})
    assert by_address.data["customer"] == "acme"
    by_name = api.post("/tickets", {"subject": "no mail", "customer": "brightside"})
    assert (by_name.data["customer"], by_name.data["requester"]) == ("brightside", "hello@brightside.example")
    stranger = api.post("/tickets", {"subject": "no mail", "from": {"address": "who@else.example"}})
    assert (stranger.status, stranger.data["customer"]) == (201, None)
    nobody = api.post("/tickets", {"subject": "no mail"})
    assert (nobody.status, nobody.data["detail"]) == (422, "Nobody says whose the ticket is.")
    unknown = api.post("/tickets", {"subject": "no mail", "customer": "nix"})
    assert (unknown.status, unknown.data["detail"]) == (422, "There is no customer “nix”.")


def test_a_customer_is_meant_exactly_and_a_near_miss_is_told_who_is_near(either_api: Api) -> None:
    api = either_api
    for name in ("acme", "ACME Ltd", "acme ltd", "it@acme.example"):
        assert api.post("/tickets", {"subject": "no mail", "customer": name}).data["customer"] == "acme", name
        assert len(api.get(f"/tickets?customer={quote(name)}").data["tickets"]) > 0, name
        assert api.get(f"/customers/{quote(name)}/entitlement").data["customer"] == "acme", name
    for name in ("acm", "acmee", "brightsid"):
        near = f"Did you mean {'acme' if name[0] == 'a' else 'brightside'}?"
        opened = api.post("/tickets", {"subject": "no mail", "customer": name})
        searched, owed = api.get(f"/tickets?customer={name}"), api.get(f"/customers/{name}/entitlement")
        assert (opened.status, searched.status, owed.status) == (422, 422, 404), name
        assert opened.data["hint"] == searched.data["hint"] == owed.data["hint"] == near
    assert api.get("/tickets?customer=zzz").data["hint"] == "", "The desk's own commands are none of a program's."


def test_unresolved_is_all_that_is_not_closed(api: Api) -> None:
    for _ in range(3):
        api.post("/tickets", FIRE)
    api.post("/tickets/2/close")
    api.town.does("ann", "/ticket claim 3")
    assert [one["number"] for one in api.get("/tickets?state=unresolved").data["tickets"]] == [3, 1]
    assert [one["number"] for one in api.get("/tickets?state=closed").data["tickets"]] == [2]


def test_notes_and_names_of_the_staff_are_not_told(api: Api) -> None:
    api.post("/tickets", FIRE)
    api.town.does("ann", "/ticket claim 1")
    api.town.does("ann", "/ticket note 1 they are cross today")
    told = api.get("/tickets/1")
    assert told.data["claimed"] is True
    assert b"cross" not in told.body
    assert b"ann" not in told.body.lower().replace(b"cannot", b"")
    assert api.get("/tickets?q=cross").data["tickets"] == [], "Nor is there an oracle for them."


def test_files_are_kept_under_names_of_ours_and_listed(api: Api) -> None:
    smoke = {"name": "smoke.png", "type": "image/png", "content": b64encode(b"\x89PNG smoke").decode()}
    assert api.post("/tickets", {**FIRE, "files": [smoke]}).status == 201
    (said,) = api.get("/tickets/1").data["messages"]
    assert said["files"] == [{"id": 1, "name": "smoke.png", "size": 10, "type": "image/png"}]
    (copy,) = api.town.database.read(lambda work: work.files.of_ticket(1))
    assert (api.town.folder / "files" / copy.path).read_bytes() == b"\x89PNG smoke"


def kept(api: Api) -> list[Path]:
    return [one for one in (api.town.folder / "files").rglob("*") if one.is_file()]


def until(so: Callable[[], object]) -> None:
    deadline = monotonic() + 60
    while not so():
        assert monotonic() < deadline
        sleep(0.01)


def test_of_a_request_that_is_refused_no_file_stays(api: Api) -> None:
    file = {"name": "a.txt", "content": b64encode(b"x").decode()}
    assert api.post("/tickets/7/messages", {"files": [file]}).status == 404
    assert api.post("/tickets", {"subject": "x", "customer": "nix", "files": [file]}).status == 422
    assert api.post("/tickets", {**FIRE, "files": [file]}, token="tl_aaaaaaaaaa_" + "x" * 43).status == 401
    assert kept(api) == []


def test_files_that_are_none_or_too_many_are_refused(api: Api) -> None:
    for wrong in (
        {"name": "../x", "content": ""},
        {"name": "a\nb", "content": ""},
        {"name": "a", "content": "§"},
        {"name": "a", "content": "abc"},
        {"name": "a", "content": "", "type": "text/html; x"},
    ):
        assert api.post("/tickets", {**FIRE, "files": [wrong]}).status == 422, wrong
    assert api.post("/tickets", {**FIRE, "files": [{"name": "a", "content": ""}] * 11}).status == 422


def test_a_file_is_sent_as_it_is_and_comes_back_as_a_download_whatever_it_claims_to_be(either_api: Api) -> None:
    api = either_api
    api.post("/tickets", FIRE)
    page = b"<script>alert(1)</script>" * 100_000
    told = {"name": "Größe;.html", "type": "text/html", "from": "it@acme.example"}
    sent = api.send("POST", f"/tickets/1/files?{urlencode(told)}", page, headers={"Content-Type": "text/html"})
    assert (sent.status, sent.data["number"]) == (201, 1)
    said = api.get("/tickets/1").data["messages"][1]
    assert (said["by"], said["text"]) == ("customer", "")
    assert said["files"] == [{"id": 1, "name": "Größe;.html", "size": len(page), "type": "text/html"}]
    got = api.get(f"/tickets/1/messages/{said['id']}/files/1")
    assert (got.status, got.body) == (200, page)
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith('attachment; filename="Gr__e_.html"')
    assert "sandbox" in got.headers["content-security-policy"]
    assert (got.headers["x-content-type-options"], got.headers["cache-control"]) == ("nosniff", "private, no-store")
    assert "ratelimit" in got.headers
    assert len(kept(api)) == 1


def test_a_file_that_is_sent_again_is_there_once_and_another_one_is_told_apart(api: Api) -> None:
    api.post("/tickets", FIRE)
    key = {"Idempotency-Key": "k"}
    first, again = (api.send("POST", "/tickets/1/files?name=a.txt", b"abc", headers=key) for _ in range(2))
    assert (first.status, again.status, first.body) == (201, 201, again.body)
    assert api.send("POST", "/tickets/1/files?name=a.txt", b"abd", headers=key).status == 422
    assert (len(kept(api)), len(api.town.history(1))) == (1, 2)


def test_the_name_of_a_file_is_one_line_that_reads_as_it_is(api: Api) -> None:
    odd = "in\u202evoice\u2028\u0085gpj.exe"
    api.post("/tickets", {**FIRE, "files": [{"name": odd, "content": "YWJj"}]})
    assert api.send("POST", f"/tickets/1/files?{urlencode({'name': odd})}", b"abc").status == 201
    names = [file["name"] for said in api.get("/tickets/1").data["messages"] for file in said["files"]]
    assert names == ["invoice gpj.exe"] * 2


def test_a_file_that_comes_to_two_replicas_at_once_is_there_once(either_town: Town) -> None:
    key = {"Idempotency-Key": "k"}
    with served(either_town) as one, served(either_town, one.token) as other, ThreadPoolExecutor(12) as callers:
        one.post("/tickets", FIRE)

        def send(turn: int) -> Reply:
            return (one, other)[turn % 2].send("POST", "/tickets/1/files?name=a.txt", b"abc" * 50_000, headers=key)

        replies = list(callers.map(send, range(12)))
    assert {reply.status for reply in replies} <= {201, 409}
    assert 201 in {reply.status for reply in replies}
    assert len(either_town.history(1)) == 2
    (copy,) = either_town.database.read(lambda work: work.files.of_ticket(1))
    assert [str(file.relative_to(either_town.folder / "files")) for file in kept(one)] == [copy.path]


@pytest.mark.parametrize("room", ["coming", "unfinished"])
def test_a_disk_that_takes_no_files_is_told_and_nothing_is_saved(api: Api, room: str) -> None:
    api.post("/tickets", FIRE)
    blocked = api.town.folder / "files" / room
    blocked.parent.mkdir(exist_ok=True)
    blocked.write_bytes(b"")  # Stands where a folder is wanted.
    file = {"name": "a.txt", "content": "YWJj"}
    for reply in (
        api.send("POST", "/tickets/1/files?name=a.txt", b"abc"),
        api.post("/tickets/1/messages", {"text": "look", "files": [file]}),
    ):
        assert (reply.status, reply.data["code"]) == (503, "unavailable")
    assert kept(api) == [blocked]
    assert len(api.town.history(1)) == 1


def test_of_an_upload_that_ends_in_the_middle_nothing_stays(api: Api) -> None:
    api.post("/tickets", FIRE)
    with socket.create_connection(("127.0.0.1", api.port)) as sender:
        head = f"POST /api/v1/tickets/1/files?name=a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.token}\r\n"
        sender.sendall(f"{head}Content-Length: 9000000\r\n\r\n".encode() + b"x" * 3_000_000)
        until(lambda: any(file.stat().st_size for file in kept(api)))
    until(lambda: not kept(api))
    assert len(api.town.history(1)) == 1


def test_of_a_file_that_is_refused_nothing_stays(api: Api) -> None:
    api.post("/tickets", FIRE)
    with served(api.town, api.token, upload_mb=1) as small:
        for path, body, status in (
            ("/tickets/1/files?name=a", b"", 422),
            ("/tickets/1/files", b"abc", 422),
            ("/tickets/1/files?name=../a", b"abc", 422),
            ("/tickets/1/files?name=a&type=x", b"abc", 422),
            ("/tickets/1/files?name=a&from=nobody", b"abc", 422),
            ("/tickets/7/files?name=a", b"abc", 404),
            ("/tickets/1/files?name=a", b"x" * 1_000_001, 413),
        ):
            assert small.send("POST", path, body).status == status, path
    reader = api.key("tickets:read", name="reader")
    assert api.send("POST", "/tickets/1/files?name=a", b"abc", token=reader).status == 403
    assert kept(api) == []


def test_files_of_notes_of_others_and_of_nobody_are_not_there(api: Api) -> None:
    api.post("/tickets", FIRE)
    api.send("POST", "/tickets/1/files?name=a.txt", b"abc")
    note = Filing(api.town.folder / "files")
    here = Attachment("secret.txt", size=3, kept=note.write(note.new_path(), b"xyz"))
    assert api.town.desk.say(Speaker("console", "ann", "Ann", "#desk", files=(here,)), "/ticket note 1 look").ok
    assert len(api.town.database.read(lambda work: work.files.of_ticket(1))) == 2
    assert api.get("/tickets/1/messages/2/files/1").body == b"abc"
    for odd in ("3/files/1", "2/files/2", "2/files/0", "1/files/1", "x/files/1", "2/files/" + "9" * 30):
        assert api.get(f"/tickets/1/messages/{odd}").status == 404, odd
    other = api.key(name="brightside's", customer="brightside")
    assert api.get("/tickets/1/messages/2/files/1", token=other).status == 404
    assert api.get("/tickets/1/messages/2/files/1", token=api.key("tickets:write", name="w")).status == 403


def test_the_customer_rates_what_is_closed_and_the_last_word_counts(either_api: Api) -> None:
    api = either_api
    api.post("/tickets", FIRE)
    early = api.post("/tickets/1/rating", {"rating": 5})
    assert (early.status, early.data["code"]) == (409, "conflict")
    api.post("/tickets/1/close")
    assert api.post("/tickets/1/rating", {"rating": 2, "text": "slow"}).data["rating"] == 2
    assert api.post("/tickets/1/rating", {"rating": 4}).data["rating"] == 4
    for wrong in ({"rating": 0}, {"rating": 6}, {"rating": "5"}, {"rating": True}, {}):
        assert api.post("/tickets/1/rating", wrong).status == 422, wrong
    assert api.post("/tickets/7/rating", {"rating": 1}).status == 404


def test_what_was_merged_is_rated_where_it_went(api: Api) -> None:
    api.post("/tickets", FIRE)
    api.post("/tickets", {**FIRE, "subject": "smoke"})
    api.town.does("ann", "/ticket merge 1 2")
    told = api.post("/tickets/1/rating", {"rating": 5})
    assert (told.status, told.data["hint"]) == (409, "Rate that one.")


def test_a_flood_of_one_customer_is_slowed_down(api: Api) -> None:
    statuses = [api.post("/tickets", FIRE).status for _ in range(21)]
    assert statuses == [201] * 20 + [429]
    assert api.post("/tickets", FIRE).headers["retry-after"] == "60"


def test_a_ticket_that_has_not_changed_is_not_sent_again(api: Api) -> None:
    api.post("/tickets", FIRE)
    first = api.get("/tickets/1")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    same = api.get("/tickets/1", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", tag)
    api.post("/tickets/1/messages", {"text": "hello?"})
    assert api.get("/tickets/1", headers={"If-None-Match": tag}).status == 200
    api.town.clock.forward(hours=1)
    old = api.get("/tickets/1").headers["etag"]
    assert api.get("/tickets/1", headers={"If-None-Match": old}).status == 304


def test_a_reply_is_told_once_it_cannot_be_taken_back_and_never_if_it_was(api: Api) -> None:
    """With [email] undo, as the desk's own command has it."""
    api.post("/tickets", FIRE)
    reply = ticket_reply_for("", 10)
    now = api.town.clock.now()
    staff = api.town.database.read(lambda work: work.people.get("ann"))
    caller = Caller(staff, Speaker("console", "ann", "Ann"), now)
    api.town.database.write(lambda work: reply(caller, work, ticket=work.tickets.get(1), text="try now"))
    waits = api.get("/tickets/1")
    assert len(waits.data["messages"]) == 1
    api.town.clock.forward(seconds=10)
    told = api.get("/tickets/1", headers={"If-None-Match": waits.headers["etag"]})
    assert [one["text"] for one in told.data["messages"]] == ["It smokes", "try now"]


def test_a_merged_ticket_says_where_it_went_and_words_go_there(either_api: Api) -> None:
    api = either_api
    api.post("/tickets", FIRE)
    api.post("/tickets", FIRE)
    api.town.does("ann", "/ticket merge 2 1")
    assert api.get("/tickets/2").data["merged_into"] == 1
    assert api.post("/tickets/2/messages", {"text": "It is both"}).data["number"] == 1


def test_what_a_customer_is_owed_is_told_with_the_hours_of_the_desk(api: Api) -> None:
    told = api.get("/customers/acme/entitlement").data
    assert told | {"level": "III", "standing": "active", "ways": ["email", "remote", "telephone"]} == told
    assert told["first_response_seconds"] == 3 * 3600
    assert told["desk"] == {"state": "open", "opens_at": None, "closes_at": "2026-10-05T23:00:00Z"}
    api.town.clock.forward(hours=12)
    assert api.get("/customers/acme/entitlement").data["desk"] == {
        "state": "monitored",
        "opens_at": "2026-10-06T14:00:00Z",
        "closes_at": None,
    }
    assert api.get("/customers/nix/entitlement").status == 404
