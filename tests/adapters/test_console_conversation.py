"""Talking to the desk in a terminal: commands, buttons, forms, threads and scripts, over a real database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.console.buttons import Buttons
from bot.cards import Choice
from commands.completion import complete
from tests.adapters.console_house import ConsoleHouse, console_house

OPEN = '/ticket open "printer on fire" --customer acme'


@pytest.fixture
def house(tmp_path: Path) -> Iterator[ConsoleHouse]:
    with console_house(tmp_path) as built:
        yield built


# --- scripts ------------------------------------------------------------------------------------------------------


def test_a_script_shows_each_line_its_answer_and_then_the_news_it_caused(house: ConsoleHouse) -> None:
    code, seen, errors = house.script(f"# a morning\n\n{OPEN}\n/as ann\n/ticket claim 1\n")
    assert (code, errors) == (0, "")
    assert seen[0] == f"bob> {OPEN}"
    assert seen[1].startswith("┌ #1  printer on fire")
    assert seen[1].endswith("new · Level III")
    after = seen.index("#desk  card of #1 is posted: new · nobody has it · due Tue 13 Oct 11:30")
    assert seen[after - 1].startswith("└ [1] Claim   [2] Reply")
    assert seen[after + 1] == "bob> /as ann"
    assert seen.index("ann> /ticket claim 1") + 1 == seen.index("✓ You have #1.")
    assert seen[-1] == "#desk  card of #1 is now: open · Ann · due Tue 13 Oct 11:30"


def test_an_update_that_changes_nothing_one_can_see_is_not_shown(house: ConsoleHouse) -> None:
    _, seen, _ = house.script(f"{OPEN}\n/ticket claim 1\n/ticket note 1 one\n/ticket note 1 two\n/ticket release 1\n")
    cards = [line for line in seen if "card of #1 is now" in line]
    assert [line.split(": ")[1].split(" · ")[0] for line in cards] == ["open", "new"]


def test_refused_lines_are_counted_named_and_make_the_script_fail(house: ConsoleHouse) -> None:
    code, seen, errors = house.script("/ticket clam 1\n/time\nhello there\n")
    assert code == 1
    assert errors == "2 of 3 lines were refused. Look at lines 1 and 3.\n"
    assert "There is no “/ticket clam”." in seen
    assert "A line to the desk begins with a slash." in seen


def test_a_script_presses_buttons_by_number_and_the_next_lines_fill_the_form(house: ConsoleHouse) -> None:
    code, seen, errors = house.script(f"{OPEN}\n4\nsolved\nIt was the fuser.\n/ticket show 1\n")
    assert (code, errors) == (0, "")
    assert any(line.startswith("  resolution (") and line.endswith(": solved") for line in seen)
    assert any(line.startswith("┌ ✓ #1") and "closed" in line for line in seen)


def test_the_reply_form_says_who_will_read_it_before_a_word_is_written(house: ConsoleHouse) -> None:
    code, seen, _ = house.script(f"{OPEN} --requester ops@acme.example\n2\nWe are on it.\n")
    assert code == 0
    warned = next(n for n, line in enumerate(seen) if "What you write is kept as a letter" in line)
    assert any(line.endswith(": We are on it.") for line in seen[warned + 1 :])
    assert any(line.startswith("✉ letter to ops@acme.example") for line in seen)


def test_an_optional_field_is_skipped_by_a_blank_line(house: ConsoleHouse) -> None:
    code, seen, _ = house.script(f"{OPEN}\n4\nsolved\n\n/ticket show 1\n")
    assert code == 0
    assert any("closed" in line for line in seen)


def test_a_form_that_is_refused_says_what_had_been_typed_and_the_script_goes_on(house: ConsoleHouse) -> None:
    code, seen, errors = house.script(f"{OPEN}\n4\nno-such-code\nA long story.\n/time\n")
    assert code == 1
    assert errors == "1 of 5 lines was refused. Look at line 4.\n"
    assert "  text: A long story." in seen
    assert any(line.startswith("It is Fri 9 Oct 17:30") for line in seen)


def test_the_end_of_input_inside_a_form_leaves_it_and_loses_nothing_silently(house: ConsoleHouse) -> None:
    code, seen, errors = house.script(f"{OPEN}\n4\nsolved")
    assert code == 1
    assert seen[-3:] == ["Nothing was done with /ticket close.", "You had typed:", "  resolution: solved"]
    assert errors


def test_a_missing_value_in_a_script_is_refused_with_the_line_to_type(house: ConsoleHouse) -> None:
    code, seen, _ = house.script(f"{OPEN}\n/ticket close 1\n/time\n")
    assert code == 1
    assert any(line.startswith("It is typed: /ticket close TICKET RESOLUTION") for line in seen)
    assert any(line.startswith("It is Fri") for line in seen)


def test_json_is_one_line_for_programs(house: ConsoleHouse) -> None:
    code, seen, _ = house.script(f"{OPEN}\n/ticket show 1 --json\n/ticket show 9 --json\n")
    found, missing = (json.loads(line) for line in seen if line.startswith("{"))
    assert (found["ticket"], found["due"]) == (1, "2026-10-13T15:30:00Z")
    assert missing["error"]
    assert code == 1


def test_a_button_keeps_json_through_its_form(house: ConsoleHouse) -> None:
    _, seen, _ = house.script(f"{OPEN}\n4 --json\nsolved\n\n")
    assert any(line.startswith("{") and json.loads(line)["state"] == "closed" for line in seen)


def test_huge_lines_broken_bytes_and_no_last_newline_are_taken_in_stride(house: ConsoleHouse) -> None:
    script = (
        b"/ticket open "
        + b"x" * 3_000_000
        + b"\n\xef\xbb\xbf/ticket open caf\xe9 \xff --customer acme\r\n/ticket show 1"
    )
    code, seen, errors = house.script(script)
    assert code == 1
    assert errors == "1 of 3 lines was refused. Look at line 1.\n"
    assert any("the desk reads up to 200,000" in line for line in seen)
    assert any(line.startswith("┌ #1  caf\ufffd \ufffd") for line in seen)
    assert seen.count("Some bytes of this line were not UTF-8 and became “\ufffd”.") == 1
    assert seen[seen.index("Some bytes of this line were not UTF-8 and became “\ufffd”.") + 1].startswith("┌ #1")
    assert max(len(line) for line in seen) < 1200


def test_quit_ends_a_script_early(house: ConsoleHouse) -> None:
    code, seen, _ = house.script("/quit\n/ticket clam\n")
    assert (code, seen) == (0, ["bob> /quit", "Goodbye."])


def test_an_empty_script_is_well(house: ConsoleHouse) -> None:
    assert house.script("") == (0, [], "")


# --- somebody at the terminal ---------------------------------------------------------------------------------------


def test_one_can_be_somebody_else_and_ask_who_one_is(house: ConsoleHouse) -> None:
    person = house.person()
    assert house.says(person, "/as Ann") == ["You are Ann, staff."]
    assert person.prompt() == "ann> "
    assert house.says(person, "/as") == ["You are Ann, staff."]
    assert house.says(person, "/as zoe")[0].startswith("You are zoe; this desk does not know you yet.")
    assert house.says(person, "/ticket list")[0].startswith("zoe is not known to this desk.")


def test_in_a_tickets_thread_plain_words_are_notes_and_commands_need_no_number(house: ConsoleHouse) -> None:
    person = house.person()
    house.says(person, OPEN)
    assert house.says(person, "/in 1")[0].startswith("#1  printer on fire: plain words are notes now")
    assert person.prompt() == "bob #1> "
    assert house.says(person, 'the --fuser is "gone"')[0] == "✓ Noted on #1, for the desk only."
    assert house.says(person, "/ticket claim")[0] == "✓ You have #1."
    assert house.says(person, "/out") == ["You left #1."]
    assert house.says(person, "/in 99")[0] == "There is no ticket #99."
    assert house.says(person, "/in it")[0] == "“it” is not a ticket number."


def test_the_slash_may_be_left_out_before_a_commands_first_word(house: ConsoleHouse) -> None:
    person = house.person()
    assert house.says(person, "ticket open no mail --customer acme")[0].startswith("┌ #1  no mail")


def test_times_are_told_in_the_zone_of_whoever_speaks(house: ConsoleHouse) -> None:
    told = " ".join(house.says(house.person("eva"), "/time"))
    assert told.startswith("It is Fri 9 Oct 23:30 (17:30 in Toronto): the desk is open until 01:00")
    house.clock.forward(hours=3)
    assert house.says(house.person(), "/time") == [
        "It is Fri 9 Oct 20:30: the desk is closed until Tue 13 Oct 10:00, and watched."
    ]


def test_what_a_command_lacks_is_asked_and_only_a_refused_field_again(house: ConsoleHouse) -> None:
    person = house.person()
    house.says(person, OPEN)
    assert house.says(person, "4")[0] == "/ticket close asks for 2 fields; “cancel” leaves."
    assert house.says(person, "nonsense")[0].startswith("There is no resolution code “nonsense”.")
    assert person.prompt().startswith("  resolution (")
    assert house.says(person, "")[0].startswith("/ticket close needs a resolution")
    assert house.says(person, "solved") == []
    assert person.prompt().startswith("  text (")
    assert house.says(person, "")[0].startswith("✓ ")
    assert person.prompt() == "bob> "


def test_a_form_the_desk_refuses_at_its_end_is_asked_again_with_what_was_typed(house: ConsoleHouse) -> None:
    person = house.person()
    house.says(person, OPEN)
    house.says(person, "4")
    house.says(house.person("ann"), "/ticket close 1 solved")
    house.says(person, "solved")
    assert house.says(person, "It was the fuser.")[0] == "#1 is closed."
    assert "Enter keeps “solved”" in person.prompt()
    assert house.says(person, "cancel") == [
        "Nothing was done with /ticket close.",
        "You had typed:",
        "  resolution: solved",
        "  text: It was the fuser.",
    ]
    assert person.prompt() == "bob> "


def test_a_typed_command_that_lacks_something_becomes_a_form_for_a_person(house: ConsoleHouse) -> None:
    person = house.person()
    house.says(person, OPEN)
    assert house.says(person, "/ticket close 1") == ["/ticket close asks for one field; “cancel” leaves."]
    assert house.says(person, "solved")[0].startswith("✓ ")


def test_a_command_typed_into_a_form_is_no_value_of_it(house: ConsoleHouse) -> None:
    person = house.person()
    house.says(person, OPEN)
    house.says(person, "/ticket reply 1")
    for line in ("/ticket list", " /help", "/Claim 1"):
        assert house.says(person, line) == [
            "That looks like a command, so it was not taken.",
            "To say it all the same, put it in quotes.",
            "“cancel” leaves the form.",
        ]
        assert person.prompt().startswith("  text (")
    assert not any("/ticket list" in line for line in house.says(house.person(), "/ticket history 1"))


def test_quit_in_a_form_leaves_the_form_and_says_what_was_dropped(house: ConsoleHouse) -> None:
    person = house.person()
    house.says(person, OPEN)
    house.says(person, "4")
    house.says(person, "solved")
    assert house.says(person, "/quit") == [
        "Nothing was done with /ticket close.",
        "You had typed:",
        "  resolution: solved",
    ]
    assert (person.over, person.prompt()) == (False, "bob> ")


def test_a_value_that_begins_with_a_slash_is_put_in_quotes_and_a_path_of_numbers_needs_none(
    house: ConsoleHouse,
) -> None:
    person = house.person()
    house.says(person, OPEN)
    house.says(person, "/ticket note 1")
    assert house.says(person, '"/etc/passwd is gone"')[0].startswith("✓ Noted on #1")
    assert any("/etc/passwd is gone" in line and '"' not in line for line in house.says(person, "/ticket history 1"))
    house.says(person, "/ticket note 1")
    assert house.says(person, "/2 of the disks")[0].startswith("✓ Noted on #1")


def test_a_script_that_types_a_command_into_a_form_leaves_the_form_and_runs_the_command(house: ConsoleHouse) -> None:
    code, seen, errors = house.script(f"{OPEN}\n4\nsolved\n/ticket claim 1\n/ticket show 1\n")
    assert (code, errors) == (1, "1 of 5 lines was refused. Look at line 4.\n")
    left = seen.index("Nothing was done with /ticket close.")
    assert seen[left : left + 4] == [
        "Nothing was done with /ticket close.",
        "You had typed:",
        "  resolution: solved",
        "✓ You have #1.",
    ]
    code, seen, _ = house.script("2\n/quit\n/time\n")
    assert seen[-1] == "Goodbye."


def test_every_refusal_in_a_form_says_how_to_leave_it(house: ConsoleHouse) -> None:
    person = house.person()
    house.says(person, OPEN)
    house.says(person, "4")
    assert house.says(person, "nonsense")[-1] == "“cancel” leaves the form."
    house.says(person, "solved")
    house.says(house.person("ann"), "/ticket close 1 solved")
    told = house.says(person, "The fuser.")
    assert (told[0], told[-1]) == ("#1 is closed.", "“cancel” leaves the form.")


def test_a_form_names_all_that_a_field_can_be(house: ConsoleHouse) -> None:
    person = house.person()
    house.says(person, OPEN)
    house.says(person, "4")
    assert "; solved, referred, out-of-scope, duplicate, no-answer" in person.prompt()
    house.says(person, "cancel")
    for words, named in {
        "/ticket level 1": "; I, II, III",
        "/ticket priority 1": "; low, normal, high, urgent",
        "/ticket category 1": "; hardware-failure, raid-restore, mail-bomb",
    }.items():
        house.says(person, words)
        assert named in person.prompt()
        house.says(person, "cancel")


def test_opening_a_ticket_without_a_word_asks_whose_it_is_too(house: ConsoleHouse) -> None:
    person = house.person()
    assert house.says(person, "/ticket open") == ["/ticket open asks for 2 fields; “cancel” leaves."]
    assert person.prompt().startswith("  subject (")
    house.says(person, "no mail")
    assert person.prompt().startswith("  customer (")
    assert "Enter skips" in person.prompt()
    assert house.says(person, "acme")[0].startswith("┌ #1  no mail")
    assert house.says(person, "/ticket open --customer acme") == ["/ticket open asks for one field; “cancel” leaves."]


def test_a_button_that_is_not_there_is_named(house: ConsoleHouse) -> None:
    for line, number in (("7", "7"), ("[7]", "7"), ("007", "7"), ("123456789", "123456789")):
        assert house.says(house.person(), line) == [f"Button {number} has scrolled away or was never there."]


def test_numbers_of_buttons_run_on_and_begin_again_after_ninety_nine() -> None:
    buttons = Buttons()
    choices = [Choice(str(n), "help") for n in range(100)]
    assert buttons.offer(choices[:2]) == (1, 2)
    assert buttons.offer(choices[2:])[-3:] == (98, 99, 1)
    assert (buttons.pressed(1), buttons.pressed(2)) == (choices[99], choices[1])
    assert buttons.pressed(0) is None


def test_help_tells_the_words_of_the_terminal_too(house: ConsoleHouse) -> None:
    seen = house.says(house.person(), "/help")
    assert any("/ticket" in line and "claim" in line for line in seen)
    assert any(line.startswith("/as NAME") for line in seen)


def test_the_status_line_says_who_and_how_the_desk_stands(house: ConsoleHouse) -> None:
    assert house.person("ann").status() == "Ann · Fri 17:30 · open until 19:00"
    house.clock.forward(hours=3)
    assert house.person("ann").status() == "Ann · Fri 20:30 · closed until Tue 13 Oct 10:00, and watched"
    assert house.person("eva").status().startswith("Eva · Sat 02:30 · ")


def test_a_name_with_colours_in_it_colours_nothing(house: ConsoleHouse) -> None:
    person = house.person()
    house.says(person, '/customer add evil "\x1b[31mred\u202e"')
    seen = house.says(person, '/ticket open "\x1b]0;title\x07hi \u202eolleh" --customer acme')
    assert not {"\x1b", "\x07", "\u202e"} & set("".join(seen))


# --- completion -----------------------------------------------------------------------------------------------------


def proposals(house: ConsoleHouse, line: str, account: str = "bob") -> list[str]:
    return [one.text for one in complete(house.desk, house.person(account).speaker, line)]


def test_command_words_come_first_then_verbs(house: ConsoleHouse) -> None:
    assert proposals(house, "/tick") == ["ticket "]
    assert proposals(house, "/ticket cla") == ["claim "]
    assert "ticket " in proposals(house, "/")
    assert proposals(house, "/ticket open now") == []
    (group,) = complete(house.desk, house.person().speaker, "/customer"[:5])
    assert (group.shown, group.start) == ("customer", 1)
    assert "add, " in group.help
    assert proposals(house, "") == []


def test_options_and_their_values_follow_the_type_of_the_parameter(house: ConsoleHouse) -> None:
    house.says(house.person(), OPEN)
    assert proposals(house, "/ticket open x --cust") == ["--customer "]
    assert proposals(house, "/ticket open x --customer ac") == ["acme "]
    assert proposals(house, "/ticket open x customer:ac") == ["customer:acme "]
    assert proposals(house, "/ticket open x --priority=h") == ["--priority=high "]
    assert proposals(house, "/ticket open x --level II") == ["II ", "III "]
    assert proposals(house, "/ticket claim ") == ["1 "]
    assert proposals(house, "/ticket claim prin") == ["1 "]
    assert proposals(house, "/ticket close 1 sol") == ["solved "]
    assert "--customer " not in proposals(house, "/ticket open x --customer acme --")
    assert proposals(house, "/ticket assign 1 Ev") == ["eva "]


def test_a_proposal_says_where_the_words_it_replaces_begin(house: ConsoleHouse) -> None:
    (only,) = complete(house.desk, house.person().speaker, '/ticket open "a b" --customer ac')
    assert '/ticket open "a b" --customer ac'[: only.start] + only.text == '/ticket open "a b" --customer acme '
    assert (only.shown, only.help) == ("ACME Ltd", "acme")


def test_in_a_thread_the_ticket_is_known_and_the_next_value_is_proposed(house: ConsoleHouse) -> None:
    person = house.person()
    house.says(person, OPEN)
    house.says(person, "/in 1")
    assert [one.text for one in person.completions("/ticket close sol")] == ["solved "]
    assert [(one.text, one.start) for one in person.completions("/as ev")] == [("eva", 4)]
    assert [(one.text, one.start) for one in person.completions("/in pri")] == [("1", 4)]


def test_a_form_completes_the_field_it_asks_for(house: ConsoleHouse) -> None:
    person = house.person()
    house.says(person, OPEN)
    house.says(person, "4")
    assert [one.text for one in person.completions("dup")] == ["duplicate"]
