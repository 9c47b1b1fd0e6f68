"""Mail: letters to customers and pages to people over the operator's own mail server, and what customers write."""

PLATFORM = "email"
PAGER = True
LETTERS = True
