"""Hearing: what a provider asks and tells us, checked, answered in time, and acted on once."""
