"""Webhooks: other systems of the operator's are told what happens to tickets, signed, over HTTPS."""

PLATFORM = "webhook"
PAGER = True
