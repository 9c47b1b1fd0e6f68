"""A person at the terminal: a prompt with history, completion and a line that says how the desk stands."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer
from prompt_toolkit.completion import Completion as Proposal
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

from adapters.console.escape import plain
from adapters.console.screen import Screen
from adapters.console.session import LOCAL_WORDS, Session
from adapters.console.whole_line import take
from bot.cards import say
from bot.domain.errors import Refusal


async def run_prompt(
    session: Session,
    screen: Screen,
    deliver_now: Callable[[], Awaitable[None]] | None = None,
    *,
    history: Path | None = None,
) -> int:
    """Talk until /quit or the end of input, on the terminal of the current prompt_toolkit session. Returns 0."""
    line_prompt = _prompt(session, _history(history))
    form_prompt = _prompt(session, InMemoryHistory())
    with patch_stdout(raw=True):
        screen.write_to(sys.stdout)
        while not session.over:
            prompt = form_prompt if session.form is not None else line_prompt
            try:
                line = await prompt.prompt_async(
                    plain(session.prompt()), bottom_toolbar=session.status, refresh_interval=1, handle_sigint=False
                )
            except KeyboardInterrupt:
                await asyncio.to_thread(_interrupted, session, screen)
                continue
            except EOFError:
                await asyncio.to_thread(session.leave_form)
                return 0
            await take(session, line, deliver_now)
    return 0


class DeskCompleter(Completer):
    """The desk's proposals in prompt_toolkit's words; looked up in a thread, so that typing never waits."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Proposal]:
        """All at once: for callers that are in a thread already."""
        text = document.text_before_cursor
        try:
            found = self._session.completions(text)
        except Refusal:
            return
        if self._session.form is None:
            yield from _local(text)
        for one in found:
            yield Proposal(
                one.text, one.start - len(text) if self._session.form is None else -len(text),
                display=plain(one.shown), display_meta=plain(one.help),
            )  # fmt: skip

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Proposal, None]:
        """The same, with the database read in a thread."""
        for proposal in await asyncio.to_thread(lambda: list(self.get_completions(document, complete_event))):
            yield proposal


def _prompt(session: Session, history: History) -> PromptSession[str]:
    return PromptSession(history=history, completer=DeskCompleter(session), complete_while_typing=False)


def _local(text: str) -> Iterable[Proposal]:
    """The words of the terminal that begin so."""
    if text.startswith("/") and " " not in text:
        for words, meaning in LOCAL_WORDS.items():
            word = words.partition(" ")[0]
            if word.startswith(text):
                yield Proposal(word, -len(text), display=words, display_meta=meaning)


def _interrupted(session: Session, screen: Screen) -> None:
    if session.form is not None:
        session.leave_form()
    else:
        screen.answer(say("/quit leaves."))


def _history(path: Path | None) -> History:
    if path is None:
        return InMemoryHistory()
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileHistory(str(path))
