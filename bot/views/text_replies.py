"""What the desk answers to a text, in one segment, in English and in French; the words in braces are filled in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.views.spoken import FRENCH


@dataclass(frozen=True, slots=True)
class TextReplies:
    """One language's sentences."""

    yours: str
    yours_alone: str
    taken: str
    used: str
    no_code: str
    nobody: str


ENGLISH_REPLIES = TextReplies(
    yours="#{ticket} is yours, {person}.",
    yours_alone="It is yours, {person}.",
    taken="{name} has it since {time}. Nothing left to do.",
    used="That code was used already. The next text has a new one.",
    no_code="That is no code of an open page of yours. Reply with the code alone, or acknowledge in chat.",
    nobody="Nobody reads texts at this number.",
)

FRENCH_REPLIES = TextReplies(
    yours="Le billet #{ticket} est à vous, {person}.",
    yours_alone="C'est à vous, {person}.",
    taken="{name} s'en occupe depuis {time}. Il ne reste rien à faire.",
    used="Ce code a déjà servi. Le prochain message en aura un autre.",
    no_code="Ce code n'est pas celui d'un appel en cours. Répondez avec le code seul, ou confirmez dans la messagerie.",
    nobody="Personne ne lit les messages à ce numéro.",
)


def replies_in(language: str) -> TextReplies:
    """English for whatever is not French."""
    return FRENCH_REPLIES if language == FRENCH else ENGLISH_REPLIES
