"""Limits against floods: a minute has room for so many tickets, and a customer for so many open ones."""

from __future__ import annotations

from dataclasses import replace

from bot.policy.file import policy_at
from tests.town import Town


def narrowed(town: Town, *, minute: int, still: int) -> None:
    policy = policy_at(None)
    limits = replace(policy.limits, opened_per_customer_per_minute=minute, open_per_customer=still)
    town.house.follow(replace(policy, limits=limits))


def test_a_customer_has_so_many_tickets_a_minute(town: Town) -> None:
    narrowed(town, minute=2, still=10)
    for subject in ("one", "two"):
        town.does("ann", f"/ticket open {subject} --customer acme")
    told = town.refused("ann", "/ticket open three --customer acme")
    assert "ACME Ltd had 2 tickets opened within a minute; the limit is 2." in told
    town.does("ann", "/ticket open three --customer cobalt")
    town.clock.forward(minutes=2)
    town.does("ann", "/ticket open three --customer acme")


def test_tickets_without_a_customer_share_one_such_limit(town: Town) -> None:
    narrowed(town, minute=2, still=10)
    for subject in ("one", "two"):
        town.does("ann", f"/ticket open {subject} --requester me@home.example")
    told = town.refused("bob", "/ticket open three")
    assert "2 tickets without a customer were opened within a minute; the limit is 2." in told
    town.does("bob", "/ticket open three --customer acme")
    town.clock.forward(minutes=2)
    town.does("bob", "/ticket open four")


def test_a_ticket_is_not_given_to_a_customer_who_has_too_many_open(town: Town) -> None:
    narrowed(town, minute=10, still=2)
    for subject in ("one", "two"):
        town.does("ann", f"/ticket open {subject} --customer acme")
    full = "ACME Ltd has 2 open tickets; the limit is 2."
    assert full in town.refused("ann", "/ticket open three --customer acme")
    town.does("ann", "/ticket open three")
    assert full in town.refused("ann", "/ticket customer 3 acme")
    town.does("ann", "/ticket customer 1 acme --requester new@acme.example")
    town.does("ann", "/ticket close 2 solved")
    town.does("ann", "/ticket customer 3 acme")
