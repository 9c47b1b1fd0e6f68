"""What the desk can be told to do, by a person or by the clock: one command, one file."""
