"""The people of the desk by command: added, linked, given roles, away and back."""

from __future__ import annotations

import pytest

from bot.domain.people import Role, Staff
from bot.ports import Speaker
from tests.town import Town, words


def person(town: Town, id: str) -> Staff:
    return town.database.read(lambda work: work.people.get(id))


# --- adding -------------------------------------------------------------------------------------------------------


def test_somebody_new_is_added_with_their_account(town: Town) -> None:
    zoe = Speaker("slack", "U0ZOE", "Zoe")
    town.does("zoe", "/staff link zoe --platform slack --account U0ZOE")
    told = words(town.desk.say(zoe, "/staff add Val --role viewer").card)
    assert "Next, with a mention of them: /staff link val --platform slack --account @val" in told
    told = words(town.desk.say(zoe, "/staff add Vik --role viewer --account <@U0VIK>").card)
    assert told == "Vik is at this desk now: vik, viewer.\nVik speaks in Slack as U0VIK now."
    assert person(town, "vik").accounts == {"console": "vik", "slack": "U0VIK"}
    town.does("zoe", "/staff add Moe --account discord:42")
    assert person(town, "moe").accounts["discord"] == "42"
    assert "For example: --account slack:U0X" in town.refused("zoe", "/staff add Nora --account U0X")
    assert "The Slack account U0VIK is Vik's." in town.refused("zoe", "/staff add Nora --account slack:U0VIK")
    assert "nora" not in {one.id for one in town.database.read(lambda work: work.people.all())}


def test_somebody_new_can_speak_in_the_terminal_at_once(town: Town) -> None:
    said = town.does("zoe", "/staff add Dana Fox --zone Europe/Vienna")
    assert "Dana Fox is at this desk now: dana, staff." in said
    assert person(town, "dana") == Staff("dana", "Dana Fox", Role.STAFF, {"console": "dana"}, "Europe/Vienna")
    assert "dana | Dana Fox | staff" in town.does("dana", "/staff list")


def test_short_names_are_first_names_until_one_is_taken(town: Town) -> None:
    town.does("zoe", "/staff add Ann Other --role lead")
    town.does("zoe", "/staff add Ann, Other")
    assert (person(town, "ann-other").role, person(town, "ann-other-2").role) == (Role.LEAD, Role.STAFF)


def test_somebody_of_the_same_name_needs_a_short_name_of_their_own(town: Town) -> None:
    assert "There is a Bob already (bob)." in town.refused("zoe", "/staff add bob")
    town.does("zoe", "/staff add Bob --id bob-two")
    assert person(town, "bob-two").name == "Bob"


# --- other names --------------------------------------------------------------------------------------------------


def test_a_person_gets_another_name_and_keeps_the_short_one(town: Town) -> None:
    town.does("bob", "/ticket open printer")
    assert "Bob (bob) is called Bob Roy now." in town.does("bob", "/staff rename me Bob Roy")
    assert "Ann (ann) is called Ann Other now." in town.does("zoe", '/staff rename ann "Ann Other"')
    assert "Bob Roy opened it" in town.does("vic", "/ticket history 1")
    assert "Renamed by Bob Roy" in town.does("vic", "/staff show bob")
    assert town.database.read(lambda work: work.people.find("Bob Roy")).id == "bob"


@pytest.mark.parametrize(
    ("who", "line", "why"),
    [
        ("lea", "rename bob Robert", "Only an admin can rename somebody else."),
        ("zoe", "rename bob ANN", "There is an Ann already (ann)."),
        ("zoe", "rename bob", "/staff rename needs a name"),
    ],
)
def test_a_name_that_cannot_be_is_refused(town: Town, who: str, line: str, why: str) -> None:
    assert why in town.refused(who, f"/staff {line}")


@pytest.mark.parametrize("name", ["Team", "Everyone", "Clock", "Customer"])
def test_nobody_gets_a_short_name_that_means_something_else(town: Town, name: str) -> None:
    assert f"{name.lower()}-1, staff" in town.does("zoe", f"/staff add {name}")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/staff add", "/staff add needs a name"),
        ("/staff add X --role boss", "It is one of: none, viewer, staff, lead, admin."),
        ("/staff add X --id bob", "bob is Bob already."),
        ("/staff add X --id me", "“me” means something else to the desk."),
        ("/staff add X --zone Nowhere/Land", 'There is no time zone "Nowhere/Land".'),
    ],
)
def test_who_cannot_be_added_is_refused_in_words(town: Town, line: str, why: str) -> None:
    assert why in town.refused("zoe", line)


@pytest.mark.parametrize(
    "line", ["/staff add X", "/staff link bob --platform slack --account U1", "/staff roles ann viewer"]
)
def test_people_are_the_admins_business(town: Town, line: str) -> None:
    assert "is for admin and above; Lea has the role lead." in town.refused("lea", line)


# --- accounts -----------------------------------------------------------------------------------------------------


def test_a_linked_account_speaks_for_its_person(town: Town) -> None:
    assert "Bob speaks in Slack as U123 now." in town.does(
        "zoe", "/staff link bob --platform slack --account <@U123|bob>"
    )
    answer = town.desk.say(Speaker("slack", "U123"), "/ticket open from slack")
    assert answer.ok
    assert town.ticket(1).opened_by == "bob"


def test_an_account_belongs_to_one_person(town: Town) -> None:
    town.does("zoe", "/staff link bob --platform slack --account U123")
    refusal = town.refused("zoe", "/staff link ann --platform slack --account U123")
    assert "The Slack account U123 is Bob's.\nTake it away first: /staff link bob" in refusal
    town.does("zoe", "/staff link bob --platform slack --account none")
    town.does("zoe", "/staff link ann --platform slack --account U123")
    assert (person(town, "bob").accounts, person(town, "ann").accounts["slack"]) == ({"console": "bob"}, "U123")


def test_a_second_account_on_a_platform_replaces_the_first_and_says_so(town: Town) -> None:
    town.does("zoe", "/staff link bob --platform discord --account <@!42>")
    assert "as 43 now (was 42)." in town.does("zoe", "/staff link bob --platform discord --account 43")
    assert "has the Discord account 43 already" in town.does("zoe", "/staff link bob --platform discord --account 43")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/staff link bob --platform slakc --account U1", "It is one of: console, slack, discord, email, phone, web."),
        ("/staff link bob --platform slack", "/staff link needs an account"),
        ('/staff link bob --platform slack --account "<!channel>"', "“<!channel>” is not the id of an account."),
        ("/staff link bob --platform discord --account @bob", "“@bob” is not the id of an account."),
        ("/staff link bob --platform slack --account none", "Bob has no Slack account."),
        ("/staff link zoe --platform console --account none", "This is your only account"),
        (
            "/staff link bobby --platform slack --account U1",
            "There is nobody called “bobby” at this desk.\nDid you mean bob",
        ),
    ],
)
def test_what_cannot_be_linked_is_refused_in_words(town: Town, line: str, why: str) -> None:
    assert why in town.refused("zoe", line)


# --- roles --------------------------------------------------------------------------------------------------------


def test_a_role_counts_at_once(town: Town) -> None:
    town.refused("bob", "/customer add X")
    assert "Bob has the role lead now (was staff)." in town.does("zoe", "/staff roles bob lead")
    town.does("bob", "/customer add X")


def test_the_desk_never_loses_its_last_admin(town: Town) -> None:
    assert "Zoe is the only admin: the desk would have none." in town.refused("zoe", "/staff roles me lead")
    town.does("zoe", "/staff roles lea admin")
    town.does("zoe", "/staff roles zoe none")
    assert "only admin" in town.refused("lea", "/staff roles lea staff")


def test_somebody_who_has_left_can_do_nothing_and_what_they_hold_is_said(town: Town) -> None:
    town.does("ann", "/ticket open printer on fire")
    town.does("ann", "/ticket claim 1")
    assert "Ann holds 1 open ticket: /ticket list --owner ann" in town.does("zoe", "/staff roles ann none")
    assert "Ann has the role nothing." in town.refused("ann", "/ticket open again")
    assert "ann | Ann | none" in town.does("vic", "/staff list")


def test_a_change_of_role_is_remembered(town: Town) -> None:
    town.does("zoe", "/staff roles bob lead he earned it")
    (entry,) = town.database.read(lambda work: work.memory.journal_of("staff:bob", 9))
    assert (entry.by, entry.data) == ("zoe", {"was": "staff", "role": "lead", "reason": "he earned it"})
    assert "Given the role lead by Zoe" in town.does("vic", "/staff show bob")


def test_a_role_that_is_had_already_changes_nothing(town: Town) -> None:
    assert town.does("zoe", "/staff roles bob staff") == "Bob has the role staff already."


# --- away ---------------------------------------------------------------------------------------------------------


def test_somebody_is_away_until_they_said(town: Town) -> None:
    assert town.does("bob", '/staff away --until "tomorrow 10:00"') == "Bob is away until Tue 6 Oct 10:00."
    assert "away until Tue 6 Oct 10:00" in town.does("vic", "/staff list")
    assert "Now away until Tue 6 Oct 10:00" in town.does("vic", "/staff show bob")
    town.clock.forward(hours=24)
    assert not person(town, "bob").is_away(town.clock.now())
    assert "away" not in town.does("vic", "/staff list")


def test_without_a_time_somebody_is_away_until_they_are_back(town: Town) -> None:
    town.does("bob", "/ticket open printer on fire")
    town.does("bob", "/ticket claim 1")
    said = town.does("bob", "/staff away")
    assert said == "Bob is away until /staff back.\nBob holds 1 open ticket: /ticket list --owner bob"
    town.clock.forward(days=100)
    assert person(town, "bob").is_away(town.clock.now())
    assert town.does("bob", "/staff back") == "Bob is back."
    assert town.does("bob", "/staff back") == "Bob is not away."


def test_a_lead_can_say_it_for_others_and_staff_cannot(town: Town) -> None:
    assert "Only a lead can say that for somebody else." in town.refused("bob", "/staff away ann")
    town.does("lea", "/staff away ann")
    assert "Only a lead" in town.refused("bob", "/staff back ann")
    town.does("lea", "/staff back ann")
    assert not person(town, "ann").is_away(town.clock.now())


def test_away_until_a_moment_that_has_passed_is_refused(town: Town) -> None:
    assert "2026-10-01 is past." in town.refused("bob", "/staff away --until 2026-10-01")


def test_going_away_is_for_staff(town: Town) -> None:
    assert "is for staff and above" in town.refused("vic", "/staff away")


def test_everybody_can_look_at_themselves(town: Town) -> None:
    shown = town.does("vic", "/staff show")
    assert shown == "Vic  vic\nRole: viewer. Accounts: console vic.\nTime zone: America/Toronto (the desk)"


def test_who_has_left_hears_nothing_more_and_is_not_mentioned(town: Town) -> None:
    town.does("ann", "/ticket open printer on fire --customer acme")
    town.does("bob", "/ticket claim 1")
    town.does("vic", "/ticket watch 1")
    town.does("zoe", "/staff roles bob none")
    town.does("zoe", "/staff roles vic none")
    town.does("ann", "/ticket note 1 the customer's new password is in the safe")
    town.does("ann", '/ticket said 1 "any news?"')
    town.clock.forward(hours=3, minutes=1)
    town.ticks()
    assert town.hears("@bob") == town.hears("@vic") == []
    assert "Bob, who has it, has left" in town.hears("#desk")[0]
    assert "held by Bob, who has left · @team" in town.hears("#alerts")[0]
    assert "bob | Bob | none | console | no longer at the desk" in town.does("ann", "/staff list")
    town.does("lea", "/ticket release 1")
    assert "Bob has left the desk." in town.refused("ann", "/ticket assign 1 bob")
    assert "Bob has left the desk." in town.refused("lea", "/staff back bob")
