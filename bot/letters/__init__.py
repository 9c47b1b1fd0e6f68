"""Letters: the templates that the desk writes to customers and partners with, ours or the operator's."""
