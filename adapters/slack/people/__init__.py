"""Who is speaking, and who may do what."""
