"""`thirdline letters`: the letters that customers get, a copy to edit, and whether what was edited will do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.cli.house import option_of
from bot.cli.printing import say, say_json
from bot.domain.errors import BadValue
from bot.letters.writing import FOLDER, LetterWriter, names, shipped
from bot.settings import read_settings

WRONG = 2


def list_letters(data: Path | None, as_json: bool) -> int:
    """Every letter, and whose template it is written from."""
    folder = _folder(data)
    found = [{"name": name, "own": (folder / f"{name}.txt").is_file()} for name in names()]
    if as_json:
        say_json(found)
        return 0
    for one in found:
        say(f"{one['name']:<13} {folder / (str(one['name']) + '.txt') if one['own'] else 'as it ships'}")
    return 0


def write_letters(wanted: Sequence[str], data: Path | None) -> int:
    """Copies to edit of those letters, or of all; what is there already is left alone. Raises BadValue."""
    if unknown := [name for name in wanted if name not in names()]:
        raise BadValue(f"There is no letter “{unknown[0]}”.", f"They are {', '.join(names())}.")
    folder = _folder(data)
    folder.mkdir(parents=True, exist_ok=True)
    for name in wanted or names():
        path = folder / f"{name}.txt"
        if path.exists():
            say(f"{path} is there already and left alone.")
        else:
            path.write_text(shipped(name), "utf-8")
            say(f"{path} is written.")
    say(f"Edit what you like and remove the others. Then: thirdline letters check{option_of(folder.parent)}")
    return 0


def check_letters(data: Path | None, as_json: bool) -> int:
    """Whether the operator's own letters will do, each filled in with sample values; 2 if one will not."""
    folder = _folder(data)
    found = [(path, mistake) for path, mistake in LetterWriter(folder).checked()]
    wrong = [(path, mistake) for path, mistake in found if mistake is not None]
    if as_json:
        mistakes = [{"file": path.name, "line": mistake.line, "text": mistake.text} for path, mistake in wrong]
        say_json({"ok": not wrong, "letters": [path.name for path, _ in found], "mistakes": mistakes})
    elif not found:
        say(f"There are no letters in {folder}: all are written as they ship.")
    for path, mistake in [] if as_json else found:
        say(f"{path}: {mistake or 'will do'}")
    return WRONG if wrong else 0


def _folder(data: Path | None) -> Path:
    return read_settings(data=data).data / FOLDER
