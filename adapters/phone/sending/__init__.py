"""Sending: pages out, and what became of them."""
