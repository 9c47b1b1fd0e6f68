"""What is kept of a message beside the file of the whole: enough to open a ticket of it later, and what it quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.domain.attachments import MOST, Attachment, file_from_data, file_to_data
from bot.domain.mail import IncomingMail
from bot.ports.intake import Mail
from commands.mail_once import WRITTEN, written

LONGEST_QUOTED = 20_000
ENDS = "\n\n[It goes on; no more was kept.]"
"""In the place of CUT, where the whole message is not kept."""
CUT = "\n\n[It goes on; the whole message is kept.]"


def text_of(mail: IncomingMail) -> str:
    """The words of a message, with what was not kept of it below them. One that only quotes says what it quotes."""
    words = mail.text.strip() or mail.whole.strip()
    notes = "\n".join(f"[{note}]" for note in mail.left_out)
    return "\n\n".join(part for part in (words, notes) if part)


def fitting(text: str, longest: int) -> str:
    """No longer than the desk takes."""
    return text if len(text) <= longest else text[: longest - len(CUT)].rstrip() + CUT


def as_kept(mail: IncomingMail, files: Iterable[Attachment], longest: int) -> dict[str, Any]:
    """Plain JSON of it: what it says, who says so, how sure that is, where its files lie, and all of it where it
    quotes."""
    kept: dict[str, Any] = {"text": fitting(text_of(mail), longest), "verified": mail.verified.value}
    kept[WRITTEN] = written(mail)
    if mail.name:
        kept["name"] = mail.name
    if found := [file_to_data(file) | {"kept": file.kept} for file in files][:MOST]:
        kept["files"] = found
    if mail.whole.strip() not in ("", mail.text.strip()):
        kept["whole"] = fitting(mail.whole.strip(), LONGEST_QUOTED)
    return kept


def words_alone(mail: IncomingMail, longest: int) -> dict[str, Any]:
    """As it is kept where neither the whole of it nor its files are; its words say so."""
    count = len(mail.files)
    note = (f"{count} file{'s were' if count != 1 else ' was'} not kept: too much mail waited.",) if count else ()
    kept = as_kept(replace(mail, left_out=(*mail.left_out, *note)), (), longest)
    return {name: value.replace(CUT, ENDS) if isinstance(value, str) else value for name, value in kept.items()}


def files_kept(mail: Mail) -> tuple[Attachment, ...]:
    """The files that came with it."""
    return tuple(_file(data) for data in mail.data.get("files", ()))


def _file(data: Mapping[str, Any]) -> Attachment:
    named = file_from_data(data)
    return Attachment(named.name, named.link, named.size, named.type, kept=str(data.get("kept", "")))


def paths_of(mail: Mail) -> tuple[str, ...]:
    """Where what is kept of it alone lies, below the folder of files: files that are a ticket's are not among them."""
    return tuple(path for path in (mail.path, *(file.kept for file in files_kept(mail))) if path)


def on_a_ticket(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is still kept of a message whose words and files are in a ticket's history."""
    return {name: value for name, value in data.items() if name not in ("text", "files")}
