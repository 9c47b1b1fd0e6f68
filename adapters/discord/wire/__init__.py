"""The connection: clients, the gateway, answers by token, and what Discord's refusals mean."""
