"""The command `thirdline`: time zone data first, then the command line."""
