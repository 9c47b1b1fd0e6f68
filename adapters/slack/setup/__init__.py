"""Setting up and looking after: the manifest, and a look at the workspace."""
