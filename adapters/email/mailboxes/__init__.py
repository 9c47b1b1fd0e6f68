"""What customers write: each mailbox read over IMAP, every message taken, once, and none of them lost."""
