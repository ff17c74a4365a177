"""Servers on loopback that speak the wire shapes of the services the studio calls, and fail in every published way."""
