"""Meanwhile: what a caller hears while, or because, the desk's records are out of reach; in both languages, as nobody
can look theirs up then."""

from __future__ import annotations

from bot.flow import Flow, Goto, HangUp, Pause, Say


def _both(english: str, french: str) -> tuple[Say, Say]:
    return Say(english), Say(french, "fr")


def one_moment(then: str) -> Flow:
    """They stay on the line, and are asked on."""
    return (*_both("One moment please.", "Un instant, s'il vous plaît."), Pause(1), Goto(then))


KEPT: Flow = (
    *_both(
        "I have your key, but I cannot write it down now. I will, as soon as I can. "
        "If the chat does not show it soon, acknowledge there. Goodbye.",
        "J'ai votre touche, mais je ne peux pas la noter en ce moment. Je le ferai dès que possible. "
        "Si la messagerie ne le montre pas bientôt, confirmez-y. Au revoir.",
    ),
    HangUp(),
)
"""A key was pressed, and it is tried again for an hour."""

UNREADABLE: Flow = (
    *_both(
        "This is Thirdline with a page for you. I cannot reach my records now. Please look into the chat. Goodbye.",
        "Ici Thirdline, avec un appel pour vous. Je n'ai pas accès à mes dossiers en ce moment. "
        "Regardez la messagerie. Au revoir.",
    ),
    HangUp(),
)
"""A page's call that cannot say what it is about."""

CALL_AGAIN: Flow = (
    *_both(
        "I cannot reach my records now. Please call again in a few minutes. Goodbye.",
        "Je n'ai pas accès à mes dossiers en ce moment. Rappelez dans quelques minutes, s'il vous plaît. Au revoir.",
    ),
    HangUp(),
)
"""A customer's call."""

NOBODY_HERE: Flow = (
    *_both(
        "This is the number that Thirdline calls from. Nobody takes calls here. Goodbye.",
        "C'est le numéro d'où Thirdline appelle. Personne ne répond ici. Au revoir.",
    ),
    HangUp(),
)
"""Somebody calls back, and there is no hotline."""
