"""A Slack workspace on loopback that behaves as Slack does, for desks and clients that believe it is Slack."""

from tests.doubles.slack.seen import Call, Message, View
from tests.doubles.slack.workspace import Workspace

__all__ = ["Call", "Message", "View", "Workspace"]
