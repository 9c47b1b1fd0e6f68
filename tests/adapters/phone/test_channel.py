"""Pages out: what is asked of the provider, what comes of it when the provider fails, and that nothing rings twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from adapters.phone.sending.failover import REST
from bot.cards import Card
from bot.domain.contacts import TEXT, Contact
from bot.domain.paging import AttemptState
from bot.ports import CannotDeliver, ParcelState
from bot.ports.oncall import PhoneCall
from tests.adapters.phone.exchange import Exchange
from tests.adapters.phone.outgoing import BO, KIM, TOKEN, Outgoing, parcel, run
from tests.storage.desk import START
from tests.town import Town

BASE = f"https://desk.example.com/phone/page/{TOKEN}"
UNSURE = ParcelState.AMBIGUOUS


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_a_call_is_placed_with_the_address_of_its_first_prompt(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        assert await out.call() == "main:CAAC1"
        (placed,) = main.calls
        assert {name: placed[name] for name in placed if name not in ("sid", "at", "status")} == {
            "To": KIM,
            "From": "+14165550100",
            "Url": f"{BASE}/start/0",
            "Method": "POST",
            "Timeout": "25",
            "StatusCallback": f"{BASE}/status",
            "StatusCallbackMethod": "POST",
            "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        }
        assert main.asked == [("POST", "/api/Accounts/AC1/Calls.json")]

    run(sqlite_url, deed)


def test_whether_a_machine_answered_is_asked_beside_the_call_and_only_as_evidence(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        await out.call()
        assert main.calls[0]["MachineDetection"] == "Enable"
        assert main.calls[0]["AsyncAmd"] == "true"
        assert main.calls[0]["AsyncAmdStatusCallback"] == f"{BASE}/machine"
        assert main.calls[0]["Timeout"] == "20"

    run(sqlite_url, deed, machines=True, rings=20)


def test_a_text_goes_out_as_it_was_drawn(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        assert await out.text() == "main:SMAC1"
        (sent,) = main.texts
        assert (sent["To"], sent["From"]) == (KIM, "+14165550100")
        assert sent["Body"] == "Level III: ACME, printer on fire. Reply 482913"
        assert sent["StatusCallback"] == f"{BASE}/status"

    run(sqlite_url, deed)


def test_a_verification_call_says_its_sentences_twice_and_asks_nothing(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        await out.call(say=["Your code is", "4 8 2 9 1 3"], language="fr", token="")
        markup = ElementTree.fromstring(main.calls[0]["Twiml"])  # noqa: S314  # Ours.
        said = [one.text for one in markup.findall("Say")]
        assert said == ["Your code is", "4 8 2 9 1 3"] * 2
        assert [one.tag for one in markup][-1] == "Hangup"
        assert "Url" not in main.calls[0]
        assert "StatusCallback" not in main.calls[0]

    run(sqlite_url, deed)


def test_a_call_for_the_hotline_begins_where_the_parcel_says(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        assert await out.deliver(f"dial:{BO}", call=3, then="joined", turn=2) == "main:CAAC1"
        assert main.calls[0]["Url"] == f"https://desk.example.com/phone/call/{TOKEN}/joined/2"
        assert main.calls[0]["StatusCallback"] == f"https://desk.example.com/phone/call/{TOKEN}/status"

    run(sqlite_url, deed)


def test_a_call_for_the_hotline_is_not_made_twice(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        ours = out.database.write(lambda work: work.calls.add(PhoneCall(0, START, token=TOKEN)))
        dial: dict[str, Any] = {"call": ours.id, "then": "start", "turn": 0}
        main.next = ["took and hang"]
        with pytest.raises(CannotDeliver):
            await out.deliver(f"dial:{BO}", **dial)
        assert await out.deliver(f"dial:{BO}", UNSURE, **dial) == "main:CAAC1"
        out.database.write(lambda work: work.calls.save(replace(ours, ref="main:CAAC1", provider="main")))
        asked = len(main.asked)
        assert await out.deliver(f"dial:{BO}", UNSURE, **dial) == "main:CAAC1"
        assert len(main.asked) == asked
        assert await out.deliver(f"dial:{BO}", UNSURE, **(dial | {"call": 99})) == "main:CAAC2"

    run(sqlite_url, deed)


def test_a_live_call_is_led_to_another_prompt(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        assert await out.deliver("move:3", ref="main:CA9", then="room", turn=4) == "main:CA9"
        url = f"https://desk.example.com/phone/call/{TOKEN}/room/4"
        assert main.updates == [("CA9", {"Url": url, "Method": "POST"})]
        main.next, main.error = [404], {"code": 20404}
        with pytest.raises(CannotDeliver) as over:
            await out.deliver("move:3", ref="main:CA9", then="room", turn=4)
        assert over.value.permanent

    run(sqlite_url, deed)


def test_a_call_is_cut_and_one_that_is_over_was_already(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        assert await out.deliver(f"cut:{KIM}", cut="main:CA9") == "main:CA9"
        assert main.updates == [("CA9", {"Status": "completed"})]
        main.next, main.error = [400], {"code": 21220}
        assert await out.deliver(f"cut:{KIM}", cut="main:CA9") == "main:CA9"
        assert await out.deliver(f"cut:{KIM}", cut="") == ""
        assert await out.deliver(f"cut:{KIM}", cut="gone:CA9") == "gone:CA9"
        main.next = ["hang"]
        with pytest.raises(CannotDeliver) as away:  # It is tried again: to cut twice is harmless.
            await out.deliver(f"cut:{KIM}", cut="main:CA9")
        assert not away.value.permanent
        assert not away.value.unknown

    run(sqlite_url, deed)


def test_calls_keep_the_providers_pace_and_texts_and_cuts_need_none(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        gaps = {place: out.channel.gap(parcel(f"{place}:{KIM}", Card())) for place in ("call", "dial", "text", "cut")}
        assert gaps == {"call": 0.5, "dial": 0.5, "text": 0.0, "cut": 0.0}

    run(sqlite_url, deed, calls_per_second=2.0)


# --- whom it may call ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+4915112345678", "DE"),
        ("+18765550123", "JM"),
        ("+12425550123", "BS"),
        ("+17875550123", "PR"),
        ("+19005550123", "it costs the caller"),
        ("+8835100012345", "no country"),
        ("+1416555019", "no country"),
        ("nobody", "no telephone number"),
    ],
)
@pytest.mark.parametrize("way", ["call", "text", "dial"])
def test_other_countries_and_dear_numbers_are_not_called(sqlite_url: str, number: str, words: str, way: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        with pytest.raises(CannotDeliver, match=words) as refused:
            await out.deliver(f"{way}:{number}", text="Hello")
        assert refused.value.permanent
        assert main.asked == []

    run(sqlite_url, deed)


def test_a_country_that_is_named_is_called(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        await out.call(to="+18765550123")
        await out.call(to="+4915112345678")
        assert [one["To"] for one in main.calls] == ["+18765550123", "+4915112345678"]

    run(sqlite_url, deed, countries=("CA", "JM", "DE"))


def test_a_person_is_called_only_so_often_but_for_what_is_important(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        before = out.attempt(submitted_at=START - timedelta(minutes=50), state=AttemptState.MISSED)
        now = out.attempt(state=AttemptState.POSTED)
        out.attempt(kind="text", submitted_at=START, state=AttemptState.MISSED)
        assert await out.call(attempt=now.id, capped=True) == "main:CAAC1"
        out.attempt(submitted_at=START - timedelta(minutes=10), state=AttemptState.MISSED)
        with pytest.raises(CannotDeliver, match="2 times") as often:
            await out.call(attempt=now.id, capped=True)
        assert often.value.permanent
        assert await out.call(attempt=now.id, capped=False) == "main:CAAC2"
        assert await out.call(attempt=now.id) == "main:CAAC3"
        out.changed(replace(before, submitted_at=START - timedelta(minutes=61)))
        assert await out.call(attempt=now.id, capped=True) == "main:CAAC4"

    run(sqlite_url, deed, calls_an_hour=2)


# --- one account that fails ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["hang", "took and hang", "reset", "took and reset", 500, 502, "page"])
def test_what_was_not_answered_may_have_been_done(sqlite_url: str, how: object) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        main.next = [how]
        with pytest.raises(CannotDeliver) as unknown:
            await out.call()
        assert unknown.value.unknown
        assert not unknown.value.permanent
        assert len(main.asked) == 1

    run(sqlite_url, deed)


def test_too_many_requests_were_not_done_and_it_says_when_to_come_again(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        main.next, main.error, main.headers = [429], {"code": 20429, "message": "slow"}, {"Retry-After": "3"}
        with pytest.raises(CannotDeliver) as later:
            await out.call()
        assert (later.value.unknown, later.value.permanent, later.value.retry_after) == (False, False, 3.0)

    run(sqlite_url, deed)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, 20003, "token"),
        (401, None, "token"),
        (400, 21210, "phone.number"),
        (400, 21215, "Geographic"),
        (400, 21219, "trial"),
        (400, 21205, "public_url"),
        (400, 21211, "no number that can be called"),
        (400, 21610, "STOP"),
        (400, 99999, "99999 odd"),
        (404, 20404, "account"),
    ],
)
def test_what_waiting_does_not_mend_is_said_at_once(sqlite_url: str, status: int, code: int, words: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        main.next, main.error = [status], {"code": code, "message": "odd"}
        with pytest.raises(CannotDeliver, match=words) as final:
            await out.call()
        assert final.value.permanent

    run(sqlite_url, deed)


def test_who_is_not_there_has_done_nothing(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        await main.__aexit__()
        with pytest.raises(CannotDeliver, match="cannot be reached") as away:
            await out.call()
        assert not away.value.unknown
        assert not away.value.permanent

    run(sqlite_url, deed)


# --- what may be there already ------------------------------------------------------------------------------------


def test_a_call_that_got_through_is_adopted_and_not_placed_again(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        attempt = out.attempt(state=AttemptState.POSTED)
        main.next = ["took and hang"]
        with pytest.raises(CannotDeliver):
            await out.call(attempt=attempt.id)
        assert await out.call(attempt=attempt.id, state=UNSURE) == "main:CAAC1"
        assert len(main.calls) == 1

    run(sqlite_url, deed)


def test_a_call_that_did_not_get_through_is_placed(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        attempt = out.attempt(state=AttemptState.POSTED)
        main.next = ["hang"]
        with pytest.raises(CannotDeliver):
            await out.call(attempt=attempt.id)
        assert await out.call(attempt=attempt.id, state=UNSURE) == "main:CAAC1"

    run(sqlite_url, deed)


def test_another_attempts_call_and_an_older_one_are_not_taken_for_this_ones(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        other, ours = out.attempt(state=AttemptState.POSTED), out.attempt(state=AttemptState.POSTED)
        ref = await out.call(attempt=other.id)
        out.changed(replace(other, state=AttemptState.SUBMITTED, ref=ref, provider="main"))
        main.at = START - timedelta(minutes=10)
        await out.call(attempt=99)
        main.at = START
        main.calls.append({**main.calls[0], "sid": "CAin", "direction": "inbound"})
        main.calls.append({**main.calls[0], "sid": "CAdial", "direction": "outbound-dial"})
        assert await out.call(attempt=ours.id, state=UNSURE) == "main:CAAC5"
        assert len(main.calls) == 5

    run(sqlite_url, deed)


def test_a_call_that_still_rings_is_rather_ours_than_one_that_is_over(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        attempt = out.attempt(state=AttemptState.POSTED)
        await out.call()
        await out.call()
        main.calls[1]["status"] = "busy"
        assert await out.call(attempt=attempt.id, state=UNSURE) == "main:CAAC1"

    run(sqlite_url, deed)


def test_what_a_webhook_has_told_already_needs_no_question(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        attempt = out.attempt(state=AttemptState.RINGING, ref="main:CA5", provider="main")
        assert await out.call(attempt=attempt.id, state=UNSURE) == "main:CA5"
        assert main.asked == []

    run(sqlite_url, deed)


def test_a_text_is_known_by_its_code_and_one_without_by_its_words(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        await out.text(text="Another one. Reply 111111", code="111111")
        main.next = ["took and reset"]
        with pytest.raises(CannotDeliver):
            await out.text()
        assert await out.text(state=UNSURE, text="What it says has changed since. Reply 482913") == "main:SMAC2"
        assert await out.text(state=UNSURE, text="Without a code", code="") == "main:SMAC3"
        assert await out.text(state=UNSURE, text="Without a code", code="") == "main:SMAC3"

    run(sqlite_url, deed)


def test_while_nobody_tells_whether_it_is_there_it_is_not_placed_twice(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        main.lists = [503]
        with pytest.raises(CannotDeliver) as away:
            await out.call(state=UNSURE)
        assert not away.value.permanent
        assert main.calls == []

    run(sqlite_url, deed)


def test_a_page_that_is_over_is_looked_up_and_cut(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange) -> None:
        attempt = out.attempt(state=AttemptState.POSTED)
        main.next = ["took and hang"]
        with pytest.raises(CannotDeliver):
            await out.call(attempt=attempt.id)
        assert await out.call(attempt=attempt.id, state=UNSURE, over=True) == "main:CAAC1"
        assert main.updates == [("CAAC1", {"Status": "completed"})]
        assert await out.call(attempt=attempt.id, to=BO, state=UNSURE, over=True) == ""
        assert await out.text(attempt=attempt.id, state=UNSURE, over=True) == ""
        assert len(main.calls) == 1
        assert main.texts == []

    run(sqlite_url, deed)


# --- two accounts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [[401], [429], ["hang"], ["reset"], [500], [{"code": 20005}]])
def test_what_the_first_account_will_not_take_goes_to_the_second_at_once(sqlite_url: str, how: list[object]) -> None:
    async def deed(out: Outgoing, main: Exchange, second: Exchange) -> None:
        main.next = how
        assert await out.call() == "second:CAAD1"
        assert second.calls[0]["From"] == "+14165550101"
        assert main.calls == []

    run(sqlite_url, deed, 2)


def test_an_account_that_is_not_there_is_tried_twice(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange, second: Exchange) -> None:
        await main.__aexit__()
        assert await out.call() == "second:CAAD1"
        assert out.accounts.breakers["main"].is_open

    run(sqlite_url, deed, 2)


def test_what_the_first_may_have_taken_is_looked_up_before_the_second_is_asked(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange, second: Exchange) -> None:
        attempt = out.attempt(state=AttemptState.POSTED)
        main.next = ["took and hang"]
        assert await out.call(attempt=attempt.id) == "main:CAAC1"
        assert second.asked == []
        main.next = ["took and reset"]
        assert await out.text(attempt=attempt.id) == "main:SMAC1"

    run(sqlite_url, deed, 2)


def test_after_a_crash_both_accounts_are_asked(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange, second: Exchange) -> None:
        main.next = [500]
        first = await out.call()
        assert await out.call(state=UNSURE) == first == "second:CAAD1"
        second.calls.clear()
        main.lists = [503]  # Rather twice than never.
        assert await out.call(state=UNSURE) == "second:CAAD1"
        assert len(second.calls) == 1
        assert out.accounts.breakers["main"].is_open

    run(sqlite_url, deed, 2)


def test_a_number_that_is_none_is_none_for_every_account(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange, second: Exchange) -> None:
        main.next, main.error = [400], {"code": 21211}
        with pytest.raises(CannotDeliver) as final:
            await out.call()
        assert final.value.permanent
        assert second.asked == []
        assert not out.accounts.breakers["main"].trouble

    run(sqlite_url, deed, 2)


@pytest.mark.parametrize(
    ("first", "other", "unknown", "permanent"),
    [
        ([500], [401], True, False),
        ([401], [401], False, True),
        ([401], [429], False, False),
        ([429], [500], True, False),
    ],
)
def test_where_both_fail_the_page_waits_unless_nothing_can_mend_it(
    sqlite_url: str, first: list[object], other: list[object], unknown: bool, permanent: bool
) -> None:
    async def deed(out: Outgoing, main: Exchange, second: Exchange) -> None:
        main.next, second.next = first, other
        with pytest.raises(CannotDeliver) as failed:
            await out.call()
        assert (failed.value.unknown, failed.value.permanent) == (unknown, permanent)

    run(sqlite_url, deed, 2)


def test_an_account_that_failed_twice_is_asked_last_for_a_minute_and_then_first_again(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange, second: Exchange) -> None:
        main.next = [500, 500]
        assert [await out.call(to=BO) for _ in range(2)] == ["second:CAAD1", "second:CAAD2"]
        asked = len(main.asked)
        assert await out.call() == "second:CAAD3"
        assert len(main.asked) == asked
        out.seconds = REST
        main.next = [500]
        assert await out.call() == "second:CAAD4"
        assert await out.call() == "second:CAAD5"
        out.seconds = 2 * REST
        assert await out.call() == "main:CAAC1"
        assert not out.accounts.breakers["main"].trouble
        out.accounts.breakers["main"].failed("a")
        out.accounts.breakers["main"].failed("b")
        second.next = [401]  # The one that rests is asked all the same before the page fails.
        assert await out.call() == "main:CAAC2"

    run(sqlite_url, deed, 2)


def test_a_leg_of_a_room_goes_out_by_the_rooms_account_or_not_at_all(sqlite_url: str) -> None:
    async def deed(out: Outgoing, main: Exchange, second: Exchange) -> None:
        assert await out.deliver(f"dial:{BO}", call=3, account="second") == "second:CAAD1"
        main.next = [401]
        with pytest.raises(CannotDeliver, match="token"):
            await out.deliver(f"dial:{BO}", call=4, account="main")
        main.next = ["took and hang"]
        with pytest.raises(CannotDeliver) as unknown:
            await out.deliver(f"dial:{BO}", call=5, account="main")
        assert unknown.value.unknown
        assert await out.deliver(f"dial:{BO}", UNSURE, call=5, account="main") == "main:CAAC1"
        assert out.accounts.breakers["main"].trouble, "What was found tells nothing of whether it calls."
        assert len(second.calls) == 1
        with pytest.raises(CannotDeliver, match="no account that is set up") as gone:
            await out.deliver(f"dial:{BO}", call=6, account="third")
        assert gone.value.permanent

    run(sqlite_url, deed, 2)


@pytest.mark.parametrize("code", [21610, 40300])
def test_a_number_that_said_stop_to_the_provider_alone_is_known_to_take_no_texts(
    settled: Town, tmp_path: Path, code: int
) -> None:
    town = settled.copied(tmp_path / "desk")
    town.database.write(lambda work: work.contacts.save(Contact(0, "ann", TEXT, KIM, verified_at=START)))

    async def deed(out: Outgoing, main: Exchange) -> None:
        main.next, main.error = [400], {"code": code}
        with pytest.raises(CannotDeliver):
            await out.text()

    run(town.database, deed)
    (contact,) = town.database.read(lambda work: work.contacts.of_address(TEXT, KIM))
    assert contact.refused
    assert any("takes no texts from the desk any more" in alarm for alarm in town.hears("#alerts"))
    town.close()
