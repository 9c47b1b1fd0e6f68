"""Faults on the way of a page, one by one, in the running desk: nothing is lost, and nothing rings for nothing."""
