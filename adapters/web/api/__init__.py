"""The REST API: an online ticket system of the operator's opens, reads and closes tickets with a key."""
