"""The ways in: commands, buttons, forms, words, emoji and shortcuts, answered in time."""
