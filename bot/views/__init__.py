"""What people are shown of tickets, customers and promises, as cards and lines."""
