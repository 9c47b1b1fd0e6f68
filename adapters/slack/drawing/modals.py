"""Modals: the desk's forms as views, what was typed into them as raw values, and answers as views.

What a view must remember travels in its private metadata; text too long for that is shown in a field of its own, so
that nothing anybody typed is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.slack.drawing import limits
from adapters.slack.drawing.blocks import card_blocks
from adapters.slack.drawing.errand import Errand
from adapters.slack.drawing.fields import Option, field_blocks
from adapters.slack.drawing.limits import Block
from adapters.slack.drawing.mrkdwn import elements, plain_text, rich_text, text_element
from bot.cards import Card
from bot.names import Names
from bot.views.plain import cut, one_line
from commands.desk import Form
from commands.form_words import deed_of, in_parts, longest, name_of, summary_of, ticket_of

FORM, ANSWER, LOADING = "form", "answer", "loading"
"""The callback ids of our views."""
_WAIT = "One moment…"
_OURS = "Thirdline"


def loading_view(title: str = "") -> Block:
    """What is shown at once, while the desk looks up what will stand in its place."""
    return _view(LOADING, title or _OURS, [rich_text([text_element(_WAIT)])], None)


def form_view(form: Form, errand: Errand, options: Mapping[str, Sequence[Option | str]], names: Names) -> Block:
    """The desk's form as a modal: who will read the words, then a field for everything asked.

    `options` has, by parameter, all that may be chosen where that is a short list; other records are searched for.
    What is known and not asked travels along unseen; what is known of a field that is asked stands in it.
    """
    raw = {name: str(value) for name, value in form.known.items()}
    asked = {param.name for param in form.asks}
    hidden = {name: value for name, value in raw.items() if name not in asked}
    fields = list(form.asks)
    errand = replace(errand, words=form.command.words, known=hidden)
    while len(errand.packed()) > limits.METADATA and errand.known:
        fields.append(longest(form, errand.known))
        errand = replace(errand, known={name: v for name, v in errand.known.items() if name != fields[-1].name})
    foreword = elements(form.foreword, names)
    blocks = [rich_text(foreword)] if foreword else []
    for param in fields:
        blocks += field_blocks(param, raw.get(param.name, ""), _choices(options.get(param.name, ())))
    blocks = blocks[: limits.VIEW_BLOCKS] or [rich_text([text_element(one_line(form.command.summary))])]
    view = _view(FORM, _title(form), blocks, errand)
    return {**view, "submit": plain_text(deed_of(form), limits.TITLE), "close": plain_text("Cancel", limits.TITLE)}


def answer_view(card: Card, names: Names) -> Block:
    """An answer in the place of the form that asked for it, its buttons included."""
    title = f"Ticket #{card.ticket}" if card.ticket else _OURS
    return _view(ANSWER, title, card_blocks(card, names, limits.WEIGHT, new_blocks=False), None)


def typed(view: Mapping[str, Any]) -> dict[str, str]:
    """What was typed or chosen in a submitted view, as raw values; what was left empty is not there."""
    state = view.get("state")
    values = state.get("values") if isinstance(state, Mapping) else None
    found: dict[str, str] = {}
    for block_id, block in values.items() if isinstance(values, Mapping) else ():
        for element in block.values() if isinstance(block, Mapping) else ():
            found[str(block_id)] = _value(element) if isinstance(element, Mapping) else ""
    return in_parts(found)


def field_errors(view: Mapping[str, Any], refused: Mapping[str, str]) -> dict[str, str]:
    """The `errors` of a submission: what is wrong by parameter, as Slack wants it by field. What is wrong with a
    parameter that has no field stands at the first. Empty where the view has no field at all: then the answer must be
    shown in its place."""
    blocks = view.get("blocks")
    ids = [
        str(block.get("block_id", ""))
        for block in (blocks if isinstance(blocks, list) else ())
        if isinstance(block, Mapping) and block.get("type") == "input"
    ]
    if not ids:
        return {}
    at: dict[str, list[str]] = {}
    for name, text in refused.items():
        place = next((id for id in ids if name_of(id) == name), ids[0])
        at.setdefault(place, []).append(one_line(text))
    return {place: cut(" ".join(texts), limits.ERROR_TEXT) or "-" for place, texts in at.items()}


def options_answer(options: Iterable[Option]) -> Block:
    """What a search in a select is answered with."""
    return {"options": [option.element() for option in options if option.fits][: limits.OPTIONS]}


def _choices(options: Sequence[Option | str]) -> list[Option]:
    return [Option(one) if isinstance(one, str) else one for one in options]


def _view(callback: str, title: str, blocks: list[Block], errand: Errand | None) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain_text(title, limits.TITLE),
        "close": plain_text("Close", limits.TITLE),
        "blocks": blocks[: limits.VIEW_BLOCKS],
        "private_metadata": errand.packed() if errand else "",
    }


def _title(form: Form) -> str:
    """Which ticket, or else what the command does."""
    return f"Ticket #{number}" if (number := ticket_of(form)) else summary_of(form, limits.TITLE)


def _value(element: Mapping[str, Any]) -> str:
    """A field's state in the shapes that Slack has for it."""
    chosen = element.get("selected_option")
    several = element.get("selected_options")
    if isinstance(chosen, Mapping):
        return str(chosen.get("value") or "")
    if isinstance(several, list):
        return ", ".join(str(one.get("value") or "") for one in several if isinstance(one, Mapping))
    value = element.get("value")
    return value if isinstance(value, str) else ""
