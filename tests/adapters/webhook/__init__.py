"""Webhooks, against real receivers on loopback."""
