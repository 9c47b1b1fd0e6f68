"""Shortcuts: a ticket opened from a message, or from anywhere, in a form that is open before Slack's patience ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from adapters.slack.drawing.errand import Errand
from adapters.slack.drawing.limits import Block
from adapters.slack.drawing.modals import loading_view
from adapters.slack.hearing.answering import Spot
from adapters.slack.hearing.asking import Asking, errand_to
from adapters.slack.hearing.counter import Counter
from adapters.slack.hearing.finding import Finding
from adapters.slack.setup.manifest import GLOBAL_SHORTCUT, MESSAGE_SHORTCUT
from bot.domain.errors import Refusal
from bot.ports import Speaker
from bot.sources import SHOWN, Source
from commands.desk import Answer, refused

Body = Mapping[str, Any]

OPEN = "ticket open"
ASKS = ("subject", "customer", "text", "priority")


class Shortcuts:
    """Hears shortcuts."""

    def __init__(self, counter: Counter, asking: Asking, finding: Finding) -> None:
        self._counter = counter
        self._asking = asking
        self._finding = finding

    async def hear_message(self, body: Body) -> None:
        """Ask for a ticket with the words of a message."""
        user, channel = str(body["user"]["id"]), str(body["channel"]["id"])
        message = body["message"]
        spot = Spot(user, channel, str(message.get("thread_ts") or ""), str(body.get("response_url") or ""))
        domain = str((body.get("team") or {}).get("domain") or "")

        async def prepared() -> tuple[Speaker, Source | None]:
            speaker = await self._counter.speakers.of(user, channel)
            return speaker, await self._finding.source(channel, message, domain)

        self._begin(body, spot, prepared)

    async def hear_global(self, body: Body) -> None:
        """Ask for a ticket, with nothing known."""
        user = str(body["user"]["id"])

        async def prepared() -> tuple[Speaker, Source | None]:
            return await self._counter.speakers.of(user), None

        self._begin(body, Spot(user), prepared)

    def _begin(self, body: Body, spot: Spot, prepared: Callable[[], Awaitable[tuple[Speaker, Source | None]]]) -> None:
        work = self._ask(str(body.get("trigger_id", "")), spot, prepared)
        self._counter.tasks.start(work, f"a shortcut of {spot.user}")

    async def _ask(
        self, trigger: str, spot: Spot, prepared: Callable[[], Awaitable[tuple[Speaker, Source | None]]]
    ) -> None:
        """Open a modal at once; who asks and what the message says is found out while it is open."""
        view_id = await self._asking.opened(trigger, loading_view("New ticket"))
        try:
            speaker, source = await prepared()
        except Refusal as refusal:
            told = refused(refusal).card
            view = await self._asking.begin(lambda: self._asking.of_card(told))
        else:
            known = {**source.values, **source.carried} if source is not None else {}
            errand = errand_to(spot, OPEN, known, ASKS)
            view = await self._asking.begin(lambda: self._form(speaker, source, errand))
        if view_id is None or not await self._asking.update(view_id, view):
            await self._counter.tell_refusal(spot, _NOT_OPENED)

    def _form(self, speaker: Speaker, source: Source | None, errand: Errand) -> Block:
        """The view. Blocks."""
        form = self._counter.desk.form(speaker, OPEN, errand.known, ASKS)
        if source is not None and not source.shared:
            form = replace(form, foreword=(SHOWN,))
        return self._asking.of_answer(Answer(refused(_NOT_OPENED).card, False, form), errand)


_NOT_OPENED = Refusal("Slack did not open the form in time.", "Please try once more, or type: /ticket open")


def listen_shortcuts(app: AsyncApp, shortcuts: Shortcuts) -> None:
    """Have the app's shortcuts heard."""
    app.shortcut(MESSAGE_SHORTCUT)(_acknowledged(shortcuts.hear_message))
    app.shortcut(GLOBAL_SHORTCUT)(_acknowledged(shortcuts.hear_global))


def _acknowledged(hear: Callable[[Body], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def listener(body: Body, ack: AsyncAck) -> None:
        await hear(body)
        await ack()

    return listener
