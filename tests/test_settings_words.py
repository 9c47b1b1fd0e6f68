"""A setting that is wrong is named in a sentence that says what it should look like, and a slip what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import SettingsError, read_settings

ACCOUNT = 'account = "AC0123456789abcdef0123456789abcdef"\ntoken = "hunter2"\n'
NUMBER = 'number = "+14165550100"\n'
ADDRESS = 'public_url = "https://desk.example.com"\n'
WHOLE = ACCOUNT + NUMBER + ADDRESS


def _refused(folder: Path, text: str) -> str:
    (folder / "thirdline.toml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_settings(data=folder)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"[phone]\n{ACCOUNT}{NUMBER}", "phone.public_url is missing."),
        (f"[phone]\nacount = 'AC1'\n{WHOLE}", "There is no setting “phone.acount”. Did you mean phone.account?"),
        (f"[phone]\n{WHOLE}contries = ['CA']\n", "Did you mean phone.countries?"),
        (f"[phone.second]\n{ACCOUNT}nmber = '+14165550100'\n", "Did you mean phone.second.number?"),
        ("[chanels]\ndesk = '#desk'\n", "There is no setting “chanels”. Did you mean channels?"),
        (f"[phone]\nprovider = 'twillio'\n{WHOLE}", "phone.provider is one of 'twilio', 'signalwire' or 'telnyx'."),
        (
            f"[phone]\n{ACCOUNT}{ADDRESS}number = '4165550100'\n",
            "phone.number is a number with its country code, such as +14165550100.",
        ),
        (
            f"[phone]\n{ACCOUNT}{NUMBER}public_url = 'desk.example.com'\n",
            "phone.public_url is an address such as https://desk.example.com, without a slash at its end.",
        ),
        ("log_level = 'LOUD'\n", "log_level is DEBUG, INFO, WARNING or ERROR."),
        (f"[phone]\n{WHOLE}rings = 'long'\n", "phone.rings is a whole number."),
        (f"[phone]\n{WHOLE}rings = 5\n", "phone.rings is 10 or more."),
        (f"[phone]\n{WHOLE}rings = 500\n", "phone.rings is 60 or less."),
        (f"[phone]\n{WHOLE}challenge = 'perhaps'\n", "phone.challenge is true or false."),
        (f"[phone]\n{WHOLE}countries = 'CA'\n", 'phone.countries is a list, in brackets: ["CA", "US"].'),
    ],
)
def test_a_setting_that_is_wrong_is_told_in_words(tmp_path: Path, text: str, words: str) -> None:
    told = _refused(tmp_path, text)
    assert words in told
    assert "hunter2" not in told


@pytest.mark.parametrize("country", ["Canada", "ca", "UK", "ON"])
def test_a_country_that_no_number_is_of_is_refused_instead_of_allowing_nobody(tmp_path: Path, country: str) -> None:
    told = _refused(tmp_path, f"[phone]\n{WHOLE}countries = ['US', '{country}']\n")
    assert f"“{country}” is no country's code" in told


def test_the_settings_of_every_country_that_telephones_know_are_taken(tmp_path: Path) -> None:
    (tmp_path / "thirdline.toml").write_text(f"[phone]\n{WHOLE}countries = ['CA', 'US', 'JM', 'GB', 'DE']\n")
    phone = read_settings(data=tmp_path).phone
    assert phone is not None
    assert phone.countries == ("CA", "US", "JM", "GB", "DE")
