"""The IMAP library's client as the desk wants it, and its errors as ours.

Lost (ConnectionError)  the connection is gone, or the server silent: connect again
└── Insecure            there is none that is secure
Denied                  the server says no to one command, and the connection stands
Refusal                 the server will not have the desk: the operator has something to mend
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, IMAPClientReadOnlyError

from adapters.email.trouble import tls_cure, tls_words
from bot.domain.errors import Refusal


class Lost(ConnectionError):
    """The connection is gone."""


class Insecure(Lost):
    """TLS is not what it should be; where the connection is not made yet, an operator has to look at it."""

    def __init__(self, text: str, cure: str = "") -> None:
        super().__init__(text)
        self.cure = cure


class Denied(Exception):
    """The server says no to a command."""


class Client(IMAPClient):  # type: ignore[misc]  # The library has no types.
    """The library's client, which is to be quiet and quick, and what the server says in passing."""

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.normalise_times = False
        # Or else each message is written into a line of the log, whether or not that line is wanted.
        self._imap.debug = 0
        # It sends a search in pieces, and each would wait for word of the one before.
        self.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exists(self) -> bool:
        """Whether it was told, since the last time, how many messages there are: more than before, mostly."""
        return bool(self._imap.response("EXISTS")[1] != [None])


@contextmanager
def asked(host: str, heard: Callable[[], None]) -> Iterator[None]:
    """Foreign errors become ours. `heard` is called when the server has answered well."""
    try:
        yield
    except (Refusal, Lost, IMAPClientReadOnlyError):
        raise
    except IMAPClientAbortError as error:
        raise Lost(f"{host} ends the connection") from error
    except IMAPClientError as error:
        raise Denied(" ".join(str(error).split())[:200]) from error
    except TimeoutError as error:
        raise Lost(f"{host} does not answer") from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise Lost(f"{host} ends the connection") from error
    except ssl.SSLError as error:
        raise Insecure(f"No secure connection to {host}: {tls_words(error)}.", tls_cure(error)) from error
    except (ConnectionResetError, BrokenPipeError) as error:
        raise Lost(f"the connection to {host} is lost") from error
    except OSError as error:
        raise Lost(f"{host} cannot be reached ({type(error).__name__})") from error
    except (ValueError, KeyError, IndexError, TypeError, AssertionError) as error:
        # The answer was read to its end, and the library does not understand it.
        raise Denied(f"an answer that makes no sense ({type(error).__name__})") from error
    heard()
