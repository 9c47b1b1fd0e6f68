"""The sections of the policy file on what goes on after a purchase: the installation plan, expiry, referrals."""

from __future__ import annotations

from bot.domain.policy import AfterExpiry, Audience, Expiry, Milestone, Referral
from bot.policy.toml_tables import Table, meant

_MOST_DAYS = 3660
_MOST_MILESTONES = 50
_DESK = frozenset({Audience.DESK})


def installation_days_of(entitlement: Table, installation: Table) -> int:
    """The plan's days, said in one of two places: [installation] days, or installation_days as files had it before."""
    if "installation_days" in entitlement:
        if "days" not in installation:
            return entitlement.whole("installation_days", 0, _MOST_DAYS)
        what = "the days of the installation plan are said twice, here and as days in [installation]"
        entitlement.wrong("installation_days", what, "Take this one out.")
    return installation.whole("days", 0, _MOST_DAYS)


def tells_of(table: Table, usual: frozenset[Audience] = _DESK) -> frozenset[Audience]:
    """Who is told: some of the audiences, or nobody."""
    if "tell" not in table:
        return usual
    return frozenset(Audience(one) for one in table.chosen("tell", tuple(Audience), "one to tell"))


def milestones_of(installation: Table, usual: frozenset[Audience]) -> tuple[Milestone, ...]:
    """Days with what is to be done by them, as a title alone or as a table with who is told."""
    table = installation.table("milestones", needed=False)
    found = {}
    for key in table:
        if not (key.isascii() and key.isdigit() and len(key) < 5):
            table.wrong(key, f"“{key}” is no day of the installation plan", 'Days are written so: 7 = "Installed".')
            continue
        if int(key) in found:
            table.wrong(key, f"day {int(key)} has two milestones", "Say both in one.")
        found[int(key)] = _milestone(table, key, usual)
    if len(found) > _MOST_MILESTONES:
        installation.wrong("milestones", f"there are more than {_MOST_MILESTONES} milestones")
    return tuple(one for _, one in sorted(found.items()))


def _milestone(table: Table, key: str, usual: frozenset[Audience]) -> Milestone:
    if not table.is_table(key):
        return Milestone(int(key), table.text(key), usual)
    entry = table.table(key)
    entry.only("title", "tell")
    return Milestone(int(key), entry.text("title"), tells_of(entry, usual))


def expiry_of(table: Table) -> Expiry:
    """When the end of a subscription is told, and what comes after it."""
    table.only("warn_days", "after")
    usual = Expiry()
    days = tuple(table.whole_list("warn_days", 0, 366)) if "warn_days" in table else usual.warn_days
    after = table.text("after", usual.after.value)
    if after not in set(AfterExpiry):
        table.wrong("after", f"“{after}” is nothing that can come after expiry", meant(after, tuple(AfterExpiry)))
        return usual
    return Expiry(days, AfterExpiry(after))


def referral_of(table: Table) -> Referral:
    """When a customer is asked how the partner did."""
    table.only("ask_after_days", "answer_within_days", "yes")
    usual = Referral()
    return Referral(
        table.whole("ask_after_days", 0, 366, usual.ask_after),
        table.whole("answer_within_days", 0, 366, usual.answer_within),
        tuple(table.strings("yes")) if "yes" in table else usual.yes,
    )
