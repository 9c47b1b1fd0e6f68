"""A gateway from the network to real SIP on loopback, and a telephone at its other end, each a process of its own."""
