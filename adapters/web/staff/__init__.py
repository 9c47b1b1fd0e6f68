"""The desk's page: what staff see of the desk in a browser, signed in by a link from chat."""
