"""The story composer: reads a prompt, casts it, and composes a reality-TV script from hand-written beats.

It writes English. A prompt in another language keeps its own names and words, which the script carries as they are.
"""

from studio.generation.draft.story.compose import compose

__all__ = ["compose"]
