"""A secret may lie in a file of its own; where it cannot be read, the desk says which and does not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import SettingsError, read_settings


def _settings(folder: Path, text: str) -> Path:
    (folder / "thirdline.toml").write_text(text)
    return folder


def test_a_secret_is_read_from_the_file_that_a_setting_names(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "bot").write_text("xoxb-1-secret\n")
    (tmp_path / "elsewhere").write_text("xapp-1-secret")
    _settings(tmp_path, f'[slack]\nbot_token_file = "secrets/bot"\napp_token_file = "{tmp_path / "elsewhere"}"\n')
    slack = read_settings(data=tmp_path).slack
    assert slack is not None
    assert slack.app_token is not None
    assert slack.bot_token.get_secret_value() == "xoxb-1-secret"
    assert slack.app_token.get_secret_value() == "xapp-1-secret"
    assert slack.signing_secret is None
    assert "xoxb-1-secret" not in repr(slack)


def test_the_environment_names_a_file_too_and_a_secret_itself_wins_over_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bot").write_text("xoxb-file")
    monkeypatch.setenv("THIRDLINE_SLACK__BOT_TOKEN_FILE", str(tmp_path / "bot"))
    slack = read_settings(data=tmp_path).slack
    assert slack is not None
    assert slack.bot_token.get_secret_value() == "xoxb-file"
    monkeypatch.setenv("THIRDLINE_SLACK__BOT_TOKEN", "xoxb-environment")
    slack = read_settings(data=tmp_path).slack
    assert slack is not None
    assert slack.bot_token.get_secret_value() == "xoxb-environment"


def test_the_database_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://desk:hunter2@db.example/desk\n")
    settings = read_settings(data=_settings(tmp_path, 'database_file = "url"\n'))
    assert settings.database_url == "postgresql://desk:hunter2@db.example/desk"


@pytest.mark.parametrize(
    ("content", "words"), [(None, "No such file"), (b" \n", "is empty"), (b"\xff\xfe", "is no text")]
)
def test_a_file_without_a_secret_is_refused_with_its_setting(tmp_path: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / "bot").write_bytes(content)
    with pytest.raises(SettingsError, match=words) as refused:
        read_settings(data=_settings(tmp_path, '[slack]\nbot_token_file = "bot"\n'))
    assert "slack.bot_token_file" in refused.value.hint
