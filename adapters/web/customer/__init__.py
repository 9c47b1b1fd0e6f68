"""The customers' page: sign in by a link, see what is owed and by when, open tickets and follow them."""
