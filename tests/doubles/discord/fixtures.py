"""The fixture `discord`: a server with a desk's people, roles and channels, which ends without a fault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.doubles.discord.guild import Guild

ANN, BOB, LEA, VIC, ZOE, KIM, SAM = 101, 102, 103, 104, 105, 106, 107
DESK, ALERTS, TALK, TICKETS, OUT = 201, 202, 203, 204, 205
SUPPORT, LEADS, VIEWERS, ADMINS = 301, 302, 303, 304


def account_of(who: str) -> int:
    """The account of one of the town's people."""
    return {"ann": ANN, "bob": BOB, "lea": LEA, "vic": VIC, "zoe": ZOE, "kim": KIM, "sam": SAM}[who]


@pytest.fixture
def discord() -> Iterator[Guild]:
    """Ann and Bob are support, Lea leads, Vic looks on, Zoe is admin; #desk is theirs alone, #out without the bot."""
    with Guild() as guild:
        settle(guild)
        yield guild
        assert guild.faults == []


def settle(discord: Guild) -> None:
    """The people and places of the town."""
    roles = ((SUPPORT, "support"), (LEADS, "leads"), (VIEWERS, "viewers"), (ADMINS, "admins"))
    for id, name in roles:
        discord.role(id, name, mentionable=True, permissions=("manage_messages",))
    discord.member(ANN, "Ann", roles=("support",))
    discord.member(BOB, "Bob", roles=("support",))
    discord.member(LEA, "Lea", roles=("support", "leads"))
    discord.member(VIC, "Vic", roles=("viewers",))
    discord.member(ZOE, "Zoe", roles=("admins",))
    staff = ("support", "leads", "admins")
    discord.text_channel(DESK, "desk", private=True, roles=staff)
    discord.text_channel(ALERTS, "alerts", private=True, roles=staff)
    discord.text_channel(TALK, "talk")
    discord.forum(TICKETS, "tickets", tags=("open", "waiting", "closed"), private=True, roles=staff)
    discord.text_channel(OUT, "out", has_bot=False)
