"""What it costs to find out that nobody is to be called: many promises may come due in the same second."""

from __future__ import annotations

from bot.domain.entitlement import Entitlement
from bot.domain.paging import Decision, Trigger
from bot.ports import UnitOfWork
from commands.page_decisions import decision_on
from tests.town import Town


def decided(town: Town, trigger: Trigger, warning: int = 0) -> Decision:
    """About an ordinary ticket whose customer must not be looked at."""

    def nobody() -> Entitlement:
        raise AssertionError("It does not matter whose the ticket is.")

    def deed(work: UnitOfWork) -> Decision | None:
        now = town.clock.now()
        return decision_on(work, trigger, nobody, now, level="I", priority="normal", category="", warning=warning)

    found = town.database.read(deed)
    assert found is not None
    return found


def test_whose_a_ticket_is_is_not_asked_where_no_rule_fits(town: Town) -> None:
    for decision in (decided(town, Trigger.OPENED), decided(town, Trigger.WARNING, warning=50)):
        assert not decision.pages
        assert decision.why.startswith("No rule ")
