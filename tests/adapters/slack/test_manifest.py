"""The manifest is what the catalogue says, what Slack takes, and no more than the code has a use for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from adapters.slack.setup.manifest import EVENTS, SCOPES, manifest, request_url, slash_words
from adapters.slack.setup.manifest_file import manifest_text
from bot.domain.errors import BadValue
from commands import catalogue
from docs.manifest import FILE
from tests.adapters.slack.manifest_schema import MANIFEST

NEEDS = {
    "app_mention": {"app_mentions:read"},
    "app_home_opened": set[str](),
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "reaction_added": {"reactions:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "subteam_members_changed": {"usergroups:read"},
    "subteam_updated": {"usergroups:read"},
    "team_join": {"users:read"},
    "user_change": {"users:read"},
}
"""Which scopes an event needs, as Slack's pages about each event say."""


def _slash(made: dict[str, Any]) -> list[str]:
    return [one["command"] for one in made["features"]["slash_commands"]]


def test_the_file_is_what_the_catalogue_says_today() -> None:
    """Renewed by: make docs"""
    assert FILE.read_text(encoding="utf-8") == manifest_text(catalogue.build())


def test_the_file_reads_as_the_manifest() -> None:
    for url in (None, "https://desk.example"):
        assert yaml.safe_load(manifest_text(catalogue.build(), url)) == manifest(catalogue.build(), url)


def test_there_is_a_slash_command_for_every_first_word_that_is_typed_and_no_other() -> None:
    typed = {words.split()[0] for words in catalogue.build()} - {"help"}
    assert sorted(_slash(manifest(catalogue.build()))) == sorted(f"/{word}" for word in typed)
    assert set(slash_words(catalogue.build())) == typed


def test_every_verb_is_hinted_at_with_the_usual_ones_first() -> None:
    for one in manifest(catalogue.build())["features"]["slash_commands"]:
        word = one["command"][1:]
        verbs = {words.partition(" ")[2] for words in catalogue.build() if words.startswith(f"{word} ")}
        assert not verbs or set(one["usage_hint"].split(" | ")) == verbs
        assert one["should_escape"] is True
    ticket = manifest(catalogue.build())["features"]["slash_commands"][0]
    assert ticket["usage_hint"].startswith("open | claim | reply | wait | close | ")


@pytest.mark.parametrize("url", [None, "https://desk.example", "https://desk.example/thirdline/"])
def test_slack_takes_it(url: str | None) -> None:
    jsonschema.validate(manifest(catalogue.build(), url), MANIFEST)


def _broken() -> Iterator[dict[str, Any]]:
    """The manifest, each time with one thing that Slack would refuse."""
    made = [manifest(catalogue.build()) for _ in range(5)]
    made[0]["unknown"] = 1
    made[1]["display_information"]["name"] = "x" * 36
    made[2]["features"]["shortcuts"][0]["name"] = "Open a ticket from this message"
    made[3]["features"]["slash_commands"][0]["command"] = "ticket"
    made[4]["settings"]["event_subscriptions"]["bot_events"].append("app_mention")
    yield from made


def test_the_schema_of_the_test_refuses_what_slack_refuses() -> None:
    for broken in _broken():
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, MANIFEST)


def test_over_http_every_request_comes_to_one_address_and_socket_mode_is_off() -> None:
    made = manifest(catalogue.build(), "https://desk.example/")
    addresses = re.findall(r"https://[^\s'\"]+", str(made))
    assert set(addresses) == {"https://desk.example/slack/events"}
    assert len(addresses) == len(_slash(made)) + 3
    assert made["settings"]["socket_mode_enabled"] is False
    assert manifest(catalogue.build())["settings"]["socket_mode_enabled"] is True
    assert "https://" not in str(manifest(catalogue.build()))


@pytest.mark.parametrize(
    "url", ["http://desk.example", "desk.example", "https://", "https://desk.example/?a=1", "https://a b"]
)
def test_an_address_that_slack_cannot_reach_is_refused(url: str) -> None:
    with pytest.raises(BadValue, match="no address that Slack can reach"):
        request_url(url)


def test_every_event_has_its_scope_and_every_scope_its_reason() -> None:
    assert set(NEEDS) == set(EVENTS)
    assert set().union(*NEEDS.values()) <= set(SCOPES)
    text = FILE.read_text(encoding="utf-8")
    for name, reason in {**SCOPES, **EVENTS}.items():
        assert re.search(rf"- {re.escape(name)} +# {re.escape(reason)}$", text, re.MULTILINE), name


def test_the_page_tells_what_each_scope_is_for() -> None:
    page = Path(__file__).parents[3].joinpath("docs", "slack.md").read_text(encoding="utf-8")
    for scope in SCOPES:
        assert f"`{scope}`" in page, scope
