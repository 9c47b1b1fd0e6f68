"""The telephone network as a test uses it: people, their calls and texts, and everything that can go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self, TypedDict, Unpack

from tests.doubles.phone.people import Person, Press, Voicemail, press
from tests.doubles.phone.recording import root
from tests.doubles.phone.records import Call, Recording, Request, Sent, Text
from tests.doubles.phone.rooms import Room
from tests.doubles.phone.server import Server
from tests.doubles.phone.signing import Dialect
from tests.doubles.phone.state import Number, State, wall_clock
from tests.doubles.phone.troubles import Failure, Trouble
from tests.doubles.phone.webhooks import FORGED, OTHER_ACCOUNT, REPLAYED, UNSIGNED, Wish

ACCOUNT = "AC" + "a" * 32
TOKEN = "t0k3n" + "b" * 27
NUMBER = "+14165550100"


class Manners(TypedDict, total=False):
    """How somebody takes calls and texts: see Person."""

    answers: bool
    after: float | None
    hangs_up: str
    busy: bool
    rejects: bool
    unreachable: bool
    seen_as: str
    by_hand: bool
    sip: str
    stays: float | None
    message: float
    texts_end: Literal["delivered", "sent", "undelivered", "failed"]
    text_error: int


@dataclass(frozen=True, slots=True, eq=False)
class Somebody:
    """One person with a telephone, in a test's hands."""

    network: Network
    person: Person

    @property
    def number(self) -> str:
        return self.person.number

    @property
    def calls(self) -> list[Call]:
        """Every call to or from them, in order."""
        number = self.number
        return [one for one in self.network.calls if number in (one.to, one.sender)]

    @property
    def call(self) -> Call:
        """The newest one; waited for."""
        self.network.until(lambda: self.calls)
        return self.calls[-1]

    @property
    def heard(self) -> list[str]:
        """Every sentence they heard, over all calls."""
        return [text for one in self.calls for text in one.heard]

    @property
    def got(self) -> list[Text]:
        """The texts sent to them, whatever became of them."""
        return [one for one in self.network.texts if one.to == self.number]

    def texts(self, body: str, to: str = "") -> Text:
        """They send a text to the desk's number."""
        return self.network.sends_text(self.number, body, to)

    def dials(self, to: str = "", *, withheld: bool = False) -> Call:
        """They call the desk. Their keys are pressed by hand if they are `by_hand`, or as `presses` says."""
        return self.network.dials(self.person, to, withheld=withheld)

    def now(self, **manners: Unpack[Manners]) -> None:
        """From now on they take calls so."""
        for name, value in manners.items():
            setattr(self.person, name, value)

    def presses(self, *rules: Press | tuple[str, str]) -> None:
        """From now on they press these."""
        self.person.presses = tuple(press(rule) for rule in rules)


class Network:
    """A telephone network and an account with its provider. Use as a context manager; every method may be called from
    any thread.

    `scale` is how many real seconds a second of the network takes (ringing, speech, silence); `patience` how many real
    ones a webhook may take, which are the provider's 15; `now` the clock that it dates things by.
    """

    def __init__(
        self,
        dialect: Dialect = "twilio",
        *,
        scale: float = 0.01,
        patience: float = 15.0,
        number: str = NUMBER,
        account: str = ACCOUNT,
        token: str = TOKEN,
        now: Callable[[], datetime] = wall_clock,
    ) -> None:
        self.state = State(dialect, account, token, scale, patience, now)
        self.state.numbers.append(Number(self.state.sid("PN"), number))
        self._server = Server(self.state)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.stop()

    # --- what there is ---------------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """The root of the API, without a slash at its end."""
        return f"{self.state.base}{root(self.state)}"

    @property
    def base(self) -> str:
        """Where the provider is: scheme, host and port."""
        return self.state.base

    @property
    def account(self) -> str:
        return self.state.account

    @property
    def token(self) -> str:
        return self.state.token

    @property
    def public_key(self) -> str:
        """What Telnyx signs with, as its portal shows it."""
        return self.state.signer.public_key

    @property
    def number(self) -> str:
        return self.state.numbers[0].number

    @property
    def line(self) -> Number:
        """The desk's number, and where it points."""
        return self.state.numbers[0]

    @property
    def calls(self) -> list[Call]:
        with self.state.news:
            return list(self.state.calls)

    @property
    def texts(self) -> list[Text]:
        with self.state.news:
            return list(self.state.texts)

    @property
    def recordings(self) -> list[Recording]:
        with self.state.news:
            return list(self.state.recordings)

    @property
    def rooms(self) -> list[Room]:
        with self.state.news:
            return list(self.state.rooms)

    @property
    def requests(self) -> list[Request]:
        """Every request of the app's, in order."""
        with self.state.news:
            return list(self.state.requests)

    def asked(self, operation: str) -> list[Request]:
        """Those of one operation: calls_create, calls_update, messages_create …"""
        return [one for one in self.requests if one.operation == operation]

    @property
    def sent(self) -> list[Sent]:
        """Every webhook that was sent, in order of the answers."""
        with self.state.news:
            return list(self.state.sent)

    @property
    def faults(self) -> list[str]:
        """What the app did that the provider does not take; to be empty at the end of a test."""
        with self.state.news:
            return list(self.state.faults)

    def forgive(self) -> list[str]:
        """The faults so far, which were expected; they are forgotten."""
        with self.state.news:
            found, self.state.faults[:] = list(self.state.faults), []
            return found

    # --- setting up ------------------------------------------------------------------------------------------

    def points_to(self, public: str, real: str = "") -> None:
        """The desk is reached at that public address, which leads to `real` on this machine (a proxy's work)."""
        if real:
            self.state.hosts[public.rstrip("/")] = real.rstrip("/")
        self.line.voice_url, self.line.text_url = f"{public}/phone/call", f"{public}/phone/text"

    def person(
        self,
        number: str,
        name: str = "",
        *,
        presses: Iterable[Press | tuple[str, str]] = (),
        voicemail: Voicemail | bool = False,
        **manners: Unpack[Manners],
    ) -> Somebody:
        """Somebody with a telephone. `presses` are pairs: a phrase to hear, and the keys then."""
        machine = (Voicemail() if voicemail is True else voicemail) or None
        someone = Person(number, name or number, presses=tuple(press(one) for one in presses), voicemail=machine)
        somebody = Somebody(self, someone)
        somebody.now(**manners)
        self.state.people[number] = someone
        return somebody

    @property
    def scale(self) -> float:
        return self.state.scale

    @scale.setter
    def scale(self, seconds: float) -> None:
        """How long a second of the network takes from now on; what has begun goes on as it did."""
        self.state.scale = seconds

    def until(self, holds: Callable[[], object], seconds: float = 60.0) -> None:
        """Wait until that holds; raises AssertionError after so many real seconds."""
        self._server.until(holds, seconds)

    @property
    def at_rest(self) -> bool:
        """Whether nothing goes on but calls that wait for a test's hands, or in a room for somebody to come."""
        with self.state.news:
            return self.state.at_rest

    def quiet(self, seconds: float = 60.0) -> None:
        """Wait until every call is over and every callback was answered."""
        self.until(lambda: not self.state.tasks, seconds)

    # --- people act ------------------------------------------------------------------------------------------

    def dials(self, person: Person, to: str = "", *, withheld: bool = False) -> Call:
        return self._server.thread.calls(lambda: self._server.exchange.take(person, self._line(to), withheld))

    def sends_text(self, sender: str, body: str, to: str = "") -> Text:
        """A text from that number, be it anybody's."""
        return self._server.thread.calls(lambda: self._server.exchange.receive(sender, self._line(to), body))

    def webhook(self, url: str, given: Mapping[str, str], *, wrong: str = "", method: str = "POST") -> Sent:
        """A request to the desk as the provider would send it, or `wrong`: forged, unsigned, other account."""
        self._server.thread.does(self._server.webhooks.ask("by hand", url, given, method, wrong))
        return next(one for one in reversed(self.sent) if one.kind == "by hand")

    def replay(self, sent: Sent) -> Sent:
        """The same request again, byte by byte but for its time."""
        return self.webhook(sent.url, sent.given, wrong="" if not sent.wrong else sent.wrong)

    def _line(self, number: str) -> Number:
        found = self.state.number(number or self.number)
        assert found is not None, f"{number} is not the account's."
        return found

    # --- what goes wrong -------------------------------------------------------------------------------------

    def fails(
        self,
        operation: str,
        status: Failure = 500,
        *,
        times: int = 1,
        code: int = 0,
        retry_after: int | None = None,
        to: str = "",
    ) -> None:
        """The next requests fail: "Calls", "Messages" (those that create), "calls_list" …, "*". See Trouble."""
        self._server.troubles.ordered.append(Trouble(operation, status, times, code, retry_after, to=to))

    def answers_slowly(self, operation: str = "Calls", until: str = "ringing", times: int = 1) -> None:
        """The next requests are answered when the call is ringing, in-progress or over, callbacks before it."""
        self._server.troubles.ordered.append(Trouble(operation, times=times, until=until))

    def recovers(self) -> None:
        """No request fails any more."""
        self._server.troubles.ordered.clear()

    def refuses(self, number: str, code: int, status: int = 400) -> None:
        """Nothing goes to that number: 21211 no number, 21215 no permission, 21610 opted out …"""
        self._server.troubles.refusals[number] = (status, code)

    def down(self) -> None:
        """Connections are refused until `up`. The network behind goes on."""
        self._server.thread.does(self._server.deafen())

    def up(self) -> None:
        self._server.thread.does(self._server.listen())

    def callbacks(
        self,
        kind: str = "",
        event: str = "",
        *,
        times: int = -1,
        lost: bool = False,
        doubled: bool = False,
        reversed: bool = False,
        late: float = 0.0,
        forged: bool = False,
        unsigned: bool = False,
        other_account: bool = False,
        extra: str = "",
    ) -> None:
        """From now on callbacks ("status", "machine", "recording", "conference", "text status"; "" for all) go wrong:
        the next `times` of that event, or all. Late is in seconds of the network. `forged` and its like are sent so
        *instead* of the right ones; `extra` ("forged" …) sends one so before each right one."""
        wrong = FORGED if forged else UNSIGNED if unsigned else OTHER_ACCOUNT if other_account else ""
        self._server.webhooks.wishes.append(Wish(kind, event, times, lost, doubled, reversed, late, wrong, extra))

    def callbacks_well(self) -> None:
        """From now on they go as they should."""
        self._server.webhooks.wishes.clear()

    def lists_late(self, seconds: float) -> None:
        """Calls are listed only when they are so old, by the network's clock."""
        self.state.listed_after = seconds

    def records(self, *, late: float = 0.0, absent: bool = False) -> None:
        """Recordings are told of so much later, or are absent."""
        self.state.recordings_late, self.state.recordings_absent = late, absent


__all__ = ["FORGED", "OTHER_ACCOUNT", "REPLAYED", "UNSIGNED", "Network", "Press", "Somebody", "Voicemail"]
