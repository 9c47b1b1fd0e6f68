"""What could come next on a half-typed line: command words, then options and values; the same on every platform."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.domain.people import Role
from bot.ports import Speaker, UnitOfWork
from commands.desk import Desk
from commands.oncall_values import PROPOSED
from commands.parsing import Token, default_of, tokens
from commands.partner_values import network
from commands.spec import Caller, Command, Param, Takes

MOST = 12
"""Proposals for one place; Slack and Discord take up to 25."""


@dataclass(frozen=True, slots=True)
class Completion:
    """`text` replaces the line from `start` on; `shown` is what to list, `help` what it means."""

    text: str
    shown: str
    help: str = ""
    start: int = 0


def complete(desk: Desk, speaker: Speaker, line: str) -> list[Completion]:
    """Proposals for the end of a line, best first. Reads the database: call it in a thread."""
    if not line.strip():
        return []
    return desk.database.read(lambda work: _complete(desk.catalogue, _caller(desk, speaker, work), work, line))


def complete_value(desk: Desk, speaker: Speaker, param: Param, typed: str) -> list[Completion]:
    """Proposals for one value, as a form or a platform's own option asks for it."""
    return desk.database.read(lambda work: _values(param, typed, _caller(desk, speaker, work), work))


def choices(desk: Desk, param: Param) -> tuple[str, ...]:
    """All that one may answer where it is one of a short list: of an enumeration, or of the policy's."""
    return tuple(one.text for one in listed(desk, param))


def listed(desk: Desk, param: Param) -> tuple[Completion, ...]:
    """The same, with what each is called and means."""
    if param.takes not in _LISTED:
        return ()
    return tuple(desk.database.read(lambda work: _PROPOSE[param.takes](param, "", work)))


def _caller(desk: Desk, speaker: Speaker, work: UnitOfWork) -> Caller:
    return Caller(work.people.of_account(speaker.platform, speaker.account), speaker, desk.clock.now())


def _complete(catalogue: Mapping[str, Command], caller: Caller, work: UnitOfWork, line: str) -> list[Completion]:
    slash = len(line) - len(line.lstrip()) + line.lstrip().startswith("/")
    typed = [Token(t.text, t.start + slash, t.end + slash, t.quoted) for t in tokens(line[slash:])]
    last = typed.pop() if typed and typed[-1].end == len(line) and not line[-1].isspace() else None
    current = last or Token("", len(line), len(line), False)
    words = [token.text.casefold() for token in typed]
    for count in (2, 1):
        name = " ".join(words[:count])
        if len(words) >= count and name in catalogue:
            return _arguments(catalogue[name], typed[count:], current, caller, work)
    # A stranger is shown every command, so that they can see what the desk does.
    found = _command_words(catalogue, Role.ADMIN if caller.staff is None else caller.role, words, current)
    usual = default_of(words[0], catalogue) if words else None
    if usual is None:
        return found
    return found + (_arguments(usual, typed[1:], current, caller, work) if current.text or not found else [])


def _command_words(catalogue: Mapping[str, Command], role: Role, words: list[str], current: Token) -> list[Completion]:
    """The first word of a command, or the verb after it."""
    helps: dict[str, str] = {}
    goes_on: set[str] = set()
    for name, command in catalogue.items():
        parts = name.split(" ")
        if len(parts) <= len(words) or parts[: len(words)] != words or role < command.role:
            continue
        word, *verbs = parts[len(words) :]
        if word.startswith(current.text.casefold()):
            more = [helps[word]] if verbs and word in helps else []
            helps[word] = ", ".join([*more, *verbs]) if verbs else command.summary
            goes_on |= {word} if verbs or command.params else set()
    return [
        Completion(word + (" " if word in goes_on else ""), word, help, current.start) for word, help in helps.items()
    ]


def _arguments(
    command: Command, typed: list[Token], current: Token, caller: Caller, work: UnitOfWork
) -> list[Completion]:
    """An option's name, an option's value, or the next value in order."""
    used, waiting, free = _read(command, typed)
    if waiting is not None:
        return _quoted(_values(waiting, current.text, caller, work), current.start)
    name, sign, value = current.text.partition("=" if current.text.startswith("--") else ":")
    named = command.param(name.removeprefix("--")) if sign and not current.quoted else None
    if named is not None:
        return _quoted(_values(named, value, caller, work), current.start, name + sign)
    options = [
        Completion(param.option + ("" if param.takes is Takes.FLAG else " "), param.option, param.help, current.start)
        for param in command.params
        if param.name not in used and param.option.startswith(current.text or "--")
    ]
    if current.text.startswith("--"):
        return options
    place = _place(command, used, free, caller.speaker)
    values = _quoted(_values(place, current.text, caller, work), current.start) if place else []
    return values + (options if not current.text and not (place and place.required) else [])


def _read(command: Command, typed: list[Token]) -> tuple[set[str], Param | None, list[Token]]:
    """The parameters named so far, the one whose value comes next, and the words without a name."""
    used: set[str] = set()
    waiting: Param | None = None
    free: list[Token] = []
    for token in typed:
        name, sign, _ = token.text.partition("=" if token.text.startswith("--") else ":")
        param = command.param(name.removeprefix("--")) if token.text.startswith("--") or sign else None
        if waiting is not None:
            waiting = None
        elif param is None or token.quoted:
            free.append(token)
        else:
            used.add(param.name)
            waiting = None if sign or param.takes is Takes.FLAG else param
    return used, waiting, free


def _place(command: Command, used: set[str], free: list[Token], speaker: Speaker) -> Param | None:
    """The parameter that the next word without a name goes to, as the parser deals them out."""
    left = len(free)
    for number, param in enumerate(command.params):
        if param.name in used or param.takes is Takes.FLAG:
            continue
        if number == 0 and param.takes is Takes.TICKET and speaker.ticket is not None:
            left -= bool(free and free[0].text.removeprefix("#").isdigit())
            continue
        if left == 0 or param.takes in (Takes.TEXT, Takes.WORDS):
            return param
        left -= 1
    return None


def _quoted(found: Iterable[Completion], start: int, lead: str = "") -> list[Completion]:
    """Values as they are typed on a line: in quotes where they have spaces."""
    return [
        Completion(f'{lead}"{one.text}" ' if " " in one.text else f"{lead}{one.text} ", one.shown, one.help, start)
        for one in found
    ]


def _values(param: Param, typed: str, caller: Caller, work: UnitOfWork) -> list[Completion]:
    if param.takes in PROPOSED and caller.role >= Role.VIEWER:
        return [Completion(*one) for one in PROPOSED[param.takes](caller, typed.strip(), work)][:MOST]
    propose = _PROPOSE.get(param.takes)
    if propose is None or (param.takes in _CONFIDENTIAL and caller.role < Role.VIEWER):
        return []
    return propose(param, typed.strip(), work)[:MOST]


def _tickets(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    return [
        Completion(str(ticket.number), f"#{ticket.number} {ticket.subject}", _about(ticket.state, ticket.customer))
        for ticket in work.tickets.suggest(typed.removeprefix("#"), MOST)
    ]


def _about(state: str, customer: str | None) -> str:
    return f"{state} · {customer}" if customer else str(state)


def _customers(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    return [Completion(customer.id, customer.name, customer.id) for customer in work.customers.search(typed, MOST)]


def _people(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    wanted = typed.removeprefix("@").casefold()
    found = [Completion("me", "me", "you")] if wanted and "me".startswith(wanted) else []
    return found + [
        Completion(staff.id, staff.name, staff.role.title)
        for staff in work.people.all()
        if staff.id.casefold().startswith(wanted) or staff.name.casefold().startswith(wanted)
    ]


def _levels(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    wanted = typed.casefold()
    return [
        Completion(level.name, level.title, level.audience)
        for level in work.promises.policy.levels
        if level.name.casefold().startswith(wanted) or level.title.casefold().startswith(wanted)
    ]


def _partners(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    wanted = typed.casefold()
    return [
        Completion(one.id, one.name, one.offers)
        for one in network(work)
        if one.id.startswith(wanted) or one.name.casefold().startswith(wanted)
    ]


def _categories(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    return _titled(work.promises.policy.categories, typed)


def _resolutions(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    return _titled(work.promises.policy.resolutions, typed)


def _titled(titles: Mapping[str, str], typed: str) -> list[Completion]:
    wanted = typed.casefold()
    return [
        Completion(slug, slug, title)
        for slug, title in titles.items()
        if slug.casefold().startswith(wanted) or title.casefold().startswith(wanted)
    ]


def _choices(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    return [Completion(name, name) for name in param.choices if name.startswith(typed.casefold())]


def _yes_or_no(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    return [Completion(word, word) for word in ("yes", "no") if word.startswith(typed.casefold())]


def _moments(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    sayings = {
        "2h": "after two hours of business time",
        "1d": "after one working day",
        "tomorrow": "when the desk opens",
        "Mon": "when the desk opens on Monday",
        "Mon 14:00": "at that time, in your zone",
    }
    return [Completion(text, text, help) for text, help in sayings.items() if text.startswith(typed)]


def _instants(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    sayings = {
        "now": "at once",
        "4h": "in four hours by the clock",
        "tomorrow 09:00": "in your zone",
        "Mon 09:00": "on the next Monday, in your zone",
    }
    return [Completion(text, text, help) for text, help in sayings.items() if text.startswith(typed)]


def _days(param: Param, typed: str, work: UnitOfWork) -> list[Completion]:
    return [Completion(text, text) for text in ("today", "tomorrow", "Mon", "2 Mar") if text.startswith(typed)]


_CONFIDENTIAL = frozenset({Takes.TICKET, Takes.CUSTOMER})
"""Whose names and subjects are for the people of the desk alone."""

_LISTED = frozenset({Takes.LEVEL, Takes.CATEGORY, Takes.RESOLUTION, Takes.CHOICE, Takes.PARTNER})
"""What can be told in one line before it is asked for."""

_PROPOSE: Mapping[Takes, Callable[[Param, str, UnitOfWork], list[Completion]]] = {
    Takes.TICKET: _tickets,
    Takes.CUSTOMER: _customers,
    Takes.STAFF: _people,
    Takes.LEVEL: _levels,
    Takes.PARTNER: _partners,
    Takes.CATEGORY: _categories,
    Takes.RESOLUTION: _resolutions,
    Takes.CHOICE: _choices,
    Takes.FLAG: _yes_or_no,
    Takes.MOMENT: _moments,
    Takes.DAY: _days,
    Takes.INSTANT: _instants,
}
