"""Mail, against a real server on loopback."""
