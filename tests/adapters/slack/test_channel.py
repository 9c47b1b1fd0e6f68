"""The way out to Slack: what goes where, that it is there once, and what happens when Slack says no."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.slack.sending.lookup import A_PAGE, PAGES
from bot.cards import TEAM, Card, Mention, Strong, Table, Tone, say
from bot.ports import Kind, ParcelState, Speaker
from commands.mail_intake import take_in
from tests.adapters.slack.outbound import ALERTS, DESK, Outbound, outbound
from tests.commands.mails import mail

OPEN = '/ticket open "printer on fire" --customer acme'


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Outbound]:
    with outbound(tmp_path) as sender:
        yield sender


def refs(out: Outbound) -> set[str]:
    return {one.ref for one in out.slack.messages(DESK)}


# --- what goes where -----------------------------------------------------------------------------------------------


def test_a_ticket_has_one_message_that_changes_in_place(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.delivers()
    first = out.card()
    out.says("bob", "/ticket claim 1")
    out.delivers()
    assert out.card().ref == first.ref
    assert "Held by Bob" in out.card().words
    assert "Release" in out.card().buttons
    assert out.shown == 2


def test_what_somebody_did_stands_below_the_card_and_is_not_broadcast(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.delivers()
    out.says("bob", "/ticket claim 1")
    out.delivers()
    assert out.thread() == ["Bob took it"] or "Bob" in out.thread()[0]
    assert len(out.slack.messages(DESK)) == 1


def test_what_was_said_in_the_thread_is_not_told_there_again(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.delivers()
    ts = out.slack.says("U0BOB", DESK, "<@U0DESK> claim", thread=out.card().ts)
    out.says("bob", "/ticket claim 1", message=f"{DESK}:{ts}")
    out.delivers()
    assert len(out.slack.replies(DESK, out.card().ts)) == 1
    assert out.waiting() == []


def test_news_of_a_ticket_for_everybody_is_broadcast_from_its_thread(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.delivers()
    out.post(Kind.NOTICE, "#desk", say("ACME wrote on #1"), ticket=1)
    out.delivers()
    (told,) = [one for one in out.slack.messages(DESK) if "ACME wrote" in one.words]
    assert told.thread == out.card().ts


def test_news_of_no_ticket_is_a_message_of_its_own(out: Outbound) -> None:
    out.post(Kind.NOTICE, "#desk", say("The policy has changed."))
    out.post(Kind.DIGEST, "#alerts", say("I was away. ", Mention(TEAM)))
    out.delivers()
    assert [one.words for one in out.slack.messages(DESK)] == ["The policy has changed."]
    (digest,) = out.slack.messages(ALERTS)
    assert "S0SUP" in str(digest["blocks"])


def test_the_card_of_mail_that_waits_changes_in_place(out: Outbound) -> None:
    out.house.database.write(lambda work: take_in(work, mail("jo@elsewhere.example"), "support", out.clock.now()))
    out.delivers()
    (waits,) = out.slack.messages(DESK)
    assert "Refuse" in waits.buttons
    out.says("ann", "/mail refuse 1")
    out.delivers()
    (now,) = out.slack.messages(DESK)
    assert (now.ref, now.buttons) == (waits.ref, ["Show"])
    assert "Ann refused it" in now.words


def test_an_alert_goes_to_the_alerts_channel(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.post(Kind.ALERT, "#alerts", say("#1 is at risk", tone=Tone.WARNING), ticket=1)
    out.delivers()
    assert [one.words for one in out.slack.messages(ALERTS)] == ["⚠ #1 is at risk"]


@pytest.mark.parametrize(("tone", "seen"), [(Tone.WARNING, 1), (Tone.BREACH, 2)])
def test_an_alert_in_the_desks_own_channel_is_in_the_thread_and_seen_by_all_only_when_it_is_breached(
    tmp_path: Path, tone: Tone, seen: int
) -> None:
    with outbound(tmp_path, alerts="desk") as out:
        out.says("ann", OPEN)
        out.delivers()
        out.post(Kind.ALERT, "#alerts", say("#1 look here", tone=tone), ticket=1)
        out.delivers()
        assert any("look here" in words for words in out.thread())
        assert len(out.slack.messages(DESK)) == seen


def test_a_person_is_told_directly(out: Outbound) -> None:
    out.post(Kind.NOTICE, "@bob", say("Ann gave you #1"))
    out.delivers()
    assert [one.words for one in out.slack.direct("U0BOB")] == ["Ann gave you #1"]


def test_who_has_no_slack_account_is_passed_over_quietly_but_not_by_a_page(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.delivers()
    out.post(Kind.NOTICE, "@zoe", say("A word"), ticket=1, key="word")
    out.post(Kind.PAGE, "@zoe", say("Wake up"), ticket=1, key="page")
    out.delivers()
    (page,) = out.waiting()
    assert page.key == "page"
    assert "Zoe has no Slack account" in page.error
    assert "/staff link zoe" in page.error
    out.slack.person("U0ZOE", "Zoe")
    zoe = out.database.read(lambda work: work.people.get("zoe"))
    out.database.write(lambda work: work.people.save(replace(zoe, accounts={"console": "zoe"})))
    out.desk.say(Speaker("console", "zoe"), "/staff link zoe --platform slack --account U0ZOE")
    out.delivers()
    assert out.waiting() == [], "It goes once that is mended."


def test_a_letter_is_shown_in_the_thread_to_be_sent_by_hand(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.delivers()
    letter = Card(title=(Strong("Re: printer on fire [#1]"),), lines=(("To: it@acme.example",), ("Try again.",)))
    out.post(Kind.LETTER, "mail:it@acme.example", letter, ticket=1)
    out.delivers()
    told = out.thread()[-1]
    assert "Letter to it@acme.example (mail is not set up: send it by hand)" in told
    assert "Re: printer on fire [#1]" in told
    assert "Try again." in told


def test_what_belongs_below_a_card_waits_for_it_and_stands_alone_in_the_end(out: Outbound) -> None:
    out.says("ann", f'{OPEN} --text "it burns"')
    refused = out.slack.fails("chat.postMessage", error="msg_blocks_too_long", times=1000, when=_is_a_card)
    for _ in range(8):
        out.delivers(after=20)
    alone = [one.words for one in out.slack.messages(DESK)]
    assert len(alone) == 1
    assert alone[0].startswith("#1")
    assert "it burns" in alone[0]
    refused.times = 0
    out.delivers(after=600)
    assert out.card()
    assert out.waiting() == []


def _is_a_card(arguments: dict[str, object]) -> bool:
    return "card:1" in str(arguments.get("metadata"))


def test_nothing_unfurls_and_no_name_is_looked_up(out: Outbound) -> None:
    out.says("ann", '/ticket open "<!channel> see https://evil.example @here"')
    out.delivers()
    (call,) = out.slack.calls("chat.postMessage")
    assert call.arguments["unfurl_links"] in (False, "0", "false")
    assert call.arguments["unfurl_media"] in (False, "0", "false")
    assert not {"link_names", "parse"} & call.arguments.keys()
    assert "<!channel>" not in call.arguments["text"]


# --- once ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["lost_before", "lost_after"])
def test_a_card_whose_answer_was_lost_is_there_once(out: Outbound, how: str) -> None:
    out.says("ann", OPEN)
    out.slack.fails("chat.postMessage", **{how: True})
    out.delivers()
    (parcel,) = out.waiting()
    assert parcel.state is ParcelState.AMBIGUOUS
    out.says("bob", "/ticket claim 1")
    out.delivers(after=10)
    out.delivers(after=10)
    assert len([one for one in out.slack.messages(DESK) if "Opened by" in one.words]) == 1
    assert "Held by Bob" in out.card().words
    assert out.waiting() == []


@pytest.mark.parametrize("how", ["lost_before", "lost_after"])
def test_a_word_in_a_thread_whose_answer_was_lost_is_there_once(out: Outbound, how: str) -> None:
    out.says("ann", OPEN)
    out.delivers()
    out.slack.fails("chat.postMessage", **{how: True})
    out.says("bob", "/ticket claim 1")
    out.delivers()
    out.delivers(after=10)
    assert len(out.thread()) == 1
    assert out.waiting() == []


@pytest.mark.parametrize("how", [{"lost_after": True}, {"status": 500}, {"error": "fatal_error"}])
def test_a_direct_message_whose_fate_is_unknown_is_there_once(out: Outbound, how: dict[str, object]) -> None:
    out.slack.fails("chat.postMessage", **how)
    out.post(Kind.NOTICE, "@bob", say("Ann gave you #1"))
    out.delivers()
    out.delivers(after=10)
    assert [one.words for one in out.slack.direct("U0BOB")] == ["Ann gave you #1"]


def test_an_answer_that_takes_too_long_is_looked_for(tmp_path: Path) -> None:
    with outbound(tmp_path, patience=1.0) as out:
        out.slack.fails("chat.postMessage", delay=1.5)
        out.post(Kind.NOTICE, "#desk", say("Hello"))
        while not out.slack.calls("chat.postMessage"):  # On a slow machine more takes too long than that.
            out.delivers(after=10)
        out.slack.until(lambda: out.slack.messages(DESK))
        out.delivers(after=10)
        assert len(out.slack.messages(DESK)) == 1


def test_while_nobody_can_look_nothing_is_repeated(out: Outbound) -> None:
    out.slack.fails("chat.postMessage", lost_after=True)
    out.slack.fails("conversations.history", rate_limit=7)
    out.post(Kind.NOTICE, "#desk", say("Hello"))
    for _ in range(3):
        out.delivers(after=10)
    assert len(out.slack.messages(DESK)) == 1


@pytest.mark.parametrize(("kind", "times"), [(Kind.NOTICE, 1), (Kind.DIGEST, 1), (Kind.ALERT, 2), (Kind.PAGE, 2)])
def test_what_is_out_of_sight_is_sent_again_only_where_missing_it_is_worse(
    out: Outbound, kind: Kind, times: int, caplog: pytest.LogCaptureFixture
) -> None:
    out.slack.fails("chat.postMessage", lost_after=True)
    out.post(kind, "#desk", say("Hello"))
    out.delivers()
    for number in range(PAGES * A_PAGE):
        out.slack.posts(DESK, f"chatter {number}")
    out.delivers(after=10)
    assert [one.words for one in out.slack.messages(DESK)].count("Hello") == times
    assert "sent again" in caplog.text


def test_a_reply_that_cannot_be_taken_away_again_is_not_joined_by_another(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.delivers()
    out.slack.deletes("U0ANN", DESK, out.card().ts)
    out.slack.fails("chat.delete", error="cant_delete_message")
    out.post(Kind.NOTICE, "#desk", say("Hello"), ticket=1)
    for _ in range(3):
        out.delivers(after=10)
    assert [one.words for one in out.slack.messages(DESK)].count("Hello") == 1
    assert out.waiting() == []


def test_a_card_that_was_deleted_is_posted_anew(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.delivers()
    old = out.card()
    out.slack.deletes("U0ANN", DESK, old.ts)
    out.says("bob", "/ticket claim 1")
    out.delivers()
    out.delivers(after=10)
    assert out.card().ref != old.ref
    assert out.waiting() == []


def test_a_card_posted_anew_whose_answer_was_lost_is_there_once(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.delivers()
    out.slack.deletes("U0ANN", DESK, out.card().ts)
    out.slack.fails("chat.postMessage", lost_after=True, when=_is_a_card)
    out.says("bob", "/ticket priority 1 high")
    for _ in range(4):
        out.delivers(after=10)
    assert out.card()


# --- when Slack says no --------------------------------------------------------------------------------------------


def test_slack_is_given_the_time_that_it_asks_for(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.slack.fails("chat.postMessage", rate_limit=30)
    out.delivers()
    assert out.slack.messages(DESK) == []
    out.delivers(after=29)
    assert len(out.slack.calls("chat.postMessage")) == 1
    out.delivers(after=1)
    assert out.card()
    assert out.slack.calls("conversations.history") == []


def test_slack_gone_for_a_while_loses_nothing(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.slack.down()
    for _ in range(5):
        out.delivers(after=120)
    out.slack.up()
    out.delivers(after=120)
    out.delivers(after=10)
    assert out.card()
    assert out.waiting() == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("not_in_channel", "the app is not in the channel (#desk). In the channel type: /invite @Thirdline."),
        ("is_archived", "the channel is archived (#desk). Unarchive it"),
        ("token_revoked", "the token was revoked"),
        ("missing_scope", "the token lacks a scope"),
    ],
)
def test_what_an_operator_can_mend_is_said_with_its_cure_and_tried_again(out: Outbound, error: str, told: str) -> None:
    out.says("ann", OPEN)
    out.slack.fails("chat.postMessage", error=error)
    out.delivers()
    (parcel,) = out.waiting()
    assert told in parcel.error
    out.delivers(after=310)
    assert out.card()


def test_a_channel_that_the_app_is_not_in_is_named_with_what_to_type(out: Outbound) -> None:
    out.slack.channel("C0DESK", "desk", private=True, has_bot=False)
    out.says("ann", OPEN)
    out.delivers()
    (parcel,) = out.waiting()
    assert "in no channel called #desk" in parcel.error
    assert "/invite" in parcel.error


def test_who_left_the_workspace_is_not_tried_for_ever(out: Outbound) -> None:
    out.says("ann", OPEN)
    out.delivers()
    out.slack.fails("conversations.open", error="user_disabled")
    out.post(Kind.NOTICE, "@bob", say("Hello"), ticket=1)
    out.delivers()
    assert out.of_ticket()[-1].state is ParcelState.DEAD


@pytest.mark.parametrize("times", [1, 2])
def test_blocks_that_slack_does_not_take_become_older_ones_and_then_text(out: Outbound, times: int) -> None:
    table = Table(("what", "how many"), ((("opened",), ("3",)), (("closed",), ("2",))))
    out.slack.fails("chat.postMessage", error="invalid_blocks", times=times)
    out.post(Kind.NOTICE, "#desk", Card(title=(Strong("This week"),), table=table))
    out.delivers()
    (told,) = out.slack.messages(DESK)
    assert "This week" in told.words
    assert "opened" in told.words


def test_a_workspace_without_new_blocks_reads_the_table_all_the_same(out: Outbound) -> None:
    out.slack.knows_new_blocks(False)
    table = Table(("what", "how many"), ((("opened",), ("3",)), (("closed",), ("2",))))
    out.post(Kind.NOTICE, "#desk", Card(title=(Strong("This week"),), table=table))
    out.delivers()
    (told,) = out.slack.messages(DESK)
    assert "closed" in told.words
    out.slack.forgive()


# --- the mirror ----------------------------------------------------------------------------------------------------


def test_a_source_message_shows_what_became_of_its_ticket(out: Outbound) -> None:
    ts = out.slack.says("U0VIC", "C0TALK", "the printer burns")
    out.says("ann", OPEN)
    out.source(1, f"C0TALK:{ts}")
    out.delivers()
    assert out.slack.message("C0TALK", ts).emoji == ["ticket"]
    out.says("bob", "/ticket claim 1")
    out.delivers()
    assert sorted(out.slack.message("C0TALK", ts).emoji) == ["eyes", "ticket"]
    out.says("bob", "/ticket close 1 --resolution solved")
    out.delivers()
    assert sorted(out.slack.message("C0TALK", ts).emoji) == ["ticket", "white_check_mark"]


def test_reactions_are_changed_only_when_something_changed_and_never_hold_up_the_card(out: Outbound) -> None:
    ts = out.slack.says("U0VIC", "C0TALK", "the printer burns")
    out.says("ann", OPEN)
    out.source(1, f"C0TALK:{ts}")
    out.slack.fails("reactions.add", error="too_many_reactions", times=2)
    out.delivers()
    out.says("ann", "/ticket tag 1 paper")
    out.delivers()
    out.says("ann", "/ticket tag 1 smoke")
    out.delivers()
    before = len(out.slack.calls("reactions.add"))
    out.says("ann", "/ticket tag 1 fire")
    out.delivers()
    assert len(out.slack.calls("reactions.add")) == before
    assert out.slack.message("C0TALK", ts).emoji == ["ticket"]
    assert "fire" in out.card().words
