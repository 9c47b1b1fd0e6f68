"""Finding tickets again: lists, words, histories, and what programs read."""

from __future__ import annotations

import json

import pytest

from bot.cards import Card
from storage.cards_json import card_from_data, card_to_data
from tests.town import Town


@pytest.fixture(autouse=True)
def tickets(town: Town) -> None:
    """1 printer (ACME, Ann has it, tagged), 2 mail (Brightside), 3 disk (Cobalt, urgent), 4 closed."""
    town.does("ann", '/ticket open "printer on fire" --customer acme --tags Printer,toner')
    town.does("ann", "/ticket claim 1")
    town.does("ann", '/ticket open "Café mail queue" --customer brightside --category mail-bomb')
    town.does("ann", '/ticket open "disk failed" --customer cobalt --priority urgent --text "the second of the RAID"')
    town.does("ann", '/ticket open "a question"')
    town.does("ann", "/ticket close 4 solved it was the driver")


def found(town: Town, line: str) -> list[int]:
    answer = town.says("vic", line)
    assert answer.ok
    return [row["ticket"] for row in answer.card.data["tickets"]]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ("", [1, 3, 2]),
        ("closed", [4]),
        ("all", [1, 3, 2, 4]),
        ("--state new", [3, 2]),
        ("--owner ann", [1]),
        ("--unclaimed", [3, 2]),
        ("--customer brightside", [2]),
        ("--level II", [3]),
        ("--tag #PRINTER", [1]),
        ("--category mail-bomb", [2]),
        ("--priority urgent", [3]),
        ('--due "today 16:30"', [1, 3]),
        ('--due "today 16:30" --unclaimed', [3]),
        ("--tag none", []),
    ],
)
def test_a_list_shows_what_was_asked_for_the_most_urgent_first(town: Town, options: str, numbers: list[int]) -> None:
    assert found(town, f"/ticket list {options}") == numbers


def test_a_list_says_what_is_left_of_each_promise(town: Town) -> None:
    town.does("ann", "/ticket wait 3")
    town.clock.forward(hours=4)
    told = town.does("vic", "/ticket list")
    assert "#1 | printer on fire | ACME Ltd | III | open | Ann | Mon 5 Oct 13:00 | 1 h late" in told
    assert "#2 | Café mail queue | Brightside | I | new | - | Mon 5 Oct 19:00 | 5 h" in told
    assert "#3 | disk failed | Cobalt | II | waiting | - | paused | -" in told


def test_a_long_list_comes_in_pages(town: Town) -> None:
    for number in range(30):
        town.does("ann", f"/ticket open number {number} --customer acme --level II")
        town.clock.forward(minutes=1)
    first = town.does("vic", "/ticket list --level II")
    assert "showing 20 of 31, /ticket list --level II --page 2" in first
    assert len(found(town, "/ticket list --level II --page 2")) == 11
    assert "There is no page 3; there are 2 pages." in town.refused("vic", "/ticket list --level II --page 3")
    assert "There is no page 0" in town.refused("vic", "/ticket list --page 0")


def test_an_owner_and_nobody_exclude_each_other(town: Town) -> None:
    assert "exclude each other" in town.refused("vic", "/ticket list --owner ann --unclaimed")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("printer", [1]), ("cafe QUEUE", [2]), ("raid", [3]), ("driver", [4]), ("prin fi", [1]), ("printer disk", [])],
)
def test_every_word_ever_written_is_found_again(town: Town, text: str, numbers: list[int]) -> None:
    assert found(town, f"/ticket search {text}") == numbers


def test_replies_notes_and_the_customers_words_are_found(town: Town) -> None:
    town.does("ann", "/ticket reply 1 unplug the zebra")
    town.does("ann", "/ticket note 2 ask the giraffe")
    town.does("ann", "/ticket said 3 the elephant is back")
    assert [found(town, f"/ticket search {animal}") for animal in ("zebra", "giraf", "elephant")] == [[1], [2], [3]]


def test_a_history_tells_when_who_what_where_and_why_and_cuts_what_is_long(town: Town) -> None:
    town.does("ann", f'/ticket note 1 "{"long " * 100}" --reason "so that we know"')
    told = town.does("vic", "/ticket history 1")
    assert "Mon 5 Oct 10:00  Ann claimed it · console" in told
    assert "long… · console · because: so that we know" in told
    assert len(told.splitlines()[-1]) < 260


def test_a_very_long_history_shows_the_newest_and_says_how_to_see_all(town: Town) -> None:
    for number in range(105):
        town.does("ann", f"/ticket note 1 number {number}")
    assert "7 earlier events: /ticket history 1 --all" in town.does("vic", "/ticket history 1")
    assert "number 0" in town.does("vic", "/ticket history 1 --all")


def test_an_export_is_whole_for_programs_and_for_people(town: Town) -> None:
    town.does("ann", f'/ticket note 3 "{"long " * 100}"')
    answer = town.says("vic", "/ticket export 3")
    data = json.loads(json.dumps(answer.card.data))
    assert data["text"] == "the second of the RAID"
    assert [event["deed"] for event in data["events"]] == ["opened", "noted"]
    assert data["events"][0]["at"] == "2026-10-05T14:00:00Z"
    assert ("long " * 100).strip() in town.does("vic", "/ticket export 3")


def test_tags_are_words_in_one_spelling(town: Town) -> None:
    assert town.ticket(1).tags == {"printer", "toner"}
    town.does("ann", "/ticket tag 1 #VIP, toner")
    assert town.ticket(1).tags == {"printer", "toner", "vip"}
    assert "has the tag vip already" in town.refused("ann", "/ticket tag 1 vip")
    town.does("ann", "/ticket tag 1 toner --remove")
    assert "has no tag toner" in town.refused("ann", "/ticket tag 1 toner --remove")
    assert "cannot be a tag" in town.refused("ann", f"/ticket tag 1 {'x' * 60}")


def test_priority_and_category_change_once(town: Town) -> None:
    assert "it was normal" in town.does("ann", "/ticket priority 1 high")
    assert "is high already" in town.refused("ann", "/ticket priority 1 high")
    assert "is no priority" in town.refused("ann", "/ticket priority 1 enormous")
    assert "one of the worst cases" in town.does("ann", "/ticket category 1 hardware-failure")
    assert "already" in town.refused("ann", "/ticket category 1 hardware-failure")
    assert "Did you mean mail-bomb?" in town.refused("ann", "/ticket category 1 mailbomb")


def test_show_tells_all_that_is_known(town: Town) -> None:
    town.does("bob", "/ticket watch 3")
    town.does("ann", '/ticket wait 3 --until "Tue 12:00"')
    town.does("ann", "/ticket refer 3 --keep-open")
    told = town.does("vic", "/ticket show 3")
    for line in (
        "disk failed  [urgent · waiting · Level II]",
        "Waits for the customer until Tue 6 Oct 12:00",
        "Referred to Northwind",
        "Watched by Bob",
        "the second of the RAID",
    ):
        assert line in told


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/ticket show 99", "There is no ticket #99."),
        ("/ticket show one", "is not a ticket number"),
        ("/ticket show 99999999999999999999", "is not a ticket number"),
        ("/ticket opne the disk is full", "Did you mean: /ticket open the disk is full"),
        ("/ticket printer is on fire", "To open a ticket: /ticket open printer is on fire"),
        ("/customer frobnicate", "/help customer explains them."),
        ("/ticket clam 1", "Did you mean: /ticket claim 1"),
        ("/ticket", "/ticket needs a verb."),
        ("/ticket assign 1 nobdy", "nobdy"),
        ("/ticket list --ownr ann", "Did you mean --owner ?"),
        ("/ticket open", "/ticket open needs a subject"),
        ("/ticket open x --requester nonsense", "is not a mail address"),
    ],
)
def test_what_is_not_understood_gets_one_clear_sentence(town: Town, line: str, said: str) -> None:
    assert said in town.refused("ann", line)


@pytest.mark.parametrize("verb", ["show 1", "list", "mine", "search printer", "history 1", "export 1", "why 1"])
def test_every_answer_is_plain_data_for_programs(town: Town, verb: str) -> None:
    card = town.says("ann", f"/ticket {verb}").card
    again: Card = card_from_data(json.loads(json.dumps(card_to_data(card))))
    assert again == card
