"""The desk's cards, forms and pages as Slack draws them, and what people did to them read back: pure functions."""
