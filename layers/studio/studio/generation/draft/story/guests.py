"""Names for the people a prompt speaks of beside a cast."""

from collections.abc import Iterator

from studio.generation.draft.story.banks import lexicon
from studio.generation.draft.story.nouns import titled
from studio.generation.draft.story.reading import Reading

NAME_LIMIT = 80
"""Characters of a name, as the domain has it."""
_DESCRIBED = {"main character", "protagonist", "hero", "heroine", "host", "man", "woman", "people"}


def guest_names(reading: Reading) -> Iterator[str]:
    """Yield names for guests, best first: the prompt's own names, then the roles it gives people."""
    yield from reading.names
    called = {word for name in reading.names for word in name.casefold().split()}
    for relation in reading.relations:
        if relation not in _DESCRIBED | called and relation not in lexicon().foreign_relations:
            yield titled(relation)
