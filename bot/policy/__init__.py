"""The operator's policy file: read, judged, adopted, and shown as a page."""
