"""Discord: the desk in a server, with slash commands, cards, buttons, forms and threads."""

PLATFORM = "discord"
THREADS = True
