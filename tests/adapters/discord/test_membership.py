"""Who is of the desk: by Discord's roles and the desk's private channel, learned as people speak."""

from __future__ import annotations

from pathlib import Path

from bot.domain.people import Role
from tests.adapters.discord.connected import Connected, connected
from tests.doubles.discord.fixtures import ANN, BOB, DESK, LEA, TALK, VIC, ZOE

ROLES = {"lead": "leads", "admin": "304"}


def says(desk: Connected, who: str, where: int = DESK) -> str:
    call = desk.discord.slash(who, where, "ticket open", {"subject": "door", "customer": "acme"})
    return str(desk.discord.until(lambda: call.text))


def role(desk: Connected, account: int) -> Role | None:
    found = desk.database.read(lambda work: work.people.of_account("discord", str(account)))
    return None if found is None else found.role


def ready(desk: Connected) -> Connected:
    desk.discord.until(lambda: desk.discord.commands)
    return desk


def test_who_sees_the_private_desk_channel_is_of_the_desk_from_their_first_word(tmp_path: Path) -> None:
    with connected(tmp_path, people=False) as desk:
        assert "door" in says(ready(desk), "Ann")
        assert role(desk, ANN) is Role.STAFF
        assert "door" not in says(desk, "Vic", TALK)
        assert role(desk, VIC) is None
        assert role(desk, LEA) is None


def test_roles_give_roles_and_what_is_lost_there_is_lost_here(tmp_path: Path) -> None:
    with connected(tmp_path, people=False, members="none", roles=ROLES) as desk:
        says(ready(desk), "Lea")
        assert role(desk, LEA) is Role.LEAD
        desk.discord.member(LEA, "Lea", roles=("support",))
        says(desk, "Lea")
        assert role(desk, LEA) is Role.NOBODY
        desk.discord.member(LEA, "Lea", roles=("admins",))
        says(desk, "Lea")
        assert role(desk, LEA) is Role.ADMIN


def test_one_who_speaks_changes_nobody_else_and_the_last_admin_stays(tmp_path: Path) -> None:
    with connected(tmp_path, people=False, members="none", roles=ROLES) as desk:
        says(ready(desk), "Zoe")
        says(desk, "Lea")
        desk.discord.member(ZOE, "Zoe", roles=("viewers",))
        says(desk, "Zoe", TALK)
        assert role(desk, LEA) is Role.LEAD
        assert role(desk, ZOE) is Role.ADMIN


def test_who_was_added_by_hand_stays_as_they_are(tmp_path: Path) -> None:
    with connected(tmp_path, members="none", roles={"admin": "support"}) as desk:
        says(ready(desk), "Ann")
        assert role(desk, ANN) is Role.STAFF


def test_a_role_that_is_not_there_leaves_everybody_as_they_are(tmp_path: Path) -> None:
    with connected(tmp_path, people=False, roles={"lead": "bosses"}) as desk:
        says(ready(desk), "Lea")
        assert role(desk, LEA) is None


def test_who_has_left_the_server_is_of_the_desk_no_longer(tmp_path: Path) -> None:
    with connected(tmp_path, people=False) as desk:
        says(ready(desk), "Ann")
        desk.discord.leaves("Ann")
        desk.stop()
        desk.start()
        desk.discord.until(lambda: role(desk, ANN) is Role.NOBODY)


def test_an_account_that_was_deleted_keeps_nobody_else_from_being_looked_at(tmp_path: Path) -> None:
    with connected(tmp_path, people=False) as desk:
        says(ready(desk), "Ann")
        says(desk, "Bob")
        desk.discord.fails(f"GET /guilds/*/members/{ANN}", status=404, code=10013)
        desk.discord.leaves("Bob")
        desk.stop()
        desk.start()
        desk.discord.until(lambda: role(desk, BOB) is Role.NOBODY)
        assert role(desk, ANN) is Role.NOBODY
