"""One desk, two houses: what is done in Slack is seen in Discord and the other way round, each of it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.doubles.discord import Guild, Message
from tests.doubles.discord.desk import DiscordDesk, discord_settings, read
from tests.doubles.discord.fixtures import BOB, settle
from tests.doubles.premises import found_town
from tests.doubles.served import Served
from tests.doubles.slack import Workspace
from tests.doubles.slack.desk import ALERTS, DESK, SlackDesk, slack_settings
from tests.doubles.slack.fixtures import settle as settle_slack


class Houses:
    """A workspace and a server with one desk in both."""

    def __init__(self, slack: Workspace, discord: Guild, process: Served) -> None:
        self.slack = slack
        self.discord = discord
        self.process = process
        self.in_slack = SlackDesk(slack, process)
        self.in_discord = DiscordDesk(discord, process)

    def shows(self, *words: str) -> Message:
        """Wait until the card in Discord says all of these words or has such buttons."""
        return self.in_discord.shows(1, *words)

    def thread(self) -> list[str]:
        """What stands in the ticket's thread in Discord."""
        return [read(one) for one in self.discord.replies(self.in_discord.thread(1))]

    def below(self) -> list[str]:
        """What stands below the ticket's card in Slack."""
        return [one.words for one in self.slack.replies(DESK, self.in_slack.card(1).ts)]

    def once(self, said: Callable[[], list[str]], words: str) -> str:
        """Wait until it is said; it is said once."""
        self.process.until(lambda: any(words in one for one in said()), lambda: f"Not {words!r}, but {said()}")
        found = [one for one in said() if words in one]
        assert len(found) == 1, found
        return found[0]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_town(tmp_path_factory.mktemp("town") / "data")


@pytest.fixture
def houses(tmp_path: Path, town: Path) -> Iterator[Houses]:
    with Workspace() as slack, Guild(granted=("message_content",)) as discord:
        settle_slack(slack)
        settle(discord)
        settings = slack_settings(slack) | discord_settings(discord)

        def there() -> bool:
            return bool(slack.sockets and discord.connections and discord.commands)

        with Served(tmp_path, settings, there, town=town) as process:
            yield Houses(slack, discord, process)
        process.is_on_record()
        assert slack.faults == []
        assert discord.faults == []


def test_opened_in_slack_claimed_in_discord_answered_in_slack_breached_in_both(houses: Houses) -> None:
    slack, discord, here = houses.slack, houses.discord, houses.in_slack
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire --customer acme")
    here.shows(1, "Nobody has claimed it", "Claim")
    card = houses.shows("printer on fire", "Nobody has claimed it", "Claim")

    claimed = discord.press("Bob", card, "Claim")
    discord.until(lambda: "You have #1" in claimed.text)
    here.shows(1, "Held by Bob", "Release")
    houses.shows("Held by Bob", "Release")
    houses.once(houses.below, "Bob claimed it")
    houses.once(houses.thread, "Bob claimed it")

    discord.says("Bob", card.id, "The fuse has blown.")
    told = houses.once(houses.below, "The fuse has blown.")
    assert "Bob" in told
    slack.says("U0LEA", DESK, "There is one in the cupboard.", thread=here.card(1).ts)
    told = houses.once(houses.thread, "There is one in the cupboard.")
    assert "Lea" in told

    slack.command("U0BOB", DESK, "/ticket", 'reply 1 "We are on our way."')
    houses.once(houses.thread, "We are on our way.")
    here.hears(1, "We are on our way.")
    said = discord.slash("Ann", card.id, "ticket more said", {"text": "It burns again."})
    discord.until(lambda: said.text)
    houses.once(houses.below, "It burns again.")
    houses.once(houses.thread, "It burns again.")

    houses.process.passes(hours=3, minutes=5)
    here.says_in(ALERTS, "✖ #1")
    houses.process.until(lambda: discord.messages("alerts"), lambda: "Discord knows of no breach")
    here.shows(1, "✖")
    houses.shows("✖")
    in_slack = [one.words for one in slack.messages(ALERTS) if "✖ #1" in one.words]
    (in_discord,) = [one for one in discord.messages("alerts") if "✖ #1" in one.text]
    assert len(in_slack) == 1
    assert in_discord.notified == {BOB}

    # Whatever was said twice would have come by now: each of it is there once, and once only.
    for words in ("Bob claimed it", "The fuse has blown.", "There is one in the cupboard.", "It burns again."):
        houses.once(houses.below, words)
        houses.once(houses.thread, words)
    assert len([one for one in slack.messages(DESK) if "printer on fire" in one.words and one.buttons]) == 1
    assert len(discord.messages("desk")) == 1
    assert len(discord.threads("desk")) == 1


def test_while_discord_is_away_slack_goes_on_and_discord_is_told_once_afterwards(houses: Houses) -> None:
    slack, discord, here = houses.slack, houses.discord, houses.in_slack
    slack.command("U0ANN", DESK, "/ticket", "open printer on fire --customer acme")
    houses.shows("Nobody has claimed it")
    discord.down()
    slack.press("U0BOB", here.card(1), "Claim")
    here.shows(1, "Held by Bob")
    houses.process.passes(minutes=10)
    houses.process.until(lambda: "discord: not well" in houses.process.told, lambda: "Nobody says it", 90)
    discord.up()
    discord.until_connected(60)
    houses.process.passes(minutes=2)
    houses.shows("Held by Bob", "Release")
    houses.once(houses.thread, "Bob claimed it")
    assert len(discord.messages("desk")) == 1
