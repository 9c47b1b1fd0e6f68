"""What `thirdline doctor` asks of the mail server and of the mailboxes, each finding with its cure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from importlib import import_module

from adapters.email.addressing import address_of
from adapters.email.server import MailServer
from bot.cli.chat_basics import secrets
from bot.cli.checks import Check, Looks, Verdict
from bot.domain.errors import Refusal
from bot.settings import Email, Mailbox, Settings


def examined(settings: Settings, email: Email, now: datetime) -> Iterator[tuple[str, Looks]]:
    """Everything to ask. The mailboxes are asked whatever the server for letters says."""
    yield "email letters", partial(letters, email)
    if not email.boxes:
        return
    yield "email sender", partial(heard, email)
    yield "email trusted", partial(trusted, email)
    for name, box in email.boxes.items():
        yield f"mailbox {name}", partial(mailbox, settings, name, box)


def letters(email: Email, cure: str = "Look at host and port of [email], and whether it is up.") -> Iterator[Check]:
    """Whether letters go out. `cure` is for a server that is away. Raises Refusal."""
    name = "email letters"
    if address_of(email.sender) is None:
        write = 'Write [email] sender = "Support <support@example.com>".'
        yield Check(name, Verdict.FAIL, f"“{email.sender}” is no mail address to send from", write)
        return
    try:
        MailServer(email).check()
    except ConnectionError as error:
        yield Check(name, Verdict.FAIL, f"{error}; tried {email.host}, port {email.port}", cure)
    else:
        yield Check(name, Verdict.OK, f"{email.host} takes mail from {email.sender}")


def heard(email: Email) -> Iterator[Check]:
    """Whether somebody reads what people send to the address that they see in letters; answers go to the mailbox in any
    case."""
    name, sender = "email sender", address_of(email.sender)
    boxes = [box.address.strip().lower() for box in email.boxes.values()]
    if sender is None:  # Told of with the letters.
        return
    shown = sender.addr_spec.lower()
    if shown in boxes:
        yield Check(name, Verdict.OK, f"what people write to {shown} is read")
        return
    found = f"letters come from {shown}, and no mailbox here has that address: what people write to it anew is not read"
    if shown.rpartition("@")[2] != boxes[0].rpartition("@")[2]:
        found += ", nor are reports of letters that did not arrive"
    cure = f"Set email.sender to {boxes[0]}, or have mail for {shown} forwarded there."
    yield Check(name, Verdict.WARN, found, cure)


def trusted(email: Email) -> Iterator[Check]:
    """Without the names of our own servers nobody's word counts for whether a sender is who they say they are."""
    name = "email trusted"
    if email.trusted:
        yield Check(name, Verdict.OK, f"verdicts of {', '.join(email.trusted)} on senders are believed")
        return
    cure = (
        "Set email.trusted to the name that your mail server begins Authentication-Results with: it stands in the "
        "source of any message that came in."
    )
    found = "no sender can be verified: for every ticket by mail somebody has to vouch before anybody is called"
    yield Check(name, Verdict.WARN, found, cure)


def mailbox(settings: Settings, name: str, box: Mailbox) -> Iterator[Check]:
    """Its packages, the rights of its secret files, and what the server says."""
    yield from secrets(settings.data, f"mailbox {name}", box)
    for setting, folder in (("aside", box.aside), ("done", box.done)):
        if folder.casefold() == box.folder.casefold():
            found = f"{setting} names “{folder}”, the folder that is read"
            yield Check(f"mailbox {name}", Verdict.FAIL, found, f"Name another in [email.boxes.{name}].")
    yield from reading(name, box)


def reading(name: str, box: Mailbox, cure: str = "") -> Iterator[Check]:
    """What its server says; `cure` is for one that is away. Raises Refusal, also where a package is missing."""
    try:
        # Reading mail has packages of its own, which a desk that only sends may lack.
        looks = import_module("bot.cli.mailbox_checks").looks
    except ModuleNotFoundError as error:
        raise Refusal(
            f"Mailboxes need the package “{error.name}”, which is not installed.",
            "`make run` installs what is missing; elsewhere it is the extra thirdline[email].",
        ) from None
    yield from looks(name, box, cure or f"Look at host and port of [email.boxes.{name}].")
