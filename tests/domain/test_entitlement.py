"""What a customer is owed on a day: the policy's rules as a table, and what must hold for any customer at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.customers import Customer, Subscription
from bot.domain.entitlement import Entitlement, Standing, entitlement, level_of, must_owe, next_change
from bot.domain.errors import BadValue, NotOwed
from bot.domain.policy import AfterExpiry, Expiry, Policy, Way
from bot.policy.file import policy_at

POLICY = policy_at(None)
TODAY = date(2026, 11, 23)
MAIL = frozenset({Way.EMAIL})
REMOTE = MAIL | {Way.REMOTE}
ALL = REMOTE | {Way.TELEPHONE}


def bought(level: str, start: int, end: int, *, phone: bool = False, product: str = "gateway") -> Subscription:
    """A subscription by days from today."""
    return Subscription(product, level, TODAY + timedelta(days=start), TODAY + timedelta(days=end), phone)


def customer(*subscriptions: Subscription, installed: date | None = None, credits: int = 0) -> Customer:
    return Customer("acme", "ACME Ltd", installed_on=installed, phone_credits=credits, subscriptions=subscriptions)


def owed(*subscriptions: Subscription, policy: Policy = POLICY, on: int = 0) -> Entitlement:
    return entitlement(customer(*subscriptions), policy, TODAY + timedelta(days=on))


@pytest.mark.parametrize(
    ("case", "subscriptions", "level", "standing", "ways", "telephone_by"),
    [
        ("nothing was bought", [], "I", Standing.NONE, MAIL, ""),
        ("one runs", [bought("II", -10, 10)], "II", Standing.ACTIVE, REMOTE, ""),
        ("one starts today", [bought("II", 0, 10)], "II", Standing.ACTIVE, REMOTE, ""),
        ("one starts tomorrow", [bought("III", 1, 10)], "I", Standing.NONE, MAIL, ""),
        ("one ends today", [bought("II", -10, 0)], "II", Standing.ACTIVE, REMOTE, ""),
        ("one lasts a day", [bought("III", 0, 0)], "III", Standing.ACTIVE, ALL, "level"),
        ("one ended yesterday", [bought("II", -10, -1)], "II", Standing.GRACE, REMOTE, ""),
        ("the last day of grace", [bought("II", -30, -14)], "II", Standing.GRACE, REMOTE, ""),
        ("the day after grace", [bought("II", -30, -15)], "I", Standing.EXPIRED, MAIL, ""),
        ("the highest of several", [bought("I", -9, 9), bought("III", -9, 2)], "III", Standing.ACTIVE, ALL, "level"),
        ("a level by another name", [bought("Level 2", -9, 9)], "II", Standing.ACTIVE, REMOTE, ""),
        ("a telephone option", [bought("I", -9, 9, phone=True)], "I", Standing.ACTIVE, ALL - {Way.REMOTE}, "option"),
        (
            "an option on another product",
            [bought("II", -9, 9), bought("I", -9, 9, phone=True)],
            *("II", Standing.ACTIVE, ALL, "option"),
        ),
        ("an option that ended", [bought("II", -9, 9), bought("I", -9, -1, phone=True)], "II", "active", REMOTE, ""),
        ("an option in grace", [bought("I", -9, -1, phone=True)], "I", Standing.GRACE, ALL - {Way.REMOTE}, "option"),
        ("an option that expired", [bought("I", -99, -50, phone=True)], "I", Standing.EXPIRED, MAIL, ""),
        ("the level says more than the option", [bought("III", -9, 9, phone=True)], "III", "active", ALL, "level"),
        (
            "a lower one runs, a higher one just ended",
            [bought("III", -9, -1), bought("I", 0, 9)],
            "I",
            "active",
            MAIL,
            "",
        ),
        (
            "grace keeps the last day, not the best one lately",
            [bought("III", -30, -10), bought("I", -9, -2)],
            *("I", Standing.GRACE, MAIL, ""),
        ),
        ("a gap, with grace", [bought("II", -99, -5), bought("III", 5, 99)], "II", Standing.GRACE, REMOTE, ""),
        ("a gap, beyond grace", [bought("II", -99, -40), bought("III", 5, 99)], "I", Standing.EXPIRED, MAIL, ""),
        ("the end of days", [Subscription("gateway", "III", date.min, date.max)], "III", "active", ALL, "level"),
        ("a level that the policy lost", [bought("Gold", -9, 9)], "I", Standing.ACTIVE, MAIL, ""),
    ],
)
def test_what_is_owed_follows_what_was_bought(
    case: str,
    subscriptions: list[Subscription],
    level: str,
    standing: Standing,
    ways: frozenset[Way],
    telephone_by: str,
) -> None:
    found = owed(*subscriptions)
    assert (found.level.name, found.standing, found.ways, found.telephone_by) == (level, standing, ways, telephone_by)


def test_an_unknown_customer_is_answered_by_mail_at_the_lowest_level() -> None:
    found = entitlement(None, POLICY, TODAY)
    assert (found.customer, found.level, found.standing) == (None, POLICY.lowest, Standing.NONE)
    assert (found.ways, found.subscription, found.installation_day) == (MAIL, None, None)


def test_the_subscription_that_decides_is_named_even_after_it_expired() -> None:
    low, high, longer = bought("I", -9, 90), bought("III", -9, 9), bought("III", -9, 20)
    assert owed(low, high, longer).subscription == longer
    assert owed(low, high, longer, on=21).subscription == low
    assert owed(high, on=300).subscription == high


def test_without_grace_days_the_level_falls_the_day_after() -> None:
    strict = replace(POLICY, grace_days=0)
    assert owed(bought("III", -9, 0), policy=strict).standing is Standing.ACTIVE
    assert owed(bought("III", -9, 0), policy=strict, on=1).standing is Standing.EXPIRED


def test_where_the_policy_says_so_the_level_falls_at_once_or_the_customer_is_referred() -> None:
    lowest = replace(POLICY, expiry=Expiry(after=AfterExpiry.LOWEST))
    refer = replace(POLICY, expiry=Expiry(after=AfterExpiry.REFER))
    ended = bought("III", -9, 0)
    for policy, referred in ((lowest, False), (refer, True)):
        assert not owed(ended, policy=policy).referred
        found = owed(ended, policy=policy, on=1)
        assert (found.standing, found.level.name, found.ways) == (Standing.EXPIRED, "I", MAIL)
        assert found.referred is referred
    assert not owed(policy=refer).referred, "Who has bought nothing yet is no customer whose subscription ended."


@pytest.mark.parametrize(("ago", "day"), [(-1, None), (0, 0), (1, 1), (29, 29), (30, 30), (31, None), (4000, None)])
def test_the_installation_plan_counts_from_day_0_to_day_30_and_ends(ago: int, day: int | None) -> None:
    found = entitlement(customer(installed=TODAY - timedelta(days=ago)), POLICY, TODAY)
    assert found.installation_day == day


def test_a_subscription_cannot_end_before_it_starts() -> None:
    with pytest.raises(BadValue, match="would end before it starts"):
        bought("I", 1, 0)


# --- what is not owed ---------------------------------------------------------------------------------------------


def refusal(found: Entitlement, way: Way) -> NotOwed:
    with pytest.raises(NotOwed) as caught:
        must_owe(found, way, POLICY, 51)
    return caught.value


def test_what_is_owed_is_not_refused() -> None:
    for way in Way:
        must_owe(owed(bought("III", 0, 9)), way, POLICY, 51)


def test_a_refusal_says_what_is_owed_what_would_be_needed_and_what_to_do_now() -> None:
    no = refusal(entitlement(customer(bought("I", 0, 9), credits=2), POLICY, TODAY), Way.TELEPHONE)
    assert no.text == (
        "ACME Ltd is on Level I: e-mail. Telephone support comes with Level III, "
        "or as a per-incident credit (2 left: /ticket call 51 --credit)."
    )
    assert "/ticket reply 51" in no.hint
    assert "/ticket refer 51 --partner NAME" in no.hint


def test_a_refusal_without_credits_says_how_to_get_one() -> None:
    assert "none left: /customer credit acme --add 1 --approved-by NAME" in refusal(owed(), Way.TELEPHONE).text


def test_a_refusal_says_that_the_subscription_expired_and_offers_no_credit_for_remote_access() -> None:
    no = refusal(owed(bought("III", -99, -50)), Way.REMOTE)
    assert no.text.startswith("ACME Ltd is on Level I (expired): e-mail. Remote access support comes with Level II.")


def test_a_way_that_no_level_includes_is_said_to_be_none() -> None:
    mail_only = replace(POLICY, levels=tuple(replace(level, ways=MAIL) for level in POLICY.levels))
    with pytest.raises(NotOwed, match="No level includes remote access"):
        must_owe(owed(bought("I", 0, 9), policy=mail_only), Way.REMOTE, mail_only, 51)


def test_without_a_customer_the_refusal_asks_whose_ticket_it_is() -> None:
    assert "/ticket customer 51 NAME" in refusal(entitlement(None, POLICY, TODAY), Way.REMOTE).hint


# --- for any customer at all --------------------------------------------------------------------------------------

near = st.dates(TODAY - timedelta(days=90), TODAY + timedelta(days=90))


@st.composite
def some_subscription(draw: st.DrawFn) -> Subscription:
    start, end = sorted((draw(near), draw(near)))
    return Subscription("gateway", draw(st.sampled_from(("I", "II", "III"))), start, end, draw(st.booleans()))


customers = st.lists(some_subscription(), max_size=5).map(lambda found: customer(*found))


def slowly(who: Customer, policy: Policy, today: date) -> tuple[int, bool, Standing]:
    """The same rules the long way: walk back day by day until something ran."""
    grace = policy.grace_days if policy.expiry.after is AfterExpiry.GRACE else 0
    for ago in range(400):
        day = today - timedelta(days=ago)
        running = [s for s in who.subscriptions if s.start <= day <= s.end]
        if running and ago <= grace:
            rank = max(level_of(s, POLICY).rank for s in running)
            return rank, any(s.phone_option for s in running), Standing.GRACE if ago else Standing.ACTIVE
        if running:
            return 1, False, Standing.EXPIRED
    return 1, False, Standing.NONE


policies = st.sampled_from([replace(POLICY, expiry=Expiry(after=after)) for after in AfterExpiry])


@given(customers, policies, near)
def test_entitlement_is_what_walking_back_day_by_day_finds(who: Customer, policy: Policy, today: date) -> None:
    found = entitlement(who, policy, today)
    rank, phone, standing = slowly(who, policy, today)
    assert found.referred == (standing is Standing.EXPIRED and policy.expiry.after is AfterExpiry.REFER)
    assert (found.level.rank, found.standing) == (rank, standing)
    assert (Way.TELEPHONE in found.ways) == (phone or Way.TELEPHONE in found.level.ways)
    assert bool(found.telephone_by) == (Way.TELEPHONE in found.ways)
    assert found.level.ways <= found.ways


@given(customers, near)
def test_the_order_of_subscriptions_changes_nothing(who: Customer, today: date) -> None:
    mirrored = replace(who, subscriptions=who.subscriptions[::-1])
    one, other = entitlement(who, POLICY, today), entitlement(mirrored, POLICY, today)
    assert (one.level, one.standing, one.ways) == (other.level, other.standing, other.ways)


@given(customers, some_subscription(), near)
def test_buying_more_never_takes_anything_away_while_it_runs(who: Customer, more: Subscription, today: date) -> None:
    richer = replace(who, subscriptions=(*who.subscriptions, more))
    before, after = entitlement(who, POLICY, today), entitlement(richer, POLICY, today)
    if before.standing is Standing.ACTIVE:
        assert after.level.rank >= before.level.rank
        assert after.ways >= before.ways


@given(customers, policies, near)
def test_nothing_changes_before_the_next_change_and_something_does_on_it(
    who: Customer, policy: Policy, today: date
) -> None:
    def state(day: date) -> tuple[str, frozenset[Way], Standing, bool]:
        found = entitlement(who, policy, day)
        return found.level.name, found.ways, found.standing, found.referred

    change = next_change(who, policy, today)
    until = change[0] if change else today + timedelta(days=300)
    assert until > today
    assert {state(today + timedelta(days=n)) for n in range((until - today).days)} == {state(today)}
    if change:
        assert state(change[0]) != state(today)
        assert change[1] == entitlement(who, policy, change[0])


def test_a_subscription_until_the_end_of_days_never_changes() -> None:
    forever = customer(Subscription("gateway", "III", date.min, date.max))
    assert next_change(forever, POLICY, TODAY) is None
