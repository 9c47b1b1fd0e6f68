"""The desk itself: rules, cards, delivery, the bell and the command line."""
