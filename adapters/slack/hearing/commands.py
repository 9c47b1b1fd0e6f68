"""Slash commands: the words after the slash are the desk's own, and Slack's acknowledgement carries the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.drawing.limits import Block
from adapters.slack.hearing.answering import Spot, ephemeral, has_new_blocks
from adapters.slack.hearing.asking import Asking, errand_to
from adapters.slack.hearing.counter import ONE_MOMENT, Counter, Drawn, request_of
from adapters.slack.hearing.reading import Who, spoken
from bot.counter import with_typed
from bot.domain.errors import Refusal
from bot.ports import Speaker
from bot.workers import in_time
from commands.desk import Answer, refused
from commands.spec import Command
from commands.values import missing

Body = Mapping[str, Any]

ALONE: Mapping[str, str] = {"/ticket": "/ticket open"}
"""What a slash word means with nothing after it, where most people want the same."""


class Commands:
    """Hears slash commands."""

    def __init__(self, counter: Counter, asking: Asking) -> None:
        self._counter = counter
        self._asking = asking

    async def hear(self, body: Body) -> Block | None:
        """Run a line and return what Slack is answered; what the command cannot do without is asked in a modal."""
        counter = self._counter
        trigger = str(body.get("trigger_id", ""))
        spot = Spot(str(body["user_id"]), str(body.get("channel_id", "")), "", str(body.get("response_url", "")))
        line = ""
        try:
            place, at_cards = counter.place(spot.channel), counter.is_desk(spot.channel)
            speaker = await counter.speakers.of(spot.user, place=place, at_cards=at_cards)
            names = {account: f"@{id}" for id, account in counter.roster.seen.accounts.items()}
            line = line_of(body, lambda account: names.get(account, f"@{account}"))
            command, raw = counter.desk.understood(speaker, line)
        except Refusal as refusal:
            return ephemeral(counter.refused(with_typed(refused(refusal), line)))
        if missing(command, raw):
            self._ask(trigger, spot, speaker, command, raw)
            return None

        def deed() -> Answer:
            return with_typed(counter.desk.run(speaker, command.words, raw, request_of(trigger)), line)

        work = counter.workers.begin(lambda: counter.drawn(deed))
        if not await in_time(work):
            told = counter.tell_later(work, spot, command.words)
            counter.tasks.start(told, f"the late answer of /{command.words} to {spot.user}")
            return ephemeral(ONE_MOMENT)
        return self._answered(work.result(), spot, command)

    def _answered(self, drawn: Drawn, spot: Spot, command: Command) -> Block | None:
        counter = self._counter
        counter.done(drawn.answer, command.words)
        if counter.whisper.new_blocks is None and has_new_blocks(drawn.message):
            # Only where Slack answers us can we see whether this workspace takes them, and it does not here.
            counter.tasks.start(counter.whisper.tell(spot, drawn.message), f"an answer to {spot.user}")
            return None
        return ephemeral(drawn.message)

    def _ask(self, trigger: str, spot: Spot, speaker: Speaker, command: Command, raw: Mapping[str, str]) -> None:
        """The desk hears the command all the same: it knows what else to ask, and may refuse what was given."""
        counter, asking = self._counter, self._asking
        errand = errand_to(spot, command.words, raw)

        def view() -> Block:
            return asking.of_answer(counter.desk.run(speaker, command.words, raw), errand)

        counter.tasks.start(asking.ask(trigger, errand, spot.user, view), f"a form for {spot.user}")


def line_of(body: Body, who: Who) -> str:
    """The line as it was typed; the manifest has Slack send people, channels and links as marks."""
    word, text = str(body.get("command", "")), str(body.get("text") or "").strip()
    return f"{word} {spoken(text, who)}" if text else ALONE.get(word, word)
