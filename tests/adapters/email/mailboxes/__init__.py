"""Mailboxes, read over IMAP from a real server and from one with bad days."""
