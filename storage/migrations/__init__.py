"""The way from any older schema to this one: small numbered steps, each with its reason."""
