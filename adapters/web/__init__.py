"""The one HTTP server of the desk: what platforms and monitors ask of it comes in here."""
