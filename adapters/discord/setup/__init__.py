"""Setting up and looking after: the permissions, and a look at the server."""
