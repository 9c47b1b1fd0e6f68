"""Membership: user groups and the desk's private channel say who may do what; Slack's troubles change nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.slack.sending.places import Places
from bot.cards import say
from bot.domain.people import Role, Staff
from bot.ports import Kind, News, UnitOfWork
from bot.settings import Channels
from tests.adapters.slack.workplace import ANN, DESK, GUEST, HALL, OUT, STRANGER, Workplace, workplace
from tests.doubles.slack import Workspace

NEW, OLD, BOT = "U0NEA", "U0OLD", "U0ROBOT"


def person(desk: Workplace, account: str) -> Staff | None:
    def look(work: UnitOfWork) -> Staff | None:
        return work.people.of_account("slack", account)

    return desk.town.database.read(look)


def role(desk: Workplace, account: str) -> str:
    found = person(desk, account)
    return found.role.title if found is not None else "unknown"


def prepare(slack: Workspace) -> None:
    slack.person(NEW, "Nea", zone="Europe/Berlin")
    slack.person(OLD, "Old", deleted=True)
    slack.person(BOT, "Robot", bot=True)
    slack.group("S0SUP", "support", (NEW, OLD, BOT, GUEST))
    slack.group("S0LEA", "support-leads", (NEW,))


def test_a_role_follows_its_group_and_the_highest_wins(tmp_path: Path) -> None:
    with workplace(tmp_path, prepare, roles={"staff": "@support", "lead": "S0LEA"}) as desk:
        nea = person(desk, NEW)
        assert nea is not None
        assert (nea.role, nea.zone, nea.managed_by) == (Role.LEAD, "Europe/Berlin", "slack")
        assert [role(desk, one) for one in (OLD, BOT, GUEST, STRANGER)] == ["unknown"] * 4
        desk.slack.group("S0LEA", "support-leads", (STRANGER,))
        desk.slack.until(lambda: (role(desk, NEW), role(desk, STRANGER)) == ("staff", "lead"))
        desk.slack.person(NEW, "Nea", deleted=True)
        desk.slack.until(lambda: role(desk, NEW) == "nobody")


def test_members_of_the_private_desk_channel_are_staff(tmp_path: Path) -> None:
    with workplace(tmp_path, members="staff") as desk:
        assert (role(desk, STRANGER), role(desk, GUEST)) == ("staff", "unknown")
        desk.slack.mentions(STRANGER, HALL, "open printer on fire")
        desk.until_done(1, "opened")
        desk.slack.joins_team(NEW, "Nea")
        desk.slack.joins(NEW, DESK)
        desk.slack.until(lambda: role(desk, NEW) == "staff")
        desk.slack.leaves(STRANGER, DESK)
        desk.slack.until(lambda: role(desk, STRANGER) == "nobody")
        assert role(desk, ANN) == "staff"


def test_a_public_desk_channel_makes_nobody_staff(tmp_path: Path) -> None:
    def public(slack: Workspace) -> None:
        slack.channel(DESK, "support-desk", members=(STRANGER,), has_bot=True)

    with workplace(tmp_path, public, members="staff") as desk:
        assert role(desk, STRANGER) == "unknown"


def test_a_desk_channel_that_becomes_private_makes_its_members_staff(tmp_path: Path) -> None:
    def public(slack: Workspace) -> None:
        slack.channel(DESK, "support-desk", members=(STRANGER,), has_bot=True)

    with workplace(tmp_path, public, members="staff") as desk:
        desk.slack.channel(DESK, "support-desk", private=True, members=(STRANGER,), has_bot=True)
        desk.slack.joins_team(NEW, "Nea")
        desk.slack.joins(NEW, DESK)
        desk.slack.until(lambda: (role(desk, STRANGER), role(desk, NEW)) == ("staff", "staff"))


@pytest.mark.parametrize("method", ["usergroups.list", "users.list", "conversations.members"])
@pytest.mark.parametrize("how", [{"error": "missing_scope"}, {"status": 500}, {"lost_before": True}])
def test_what_slack_does_not_tell_changes_nobody(tmp_path: Path, method: str, how: dict[str, object]) -> None:
    with workplace(tmp_path, prepare, members="staff", roles={"lead": "@support"}) as desk:
        assert (role(desk, NEW), role(desk, STRANGER)) == ("lead", "staff")
        assert desk.ways is not None
        desk.slack.fails(method, times=2, **how)  # The HTTP library repeats a lost GET by itself.
        assert desk.does(desk.ways.membership.refresh()) is False
        assert (role(desk, NEW), role(desk, STRANGER)) == ("lead", "staff")


def test_a_group_that_is_gone_changes_nobody(tmp_path: Path) -> None:
    with workplace(tmp_path, prepare, roles={"lead": "@support"}) as desk:
        assert role(desk, NEW) == "lead"
        desk.slack.group("S0SUP", "renamed", (NEW,))
        assert desk.ways is not None
        assert desk.does(desk.ways.membership.refresh()) is False
        assert role(desk, NEW) == "lead"


def test_a_large_workspace_that_asks_for_patience_is_read_to_its_end(tmp_path: Path) -> None:
    with workplace(tmp_path, prepare, roles={"lead": "@support"}) as desk:
        desk.slack.fails("users.list", rate_limit=1, times=2)
        desk.slack.group("S0SUP", "support", (STRANGER,))
        desk.slack.until(lambda: (role(desk, NEW), role(desk, STRANGER)) == ("nobody", "lead"), seconds=20)


def test_what_does_not_concern_the_desk_has_it_ask_nothing(tmp_path: Path) -> None:
    with workplace(tmp_path, prepare, members="staff") as desk:
        assert desk.ways is not None
        asked = len(desk.slack.calls("users.list"))
        desk.slack.joins(NEW, HALL)
        for name in ("Old", "Older"):
            desk.slack.person(OLD, name, deleted=True)
        desk.slack.until_heard()
        desk.slack.joins_team("U0PIA", "Pia")
        desk.slack.joins("U0PIA", DESK)
        desk.slack.until(lambda: role(desk, "U0PIA") == "staff")
        assert len(desk.slack.calls("users.list")) == asked + 1


def test_a_desk_channel_that_the_app_was_taken_from_changes_nobody(tmp_path: Path) -> None:
    with workplace(tmp_path, prepare, members="staff", roles={"lead": "@support"}) as desk:
        assert desk.ways is not None
        assert (role(desk, NEW), role(desk, STRANGER)) == ("lead", "staff")
        assert desk.counter is not None
        desk.slack.state.channels[DESK].has_bot = False
        # Named by its id, as a settings file may have it.
        desk.ways.membership._places = Places(desk.counter.client, Channels(desk=DESK, alerts=DESK))
        assert desk.does(desk.ways.membership.refresh()) is False
        assert role(desk, STRANGER) == "staff"


def test_what_waited_for_the_app_to_be_in_a_channel_goes_when_it_joins(tmp_path: Path) -> None:
    with workplace(tmp_path, prepare) as desk:
        database, now = desk.town.database, desk.town.clock.now()
        later = now + timedelta(minutes=5)

        def wait(work: UnitOfWork) -> str:
            work.outbox.post(News(Kind.NOTICE, "#desk", say("Hello"), "hello"))
            (parcel,) = work.outbox.lease(now, 60, 1)
            work.outbox.failed(parcel, "not in the channel", later, now)
            return parcel.platform

        def due(work: UnitOfWork) -> datetime | None:
            return work.outbox.next_due()

        platform = database.write(wait)
        assert desk.counter is not None
        desk.counter.roster.platform = platform
        desk.slack.joins(ANN, OUT)
        desk.slack.until_heard()
        assert database.read(due) == later
        desk.slack.joins(desk.slack.bot_user, OUT)
        desk.slack.until(lambda: database.read(due) == now)


def test_words_of_a_channel_that_was_made_private_meanwhile_are_not_shown_wider(tmp_path: Path) -> None:
    with workplace(tmp_path) as desk:
        desk.slack.channel(HALL, "hall", private=True, members=(ANN,), has_bot=True)
        ts = desk.slack.says(ANN, HALL, "the printer is on fire")
        desk.slack.until_heard()
        desk.slack.message_shortcut(ANN, HALL, ts, "open_ticket")
        desk.slack.until(lambda: (view := desk.slack.view_of(ANN)) and "said in private" in view.words)
