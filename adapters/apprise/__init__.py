"""Services: pages to whatever the apprise library can reach, each person by an address of their own choosing."""

PLATFORM = "apprise"
PAGER = True
