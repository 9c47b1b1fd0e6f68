"""The way out to Discord: what goes where, that it is there once, and what happens when Discord says no."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cards import TEAM, Card, Mention, Strong, Tone, say
from bot.ports import Kind, ParcelState
from bot.settings import Channels
from commands.mail_intake import take_in
from tests.adapters.discord.connected import Connected, connected
from tests.commands.mails import mail
from tests.doubles.discord import Guild
from tests.doubles.discord.fixtures import ALERTS, ANN, BOB, DESK, LEA, OUT, TALK, TICKETS
from tests.doubles.discord.ground import BOT_PERMISSIONS

OPEN = '/ticket open "printer on fire" --customer acme'
BOARDS = 206
POST = "POST /channels/*/messages"


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as desk:
        yield desk


def opened(out: Connected) -> Connected:
    out.says("ann", OPEN)
    out.delivers()
    return out


# --- what goes where -----------------------------------------------------------------------------------------------


def test_a_ticket_has_one_message_that_changes_in_place_and_a_thread_below_it(out: Connected) -> None:
    first = opened(out).card()
    out.says("bob", "/ticket claim 1")
    out.delivers()
    assert out.card().id == first.id
    assert "Held by Bob" in out.card().text
    assert "Release" in out.card().buttons
    (thread,) = out.discord.threads(DESK)
    assert (thread.id, thread.name) == (first.id, "#1 printer on fire")


def test_what_somebody_did_stands_in_the_thread_and_rings_nobody(out: Connected) -> None:
    opened(out).says("bob", "/ticket claim 1")
    out.delivers()
    (line,) = out.thread()
    assert "Bob" in line.text
    assert line.notified == frozenset()
    assert len(out.discord.messages(DESK)) == 1


def test_what_was_said_in_the_thread_is_not_told_there_again(out: Connected) -> None:
    thread = opened(out).card().id
    said = out.discord.says("Bob", thread, "I take it")
    out.says("bob", "/ticket claim 1", message=f"{thread}:{said.id}")
    out.delivers()
    assert [one.text for one in out.thread()] == ["I take it"]
    assert out.waiting() == []


def test_news_of_no_ticket_is_a_message_of_its_own(out: Connected) -> None:
    out.post(Kind.NOTICE, "#desk", say("The policy has changed."))
    out.post(Kind.DIGEST, "#alerts", say("I was away. ", Mention(TEAM)))
    out.delivers()
    assert [one.text for one in out.discord.messages(DESK)] == ["The policy has changed."]
    (digest,) = out.discord.messages(ALERTS)
    assert digest.notified == {ANN, BOB, LEA}


def test_an_alert_goes_to_the_alerts_channel_and_rings_whom_it_names(out: Connected) -> None:
    opened(out).post(Kind.ALERT, "#alerts", say("#1 is at risk ", Mention("bob"), tone=Tone.WARNING), ticket=1)
    out.delivers()
    (alert,) = out.discord.messages(ALERTS)
    assert "#1 is at risk" in alert.text
    assert alert.notified == {BOB}


@pytest.mark.parametrize(("tone", "seen"), [(Tone.WARNING, 1), (Tone.BREACH, 2)])
def test_an_alert_in_the_desks_own_channel_is_in_the_thread_and_seen_by_all_only_when_it_is_breached(
    tmp_path: Path, tone: Tone, seen: int
) -> None:
    with connected(tmp_path, channels=Channels(alerts="desk")) as out:
        opened(out).post(Kind.ALERT, "desk", say("#1 look here ", Mention("bob"), tone=tone), ticket=1)
        out.delivers()
        (line,) = out.thread()
        assert "look here" in line.text
        told = out.discord.messages(DESK)
        assert len(told) == seen
        assert [one.notified for one in (line, *told[1:])] == ([{BOB}] if seen == 1 else [frozenset(), {BOB}])


def test_a_person_is_told_directly(out: Connected) -> None:
    out.post(Kind.NOTICE, "@bob", say("Ann gave you #1"))
    out.delivers()
    assert [one.text for one in out.discord.direct("Bob")] == ["Ann gave you #1"]


def test_a_pages_message_changes_in_place_and_wants_no_room_of_its_own(out: Connected) -> None:
    out.post(Kind.PAGE, "@bob", say("Wake up"), key="page:1:1")
    out.delivers()
    (first,) = out.discord.direct("Bob")
    out.post(Kind.CARD, "@bob", say("Ann has it"), key="page:1:1")
    out.delivers()
    (now,) = out.discord.direct("Bob")
    assert (now.id, now.text) == (first.id, "Ann has it")
    assert out.waiting() == []


def test_the_card_of_mail_that_waits_changes_in_place_and_has_no_thread(out: Connected) -> None:
    out.house.database.write(lambda work: take_in(work, mail("jo@elsewhere.example"), "support", out.clock.now()))
    out.delivers()
    waits = out.discord.messages(DESK)[-1]
    assert "Refuse" in waits.buttons
    out.says("ann", "/mail refuse 1")
    out.delivers()
    now = out.discord.messages(DESK)[-1]
    assert (now.id, now.buttons) == (waits.id, ("Show",))
    assert "Ann refused it" in now.text
    assert out.discord.threads(DESK) == []
    assert out.waiting() == []


def test_who_takes_no_direct_messages_is_given_up_with_the_reason(out: Connected) -> None:
    opened(out).discord.closes_direct("Bob")
    out.post(Kind.PAGE, "@bob", say("Wake up"), ticket=1)
    out.delivers()
    (page,) = [one for one in out.of_ticket() if one.kind is Kind.PAGE]
    assert page.state is ParcelState.DEAD
    assert "takes no direct messages" in page.error


def test_who_has_no_discord_account_is_passed_over_quietly_but_not_by_a_page(out: Connected) -> None:
    opened(out).post(Kind.NOTICE, "@zoe", say("A word"), ticket=1, key="word")
    out.post(Kind.PAGE, "@zoe", say("Wake up"), ticket=1, key="page")
    out.delivers()
    (page,) = out.waiting()
    assert page.key == "page"
    assert "Zoe has no Discord account" in page.error
    assert "/staff link zoe" in page.error


def test_a_letter_is_shown_in_the_thread_to_be_sent_by_hand(out: Connected) -> None:
    letter = Card(title=(Strong("Re: printer on fire [#1]"),), lines=(("To: it@acme.example",), ("Try again.",)))
    opened(out).post(Kind.LETTER, "mail:it@acme.example", letter, ticket=1)
    out.delivers()
    told = out.thread()[-1].text
    assert "mail is not set up: send it by hand" in told
    assert "Try again." in told


def test_what_belongs_below_a_card_waits_for_it_and_stands_alone_in_the_end(out: Connected) -> None:
    out.says("ann", f'{OPEN} --text "it burns"')
    out.discord.fails(f"POST /channels/{DESK}/messages", status=404, code=10003)
    for _ in range(12):
        out.delivers(after=10)
    (alone,) = [one for one in out.discord.messages(DESK) if not one.embeds]
    assert alone.text.startswith("**#1**")
    assert "it burns" in alone.text


def test_words_of_customers_ring_nobody(out: Connected) -> None:
    out.says("ann", f'/ticket open "@everyone <@{BOB}> see https://evil.example" --customer acme')
    out.delivers()
    assert out.card().notified == frozenset()
    assert not out.card().everyone


# --- once ----------------------------------------------------------------------------------------------------------


def test_an_answer_lost_on_the_way_is_one_message(out: Connected) -> None:
    out.discord.fails(POST, lost_after=True)
    opened(out).delivers(after=30)
    assert out.card()
    assert out.waiting() == []


def test_an_answer_lost_long_ago_is_looked_for(out: Connected) -> None:
    out.discord.fails(POST, lost_after=True)
    opened(out).discord.passes(600)
    out.delivers(after=600)
    assert out.card().id == out.discord.threads(DESK)[0].id
    assert out.waiting() == []


def test_mail_whose_subject_is_a_tickets_heading_is_never_taken_for_its_card(out: Connected) -> None:
    """Where it is not known whether the mail's card arrived, the ticket's would have been written over."""
    opened(out).delivers()
    theirs = out.card()
    heading = theirs.text[theirs.text.index("#1") :].splitlines()[0]
    out.discord.fails(POST, lost_before=True)
    waits = mail("jo@elsewhere.example", heading)
    out.house.database.write(lambda work: take_in(work, waits, "support", out.clock.now()))
    out.delivers()
    out.discord.passes(600)
    out.delivers(after=600)
    assert "Refuse" in out.discord.messages(DESK)[-1].buttons
    out.says("ann", "/mail refuse 1")
    out.delivers()
    assert out.card().text == theirs.text


def test_the_same_words_said_twice_are_told_twice_also_when_one_answer_was_lost(out: Connected) -> None:
    opened(out)
    for key in ("one", "two"):
        out.post(Kind.NOTICE, "#desk", say("ACME wrote"), key=key, ticket=1)
        out.discord.fails(POST, lost_after=key == "two", times=1 if key == "two" else 0)
        out.delivers()
    assert len(out.thread()) == 2
    out.discord.passes(600)
    out.delivers(after=600)
    assert len(out.thread()) == 2
    assert out.waiting() == []


def test_a_server_that_fails_is_asked_again(out: Connected) -> None:
    out.discord.fails(POST, status=503, times=2)
    opened(out)
    for _ in range(3):
        out.delivers(after=60)
    assert out.card()
    assert out.waiting() == []


def test_a_message_that_was_deleted_is_made_anew_with_its_thread(out: Connected) -> None:
    first = opened(out).card()
    out.discord.deletes(first)
    out.says("bob", "/ticket claim 1")
    out.delivers(after=5)
    out.delivers(after=5)
    assert out.card().id != first.id
    assert "Bob" in out.thread()[0].text
    assert out.waiting() == []


def test_a_thread_that_was_deleted_is_made_anew(out: Connected) -> None:
    card = opened(out).card()
    out.discord.deletes_channel(card.id)
    out.says("bob", "/ticket claim 1")
    out.delivers(after=5)
    assert "Bob" in out.thread()[0].text
    assert out.card().id == card.id


def test_a_card_that_was_deleted_before_its_fate_was_known_is_made_anew(out: Connected) -> None:
    """Discord remembers the nonce of a message that is gone, and refuses to write it again."""
    out.discord.fails(POST, status=404, code=10008)
    opened(out)
    assert "deleted the card" in out.waiting()[0].error
    out.delivers(after=301)
    assert out.card()
    assert out.waiting() == []


def test_news_below_a_card_whose_thread_cannot_be_made_anew_stands_in_the_channel(out: Connected) -> None:
    card = opened(out).card()
    out.discord.deletes_channel(card.id)
    out.discord.fails(f"POST /channels/{DESK}/messages/*/threads", status=400, code=160004, times=20)
    out.says("bob", "/ticket claim 1")
    for _ in range(8):
        out.delivers(after=5)
    told = [one.text for one in out.discord.messages(DESK) if one.id != card.id]
    assert len(told) == 1
    assert "**#1**" in told[0]
    assert out.waiting() == []
    out.discord.recovers()


def test_an_alert_is_seen_in_the_channel_also_where_its_thread_takes_nothing(tmp_path: Path) -> None:
    with connected(tmp_path, channels=Channels(alerts="desk")) as out:
        thread = opened(out).card().id
        out.discord.fails(f"POST /channels/{thread}/messages", status=403, code=50013)
        out.post(Kind.ALERT, "desk", say("#1 is late ", Mention("bob"), tone=Tone.BREACH), ticket=1)
        out.delivers()
        assert [one.notified for one in out.discord.messages(DESK)[1:]] == [{BOB}]
        assert "lacks a permission" in out.waiting()[0].error
        out.discord.passes(301)
        out.delivers(after=301)
        assert len(out.discord.messages(DESK)) == 2
        assert len(out.thread()) == 1
        assert out.waiting() == []


def test_a_thread_in_the_archive_is_fetched_from_it(out: Connected) -> None:
    opened(out).discord.archives(out.card().id)
    out.says("bob", "/ticket claim 1")
    out.delivers()
    assert "Bob" in out.thread()[0].text
    assert not out.discord.thread(out.card().id).archived


def test_a_closed_tickets_thread_is_locked_by_setting_and_opened_again(tmp_path: Path) -> None:
    with connected(tmp_path, locks=True) as out:
        opened(out).says("bob", "/ticket close 1 solved")
        out.delivers()
        assert out.discord.thread(out.card().id).locked
        out.discord.archives(out.card().id)
        out.says("bob", "/ticket reopen 1")
        out.delivers()
        assert not out.discord.thread(out.card().id).locked
        assert len(out.thread()) == 2
        assert out.waiting() == []


# --- when Discord says no ------------------------------------------------------------------------------------------


def test_a_channel_without_the_bot_is_said_with_the_cure_and_left_alone_for_a_while(tmp_path: Path) -> None:
    with connected(tmp_path, channels=Channels(alerts="#out")) as out:
        opened(out).post(Kind.ALERT, "#out", say("#1 is late"), ticket=1)
        out.delivers()
        (parcel,) = out.waiting()
        assert "View Channel" in parcel.error
        out.delivers(after=30)
        assert not [one for one in out.discord.requests if str(OUT) in one.path.split("/")]


def test_a_permission_that_is_missing_is_said_with_the_cure_and_not_hammered(out: Connected) -> None:
    out.discord.forbids(TALK, "send_messages")
    opened(out).post(Kind.ALERT, "#talk", say("#1 is late"), ticket=1)
    out.delivers()
    for _ in range(5):
        out.delivers(after=30)
    (parcel,) = out.waiting()
    assert "lacks a permission there (#talk)" in parcel.error
    assert "Edit Channel" in parcel.error
    assert len(out.discord.calls("POST", f"/{TALK}/messages")) == 1
    out.discord.forbids(TALK)
    out.delivers(after=300)
    assert out.discord.messages(TALK)


def test_when_discord_asks_for_patience_it_gets_it(out: Connected) -> None:
    out.discord.fails(POST, rate_limit=45.0)
    opened(out)
    assert "wait 45 s" in out.waiting()[0].error
    out.delivers(after=30)
    assert not out.discord.messages(DESK)
    out.delivers(after=20)
    assert out.card()


def test_a_form_that_is_refused_is_said_in_plain_words(out: Connected) -> None:
    out.discord.fails(POST, status=400, code=50035)
    opened(out)
    (plain,) = out.discord.messages(DESK)
    assert "#1" in plain.content
    assert "printer on fire" in plain.content
    assert plain.embeds == ()


# --- a forum -------------------------------------------------------------------------------------------------------


@pytest.fixture
def forum(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path, channels=Channels(desk="#tickets")) as desk:
        yield desk


def test_in_a_forum_a_ticket_is_a_post_with_the_card_on_top_and_tags_for_its_state(forum: Connected) -> None:
    opened(forum)
    (post,) = forum.discord.threads(TICKETS)
    assert post.name == "#1 printer on fire"
    forum.says("bob", "/ticket claim 1")
    forum.delivers()
    (post,) = forum.discord.threads(TICKETS)
    assert post.tags == ("open",)
    card, line = forum.discord.messages(post)
    assert "Held by Bob" in card.text
    assert "Bob" in line.text
    assert forum.waiting() == []


def test_news_of_no_ticket_is_among_the_alerts_where_the_desks_channel_is_a_forum(forum: Connected) -> None:
    forum.post(Kind.NOTICE, "#tickets", say("More mail waits for a person."))
    forum.delivers()
    assert [one.text for one in forum.discord.messages(ALERTS)] == ["More mail waits for a person."]
    assert forum.waiting() == []


def test_tags_are_made_where_the_bot_may_and_those_of_people_stay(tmp_path: Path) -> None:
    server = {"permissions": (*BOT_PERMISSIONS, "manage_channels")}
    with connected(tmp_path, channels=Channels(desk="#boards"), server=server, prepare=_boards) as forum:
        opened(forum)
        (post,) = forum.discord.threads(BOARDS)
        assert post.tags == ("new", "Level III")
        with forum.discord.world.news:
            tags = forum.discord.place(BOARDS).available_tags
            shown = [int(one["id"]) for one in tags if one["name"] in ("vip", "new", "Level III")]
            forum.discord.world.edit_channel(post.id, {"applied_tags": shown})
        forum.says("bob", "/ticket claim 1")
        forum.delivers()
        assert set(forum.discord.thread(post).tags) == {"open", "Level III", "vip"}


def test_a_forum_that_wants_a_tag_the_bot_may_not_make_is_said_with_the_cure(tmp_path: Path) -> None:
    with connected(tmp_path, channels=Channels(desk="#boards"), prepare=_boards) as forum:
        opened(forum)
        assert "Add the tags" in forum.waiting()[0].error


def _boards(discord: Guild) -> None:
    """A forum that wants a tag for each post."""
    discord.forum(BOARDS, "boards", tags=("vip",), private=True, roles=("support",), needs_tag=True)


def test_a_post_whose_answer_was_lost_is_found(forum: Connected) -> None:
    forum.discord.fails("POST /channels/*/threads", lost_after=True)
    opened(forum).delivers(after=10)
    assert len(forum.discord.threads(TICKETS)) == 1
    assert forum.waiting() == []


def test_a_post_of_which_discord_says_nothing_certain_is_not_sent_again_before_a_look(forum: Connected) -> None:
    forum.discord.fails("POST /channels/*/threads", status=502)
    opened(forum)
    assert len(forum.discord.calls("POST", "/threads")) == 1
    forum.delivers(after=10)
    assert len(forum.discord.threads(TICKETS)) == 1
    assert forum.waiting() == []


def test_a_post_in_the_archive_is_changed_all_the_same(forum: Connected) -> None:
    opened(forum).discord.archives(forum.discord.threads(TICKETS)[0])
    forum.says("bob", "/ticket claim 1")
    forum.delivers()
    (post,) = forum.discord.threads(TICKETS)
    assert not post.archived
    assert "Held by Bob" in forum.discord.messages(post)[0].text


def test_a_post_that_was_deleted_is_made_anew(forum: Connected) -> None:
    opened(forum).discord.deletes_channel(forum.discord.threads(TICKETS)[0])
    forum.says("bob", "/ticket claim 1")
    forum.delivers(after=5)
    forum.delivers(after=5)
    (post,) = forum.discord.threads(TICKETS)
    assert "Held by Bob" in forum.discord.messages(post)[0].text
    assert forum.waiting() == []
