"""Who a persona must not be: what a list of public people says of it, and what a model says."""

from collections.abc import Sequence

from pydantic import JsonValue

from studio.craft import public_names
from studio.domain.likeness import PublicPeople, listed, people_problems
from studio.writing import Desk


def real_people(desk: Desk, task: str, names: Sequence[str], told: Sequence[str]) -> list[str]:
    """Return whom these personas really are, or are asked to speak as, as sentences' beginnings.

    task: what to ask of a model where the list knows nobody. told: everything that is said of the personas.
    """
    plain = listed(names, told, public_names())
    if plain:
        # What the list knows needs no model, and costs nothing.
        return [f"“{person.name}”, {person.who}," for person in plain]
    material: dict[str, JsonValue] = {"names": list(names), "told": list(told), "people": []}
    given = "\n".join([*names, *told])
    found = desk.ask(task, material, PublicPeople, lambda answer: people_problems(answer, given))
    return [f"“{person.name}” ({person.who})" for person in found.people]
