"""Setup: what an operator and the provider must agree on."""
