"""Mail: pages to people's mailboxes, over the operator's own mail server."""

PLATFORM = "email"
PAGER = True
