"""The telephone: pages that ring until a key is pressed, texts with a code, and a customer's hotline."""

PLATFORM = "phone"
PAGER = True
