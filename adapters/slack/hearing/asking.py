"""Modals: opened before Slack's trigger dies, and filled when the desk has said what belongs there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.slack.drawing.errand import Errand
from adapters.slack.drawing.fields import Option
from adapters.slack.drawing.limits import Block
from adapters.slack.drawing.modals import answer_view, form_view, loading_view
from adapters.slack.hearing.answering import Spot
from adapters.slack.hearing.counter import Counter
from adapters.slack.wire.troubles import TROUBLES, in_words
from bot.cards import Card
from bot.domain.errors import Refusal
from bot.workers import in_time
from commands.completion import Completion, listed
from commands.desk import Answer, Form

log = logging.getLogger(__name__)

SHOWN_BY = 1.0
"""Seconds after which a modal for an answer is opened without it: the trigger lives for three."""

NOT_OPENED = Refusal("Slack did not open the form in time.", "Please try once more, or type the whole command.")


def errand_to(spot: Spot, words: str, known: Mapping[str, Any], asks: Sequence[str] = (), message: str = "") -> Errand:
    """What a form must remember until it is sent."""
    return Errand(words, known, tuple(asks), spot.channel, spot.thread, message, spot.response_url)


def spot_of(errand: Errand, user: str) -> Spot:
    """Where the person was who fills in a form."""
    return Spot(user, errand.channel, errand.thread, errand.response_url)


def option(found: Completion) -> Option:
    """A proposal of the desk's as Slack's menus show it."""
    label = found.shown if found.shown == found.text or not found.help else f"{found.shown} · {found.help}"
    return Option(found.text, label if len(label) <= len(found.shown) + 60 else found.shown)


class Asking:
    """Opens, fills and updates modals."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    # --- views; these block ------------------------------------------------------------------------------------------

    def of_form(self, form: Form, errand: Errand) -> Block:
        """The view of a form."""
        options = {param.name: [option(one) for one in listed(self._counter.desk, param)] for param in form.asks}
        return form_view(form, errand, options, self._counter.names())

    def of_card(self, card: Card) -> Block:
        """The view that shows an answer."""
        return answer_view(card, self._counter.names())

    def of_answer(self, answer: Answer, errand: Errand) -> Block:
        """The view of what the desk said: the form that it asks for, or its answer."""
        return self.of_form(answer.form, errand) if answer.form is not None else self.of_card(answer.card)

    def safely(self, make: Callable[[], Block]) -> Block:
        """The view that `make` makes, or one that says why there is none."""
        made: list[Block] = []

        def deed() -> Answer:
            made.append(make())
            return Answer(Card())

        answer = self._counter.answer(deed)
        return made[0] if made else self.of_card(answer.card)

    def begin(self, make: Callable[[], Block]) -> asyncio.Future[Block]:
        """The same, in a thread."""
        return self._counter.workers.begin(lambda: self.safely(make))

    # --- what Slack shows --------------------------------------------------------------------------------------------

    async def ask(self, trigger: str, errand: Errand, user: str, make: Callable[[], Block]) -> None:
        """Open a modal at once, and fill it with the view that `make` makes in a thread."""
        work = self.begin(make)
        view_id = await self.opened(trigger, loading_view(f"/{errand.words}"))
        view = await work
        if view_id is None or not await self.update(view_id, view):
            await self._counter.tell_refusal(spot_of(errand, user), NOT_OPENED)

    async def refill(self, view_id: str, errand: Errand, make: Callable[[], Block]) -> None:
        """The same in a modal that is open."""
        work = self.begin(make)
        if not await in_time(work, SHOWN_BY / 2):
            await self.update(view_id, loading_view(f"/{errand.words}"))
        await self.update(view_id, await work)

    async def show(self, spot: Spot, trigger: str, view_id: str, deed: Callable[[], Answer], words: str) -> None:
        """Run a deed and show its answer in the modal of that id, or else in a new one, opened before the trigger
        dies; where there can be none, it is told."""
        work = asyncio.create_task(self._done(deed, words))
        early = await in_time(work, SHOWN_BY)
        fresh = not view_id
        if fresh:
            view_id = await self.opened(trigger, work.result()[1] if early else loading_view()) or ""
        elif not early:
            await self.update(view_id, loading_view())
        answer, view = await work
        shown = bool(view_id) and ((fresh and early) or await self.update(view_id, view))
        if not shown:
            await self._counter.tell(spot, answer.card)

    async def _done(self, deed: Callable[[], Answer], words: str) -> tuple[Answer, Block]:
        answer, view = await self._counter.workers.begin(lambda: self._answered(deed))
        self._counter.done(answer, words)
        return answer, view

    def _answered(self, deed: Callable[[], Answer]) -> tuple[Answer, Block]:
        answer = self._counter.answer(deed)
        return answer, self.safely(lambda: self.of_card(answer.card))

    async def update(self, view_id: str, view: Block) -> bool:
        """Whether the modal is still there and shows this now."""
        return await self._called("views.update", {"view_id": view_id, "view": view}) is not None

    async def opened(self, trigger: str, view: Block) -> str | None:
        """The id of the modal; None if Slack did not open it."""
        answer = await self._called("views.open", {"trigger_id": trigger, "view": view})
        return str(answer["view"]["id"]) if answer is not None else None

    async def _called(self, method: str, body: dict[str, Any]) -> Mapping[str, Any] | None:
        try:
            answer = await self._counter.client.api_call(method, json=body)
        except TROUBLES as error:
            log.warning("%s: %s.", method, in_words(error)[0])
            return None
        return answer.data if isinstance(answer.data, dict) else None
