"""The apprise library, against a real service on loopback."""
