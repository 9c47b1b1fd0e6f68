"""The desk's cards and forms as Discord draws them, and what people did to them read back: pure functions."""
