"""Lines that a mail program broke for travel joined again (format=flowed, RFC 3676)."""

from __future__ import annotations


def unflowed(text: str, *, delete_space: bool) -> str:
    """The paragraphs; `delete_space` is the parameter DelSp: the space that marks a break is no part of the text."""
    found: list[str] = []
    open_depth = -1  # How deep the paragraph that the next line may continue is quoted; -1 where none is.
    for line in text.replace("\r\n", "\n").split("\n"):
        said = line.lstrip(">")
        depth = len(line) - len(said)
        said = said.removeprefix(" ")
        flows = said.endswith(" ") and said != "-- "
        if flows and delete_space:
            said = said[:-1]
        if depth == open_depth and said != "-- ":
            found[-1:] = [f"{found[-1]}{said}"] if len(found[-1]) < 20_000 else [found[-1], said]
        else:
            found.append(f"{'>' * depth} {said}" if depth else said)
        open_depth = depth if flows else -1
    return "\n".join(found)
