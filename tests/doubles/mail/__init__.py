"""Mail servers on loopback: a real one where it is installed, and doubles that have every kind of bad day."""
