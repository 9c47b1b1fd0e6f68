"""The command line's groups: for each, what can be typed and what help says of it."""
