"""The operator's on-call plan: read from its file, kept as text, adopted by the desk."""
