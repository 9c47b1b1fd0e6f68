"""The terminal as a chat platform: the desk to try out, to script and to test with."""
