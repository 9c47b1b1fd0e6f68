"""The section [web]: the desk's own pages and its API."""

from __future__ import annotations

from pydantic import Field

from bot.settings.section import Section
from bot.settings.words import ADDRESS_OR_NONE


class Web(Section):
    """Where the desk's one HTTP server listens; it runs when something needs it."""

    host: str = Field(default="127.0.0.1", description="The address to listen on")
    port: int = Field(default=8080, ge=0, le=65535, description="The port to listen on")
    public_url: str = Field(
        default="", pattern=ADDRESS_OR_NONE, description="Where others reach it: the address of calendars"
    )
    health: bool = Field(default=False, description="Run it for GET /health although nothing else needs it")
    api: bool = Field(default=False, description="The REST API, for an online ticket system")
    api_rate: int = Field(default=600, ge=1, le=1_000_000, description="Requests to it in a minute with one key")
    customers: bool = Field(default=False, description="The customers' page")
    staff: bool = Field(default=False, description="The desk's page for staff")
    proxies: int = Field(default=0, ge=0, le=5, description="How many proxies of yours stand before it")
    upload_mb: int = Field(default=10, ge=1, le=150, description="What a customer may attach to one message")
