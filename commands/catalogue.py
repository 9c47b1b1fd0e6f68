"""Every command, in the order that help shows them. A folder's files are found by name: a new file is a new command."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

import commands
from commands.desk_help import desk_help_for
from commands.desk_page import desk_page, desk_page_for
from commands.desk_settings import desk_settings_for
from commands.help import help_for
from commands.oncall_contact import oncall_contact, oncall_contact_for
from commands.oncall_export import oncall_export, oncall_export_for
from commands.spec import Command
from commands.staff_link import staff_link, staff_link_for
from commands.ticket_close import ticket_close, ticket_close_for
from commands.ticket_reply import ticket_reply, ticket_reply_for

_ORDER = ("ticket", "mail", "page", "oncall", "sla", "customer", "partner", "staff", "policy", "desk")

_VERBS = {
    "oncall": (
        *("who", "next", "show", "gaps"),
        *("cover", "swap", "take", "decline", "withdraw"),
        *("override", "undo", "history"),
        *("contact", "verify", "test", "contacts", "plan", "forget"),
        *("load", "simulate", "export"),
    ),
    "mail": ("held", "show", "open", "refuse"),
}
"""The verbs of a group in the order in which one comes to need them, where it is not that of the alphabet."""


def build(
    settings: Mapping[str, str] | None = None,
    platforms: Sequence[str] = (),
    by_hand: str = "",
    undo: int = 0,
    uncallable: Callable[[str], str] | None = None,
) -> Mapping[str, Command]:
    """The catalogue by words, for a desk that is set so: by name, what people may be told of each setting; `platforms`
    are those that it is connected to; on the platform `by_hand` lie the letters that it cannot send itself, or else
    they go out `undo` seconds after they were written; `uncallable` says why the desk does not call a number.

    Raises ValueError when two commands have the same words.
    """
    found: dict[str, Command] = {}
    for module in pkgutil.iter_modules(commands.__path__):
        for value in vars(import_module(f"commands.{module.name}")).values():
            if isinstance(value, Command) and value.deed.__module__ == f"commands.{module.name}":
                if value.words in found:
                    raise ValueError(f"Two commands are called “{value.words}”.")
                found[value.words] = value
    found[ticket_reply.words] = ticket_reply_for(by_hand, undo)
    found[ticket_close.words] = ticket_close_for(mailed=not by_hand, undo=undo)
    if uncallable is not None:
        found[oncall_contact.words] = oncall_contact_for(uncallable)
    found[oncall_export.words] = oncall_export_for(settings or {})
    found[desk_page.words] = desk_page_for(settings or {})
    found[staff_link.words] = staff_link_for(platforms)
    ordered = dict(sorted(found.items(), key=lambda item: _rank(item[0])))
    everything = MappingProxyType(ordered)
    for last in (desk_help_for(everything), desk_settings_for(settings or {}, platforms), help_for(everything)):
        ordered[last.words] = last
    return everything


def _rank(words: str) -> tuple[int, int, str]:
    group, _, verb = words.partition(" ")
    verbs = _VERBS.get(group, ())
    place = verbs.index(verb) if verb in verbs else len(verbs)
    return (_ORDER.index(group) if group in _ORDER else len(_ORDER), place, words)
