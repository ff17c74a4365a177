"""Models and rules of the field: no network, no clock, no environment."""
