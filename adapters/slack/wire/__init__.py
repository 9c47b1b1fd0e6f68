"""The connection: clients, Socket Mode, the pulse, and what Slack's refusals mean."""
