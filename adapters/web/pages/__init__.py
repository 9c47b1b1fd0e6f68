"""What every page of the desk stands on: who is there, what they sent, how often, and how a page leaves the desk."""
