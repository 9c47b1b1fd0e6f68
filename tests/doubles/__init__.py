"""Doubles that are real things: processes and servers that tests drive from outside."""
