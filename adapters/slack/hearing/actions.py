"""Buttons and menus: a pressed one is a command too, whatever message or view it was in, and however old that is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.drawing.buttons import ONCE, choice_of
from adapters.slack.drawing.limits import Block
from adapters.slack.hearing.answering import Spot
from adapters.slack.hearing.asking import Asking, errand_to
from adapters.slack.hearing.counter import Counter, request_of
from bot.cards import Choice
from bot.domain.errors import NotFound, Refusal
from bot.ports import Speaker
from commands.desk import Answer, refused
from commands.values import missing

log = logging.getLogger(__name__)

_OURS = ("button", "overflow")
_GONE = NotFound("This button does nothing any more.", "What the desk can do: /desk help")


@dataclass(frozen=True, slots=True)
class Pressed:
    """Where a button was pressed: `view_id` is the modal's that it was in, `message` the ts of the message."""

    spot: Spot
    trigger: str
    view_id: str = ""
    message: str = ""

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Pressed:
        """From a payload of Slack's. The Home tab is no place to answer in, and no modal."""
        user, trigger = str(body["user"]["id"]), str(body.get("trigger_id", ""))
        view = body.get("view") or {}
        if view:
            return cls(Spot(user), trigger, str(view.get("id", "")) if view.get("type") == "modal" else "")
        container, message = body.get("container") or {}, body.get("message") or {}
        channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
        ts = str(container.get("message_ts") or message.get("ts") or "")
        thread = str(container.get("thread_ts") or message.get("thread_ts") or "")
        spot = Spot(user, channel, thread if thread != ts else "", str(body.get("response_url") or ""))
        return cls(spot, trigger, "", ts)


class Actions:
    """Hears buttons and menus."""

    def __init__(self, counter: Counter, asking: Asking) -> None:
        self._counter = counter
        self._asking = asking

    async def hear(self, body: Mapping[str, Any]) -> None:
        """Do what the button says, or ask for what that needs; the answer is for who pressed it."""
        action = body["actions"][0]
        if action.get("type") not in _OURS or action.get("url"):
            return
        pressed = Pressed.read(body)
        try:
            place = self._counter.place(pressed.spot.channel)
            speaker = await self._counter.speakers.of(pressed.spot.user, place=place)
            choice = self._choice(action)
        except Refusal as refusal:
            said = refused(refusal)
            await self._answer(pressed, lambda: said, "")
            return
        if choice.asks or missing(self._counter.desk.catalogue[choice.command], choice.values):
            self._ask(pressed, speaker, choice)
        else:
            await self._run(pressed, speaker, choice)

    def _choice(self, action: Mapping[str, Any]) -> Choice:
        """The command of a button. Raises NotFound when there is none (any more)."""
        choice = choice_of(action)
        if choice is None or choice.command not in self._counter.desk.catalogue:
            log.info("A button without a command was pressed: %.40r.", action.get("action_id"))
            raise _GONE
        return choice

    async def _run(self, pressed: Pressed, speaker: Speaker, choice: Choice) -> None:
        desk = self._counter.desk
        once = choice.values.get(ONCE)
        # With who pressed it: the value has been through other hands, and nobody hears what another was answered.
        request = f"slack:{pressed.spot.user}:{once}" if once else request_of(pressed.trigger)
        await self._answer(pressed, lambda: desk.run(speaker, choice.command, choice.values, request), choice.command)

    async def _answer(self, pressed: Pressed, deed: Callable[[], Answer], words: str) -> None:
        counter, spot = self._counter, pressed.spot
        if spot.somewhere:
            await counter.told_in_time(deed, spot, words)
        else:
            shown = self._asking.show(spot, pressed.trigger, pressed.view_id, deed, words)
            counter.tasks.start(shown, f"an answer to {spot.user}")

    def _ask(self, pressed: Pressed, speaker: Speaker, choice: Choice) -> None:
        counter, asking = self._counter, self._asking
        errand = errand_to(pressed.spot, choice.command, choice.values, choice.asks, pressed.message)

        def view() -> Block:
            return asking.of_form(counter.desk.form(speaker, choice.command, choice.values, choice.asks), errand)

        if pressed.view_id:
            asked = asking.refill(pressed.view_id, errand, view)
        else:
            asked = asking.ask(pressed.trigger, errand, pressed.spot.user, view)
        counter.tasks.start(asked, f"a form for {pressed.spot.user}")
