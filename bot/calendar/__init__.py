"""Shifts as calendars carry them: written for people to subscribe to, and read from a calendar that somebody keeps."""
