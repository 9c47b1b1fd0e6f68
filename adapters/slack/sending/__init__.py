"""The way out: each parcel to its place, and there once."""
