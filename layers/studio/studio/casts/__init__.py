"""Ready-made casts: people to start a show with, kept as data beside this module."""

from functools import cache
from importlib import resources

from studio.domain.base import Name, Phrase, Title, Value
from studio.domain.project import CharacterSheet


class ReadyMadeCast(Value):
    """A cast a new project can begin with. `id` is what the API calls it."""

    id: Name
    title: Title
    description: Phrase
    characters: tuple[CharacterSheet, ...]


@cache
def ready_made() -> dict[str, ReadyMadeCast]:
    """Return every ready-made cast by its id, in the order of their file names.

    Raises pydantic.ValidationError when a file is broken, which the tests see before anybody else does.
    """
    files = sorted(
        (f for f in resources.files(__package__).iterdir() if f.name.endswith(".json")), key=lambda f: f.name
    )
    casts = [ReadyMadeCast.model_validate_json(f.read_text(encoding="utf-8")) for f in files]
    return {cast.id: cast for cast in casts}
