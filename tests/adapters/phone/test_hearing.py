"""What comes in by telephone over HTTP: believed when it is signed for our public address, and counted once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from adapters.phone.wire.addresses import PAGE, START, Addresses
from bot.domain.paging import AttemptState, Page, PageState
from tests.adapters.phone.door import ACCOUNT, PUBLIC, SECOND, SECOND_TOKEN, TOKEN, Door, Handset, Heard, night, phone
from tests.commands.paged import attempt_now, page_now, paged, tried
from tests.town import Town

AT = Addresses(PUBLIC)


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    with night(settled, tmp_path) as town:
        yield town


@pytest.fixture
def door(town: Town) -> Iterator[Door]:
    with Door(town) as door:
        yield door


@pytest.fixture
def page(town: Town) -> Page:
    return paged(town)


def test_a_call_is_answered_a_key_pressed_and_the_page_acknowledged(town: Town, door: Door, page: Page) -> None:
    ann = Handset(door, tried(town, page))
    first = ann.picks_up()
    assert (first.status, first.type) == (200, "text/xml")
    assert first.words.startswith("This is Thirdline with a Level Three page for Ann. ACME Limited, ticket one")
    assert first.verbs == ["Gather", "Redirect"], "The words stand inside: a key counts while they are spoken."
    answered = attempt_now(town, ann.attempt)
    assert (answered.state, answered.turn) == (AttemptState.ANSWERED, 1), "Known without the provider's word for it."
    assert ann.presses("1").words == "Thank you, Ann. Ticket one is yours. I have told the desk."
    assert page_now(town, page).acknowledged_by == "ann"
    assert attempt_now(town, ann.attempt).state is AttemptState.CONFIRMED
    assert door.woken, "What stops the other calls is sent off at once."


def test_no_answer_of_ours_has_a_secret_or_number_in_its_words(town: Town, door: Door, page: Page) -> None:
    ann = Handset(door, tried(town, page))
    for heard in (ann.picks_up(), ann.presses("3"), ann.presses("9"), ann.presses("1")):
        assert ann.attempt.token not in heard.words
        assert ann.attempt.address not in heard.body


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(town: Town, door: Door, page: Page) -> None:
    ann = Handset(door, tried(town, page))
    first = ann.picks_up()
    assert ann.picks_up() == first
    pressed = [ann.presses("7")]
    action = first.action
    pressed += [ann.goes(action, Digits="7"), ann.goes(action, Digits="1")]
    assert pressed[0] == pressed[1] == pressed[2], "A replay with another key is a replay."
    assert page_now(town, page).open
    ann.last = pressed[0]
    assert "is yours" in ann.presses("1").words
    assert "is yours" in ann.goes(pressed[0].action, Digits="2").words
    assert page_now(town, page).state is PageState.ACKNOWLEDGED


def test_a_prompt_is_good_for_its_own_turn_and_call(town: Town, door: Door, page: Page) -> None:
    ann = Handset(door, tried(town, page))
    ann.picks_up()
    for then, turn in (("keys-0-0", 0), ("keys-0-0", 2), ("keys-0-0", 9999), (START, 1000)):
        _refused(ann.goes(AT.prompt(PAGE, ann.attempt.token, then, turn), Digits="1"), 403)
    _refused(Handset(door, ann.attempt, "CA2").goes(AT.prompt(PAGE, ann.attempt.token, "keys-0-0", 1), Digits="1"), 403)
    assert page_now(town, page).open


def test_a_call_that_was_placed_twice_takes_a_key_on_either_telephone(town: Town, door: Door, page: Page) -> None:
    """Nobody knew whether the first one had got through."""
    attempt = tried(town, page)
    first, second = Handset(door, attempt, "CA1"), Handset(door, attempt, "CA2")
    first.picks_up()
    first.presses("7")
    second.picks_up()
    assert "is yours" in first.presses("1").words
    assert "yours already" in second.presses("1").words


@pytest.mark.parametrize("token", ["a" * 22, "unknown-secret-of-somebody", "x"])
def test_an_unknown_secret_is_not_found(door: Door, token: str) -> None:
    for url in (AT.prompt(PAGE, token, START, 0), AT.status(PAGE, token), AT.prompt("call", token, START, 0)):
        answer = door.asks(url, CallSid="CA1", CallStatus="completed")
        assert answer.status == 404
        assert not answer.body or len(token) < 16, "An address that nobody has at all is the web server's to refuse."


def test_requests_without_our_providers_signature_are_refused_with_an_empty_body(
    town: Town, door: Door, page: Page
) -> None:
    attempt = tried(town, page)
    form = {"CallSid": "CA1", "Digits": "1"}
    for url in (AT.prompt(PAGE, attempt.token, START, 0), AT.status(PAGE, attempt.token), AT.inbound_text):
        for signature in (
            "",
            "AAAA",
            "…",
            RequestValidator("guess").compute_signature(url, {**form, "AccountSid": "X"}),
        ):
            if signature.isascii():
                _refused(door.asks(url, signature=signature, **form), 403)
        _refused(door.asks(url, "the-token-of-the-day-before", **form), 403)
    assert attempt_now(town, attempt) == attempt


def test_the_signature_is_for_the_public_address_and_never_for_what_the_request_calls_its_host(
    town: Town, door: Door, page: Page
) -> None:
    attempt = tried(town, page)
    url = AT.prompt(PAGE, attempt.token, START, 0)
    form = {"AccountSid": ACCOUNT, "CallSid": "CA1"}
    inside = url.replace(PUBLIC, "http://inside:8080")
    for wrong in (inside, url.replace("/paging", ""), url + "?x=1", url.replace("https", "http")):
        signature = RequestValidator(TOKEN).compute_signature(wrong, form)
        _refused(door.sends(url, urlencode(form).encode(), {"X-Twilio-Signature": signature}), 403)
    assert door.asks(url, CallSid="CA1").status == 200


@pytest.mark.parametrize(
    ("account", "token"), [(ACCOUNT, TOKEN), (ACCOUNT, "the-token-of-yesterday"), (SECOND, SECOND_TOKEN)]
)
def test_both_accounts_are_believed_and_the_token_before_while_they_are_changed(
    town: Town, door: Door, page: Page, account: str, token: str
) -> None:
    attempt = tried(town, page)
    url = AT.prompt(PAGE, attempt.token, START, 0)
    assert door.asks(url, token, AccountSid=account, CallSid="CA1").status == 200


def test_a_request_of_another_account_is_refused_whoever_signed_it(town: Town, door: Door, page: Page) -> None:
    attempt = tried(town, page)
    url = AT.prompt(PAGE, attempt.token, START, 0)
    _refused(door.asks(url, AccountSid=SECOND, CallSid="CA1"), 403)
    _refused(door.asks(url, SECOND_TOKEN, AccountSid=ACCOUNT, CallSid="CA1"), 403)
    _refused(door.asks(url, AccountSid="AC" + "e" * 32, CallSid="CA1"), 403)


def test_forms_that_can_be_read_in_two_ways_or_are_too_large_are_refused(town: Town, door: Door, page: Page) -> None:
    attempt = tried(town, page)
    url = AT.prompt(PAGE, attempt.token, START, 0)
    good = {"AccountSid": ACCOUNT, "CallSid": "CA1"}
    signature = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, good)}
    twice = urlencode([*good.items(), ("CallSid", "CA1")]).encode()
    _refused(door.sends(url, twice, signature), 403)
    _refused(door.asks(url, CallSid="CA1", Digits="1" * 6000), 403)
    _refused(door.asks(url, CallSid="CA1", **{f"Field{n}": "1" for n in range(200)}), 403)
    _refused(door.sends(url, b"x" * 70_000, signature), 403)
    _refused(door.sends(url, b"\xff\xfe", signature), 403)
    _refused(door.sends(url, b"{}", {**signature, "Content-Type": "application/json"}), 403)
    _refused(door.asks(url), 403)
    assert attempt_now(town, attempt) == attempt
    assert door.sends(url, urlencode(good).encode(), signature).status == 200


def test_only_posts_are_heard(town: Town, door: Door, page: Page) -> None:
    attempt = tried(town, page)
    assert door.sends(AT.prompt(PAGE, attempt.token, START, 0), b"", {}, "GET").status == 405


def test_refusals_are_logged_without_a_digit_of_what_was_sent(
    town: Town, door: Door, page: Page, caplog: pytest.LogCaptureFixture
) -> None:
    attempt = tried(town, page)
    with caplog.at_level(logging.WARNING):
        url = AT.prompt(PAGE, attempt.token, "keys-0-0", 3)
        door.asks(url, CallSid="CA1", Digits="1", From="+14165550177")
        door.asks(url, signature="", CallSid="CA1", Digits="1", From="+14165550177")
    assert len(caplog.messages) == 2
    assert not any(letter.isdigit() for message in caplog.messages for letter in message)
    assert attempt.token not in caplog.text


def test_with_the_challenge_only_the_random_digit_acknowledges(town: Town, page: Page) -> None:
    with Door(town, phone(challenge=True)) as door:
        ann = Handset(door, tried(town, page))
        digit = ann.picks_up().words.partition("Press ")[2][0]
        assert digit in "45678"
        assert "means nothing here" in ann.presses("1").words
        assert "is yours" in ann.presses(digit).words


def test_somebody_who_calls_back_hears_what_number_that_is(door: Door) -> None:
    answer = door.asks(AT.inbound_call, CallSid="CA9", From="+14165550177", Direction="inbound")
    assert answer.words.startswith("This is the number that Thirdline calls from.")
    assert answer.verbs[-1] == "Hangup"


def test_words_of_customers_stay_words(town: Town, door: Door) -> None:
    town.does("bob", '/ticket open "</Say></Gather><Dial>+19005550100</Dial>" --customer acme')
    heard = Handset(door, tried(town, paged(town, ticket=2))).picks_up()
    assert heard.verbs == ["Gather", "Redirect"]
    assert "Dial a number /Dial" in heard.words


def _refused(answer: Heard, status: int) -> None:
    assert (answer.status, answer.body) == (status, "")
