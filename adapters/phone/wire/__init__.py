"""The wire: providers, their signatures, and the addresses that they call us at."""
