"""Paired measurements: the desk beside the bare library or driver, in one run."""
