"""The week of the demo: who there is, and what they type when. Edit it like a screenplay."""

from __future__ import annotations

from datetime import date, timedelta

BEGINS = "2026-10-09 14:00"
"""When the newcomer looks in: a Friday afternoon before a long weekend."""

STAFF = (
    'staff add "Ann Lee" --id ann',
    'staff add "Bob Roy" --id bob',
    'staff add "Kim Park" --id kim --role lead',
    'staff add "Sam Diaz" --id sam',
)


def customers(today: date) -> tuple[str, ...]:
    """Lines that add the customers; the days of their subscriptions lie around today."""

    def day(days: int) -> str:
        return (today + timedelta(days=days)).isoformat()

    def bought(id: str, product: str, level: str, start: int, end: int, more: str = "") -> str:
        return (
            f'customer subscribe {id} --product "{product}" --level {level} '
            f"--start {day(start)} --end {day(end)} {more}".strip()
        )

    return (
        'customer add "ACME Ltd" --id acme --mail it@acme.example --domain acme.example',
        bought("acme", "gateway 5.2", "III", -180, 185),
        'customer add "Harbour Clinic" --id harbour --mail admin@harbour.example',
        bought("harbour", "mail server 9", "III", -40, 325),
        'customer add "Northwind Traders" --id northwind --mail post@northwind.example --zone America/Vancouver',
        bought("northwind", "gateway 5.2", "II", -100, 265, "--phone"),
        'customer add "Brightside Studios" --id brightside --mail mia@brightside.example',
        bought("brightside", "mail server 9", "I", -300, 65),
        "customer credit brightside --add 1 --approved-by Kim",
        'customer add "Lakeview School" --id lakeview --mail office@lakeview.example',
        bought("lakeview", "archive 3", "II", -370, -5),
        'customer add "Oldtown Books" --id oldtown --mail shop@oldtown.example',
        bought("oldtown", "archive 2", "II", -430, -65),
        f'customer add "New Leaf Bakery" --id newleaf --mail leo@newleaf.example --installed {day(-12)}'
        ' --partner "Fixers Inc"',
        bought("newleaf", "mail server 9", "I", -12, 353),
        'customer add "@everyone <!channel> =cmd()" --id mallory --mail mallory@odd.example',
        bought("mallory", "mail server 9", "I", -20, 345),
    )


# How many working days ago at what time, who, and the line. Tickets are numbered in the order of their opening.
WEEK: tuple[tuple[int, str, str, str], ...] = (
    (4, "10:05", "ann", "open Backup mail server does not take over --customer acme --category configuration"),  # 1
    (4, "10:20", "bob", "open How do I add a mailbox? --customer brightside --category question"),  # 2
    (4, "10:31", "ann", "claim 1"),
    (4, "10:50", "ann", 'reply 1 "Please tell us the names of both machines." --wait'),
    (4, "11:30", "ann", 'said 1 "mx1 and mx2, both in the same rack"'),
    (4, "11:45", "ann", 'remote 1 "Gave mx2 a priority of its own; both take mail now."'),
    (4, "12:00", "ann", "close 1 solved"),
    (4, "12:10", "bob", 'reply 2 "Under Users, press Add. The manual shows it on page 12."'),
    (4, "12:15", "bob", "close 2 solved"),
    (4, "13:00", "bob", "open Newsletters end up as spam --customer northwind --category configuration"),  # 3
    (4, "13:40", "kim", "assign 3 bob"),
    (4, "15:10", "bob", 'call 3 "Showed them the training folder."'),
    (4, "15:12", "bob", "close 3 solved"),
    (4, "16:00", "ann", "open Quote for a login page in our colours --customer newleaf"),  # 4
    (4, "16:30", "ann", 'reply 4 "That is work for a partner; Fixers Inc will write to you."'),
    (4, "16:31", "ann", "refer 4"),
    (
        3,
        "10:02",
        "ann",
        "open RAID disk 2 is red --customer harbour --category raid-restore --priority urgent",
    ),  # 5
    (3, "10:09", "ann", "claim 5"),
    (3, "10:15", "ann", 'call 5 "A spare is on the shelf; talked them through the swap."'),
    (3, "10:40", "bob", "open RAID alarm again --customer harbour --category raid-restore"),  # 6
    (3, "10:45", "bob", "merge 6 --into 5"),
    (3, "10:55", "ann", 'reply 5 "Both alarms are about the same disk; the new one is being filled."'),
    (3, "11:30", "bob", "open Licence key is not accepted --customer oldtown --category question"),  # 7
    (3, "11:35", "bob", "claim 7"),
    (3, "12:00", "bob", 'reply 7 "Your subscription has ended. Shall we send an offer?" --wait'),
    (3, "14:00", "kim", "open Please rewrite our shop in PHP --customer brightside"),  # 8
    (3, "14:20", "kim", 'reply 8 "Sorry, that is beyond what support can do."'),
    (3, "14:21", "kim", "close 8 out-of-scope"),
    (3, "16:20", "ann", "close 5 solved"),
    (3, "17:30", "bob", "open Outgoing mail is slow --customer harbour"),  # 9, nobody looks until it is too late
    (2, "11:00", "ann", "open Webmail cannot be reached from the office --customer lakeview"),  # 10
    (2, "11:04", "ann", "claim 10"),
    (2, "12:10", "kim", "claim 9"),
    (2, "12:15", "kim", 'reply 9 "Sorry for the wait. The queue is moving again; we keep watching it."'),
    (2, "13:00", "bob", "open Move to the new server, step 2 --customer newleaf --category installation"),  # 11
    (2, "13:05", "bob", "claim 11"),
    (2, "13:30", "ann", 'reply 10 "Please try again; a rule in your firewall was in the way."'),
    (2, "14:00", "ann", "open Shared calendars are gone --customer acme"),  # 12
    (2, "14:10", "ann", "claim 12"),
    (2, "14:30", "ann", 'reply 12 "Which calendars, and since when?" --wait'),
    (2, "15:00", "bob", 'open "\'; DROP TABLE tickets; -- @everyone" --customer mallory'),  # 13
    (2, "15:30", "bob", 'reply 13 "We could not make sense of this. What would you like us to do?"'),
    (2, "15:31", "bob", "claim 13"),
    (1, "10:30", "bob", "open Two-factor codes arrive late --customer northwind"),  # 14
    (1, "10:40", "bob", "claim 14"),
    (1, "11:00", "bob", 'note 14 "Their clock is four minutes slow."'),
    (
        1,
        "11:20",
        "kim",
        "open Mail bomb on info@ --customer acme --category mail-bomb --priority high",
    ),  # 15
    (1, "11:24", "kim", "claim 15"),
    (1, "11:40", "kim", 'remote 15 "Blocked the sender and emptied the queue."'),
    (1, "12:00", "bob", 'reply 14 "Please set the clock by NTP and try again."'),
    (1, "12:30", "bob", "close 7 no-answer asked on Tuesday"),
    (1, "13:00", "ann", "open Printer cannot send its scans --customer lakeview"),  # 16
    (1, "13:10", "kim", "assign 16 ann"),
    (1, "13:45", "ann", 'reply 16 "Which model is it?"'),
    (1, "13:46", "ann", "wait 16 for the model"),
    (1, "14:10", "kim", "close 15 solved"),
    (1, "15:00", "bob", 'said 14 "Done, but the codes are still late."'),
    (1, "16:00", "bob", "open Can we have a second domain? --customer brightside --category question"),  # 17
    (1, "16:05", "sam", 'staff away --until "14d"'),
)

# The same day, in minutes before the newcomer looks in, so that warnings and a breach come soon after.
TODAY: tuple[tuple[int, str, str], ...] = (
    (190, "ann", "open Cluster node will not join --customer northwind"),  # 18
    (186, "ann", "claim 18"),
    (175, "bob", "open Mail queue is growing --customer acme --category hardware-failure --priority urgent"),  # 19
    (150, "bob", "open Quarantine digest is empty --customer newleaf"),  # 20
    (128, "bob", "open VPN users cannot sign in --customer harbour"),  # 21
    (120, "bob", "claim 21"),
    (82, "kim", "open Certificate of the webmail ends on Sunday --customer acme"),  # 22
    (60, "kim", "open Remove the mailbox of a former employee --customer harbour"),  # 23
    (58, "kim", "claim 23"),
    (50, "kim", 'reply 23 "Done. Its mail is kept for 30 days."'),
    (40, "ann", "open Where is the invoice? --customer lakeview --category question"),  # 24
    (20, "kim", "open Backup report says 0 files --customer northwind"),  # 25
    (18, "kim", "assign 25 bob"),
    (12, "bob", 'snooze 20 --until "2h" the new release mends it'),
    (8, "ann", "tag 18 cluster"),
    (5, "you", "watch 19"),
)

TRY = (
    "/ticket why 19        why it is due when it is, as a sum",
    "/ticket claim 19      or the number beside a button",
    "/page why 19          whose phone rings for it, and why; the number beside Acknowledge stops it",
    "/ticket list          what is open; /as ann is somebody else; /help",
    "/time +2h             two hours later",
)

TRY_EMPTY = (
    "/ticket open no mail  a first ticket; /ticket why 1 tells when it is due, and why then",
    "/time +2h             two hours later",
    "/help                 everything else",
)
