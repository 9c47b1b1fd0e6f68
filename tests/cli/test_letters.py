"""`thirdline letters`: a copy to edit, and whether what was edited will do."""

from __future__ import annotations

from pathlib import Path

from bot.letters.writing import names
from tests.cli.terminal import thirdline


def test_letters_are_listed_copied_once_and_checked(tmp_path: Path) -> None:
    assert all(not one["own"] for one in thirdline("letters", "list", "--json", "--data", tmp_path).json)
    assert thirdline("letters", "write", "--data", tmp_path).code == 0
    assert sorted(path.stem for path in (tmp_path / "letters").iterdir()) == names()
    checked = thirdline("letters", "check", "--json", "--data", tmp_path)
    assert (checked.code, checked.json["ok"], len(checked.json["letters"])) == (0, True, len(names()))


def test_what_somebody_edited_is_left_alone_and_its_mistake_told_with_its_line(tmp_path: Path) -> None:
    thirdline("letters", "write", "receipt", "--data", tmp_path)
    path = tmp_path / "letters" / "receipt.txt"
    path.write_text("Subject: x\n\n{{ promise }\n")
    again = thirdline("letters", "write", "receipt", "--data", tmp_path)
    assert "left alone" in again.out
    done = thirdline("letters", "check", "--data", tmp_path)
    assert done.code == 2
    assert f"{path}: line 3: " in done.out
    assert thirdline("letters", "write", "reciept", "--data", tmp_path).code == 2


def test_the_doctor_tells_of_a_letter_that_will_not_do(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "closed.txt").write_text("Dear customer,\n")
    (check,) = [
        one for one in thirdline("doctor", "--json", "--data", tmp_path).json["checks"] if one["name"] == "letters"
    ]
    assert check["verdict"] == "warn"
    assert "closed.txt: line 1" in check["found"]
