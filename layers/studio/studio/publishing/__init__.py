"""From an episode to posts: packages drafted, checked and put up for approval; and what was approved, sent once."""
