"""One look at a mailbox: what is new is fetched, taken, signed and written down, batch by batch.

A message is done once it was taken. What is under way is written down before, and the mark moves after, so that a
process that ends anywhere takes a few messages again (the desk knows them by their Message-ID) and misses none. One
that cannot be taken is tried on its own, each try written down first, and put aside after three: the others never wait.
A fault of the desk itself is held against none of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Event

from adapters.email.mailboxes.client import Denied, Lost
from adapters.email.mailboxes.connection import Connection, Envelope
from adapters.email.mailboxes.cut import BEGINNING, cut
from adapters.email.mailboxes.faults import SEVERAL, Faults
from adapters.email.mailboxes.progress import TRIES, Progress
from adapters.email.mailboxes.turns import in_turn

AT_ONCE = 50
"""Messages of a batch."""
BYTES_AT_ONCE = 16 * 1024 * 1024
"""What a batch may weigh, unless one message alone is heavier: two of them are in memory."""
RECENT = timedelta(days=30)
"""When a mailbox is first looked at, what nobody has read for longer than that before its newest message is history."""

log = logging.getLogger(__name__)

Take = Callable[[bytes, str], object]
Outcomes = dict[int, Exception | None]
"""What became of messages, by UID: None, or why it was not taken."""


class NotNow(Exception):
    """The message could be taken at another time: the database is away, or the desk stops. No fault of the message."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a mailbox is read by. `most` is the largest message in bytes; `aside` and `done` are folders."""

    name: str
    aside: str
    done: str
    most: int


@dataclass(frozen=True, slots=True)
class Book:
    """Where the progress is kept. Both raise NotNow while that cannot be done."""

    load: Callable[[], Progress | None]
    save: Callable[[Progress], None]


class Look:
    """`take` is called in the threads of `workers`. `faults` outlives the look. `told` hears what an operator must
    know. `stop` ends it early."""

    def __init__(
        self,
        connection: Connection,
        rules: Rules,
        book: Book,
        faults: Faults,
        take: Take,
        told: Callable[[str], None],
        workers: ThreadPoolExecutor,
        stop: Event,
    ) -> None:
        self._connection = connection
        self._rules = rules
        self._book = book
        self._faults = faults
        self._take = take
        self._told = told
        self._workers = workers
        self._stop = stop
        self._not_now: NotNow | None = None
        self._kept: Progress | None = None
        self._progress = Progress(0, 0, datetime.fromtimestamp(0, UTC))

    def run(self) -> tuple[bool, bool]:
        """Whether anything was there to take, and whether anything is left to try again. Raises Lost and NotNow."""
        self._kept = self._book.load()
        self._progress = self._begun(self._kept)
        self._faults.begins(self._progress.failing)
        self._file(self._progress.unfiled)
        suspects = set(self._progress.trying)
        self._progress = replace(self._progress.owes(suspects), trying=())
        try:
            found = self._known(self._connection.after(self._progress.mark))
            late = {uid for uid, tries in self._progress.owed.items() if tries}
            # They came before all that is new, which may answer them. One that ends the process again comes last then.
            for uid in sorted((suspects - late) & found.keys()):
                self._alone(uid, found[uid])
            alone = late | self._in_batches(sorted(found.keys() - late - suspects), found)
            # What of it is not done is owed by now.
            self._progress = replace(self._progress.past(max(found, default=0)), trying=())
            self._may_go_on()
            for uid in self._faults.in_turn(alone & found.keys()):
                self._alone(uid, found[uid])
        except NotNow:
            # The process lives: none of them ended it.
            self._progress = replace(self._progress, trying=())
            raise
        finally:
            self._save()
        return bool(found), bool(self._progress.owed)

    # --- what there is ----------------------------------------------------------------------------------------------

    def _begun(self, kept: Progress | None) -> Progress:
        """Where to begin: by what is kept; or else with what is unread and recent, in a mailbox of years; or, where
        the server has counted its messages anew, with all that came since then."""
        box = self._connection
        if kept is not None and kept.validity == box.validity:
            return kept
        # First of all: what comes after it is found by it, and what came before by its flags or date.
        mark = box.last()
        if kept is None:
            unread = box.envelopes(box.unread())
            newest = self._newest(unread)
            owed = {uid for uid, one in unread.items() if one.arrived > newest - RECENT}
            log.info("%s is read from now on: %d messages of before are taken.", self._rules.name, len(owed))
            return Progress(box.validity, mark, newest).owes(owed)
        known = box.envelopes(box.since((kept.since - timedelta(days=1)).date()))
        later = {uid for uid, one in known.items() if one.arrived > kept.since}
        log.warning("The server counts the messages of %s anew; %d come again.", self._rules.name, len(later))
        return Progress(box.validity, mark, kept.since).owes(later | set(box.unread()))

    def _newest(self, unread: Mapping[int, Envelope]) -> datetime:
        """The date of the newest message by the server's clock; a mailbox without any begins with all that comes."""
        box = self._connection
        last = box.envelopes([max(all_of_them)]) if (all_of_them := box.after(0)) else {}
        return max((one.arrived for one in (*last.values(), *unread.values())), default=self._progress.since)

    def _known(self, new: Sequence[int]) -> dict[int, Envelope]:
        """What is to be taken; what is gone, or signed as taken, is done."""
        progress = self._progress
        wanted = sorted({*new, *progress.owed})
        found = self._connection.envelopes(wanted)
        left = {uid: one for uid, one in found.items() if not (one.taken and uid in progress.owed)}
        self._progress = progress.done(set(progress.owed) - left.keys())
        return left

    # --- many together ----------------------------------------------------------------------------------------------

    def _in_batches(self, uids: Sequence[int], found: Mapping[int, Envelope]) -> set[int]:
        """Fetch each batch while the one before is taken. Returns those that are better fetched one by one."""
        alone: set[int] = set()
        taking: list[Future[Outcomes]] = []
        under_way: list[int] = []
        try:
            for batch in _batches(uids, found):
                self._progress = self._progress.begins([*under_way, *batch])
                self._save()
                contents = self._contents(batch, found)
                alone |= set(batch) - contents.keys()
                self._progress = self._progress.owes(set(batch) - contents.keys())
                waited = _waited(taking)
                self._may_go_on()
                groups = [{uid: contents[uid] for uid in group} for group in in_turn(contents)]
                taking, under_way = [self._workers.submit(self._in_turn, group) for group in groups], [*contents]
                self._settle(waited)
        finally:
            # Also when the connection is lost: what is being taken is taken to its end.
            self._settle(_waited(taking))
        return alone

    def _contents(self, batch: Sequence[int], found: Mapping[int, Envelope]) -> dict[int, bytes]:
        """Without those that the server does not give out together."""
        large = [uid for uid in batch if found[uid].size > self._rules.most]
        try:
            contents = self._connection.contents([uid for uid in batch if uid not in large])
            beginnings = {uid: self._content(uid, found[uid]) for uid in large}
        except Denied as denied:
            log.warning("Messages of %s are fetched one by one: %s", self._rules.name, denied)
            return {}
        return contents | {uid: content for uid, content in beginnings.items() if content}

    def _in_turn(self, group: Mapping[int, bytes]) -> Outcomes:
        """In a worker's thread: what became of each. One that fails keeps none of those behind it."""
        outcomes: Outcomes = {}
        for uid, content in group.items():
            try:
                self._taken(content)
            except Exception as error:  # It is told where it is settled.
                outcomes[uid] = error
            else:
                outcomes[uid] = None
        return outcomes

    def _settle(self, outcomes: Outcomes) -> None:
        """Sign what was taken, and write down what became of each."""
        if not outcomes:
            return
        done = {uid for uid, error in outcomes.items() if error is None}
        self._file(done)
        progress = self._progress.done(done)
        fault: Exception | None = None
        for uid, error in sorted(outcomes.items()):
            if error is None:
                self._faults.taken()
            elif isinstance(error, NotNow):
                self._not_now = error
                progress = progress.owes([uid])
            else:
                log.warning("A message of %s could not be taken.", self._rules.name, exc_info=error)
                progress = progress.failed(uid)  # Among others, so that whatever comes later is tried before it.
                if self._faults.failed(uid, error):
                    fault = error
        trying = tuple(uid for uid in progress.trying if uid not in outcomes)
        self._progress = replace(progress.past(max(outcomes)), trying=trying)
        self._save()
        if fault is not None and self._faults.of_the_desk:
            self._not_now = self._at_fault(fault)

    # --- one by one -------------------------------------------------------------------------------------------------

    def _alone(self, uid: int, known: Envelope) -> None:
        if self._progress.owed.get(uid, 0) >= TRIES:
            self._aside(uid, known, None)
            return
        self._may_go_on()
        self._faults.last = uid
        self._progress = self._progress.begins_alone(uid)
        self._save()
        try:
            taken, error = self._tried(uid, known)
        except NotNow:
            self._progress = self._progress.interrupted(uid)
            raise
        if taken:
            self._file([uid])
            self._progress = self._progress.done([uid])
        # What comes next is written down before it begins, and this with it; taken twice, a message counts once.
        self._progress = replace(self._progress, trying=())
        if self._progress.owed.get(uid, 0) >= TRIES:
            self._aside(uid, known, error)

    def _tried(self, uid: int, known: Envelope) -> tuple[bool, Exception | None]:
        """Whether it was taken, and why not; neither where it is gone. Raises Lost and NotNow."""
        try:
            content = self._content(uid, known)
            if content:
                self._taken(content)
                self._faults.taken()
        except (Lost, NotNow):
            raise
        except Exception as error:  # Whatever it is, unless others fail as well, the message brings it about.
            log.warning("A message of %s could not be taken.", self._rules.name, exc_info=True)
            if self._faults.failed(uid, error):
                raise self._at_fault(error) from error
            return False, error
        return bool(content), None

    def _content(self, uid: int, known: Envelope) -> bytes:
        if known.size > self._rules.most:
            beginning = self._connection.beginning(uid, BEGINNING)
            return cut(beginning, known.size, self._rules.most) if beginning else b""
        return self._connection.contents([uid]).get(uid, b"")

    def _aside(self, uid: int, known: Envelope, error: Exception | None) -> None:
        """Out of the way, and somebody hears of it."""
        where = f"It lies in the folder “{self._rules.aside}” now"
        try:
            self._connection.move([uid], self._rules.aside)
        except Denied as denied:
            log.warning("A message of %s cannot be put aside: %s", self._rules.name, denied)
            where = f"It could not be moved to “{self._rules.aside}”, so it stays where it is"
        why = f" ({type(error).__name__})" if error is not None else ""
        text = (
            f"A message to the mailbox {self._rules.name} could not be read in {TRIES} tries{why}: {known.size} bytes, "
            f"arrived {known.arrived.astimezone(UTC):%Y-%m-%d %H:%M} UTC. {where}; please look at it there."
        )
        self._tell(text)
        self._progress = self._progress.done([uid])
        self._save()

    def _at_fault(self, error: Exception) -> NotNow:
        """The desk is: mail waits until it is mended, and somebody hears of it once."""
        kind = type(error).__name__
        if self._faults.is_news():
            self._tell(
                f"The desk cannot take the mail of {self._rules.name}: {SEVERAL} messages in a row failed ({kind}). "
                "All of it waits in the mailbox, and is tried again; the desk's log tells why."
            )
        return NotNow(f"a fault of the desk ({kind}); the log tells more")

    def _tell(self, text: str) -> None:
        try:
            self._told(text)
        except Exception:  # It is as told already, and no message must wait for whoever is told.
            log.exception("%s", text)

    # --- both ways --------------------------------------------------------------------------------------------------

    def _taken(self, content: bytes) -> object:
        """In a worker's thread. Raises NotNow, and whatever the message brings about."""
        if self._stop.is_set() or self._not_now is not None:
            raise self._not_now or NotNow("the desk stops")
        try:
            return self._take(content, self._rules.name)
        except NotNow as error:
            self._not_now = error
            raise

    def _may_go_on(self) -> None:
        if self._stop.is_set():
            raise NotNow("the desk stops")
        if self._not_now is not None:
            raise self._not_now

    def _file(self, uids: Collection[int]) -> None:
        """Show on the server what was taken; what it says to that changes nothing of what is done."""
        if not uids:
            return
        ordered = sorted(uids)
        try:
            self._connection.sign(ordered)
            if self._rules.done:
                self._connection.move(ordered, self._rules.done)
        except Denied as denied:
            log.warning("Taken messages of %s stay as they are: %s", self._rules.name, denied)
        except Lost:
            self._progress = replace(self._progress, unfiled=tuple({*self._progress.unfiled, *ordered}))
            return
        self._progress = replace(self._progress, unfiled=tuple(set(self._progress.unfiled) - set(ordered)))

    def _save(self) -> None:
        self._progress = replace(self._progress, failing=self._faults.failing)
        if self._progress != self._kept:
            self._book.save(self._progress)
            self._kept = self._progress


def _batches(uids: Sequence[int], found: Mapping[int, Envelope]) -> Iterator[list[int]]:
    batch: list[int] = []
    weight = 0
    for uid in uids:
        if batch and (len(batch) == AT_ONCE or weight + found[uid].size > BYTES_AT_ONCE):
            yield batch
            batch, weight = [], 0
        batch.append(uid)
        weight += found[uid].size
    if batch:
        yield batch


def _waited(taking: Iterable[Future[Outcomes]]) -> Outcomes:
    """What became of each, once it has. Raises what is no Exception, which ends the thread that asks."""
    return {uid: outcome for future in taking for uid, outcome in future.result().items()}
