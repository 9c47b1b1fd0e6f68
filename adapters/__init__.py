"""Ways to people, a folder each: they translate and never decide."""
