"""Pictures, sound and film. Imports nothing of `studio` but its domain."""
