"""The terminal as a chat platform: what the desk posts appears on the screen, each message at its place."""

from __future__ import annotations

from adapters.console.screen import Screen
from bot.ports import CannotDeliver, Parcel

PLATFORM = "console"


class ConsoleChannel:
    """Carries parcels to the screen."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def prompt(self) -> bool:
        return True

    async def deliver(self, parcel: Parcel) -> str:
        """Show it. An update keeps the name of its message. Raises CannotDeliver when the terminal is gone."""
        try:
            if not parcel.card.data.get("over"):  # A call of before a crash, and nobody wants it any more.
                self.screen.news(parcel)
        except (OSError, ValueError) as error:
            raise CannotDeliver(f"the terminal is gone: {error}") from error
        return parcel.ref or f"parcel-{parcel.id}"
