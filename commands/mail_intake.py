"""Taking in a message: whether it is a bounce, a machine's, part of a ticket, a new one, or for a person to decide on.

Every message is written down, whatever becomes of it, and counts once. What cannot be decided here is held, and shown
to the desk with the buttons that decide it; nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.attachments import Attachment, size_words
from bot.domain.customers import Customer
from bot.domain.errors import TooMuch
from bot.domain.mail import IncomingMail, Verified
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.ports.intake import Mail, MailState
from commands.intake import Words, caller_of, open_for
from commands.mail_automatic import automatic, bounced
from commands.mail_kept import as_kept, fitting, on_a_ticket, text_of, words_alone
from commands.mail_matching import Match, match_of
from commands.mail_notices import braked, crammed, flooded, show_held
from commands.mail_once import once
from commands.mail_partner import partner_wrote
from commands.mail_receipts import send_receipt
from commands.ticket_said import customer_said

WAY = "email"
NO_SUBJECT = "(no subject)"
NO_WORDS = "(a message without words)"
HOUR = timedelta(hours=1)
CROWD = 3
"""So many times what one sender may send is taken on one ticket in an hour, of all who are not verified: whoever has a
letter that was sent on to them can write to its ticket under any names."""


@dataclass(frozen=True, slots=True)
class MailRules:
    """The brake, as the operator has set it: messages of one sender in an hour, and tickets opened by mail in an hour;
    more wait for a person. And whether who opens a ticket is sent a receipt."""

    hourly: int = 20
    hourly_all: int = 1000
    receipts: bool = True
    room: int = 500_000_000
    """Bytes on the disk that all mail which waits may have, and as much again all that nobody waits for."""


def take_in(
    work: UnitOfWork,
    mail: IncomingMail,
    mailbox: str,
    now: datetime,
    *,
    path: str = "",
    size: int = 0,
    files: tuple[Attachment, ...] = (),
    rules: MailRules = MailRules(),
) -> Mail:
    """Decide what becomes of a message, and write it down. `path` is where the whole of it lies, `files` where those
    lie that came with it, `size` how many bytes that is together. Where there is no room for them, what is returned has
    no path, and the files are to go.

    One that came before changes nothing, and what became of it then is returned. Raises Conflict where another
    transaction adds it at the same moment: then it is known the next time.
    """
    mail, known = once(work, mail)
    if known is not None:
        return known
    # First of all, so that of two who take it at once one has to wait here.
    kept = work.mails.add(
        Mail(
            0,
            mail.message_id,
            mailbox,
            mail.sender,
            mail.subject,
            now,
            MailState.HELD,
            verified=mail.verified is Verified.YES,
            path=path,
            data=as_kept(mail, files, work.promises.policy.limits.text),
        )
    )
    kept = _with_room(work, mail, _decided(work, mail, kept, now, files, rules), size, now, rules)
    if kept.state is MailState.HELD:
        kept = show_held(work, kept, now)
    work.mails.save(kept)
    return kept


def _decided(
    work: UnitOfWork, mail: IncomingMail, kept: Mail, now: datetime, files: tuple[Attachment, ...], rules: MailRules
) -> Mail:
    found = match_of(work, mail)
    crowded = "" if found is None else _crowd(work, kept, found.ticket, now, rules)
    if mail.bounce is not None:
        return bounced(work, kept, mail.bounce, None if crowded else found, now)
    if mail.machine:
        return automatic(work, kept, mail, None if crowded else found, now)
    whose = work.customers.of_address(mail.sender)
    if crowded or (crowded := _many(work, kept, now, rules)):
        return _braked(work, kept, whose, crowded, now)
    if found is not None:
        return _said(work, mail, kept, found, now, files)
    if whose is None:
        return _held(kept, "No customer has this address")
    # What may be made up leaves room for what is not.
    most = rules.hourly_all if kept.verified else (rules.hourly_all + 1) // 2
    if work.mails.opened(now - HOUR, most) >= most:
        flooded(work, most, now)
        return _held(kept, f"{most} tickets were opened by mail within an hour")
    return _opened(work, mail, kept, whose, now, files, rules)


def _with_room(work: UnitOfWork, mail: IncomingMail, kept: Mail, size: int, now: datetime, rules: MailRules) -> Mail:
    """Anybody can send what waits or is dropped: it must not fill the disk, on which tickets lie, too. The words are
    kept in any case."""
    waits = kept.state is MailState.HELD
    if kept.state is MailState.TAKEN or work.mails.weight(waits=waits) + size <= rules.room:
        return replace(kept, size=size)
    if waits:
        crammed(work, rules.room, now)
    what = "waits" if waits else "nobody waits for"
    why = f"the words alone were kept, as mail that {what} has {size_words(rules.room)}"
    data = words_alone(mail, work.promises.policy.limits.text)
    return replace(kept, path="", reason=f"{kept.reason}; {why}", data=data)


def _crowd(work: UnitOfWork, kept: Mail, ticket: Ticket, now: datetime, rules: MailRules) -> str:
    """Why no more of those who are not verified may write to the ticket now; "" where they may."""
    number, most = ticket.merged_into or ticket.number, CROWD * rules.hourly
    if kept.verified or work.mails.on_ticket(number, now - HOUR, most) < most:
        return ""
    return f"{most} messages came to #{number} within an hour"


def _many(work: UnitOfWork, kept: Mail, now: datetime, rules: MailRules) -> str:
    """Why the sender must wait. What others write in a verified sender's name does not count against them."""
    most = rules.hourly + 1  # This one is written down already.
    if not kept.sender or work.mails.of_sender(kept.sender, now - HOUR, most, verified=kept.verified) < most:
        return ""
    return f"{kept.sender} sent more than {rules.hourly} messages within an hour"


def _held(kept: Mail, reason: str) -> Mail:
    return replace(kept, state=MailState.HELD, reason=reason)


def _braked(work: UnitOfWork, kept: Mail, whose: Customer | None, reason: str, now: datetime) -> Mail:
    """It waits like a stranger's; where it is a customer's the team is alerted: it may be the worst of their days."""
    if whose is not None:
        braked(work, whose, reason, now)
    return _held(kept, reason)


def _opened(
    work: UnitOfWork,
    mail: IncomingMail,
    kept: Mail,
    whose: Customer,
    now: datetime,
    files: tuple[Attachment, ...],
    rules: MailRules,
) -> Mail:
    """Where the operator has named no server to be believed, nobody is verified: tickets are opened all the same, and
    page nobody before somebody has vouched."""
    try:
        ticket = open_for(work, words_of(work, mail, files, verified=kept.verified), now)
    except TooMuch as limit:  # It is raised before anything is written.
        return _braked(work, kept, whose, limit.text, now)
    kept = on_ticket(kept, ticket.number, 1)
    return with_receipt(work, kept, ticket, now) if rules.receipts else kept


def with_receipt(work: UnitOfWork, kept: Mail, ticket: Ticket, now: datetime) -> Mail:
    """The message that opened the ticket; its sender is told so, unless they were told enough lately."""
    return replace(kept, receipt=send_receipt(work, ticket, kept.sender, now))


def _said(
    work: UnitOfWork, mail: IncomingMail, kept: Mail, found: Match, now: datetime, files: tuple[Attachment, ...]
) -> Mail:
    """Whose the sender is decides nothing of whether it is taken: colleagues of a customer write from anywhere, and
    only who has our letter can answer it. But history says so, and such words alone page nobody. A mark of ours speaks
    for whom our server knows nothing of, and not against what it found: letters are sent on, marks and all."""
    if found.partner:
        return partner_wrote(work, kept, words_of(work, mail, files, verified=False), found, now)
    marked = found.signed and mail.verified is Verified.UNKNOWN
    verified = found.theirs and (kept.verified or marked)
    return put_on(work, kept, words_of(work, mail, files, verified=verified), found.ticket, now, theirs=found.theirs)


def put_on(
    work: UnitOfWork, kept: Mail, words: Words, ticket: Ticket, now: datetime, *, theirs: bool = True, reason: str = ""
) -> Mail:
    """The message as the customer's words on a ticket. Not `theirs`: from an address that is no known one of the
    customer's."""
    flags = {} if theirs else {"stranger": True}
    flags |= {} if words.verified else {"unverified": True}
    said = {"who": words.who, "name": words.name, "way": words.way} | flags
    before, _, _ = customer_said(caller_of(words, now), work, ticket, words.text, reason, **said)
    return on_ticket(kept, before.number, before.seq + 1)


def on_ticket(kept: Mail, ticket: int, seq: int) -> Mail:
    """The message as part of a ticket, by the line of its history that says what it says."""
    return replace(kept, state=MailState.TAKEN, ticket=ticket, seq=seq, data=on_a_ticket(kept.data))


def words_of(work: UnitOfWork, mail: IncomingMail, files: tuple[Attachment, ...], *, verified: bool) -> Words:
    """What the message says, as intake takes it from any way."""
    text = fitting(text_of(mail), work.promises.policy.limits.text)
    return Words(
        WAY,
        mail.sender,
        text or ("" if files else NO_WORDS),
        subject=mail.subject.strip() or NO_SUBJECT,
        name=mail.name,
        files=files,
        verified=verified,
    )
