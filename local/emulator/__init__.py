"""The AWS emulator: its environment, its process and the server that hosts it."""
