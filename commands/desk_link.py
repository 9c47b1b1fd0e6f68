"""/desk link: a person's accounts on two platforms become one person's, by a code that only they have seen."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from bot.cards import Card, Strong, Tone, When, say
from bot.domain.errors import BadValue, Conflict, NotAllowed, TooMuch
from bot.domain.people import Role, Staff
from bot.domain.ticket import OPEN_STATES
from bot.ports import Kind, News, TicketFilter, UnitOfWork
from commands.desk import UNRECORDED, refused
from commands.spec import BLANK, Caller, Text, command
from commands.staff_changes import called, given_up, note, role_words, staff_data

GOOD_FOR = timedelta(minutes=10)
TRIES = 5
"""Wrong codes from one account within that time, after which it must wait."""
TRIES_OF_ALL = 50
"""The same from everybody together: nobody guesses with a crowd of accounts."""
MOST = 3
"""Codes of one person that are good at the same time."""

FACT = "link.codes"
_TURN = "link.turn"
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_HALF = 4
_ROUNDS = 20_000


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was given out: its hash, whose it is, where they asked for it, and until when it is good (epoch
    seconds)."""

    hash: str
    staff: str
    platform: str
    account: str
    until: float


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is remembered of codes: `tries` are the moments of wrong ones by account."""

    salt: str
    codes: tuple[Code, ...]
    tries: Mapping[str, tuple[float, ...]]

    @classmethod
    def read(cls, work: UnitOfWork, now: datetime) -> Ledger:
        """As it is now; what is over is forgotten. Whoever reads it to change it has it alone until their commit."""
        work.memory.set_fact(_TURN, now.timestamp())
        kept = work.memory.fact(FACT) or {}
        codes = tuple(code for code in (Code(**one) for one in kept.get("codes", ())) if code.until > now.timestamp())
        since = (now - GOOD_FOR).timestamp()
        tries = {who: tuple(at for at in when if at > since) for who, when in kept.get("tries", {}).items()}
        return cls(kept.get("salt") or secrets.token_hex(16), codes, {who: when for who, when in tries.items() if when})

    def save(self, work: UnitOfWork) -> None:
        kept: dict[str, Any] = {"salt": self.salt, "codes": [asdict(one) for one in self.codes]}
        work.memory.set_fact(FACT, kept | {"tries": {who: list(when) for who, when in self.tries.items()}})

    def hash(self, code: str) -> str:
        return hashlib.pbkdf2_hmac("sha256", code.encode(), bytes.fromhex(self.salt), _ROUNDS).hex()

    def find(self, code: str) -> Code | None:
        wanted = self.hash(code)
        return next((one for one in self.codes if compare_digest(one.hash, wanted)), None)


@command(
    "desk link",
    role=Role.NOBODY,
    code="The code that /desk link gave you on the other platform; without one you get one here",
    examples=("desk link",),
)
def desk_link(caller: Caller, work: UnitOfWork, *, code: Text = BLANK) -> Card:
    """Join your accounts on two platforms: a code from the one, typed on the other."""
    ledger = Ledger.read(work, caller.now)
    return _redeemed(caller, work, ledger, code) if code.strip() else _given(caller, work, ledger)


def _given(caller: Caller, work: UnitOfWork, ledger: Ledger) -> Card:
    """A new code."""
    person = caller.staff
    if person is None or person.has_left:
        raise NotAllowed(
            f"{caller.name or 'You'} is not known to this desk.",
            "Type /desk link where the desk knows you, and the code that you get there here: /desk link CODE",
        )
    letters = "".join(secrets.choice(_LETTERS) for _ in range(2 * _HALF))
    until = caller.now + GOOD_FOR
    speaker = caller.speaker
    new = Code(ledger.hash(letters), person.id, speaker.platform, speaker.account, until.timestamp())
    own = [one for one in ledger.codes if one.staff == person.id][-(MOST - 1) :]
    others = [one for one in ledger.codes if one.staff != person.id]
    replace(ledger, codes=(*others, *own, new)).save(work)
    note(caller, work, person, "link code made", platform=speaker.platform)
    shown = f"{letters[:_HALF]}-{letters[_HALF:]}"
    return Card(
        lines=(
            ("On the other platform type: ", Strong(f"/desk link {shown}")),
            (
                "Good once, until ",
                When(until, "time"),
                ". Whoever types it speaks as you at this desk: show nobody.",
            ),
        ),
        data={UNRECORDED: True, "code": shown, "until": until.isoformat()},
    )


def _redeemed(caller: Caller, work: UnitOfWork, ledger: Ledger, typed: str) -> Card:
    """The account that somebody speaks from, linked to the person who got the code."""
    if caller.speaker.person:
        raise BadValue("Nobody has an account here that could be joined to another.", "Type the code in chat.")
    _must_not_be_guessing(caller, ledger)
    code = ledger.find(_letters(typed))
    if code is None:
        return _wrong(caller, work, ledger)
    person = work.people.get(code.staff)
    speaker = caller.speaker
    if person.accounts.get(speaker.platform) == speaker.account:
        if speaker.platform == code.platform:
            raise BadValue("This is where the code was made.", "Type it on the other platform.")
        return say(f"This account is {person.name}'s already.", data=staff_data(person, caller.now))
    _must_be_free(person, speaker.platform)
    moved = _left_behind(caller, work, person)
    after = replace(person, accounts={**person.accounts, speaker.platform: speaker.account})
    work.people.save(after)
    work.outbox.release(speaker.platform, caller.now)  # A page may wait for this account.
    replace(ledger, codes=tuple(one for one in ledger.codes if one != code)).save(work)
    own = Caller(after, speaker, caller.now)
    note(own, work, after, "linked", platform=speaker.platform, account=speaker.account, code_from=code.platform)
    _tell(own, work, after, code)
    return say(
        "You are ",
        Strong(after.name),
        f" ({after.id}, {role_words(after.role)}) here too now, as in {called(code.platform)}.{moved}",
        tone=Tone.GOOD,
        data=staff_data(after, caller.now),
    )


def _must_not_be_guessing(caller: Caller, ledger: Ledger) -> None:
    own = len(ledger.tries.get(_account(caller), ()))
    if own >= TRIES or sum(map(len, ledger.tries.values())) >= TRIES_OF_ALL:
        raise TooMuch("There were too many wrong codes.", "Try again in ten minutes, with a new code.")


def _wrong(caller: Caller, work: UnitOfWork, ledger: Ledger) -> Card:
    """Said, and not raised: the try must be remembered."""
    who = _account(caller)
    tries = {**ledger.tries, who: (*ledger.tries.get(who, ()), caller.now.timestamp())}
    replace(ledger, tries=tries).save(work)
    return refused(
        BadValue("That code is not good, or not any more.", "A new one: /desk link on the other platform.")
    ).card


def _must_be_free(person: Staff, platform: str) -> None:
    if person.has_left:
        raise NotAllowed(f"{person.name} is no longer at the desk.")
    if other := person.accounts.get(platform):
        raise Conflict(
            f"{person.name} has a {called(platform)} account already: {other}.",
            f"An admin can take it away: /staff link {person.id} --platform {platform} --account none",
        )


def _left_behind(caller: Caller, work: UnitOfWork, person: Staff) -> str:
    """Whom the platform had brought with this account was this person all along. Returns how to say so."""
    known, platform = caller.staff, caller.speaker.platform
    if known is None:
        return ""
    if known.managed_by != platform and not known.has_left:
        raise Conflict(
            f"This account is {known.name}'s ({known.id}), and the code is of {person.name} ({person.id}).",
            f"If they are one person, an admin frees it: /staff link {known.id} --platform {platform} --account none",
        )
    held = work.tickets.count(TicketFilter(states=OPEN_STATES, owner=known.id))
    if held:
        raise Conflict(
            f"{known.name} ({known.id}) holds {held} open {'ticket' if held == 1 else 'tickets'} here.",
            f"Hand them over first: /ticket assign NUMBER {person.id}",
        )
    return given_up(caller, work, known, platform)


def _tell(caller: Caller, work: UnitOfWork, person: Staff, code: Code) -> None:
    """They hear of it wherever they are: who did not do it themselves must know."""
    speaker = caller.speaker
    card = Card(
        lines=(
            (
                f"Your account {speaker.name or speaker.account} in {called(speaker.platform)} speaks for you at this"
                f" desk now, by a code from {called(code.platform)}.",
            ),
            (
                f"If that was not you: an admin undoes it with /staff link {person.id} --platform {speaker.platform} "
                "--account none",
            ),
        ),
        tone=Tone.WARNING,
    )
    key = f"linked:{person.id}:{speaker.platform}:{speaker.account}:{caller.now.timestamp():.0f}"
    work.outbox.post(News(Kind.NOTICE, f"@{person.id}", card, key))


def _letters(typed: str) -> str:
    """What was typed, without what people put between letters."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())[: 4 * _HALF]


def _account(caller: Caller) -> str:
    return f"{caller.speaker.platform}:{caller.speaker.account}"
