"""The laptop: the `studio` command, the embedded AWS emulator and what goes between them."""
