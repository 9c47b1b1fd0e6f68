"""Mail taken apart: from the bytes that a server handed over to a message that the rules can ask."""
