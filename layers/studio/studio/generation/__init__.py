"""Ports to whoever writes and paints, their adapters, the model catalogue and the quota."""
