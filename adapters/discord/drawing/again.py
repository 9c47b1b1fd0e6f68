"""Forms that were refused: the answer keeps what was typed, and its button asks again with all of that filled in.

Discord lets no form follow a form. So the answer itself is where the words are kept: what is short travels in the
button, the rest stands in the message below it and is read from there, and what fits in neither is in a file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.discord.drawing import limits
from adapters.discord.drawing.buttons import deal, fits
from adapters.discord.drawing.cards import COLOURS, Payload, card_embeds, message, size
from adapters.discord.drawing.limits import Component
from adapters.discord.drawing.markdown import fenced, unfenced
from bot.cards import Card, Choice, Style, Tone
from bot.names import Names
from bot.views.plain import plain
from commands.form_words import label_of
from commands.spec import Command

AGAIN = "Fill in again"
FILL_IN = "Fill in…"
"""The button of a form for which it was too late."""
KEPT = "as you typed it"
"""Stands below what is kept, to find it by."""
_SAID = 1_500
"""Characters for the refusal, where a lot was typed."""
_IN_FILE = "What you typed is in the file below, too long to be filled in once more: please copy it from there."


def refused_form(
    card: Card,
    command: Command,
    values: Mapping[str, Any],
    asked: Sequence[str],
    names: Names,
    label: str = AGAIN,
    unseen: Collection[str] = (),
) -> Payload:
    """The answer to a form that was refused: why, what was typed, and a button of that label to fill it in again. It
    serves as well where a form came too late to be opened. What is `unseen` the button alone carries."""
    told = {name: plain(str(value)) for name, value in values.items() if plain(str(value)).strip()}
    choice = _again(command, told, asked, label, unseen)
    rows, _ = deal((choice,) if choice else ())
    keep = {name: value for name, value in told.items() if choice is None or name not in choice.values}
    keep = {name: value for name, value in keep.items() if name not in unseen}
    first = card_embeds(card, card.lines, names, room=_SAID)
    kept, files = _kept(keep, limits.EMBEDS_TEXT - size(*first) - len(_IN_FILE))
    if not kept and not files:
        return message(replace(card, choices=(choice,) if choice else ()), names)
    return Payload(_IN_FILE if files else "", [*first, *kept], rows, files=files)


def typed_before(message: Mapping[str, Any]) -> dict[str, str]:
    """What a message of ours keeps of a form, by parameter; nothing where it is no answer to a form."""
    found: dict[str, str] = {}
    embeds = message.get("embeds")
    for embed in embeds if isinstance(embeds, list) else ():
        footer = embed.get("footer") if isinstance(embed, Mapping) else None
        if isinstance(footer, Mapping) and footer.get("text") == KEPT:
            told = [(embed.get("title"), embed.get("description"))]
            told += [(one.get("name"), one.get("value")) for one in embed.get("fields") or ()]
            found |= {_name(label): unfenced(text) for label, text in told if label and text}
    return found


def opened_from(message: Mapping[str, Any]) -> bool:
    """Whether a message of ours is there for the sake of a form alone, so that it is done with once that is sent."""
    rows = message.get("components")
    buttons = [one for row in rows if isinstance(row, Mapping) for one in row.get("components") or ()] if rows else []
    return any(isinstance(one, Mapping) and one.get("label") in (AGAIN, FILL_IN) for one in buttons)


def _again(
    command: Command, told: Mapping[str, str], asked: Sequence[str], label: str, unseen: Collection[str]
) -> Choice | None:
    """The button, with as much of what is known and not asked as it can carry, first of all what is for nobody's eyes;
    None where not even the questions fit."""
    known = {name: value for name, value in told.items() if name not in asked}
    choice = Choice(label, command.words, known, tuple(asked), Style.PRIMARY)
    while not fits(choice):
        if known:
            longest = max(known, key=lambda name: (name not in unseen, len(known[name])))
            known = {name: value for name, value in known.items() if name != longest}
        elif choice.asks:
            choice = replace(choice, asks=choice.asks[:-1])
        else:
            return None
        choice = replace(choice, values=known)
    return choice


def _kept(told: Mapping[str, str], room: int) -> tuple[list[Component], tuple[tuple[str, str], ...]]:
    """What was typed, in embeds as far as there is room, the short things together; and in files."""
    together: Component = {"color": COLOURS[Tone.PLAIN], "fields": [], "footer": {"text": KEPT}}
    embeds: list[Component] = []
    files: list[tuple[str, str]] = []
    for name, text in sorted(told.items(), key=lambda one: len(one[1])):
        label, block = label_of(name), fenced(text, 2 * limits.EMBEDS_TEXT)
        room -= len(label) + len(block) + len(KEPT)
        full = room < 0 or len(block) > limits.DESCRIPTION or len(embeds) + 2 >= limits.EMBEDS
        if full or _name(label) != name or unfenced(block) != text:
            room += len(label) + len(block) + len(KEPT)
            files.append((f"{name}.txt", text))
        elif len(block) <= limits.FIELD_VALUE and len(together["fields"]) < limits.FIELDS:
            together["fields"].append({"name": label, "value": block, "inline": False})
        else:
            footer = {"text": KEPT}
            embeds.append({"color": COLOURS[Tone.PLAIN], "title": label, "description": block, "footer": footer})
    return [*([together] if together["fields"] else []), *embeds], tuple(files)


def _name(label: str) -> str:
    """The parameter that a label stands for."""
    return label.lower().replace(" ", "_")
