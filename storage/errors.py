"""What a person is told when the database cannot do its work: one sentence for each trouble, and nothing saved.

StorageTrouble          the database cannot be used as it is now
├── Damaged             its file is not what a database's file is: restore a copy
├── NotSetUp            its schema is missing or older than this program: upgrade
└── TooNew              its schema is newer than this program: update the program
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from bot.domain.errors import BadValue, Refusal


class StorageTrouble(Refusal):
    """The database cannot be used as it is now. Nothing of what was asked has been saved."""


class Damaged(StorageTrouble):
    """The file is damaged, or no database at all."""


class NotSetUp(StorageTrouble):
    """The schema is missing, or older than this program."""


class TooNew(StorageTrouble):
    """The schema is newer than this program."""


UPGRADE = "Run: thirdline db upgrade"
CHECK = "Run: thirdline db check"

# SQLite tells its troubles in words, the same ones for many years.
_SQLITE_WORDS: tuple[tuple[str, str, str], ...] = (
    ("is locked", "The database is held by another program", "Try again; if it stays so, stop the other program."),
    ("disk is full", "The disk is full", "Make room, then try again."),
    ("readonly", "The database cannot be written to", "Look at the rights of the file and of its folder."),
    ("unable to open", "The database cannot be opened", "Look whether its folder exists and may be written to."),
    ("not a database", "The file is not a database, or it is damaged", "Restore a backup: thirdline db restore FILE"),
    ("malformed", "The database file is damaged", "Restore a backup: thirdline db restore FILE"),
    ("disk i/o", "The disk reported an error", "Look at the disk, which may be full, then run: thirdline db check"),
)
_SQLITE_DAMAGE = ("not a database", "malformed")
_SQLITE_UNFIT = ("no such table", "no such column", "has no column")

# https://www.postgresql.org/docs/current/errcodes-appendix.html; the longest beginning that fits wins.
_POSTGRES_CODES: tuple[tuple[str, str, str], ...] = (
    ("53100", "The database server's disk is full", "Make room, then try again."),
    ("53300", "The database server has no connection left", "Try again, or raise its max_connections."),
    ("25006", "The database server takes no writes now", "Look whether it is a standby."),
    ("42501", "The database user may not do this", "Grant it the rights on the desk's tables."),
    ("28", "The database server refused the user or the password", "Look at the database URL."),
    ("3D000", "That database does not exist on the server", "Create it, or look at the database URL."),
    ("40", "Others were changing the same things", "Try again."),
    ("55P03", "The database row is held by another program", "Try again."),
    ("57", "The database server is stopping or cancelled the work", "Try again in a moment."),
    ("08", "The connection to the database server was lost", "Try again in a moment."),
)
_POSTGRES_UNFIT = ("42P01", "42703")
_BAD_TEXT = ("22021", "22P05")
NOTHING_SAVED = "nothing was saved"


def trouble(error: BaseException) -> Refusal | None:
    """The sentence for a driver's error, or None if it is no trouble of the database but a bug of ours."""
    if isinstance(error, NoFreeConnection):
        return StorageTrouble(f"The database is too busy, {NOTHING_SAVED}.", "Try again in a moment.")
    if isinstance(error, UnicodeEncodeError):
        return _unwritable_text()
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        return _sqlite_trouble(str(original))
    if isinstance(error, DBAPIError) and original is not None:
        return _postgres_trouble(str(getattr(original, "sqlstate", None) or ""), original)
    return None


def _unwritable_text() -> BadValue:
    return BadValue("The text holds characters that cannot be stored.", "Type it again without control characters.")


def _sqlite_trouble(message: str) -> StorageTrouble | None:
    told = message.casefold()
    if any(words in told for words in _SQLITE_UNFIT):
        return NotSetUp("The database is not set up for this version of Thirdline.", UPGRADE)
    for words, sentence, hint in _SQLITE_WORDS:
        if words in told:
            kind = Damaged if words in _SQLITE_DAMAGE else StorageTrouble
            return kind(f"{sentence}: {NOTHING_SAVED}.", hint)
    return None


def _postgres_trouble(code: str, original: BaseException) -> Refusal | None:
    if code in _POSTGRES_UNFIT:
        return NotSetUp("The database is not set up for this version of Thirdline.", UPGRADE)
    if code in _BAD_TEXT or (not code and "NUL" in str(original)):
        return _unwritable_text()
    for start, sentence, hint in _POSTGRES_CODES:
        if code.startswith(start):
            return StorageTrouble(f"{sentence}: {NOTHING_SAVED}.", hint)
    if not code and type(original).__name__ == "OperationalError":
        reason = str(original).strip().splitlines()[-1].strip()
        return StorageTrouble(f"The database server cannot be reached: {reason}", "Look at the database URL.")
    return None


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Around everything public: a database's trouble leaves as a sentence, everything else as it was."""
    try:
        yield
    except Exception as error:
        told = trouble(error)
        if told is None:
            raise
        raise told from error
