"""A workspace on loopback for the commands that speak with Slack."""

from tests.doubles.slack.fixtures import slack

__all__ = ["slack"]
