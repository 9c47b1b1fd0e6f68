"""A made-up chat platform: a cage is a folder, a message is a file in it. Nothing outside this folder knows of it."""

THREADS = True
