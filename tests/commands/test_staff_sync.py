"""A platform's groups say who is at the desk; what was said by hand wins, and nobody is lost by an accident there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain.people import Role, Staff
from bot.ports import Entry
from commands.staff_sync import Member, sync, sync_one
from tests.town import Town

ANN = Member("U0ANN", "Ann Other", Role.STAFF, "America/Halifax")
MAX = Member("U0MAX", "Max", Role.VIEWER)


def synced(town: Town, *members: Member) -> Sequence[Entry]:
    return sync(town.database, "slack", members, town.clock.now())


def told(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    return [(entry.subject, entry.what) for entry in entries]


def person(town: Town, id: str) -> Staff:
    return town.database.read(lambda work: work.people.get(id))


def test_members_become_staff_with_short_names_of_their_own(town: Town) -> None:
    assert told(synced(town, ANN, MAX)) == [("staff:ann-other", "added"), ("staff:max", "added")]
    ann = person(town, "ann-other")
    assert (ann.name, ann.role, ann.zone) == ("Ann Other", Role.STAFF, "America/Halifax")
    assert (ann.accounts, ann.managed_by) == ({"slack": "U0ANN"}, "slack")
    assert person(town, "ann").managed_by == "", (
        "The Ann who was added by hand is somebody else until an admin says so."
    )


def test_a_second_time_nothing_is_written(town: Town) -> None:
    synced(town, ANN, MAX)
    assert synced(town, MAX, ANN) == ()


def test_what_changes_there_changes_here(town: Town) -> None:
    synced(town, ANN, MAX)
    changed = Member("U0MAX", "Maxine", Role.LEAD, "Europe/Paris")
    assert told(synced(town, ANN, changed)) == [("staff:max", "changed")]
    one = person(town, "max")
    assert (one.name, one.role, one.zone) == ("Maxine", Role.LEAD, "Europe/Paris")


def test_who_leaves_there_leaves_and_may_come_back(town: Town) -> None:
    synced(town, ANN, MAX)
    assert told(synced(town, ANN)) == [("staff:max", "left")]
    assert person(town, "max").has_left
    assert told(synced(town, ANN, MAX)) == [("staff:max", "came back")]
    assert person(town, "max").role is Role.VIEWER
    found = town.database.read(lambda work: work.memory.journal_of("staff:max", 10))
    assert [entry.what for entry in found] == ["came back", "left", "added"]


def test_a_platform_that_knows_nobody_is_out_of_order(town: Town) -> None:
    synced(town, ANN)
    assert synced(town) == ()
    assert not person(town, "ann-other").has_left


def test_a_role_given_by_hand_is_kept_and_said_so(town: Town) -> None:
    synced(town, ANN, MAX)
    assert "kept by hand from now on: slack no longer changes it" in town.does("zoe", "staff roles max staff")
    assert "kept by hand" in town.does("zoe", "staff roles ann-other staff"), "Even the role that they have."
    assert synced(town, Member("U0MAX", "Max", Role.ADMIN)) == ()
    assert person(town, "max").role is Role.STAFF
    assert person(town, "ann-other").role is Role.STAFF


def test_who_was_added_by_hand_is_neither_raised_nor_lowered(town: Town) -> None:
    town.does("zoe", "staff link bob --platform slack --account U0BOB")
    town.does("zoe", "staff link lea --platform slack --account U0LEA")
    assert told(synced(town, ANN, Member("U0BOB", "Robert", Role.ADMIN))) == [("staff:ann-other", "added")]
    assert (person(town, "bob").name, person(town, "bob").role) == ("Bob", Role.STAFF)
    assert person(town, "lea").role is Role.LEAD


def test_an_account_that_was_brought_can_be_given_to_whom_it_is(town: Town) -> None:
    """Ann was at the desk before Slack was, so Slack brought her a second time."""
    synced(town, ANN, MAX)
    answer = town.does("zoe", "staff link ann --platform slack --account U0ANN")
    assert "Ann Other (ann-other), whom Slack had brought with that account, has left the desk." in answer
    assert person(town, "ann").accounts == {"console": "ann", "slack": "U0ANN"}
    assert person(town, "ann-other").has_left
    assert synced(town, ANN, MAX) == ()


def test_the_last_admin_is_never_lowered(town: Town) -> None:
    head = Member("U0HEAD", "Head", Role.ADMIN)
    synced(town, head, MAX)
    town.does("zoe", "staff roles zoe staff")
    assert synced(town, MAX) == ()
    assert person(town, "head").role is Role.ADMIN
    assert told(synced(town, Member("U0MAX", "Max", Role.ADMIN))) == [("staff:head", "left"), ("staff:max", "changed")]


def test_a_name_that_comes_from_there_is_changed_there(town: Town) -> None:
    synced(town, ANN)
    assert "comes from slack" in town.refused("zoe", "staff rename ann-other Ann Else")


@pytest.mark.parametrize("name", ["", "  ", "\x00\u202e"])
def test_who_has_no_name_there_is_called_by_their_account(town: Town, name: str) -> None:
    synced(town, Member("U0X", name, Role.STAFF, "Mars/Olympus"))
    assert person(town, "u0x").name == "U0X"
    assert person(town, "u0x").zone == ""


def test_a_member_without_a_role_is_no_member(town: Town) -> None:
    assert synced(town, Member("U0X", "X", Role.NOBODY)) == ()
    assert told(synced(town, ANN, Member("U0X", "X", Role.NOBODY))) == [("staff:ann-other", "added")]


# --- one person at a time ------------------------------------------------------------------------------------------


def told_of(town: Town, member: Member) -> list[tuple[str, str]]:
    return told(sync_one(town.database, "slack", member, town.clock.now()))


def test_one_person_of_whom_a_platform_tells_changes_nobody_else(town: Town) -> None:
    synced(town, ANN, MAX)
    assert told_of(town, replace(MAX, role=Role.LEAD)) == [("staff:max", "changed")]
    assert told_of(town, replace(MAX, role=Role.LEAD)) == []
    assert person(town, "ann-other").role is Role.STAFF
    assert told_of(town, replace(MAX, role=Role.NOBODY)) == [("staff:max", "left")]
    assert told_of(town, Member("U0NEW", "New", Role.NOBODY)) == []
    assert told_of(town, Member("U0NEW", "New", Role.STAFF)) == [("staff:new", "added")]


def test_one_person_who_was_added_by_hand_stays_and_so_does_the_last_admin(town: Town) -> None:
    by_hand = replace(person(town, "ann"), accounts={"slack": "U0HAND"})
    town.database.write(lambda work: work.people.save(by_hand))
    assert told_of(town, Member("U0HAND", "Anna", Role.ADMIN)) == []
    boss = replace(person(town, "zoe"), accounts={"slack": "U0ZOE"}, managed_by="slack")
    town.database.write(lambda work: work.people.save(boss))
    assert told_of(town, Member("U0ZOE", "Zoe", Role.STAFF)) == []
    assert person(town, "zoe").role is Role.ADMIN
