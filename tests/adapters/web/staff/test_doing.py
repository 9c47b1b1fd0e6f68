"""Every command from a page: the same words, rights and refusals as in chat, each form done once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.history import Deed
from tests.adapters.web.browsing import Served
from tests.adapters.web.staff.at_desk import DO, SAY, at_desk, colleague, does, safe, says

EVIL = "\"><script>alert('x')</script><img src=x onerror=alert(1)> ' {{ 7*7 }}"


def test_a_button_does_what_the_command_does(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire --customer acme")
        ann = await colleague(web, "ann")
        seen = await does(ann, "ticket claim", "/desk/tickets/1", ticket="1")
        assert seen.status == 200
        assert web.town.ticket(1).owner == "ann"
        last = web.town.history(1)[-1]
        assert (last.by, last.source, last.deed) == ("ann", "web", Deed.CLAIMED)
        assert "Ann claimed it · web" in (await ann.get("/desk/tickets/1")).words
        assert web.town.hears("@bob") == []

    at_desk(tmp_path, story)


def test_a_ticket_opened_here_says_so_and_its_reply_goes_to_the_customer(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        ann = await colleague(web, "ann")
        seen = await says(ann, 'ticket open "printer on fire" --customer acme --requester it@acme.example')
        assert "#1" in seen.words, seen.words
        assert "Opened by Ann in a browser" in (await ann.get("/desk/tickets/1")).words
        seen = await does(ann, "ticket reply", "/desk/tickets/1", ticket="1", text="We are on\r\nour way.", asks="text")
        assert seen.status == 200, seen.words
        assert web.town.history(1)[-1].data["text"] == "We are on\nour way."
        letters = web.letters("it@acme.example")
        assert [one["letter"] for one in letters][-1:] == ["reply"]

    at_desk(tmp_path, story)


def test_the_same_form_sent_twice_is_done_once_and_another_one_is_another(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        ann = await colleague(web, "ann")
        form = {**await safe(ann), "line": "ticket open printer on fire"}
        seen = await asyncio.gather(*(ann.posts(SAY, form) for _ in range(5)))
        assert {one.status for one in seen} == {200}
        assert len(web.town.tickets()) == 1
        await ann.posts(SAY, {**form, "line": "ticket open something else"})  # Gone back, and typed anew.
        assert len(web.town.tickets()) == 2
        form = {**await safe(ann), "command": "ticket note", "v.ticket": "1", "v.text": "burnt"}
        for text in ("burnt", "burnt", "burnt down"):
            assert (await ann.posts(DO, {**form, "v.text": text})).status == 200
        notes = [event.data["text"] for event in web.town.history(1) if event.deed is Deed.NOTED]
        assert notes == ["burnt", "burnt down"]

    at_desk(tmp_path, story)


def kept(folder: Path) -> bytes:
    """All that the database's files hold."""
    return b"".join(file.read_bytes() for file in folder.glob("thirdline.db*"))


def test_what_is_for_private_eyes_is_shown_and_not_recorded(tmp_path: Path) -> None:
    """A repeat of the request is done anew: the secret of the first answer is written nowhere."""

    async def story(web: Served) -> None:
        lea = await colleague(web, "lea")
        form = {**await safe(lea), "line": "desk link"}
        first, second = await lea.posts(SAY, form), await lea.posts(SAY, form)
        assert first.status == second.status == 200
        codes = [seen.words.partition("/desk link ")[2][:9] for seen in (first, second)]
        assert codes[0] != codes[1]
        assert all(code.count("-") == 1 for code in codes)
        assert not any(code.encode() in kept(tmp_path) for code in codes)

    at_desk(tmp_path, story)


def test_a_code_is_joined_to_no_account_here(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        code = web.town.does("bob", "desk link").partition("/desk link ")[2][:9]
        seen = await says(await colleague(web, "ann"), f"desk link {code}")
        assert seen.status == 409
        assert "Type the code in chat" in seen.words

    at_desk(tmp_path, story)


def test_viewers_see_no_forms_and_can_do_nothing(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire --customer acme")
        vic = await colleague(web, "vic")
        for path in ("/desk", "/desk/tickets/1", "/desk/rota", "/desk/reports"):
            seen = await vic.get(path)
            assert seen.status == 200
            for form in (one for one in seen.page.forms if one.action != "/desk/sign-out"):
                reads = web.town.desk.catalogue[form.fields["command"]] if form.method == "post" else None
                assert reads is None or not reads.writes, (path, form)
        token = (await vic.get("/desk")).page.hidden("/desk/sign-out")["token"]
        before = web.town.ticket(1)
        for path, fields in (
            (SAY, {"line": "ticket claim 1"}),
            (DO, {"command": "ticket claim", "v.ticket": "1"}),
            (DO, {"command": "ticket note", "v.ticket": "1", "v.text": "x", "asks": "text"}),
            (DO, {"command": "staff roles", "v.person": "vic", "v.role": "admin", "asks": "role"}),
        ):
            seen = await vic.posts(path, {"token": token, "nonce": "n" * 20, **fields})
            assert seen.status == 409, fields
            assert "has the role viewer" in seen.words
        assert (await vic.get("/desk/do?command=ticket+note&asks=text&v.ticket=1")).status == 403
        assert web.town.ticket(1) == before

    at_desk(tmp_path, story)


def test_a_colleague_has_here_no_more_rights_than_in_chat(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        ann, zoe = await colleague(web, "ann"), await colleague(web, "zoe")
        assert (await says(ann, "staff roles ann admin")).status == 409
        assert (await does(ann, "staff roles", person="ann", role="admin")).status == 409
        assert (await says(zoe, "staff roles ann lead")).status == 200
        assert "Next: /staff link" in (await says(zoe, "staff add Newton --role viewer")).words
        assert "Where is the account" in (await says(zoe, "staff add Noon --role viewer --account U0NEW")).words

    at_desk(tmp_path, story)


def test_a_refusal_keeps_what_was_typed(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire --customer acme")
        ann = await colleague(web, "ann")
        web.town.does("bob", "ticket close 1 --resolution solved")
        seen = await does(ann, "ticket reply", ticket="1", text=f"A long story {EVIL}", asks="text")
        assert seen.status == 409
        assert f"A long story {EVIL}" in seen.words
        hidden = seen.page.hidden(DO)
        assert (hidden["v.ticket"], hidden["asks"], hidden["command"]) == ("1", "text", "ticket reply")
        web.town.does("bob", "ticket reopen 1")
        seen = await ann.posts(DO, {**hidden, "v.text": "A long story"})
        assert seen.status == 200
        assert web.town.history(1)[-1].deed is Deed.REPLIED
        seen = await says(ann, f"ticket frobnicate {EVIL}")
        assert seen.status == 409
        assert "frobnicate" in seen.words
        assert 'name="line" value="ticket frobnicate &#34;&gt;' in seen.text

    at_desk(tmp_path, story)


def test_what_a_command_lacks_is_asked_for(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire --customer acme")
        ann = await colleague(web, "ann")
        seen = await says(ann, "ticket note 1")
        assert seen.status == 200
        hidden = seen.page.hidden(DO)
        assert hidden["v.ticket"] == "1"
        assert (await ann.posts(DO, {**hidden, "v.text": "burnt"})).status == 200
        assert web.town.history(1)[-1].data["text"] == "burnt"
        seen = await ann.get("/desk/do?command=ticket+close&asks=resolution,reason&v.ticket=1")
        assert seen.page.headings[0] == "Close #1"
        seen = await ann.posts(DO, {**seen.page.hidden(DO), "v.resolution": "nonsense", "v.reason": "it is out"})
        assert seen.status == 409
        assert 'value="it is out"' in seen.text or ">\nit is out</textarea>" in seen.text
        seen = await ann.posts(DO, {**seen.page.hidden(DO), "v.resolution": "solved", "v.reason": "it is out"})
        assert seen.status == 200
        assert web.town.ticket(1).closed

    at_desk(tmp_path, story)


ODD: tuple[dict[str, str], ...] = (
    {"command": ""},
    {"command": "ticket frobnicate"},
    {"command": EVIL, "asks": EVIL},
    {"command": "ticket claim", "v.ticket": "999"},
    {"command": "ticket claim", "v.ticket": "9" * 40},
    {"command": "ticket note", "v.ticket": "1 OR 1=1", "v.text": "x", "asks": "text,ticket"},
    {"command": "ticket note", "v.ticket": EVIL, "v.text": EVIL, "asks": "text,ticket"},
    {"command": "ticket note", "v.ticket": "1", "v.text": "x" * 400_000, "asks": "text"},
    {"command": "ticket note", "v.ticket": "1", "asks": "caller,work,text," * 50},
    {"command": "../../etc/passwd", "asks": "text"},
    {"command": "ticket\0claim", "v.ticket": "1\0"},
)


def test_a_form_shows_all_that_its_button_will_do_whoever_made_the_link(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        zoe = await colleague(web, "zoe")
        seen = await zoe.get("/desk/do?command=staff+roles&v.person=mallory&v.roles=admin")
        assert "Person mallory Roles admin" in seen.words

    at_desk(tmp_path, story)


def test_nothing_that_can_be_sent_is_more_than_refused(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire")
        ann = await colleague(web, "ann")
        before = web.town.ticket(1)
        for fields in ODD:
            seen = await ann.posts(DO, {**await safe(ann), **fields})
            assert 400 <= seen.status < 500, (fields, seen.words)
            assert "<script>" not in seen.text
            asked = {name: value[:2000] for name, value in fields.items()}
            seen = await ann.get("/desk/do?" + "&".join(f"{_q(name)}={_q(value)}" for name, value in asked.items()))
            assert seen.status < 500
            assert "<script>" not in seen.text
        assert web.town.ticket(1) == before

    at_desk(tmp_path, story)


def test_values_that_no_command_asked_for_go_nowhere(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        web.town.does("bob", "ticket open printer on fire")
        ann = await colleague(web, "ann")
        stray = {f"v.{EVIL}": EVIL, "v.": "x", "v.caller": "zoe", "v.work": "x", "v.by": "zoe"}
        seen = await ann.posts(DO, {**await safe(ann), "command": "ticket claim", "v.ticket": "1", **stray})
        assert seen.status == 200
        assert web.town.ticket(1).owner == "ann"
        assert web.town.history(1)[-1].by == "ann"

    at_desk(tmp_path, story)


def _q(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def test_a_line_that_means_nothing_is_refused_in_words(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        ann = await colleague(web, "ann")
        for line in ("frobnicate", "/", "//", "' OR 1=1 --", EVIL, "\0", "help " + EVIL, "x" * 5001):
            seen = await says(ann, line)
            assert seen.status in (200, 409, 413), line
            assert "<script>" not in seen.text
            assert "Something went wrong" not in seen.words

    at_desk(tmp_path, story)


def test_forms_that_are_not_ours_do_nothing(tmp_path: Path) -> None:
    async def story(web: Served) -> None:
        ann, bob = await colleague(web, "ann"), await colleague(web, "bob")
        ours = await safe(ann)
        for path, fields in ((SAY, {"line": "ticket open x"}), (DO, {"command": "ticket open", "v.subject": "x"})):
            form = {**ours, **fields}
            theirs = {**form, "token": (await safe(bob))["token"]}
            assert (await ann.posts(path, theirs)).status == 403
            assert (await ann.posts(path, {**form, "token": ""})).status == 403
            assert (await ann.posts(path, {**form, "nonce": "x"})).status == 400
            assert (await ann.posts(path, {**form, "nonce": "ü" * 20})).status == 400
            for headers in (
                {"Origin": "https://evil.example"},
                {"Sec-Fetch-Site": "cross-site"},
                {"Sec-Fetch-Site": "same-site"},
                {"Origin": "null"},
            ):
                assert (await ann.posts(path, form, headers=headers)).status == 403, headers
            assert (await ann.get(path, method="PUT")).status == 405
        assert (await ann.get(SAY)).status == 405
        assert not web.town.tickets()

    at_desk(tmp_path, story)
