"""Slack: the whole desk in a workspace, over Socket Mode or signed HTTP."""

PLATFORM = "slack"
THREADS = True
